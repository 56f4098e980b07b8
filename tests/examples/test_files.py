"""The example files: made by their script, read by our parsers, adding up to what the page says."""

import subprocess
import sys
import zipfile
from collections import Counter

import pytest

from gsctracker.domain.imports import recognise
from gsctracker.integrations import spreadsheets
from tests.examples.conftest import EXAMPLES, FILES, TROOP_FILE, table

KINDS = {
    "roster.csv": ("roster", "scouts", 6),
    TROOP_FILE: ("digital-cookie", "troop_orders", 42),
    "CompletedOnlineCookieOrders_02-26-2026.xlsx": ("digital-cookie", "girl_orders", 4),
    "CookieOrderDelivery_02-26-2026.xlsx": ("digital-cookie", "girl_orders", 2),
    "CookieOrders.xlsx": ("smart-cookies", "transfers", 31),
    "ReportExport.xlsx": ("smart-cookies", "order_report", 15),
    "orders_search.json": ("smart-cookies", "transfers", 31),
    "ebudde_girl_orders.xlsx": ("ebudde", "ledger", 10),
}


def parsed(name):
    return recognise.parse(spreadsheets.read((FILES / name).read_bytes(), name), troop_number="4321")


def test_the_script_writes_these_very_files(tmp_path):
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "make_examples.py"), str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FILES.iterdir()} == set(KINDS)
    for path in tmp_path.iterdir():
        assert _said(path) == _said(FILES / path.name), path.name


def _said(path):
    """The contents of a file; of a workbook its parts, which do not depend on the packing."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return {entry: book.read(entry) for entry in book.namelist()}


@pytest.mark.parametrize("name", KINDS)
def test_every_file_is_recognised_and_no_row_of_it_is_refused(name):
    found = parsed(name)
    assert (found.source, found.kind, len(found.rows)) == KINDS[name]
    assert found.file_totals["refused"] == 0


def test_the_troop_file_adds_up_to_the_table_of_packages():
    sold = {name: Counter() for name in table("Packages sold in Digital Cookie")}
    names = {
        "Thin Mints": "TM", "Caramel deLites": "CD", "Peanut Butter Patties": "PBP", "Peanut Butter Sandwich": "PBS",
        "Trefoils": "TRE", "Adventurefuls": "ADV", "Lemonades": "LEM", "Exploremores": "EXP", "Caramel Chocolate Chip": "CCC",
    }  # fmt: skip
    for row in parsed(TROOP_FILE).rows:
        if row.status_class not in ("completed", "pending") or row.order_class == "unknown":
            continue
        for whose in ("the troop's site" if row.is_site else row.girl_first, "together"):
            sold[whose].update({names[line.cookie]: line.boxes for line in row.lines})
            sold[whose].update({"CShare": row.donated, "together": row.boxes_total - row.refunded})
    for whose, said in table("Packages sold in Digital Cookie").items():
        assert {column: sold[whose][column] for column in said} == said, whose


def test_the_spreadsheet_that_says_it_has_one_line_is_read_whole():
    with zipfile.ZipFile(FILES / "CookieOrders.xlsx") as book:
        assert b'<dimension ref="A1:R1"' in book.read("xl/worksheets/sheet1.xml")
    assert len(parsed("CookieOrders.xlsx").rows) == 31


@pytest.mark.parametrize(
    "heading", ["Packages sold in Digital Cookie", "The shelf", "What families owe", "Divided by Smart Cookies"]
)
def test_the_tables_of_the_page_add_up(heading):
    rows = table(heading)
    last = list(rows)[-1]
    for column in rows[last]:
        assert sum(row[column] for name, row in rows.items() if name != last) == rows[last][column], column
    for name, row in rows.items():
        columns = list(row)
        if columns[-1] == "together":
            assert sum(row[column] for column in columns[:-1]) == row["together"], name


def test_a_familys_debt_is_what_the_page_says_it_is_made_of():
    for name, row in table("What families owe").items():
        made_of = row["boxes taken"] - row["brought back"] - row["paid by card"] + row["cash Cookie Share"]
        assert made_of == row["owes"], name
