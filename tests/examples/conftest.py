"""The example files and the numbers that the page beside them works out by hand."""

import hashlib
import re
from pathlib import Path

import pytest

from gsctracker.domain.imports import applying, staging
from gsctracker.integrations import spreadsheets
from tests import factories

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = EXAMPLES / "files"
TROOP_FILE = "OrderDataTroop_999_4321_02-25-2026_09.15.30.123.xlsx"


def table(heading: str) -> dict[str, dict[str, int]]:
    """A table of examples/README.md below a heading: row name to column name to number."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    columns = rows[0][1:]
    found = {}
    for name, *cells in rows[2:]:
        assert all(re.fullmatch(r"-?\d+", cell) for cell in cells), (heading, name)
        found[name] = dict(zip(columns, map(int, cells), strict=True))
    return found


def import_file(db, name: str, scout_id: int | None = None) -> int:
    """Stage and apply one of the files, as the operator; gives the batch's id."""
    content = (FILES / name).read_bytes()
    sheets = spreadsheets.read(content, name)
    with db.write() as tx:
        parsed = staging.understand(tx, sheets)
        batch = staging.stage(tx, None, parsed.source, parsed, name, hashlib.sha256(content).hexdigest(), scout_id)
        applying.apply(tx, None, batch)
    return batch


@pytest.fixture
def empty_box(db):
    """Troop 4321 with nothing in it yet."""
    with db.write() as tx:
        factories.set_up(tx, number="4321", name="Troop 4321", council="Example Hills")
    return db


@pytest.fixture
def imported(empty_box):
    """The same after the files of the page's first section."""
    for name in ("roster.csv", TROOP_FILE, "orders_search.json"):
        import_file(empty_box, name)
    return empty_box
