"""Imports: bring in a file, look at what it would change, apply it, take it back; and what nobody knew, answered."""

import hashlib
from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta

from gsctracker.domain.imports import answers, applying, batches, staging, undo
from gsctracker.domain.imports.recognise import SOURCES
from gsctracker.domain.imports.verdicts import OUTCOMES
from gsctracker.domain.season import seasons
from gsctracker.integrations import spreadsheets
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import Upload, call
from gsctracker.web.api.shapes import Answer, Ask, Id, Listing, PageAsk
from gsctracker.web.errors import say

bp = Blueprint("imports_calls", __name__, url_prefix="/api/troops/<troop:tid>/imports")

Said = Annotated[str, Meta(min_length=1, max_length=200)]


class NewImport(Ask, frozen=True):
    """Which system the file comes from (`csv`: any grid, to be mapped), and whose it is for a caregiver's export."""

    source: Literal[SOURCES]
    scout_id: Id | None = None


class Question(Answer, frozen=True):
    """A text that nobody has explained yet, in so many rows. Answer it with `kind`, `said` and a `meaning`."""

    kind: str
    said: str
    shown: str
    rows: int


class Import(Answer, frozen=True):
    """A file: its state, its rows by outcome, and what they add up to beside the file's own totals.

    `isWaiting`: applying it would write something.
    """

    id: int
    source: str
    kind: str
    file_name: str
    state: str
    counts: dict[str, int]
    staged_at: str
    is_waiting: bool
    file_totals: dict[str, int]
    totals: dict[str, int]
    notes: list[str]
    questions: list[Question]
    already_applied: bool = False
    scout_id: int | None = None
    applied_at: str | None = None
    undone_at: str | None = None


class ImportRow(Answer, frozen=True):
    """One row of a file: what would become of it, and why. Row 0 was in an earlier file and is not in this one."""

    row: int
    key: str
    outcome: str
    reasons: list[str]
    scout_id: int | None = None


class RowsAsk(PageAsk, frozen=True):
    """Which rows."""

    outcome: Literal[OUTCOMES] | None = None


class Meant(Ask, frozen=True):
    """What a text means: a cookie's code, a girl's id, a type or a status."""

    kind: Literal[answers.KINDS]
    said: Said
    meaning: Said


def _understood(tid: int | None = None, body: NewImport | None = None, file: Upload | None = None, **_: object):
    """Outside any write: the file is opened, recognised and read."""
    assert body is not None and file is not None
    sheets = spreadsheets.read(file.content, file.name)
    with g.db.read() as tx:
        parsed = staging.understand(tx, sheets, body.source)
    return parsed, hashlib.sha256(file.content).hexdigest()


@bp.post("")
@allow("imports")
@call(201, before=_understood)
def bring_in(tx, body: NewImport, file: Upload, ready=None) -> Import:
    """Stage a file for review. The same file again gives the import it was, with nothing to change."""
    parsed, sha256 = ready
    batch_id = staging.stage(tx, g.by, parsed.source, parsed, file.name, sha256, body.scout_id)
    return _import(batches.preview(tx, batch_id))


@bp.get("")
@allow("imports")
@call()
def listed(tx, query: PageAsk) -> Listing[Import]:
    """Every import, newest first; those that were taken back stay listed."""
    (before,) = cursors.open_cursor(query.cursor, int) or (0,)
    season = seasons.current(tx)
    found = batches.page(tx, season.id, before, query.limit + 1)
    shown = found[: query.limit]
    more = cursors.seal((shown[-1].id,)) if len(found) > len(shown) else None
    return Listing([_import(row) for row in shown], batches.how_many(tx, season.id), more)


@bp.get("/<id:import_id>")
@allow("imports")
@call()
def one(tx, import_id: int) -> Import:
    """One import with its preview and its open questions."""
    return _import(batches.preview(tx, import_id))


@bp.get("/<id:import_id>/rows")
@allow("imports")
@call()
def rows(tx, import_id: int, query: RowsAsk) -> Listing[ImportRow]:
    """The rows of an import in the file's order."""
    (after,) = cursors.open_cursor(query.cursor, int) or (0,)
    counts = batches.preview(tx, import_id).counts
    found = batches.lines(tx, import_id, query.outcome, after, query.limit + 1)
    shown = found[: query.limit]
    more = cursors.seal((shown[-1].id,)) if len(found) > len(shown) else None
    total = counts[query.outcome] if query.outcome else sum(counts.values())
    return Listing([_row(row) for row in shown], total, more)


@bp.post("/<id:import_id>/apply")
@allow("imports")
@call(refuses=(409,))
def apply(tx, import_id: int) -> Import:
    """Write what the import says into the ledgers: all of it or nothing. Once more changes nothing."""
    applying.apply(tx, g.by, import_id)
    return _import(batches.preview(tx, import_id))


@bp.post("/<id:import_id>/undo")
@allow("imports")
@call(refuses=(409,))
def take_back(tx, import_id: int) -> Import:
    """Take back everything the import did; 409 with the reason where something later depends on it."""
    undo.undo(tx, g.by, import_id)
    return _import(batches.preview(tx, import_id))


@bp.post("/<id:import_id>/answers")
@allow("imports")
@call()
def answer(tx, import_id: int, body: Meant) -> Import:
    """Say what an unknown text means: for this import and for each later file."""
    source = batches.find(tx, import_id).source
    answers.resolve(tx, g.by, source, body.kind, body.said, body.meaning)
    return _import(batches.preview(tx, import_id))


def _import(row) -> Import:
    return Import(
        id=row.id,
        source=row.source,
        kind=row.kind,
        file_name=row.file_name,
        state=row.state,
        counts=dict(row.counts),
        staged_at=row.staged_at,
        is_waiting=row.is_waiting,
        file_totals=row.file_totals,
        totals=vars(row).get("totals", {}),
        notes=[say(note.message, note.params) for note in row.notes],
        questions=[Question(ask.kind, ask.said, ask.shown, ask.rows) for ask in vars(row).get("asks", [])],
        already_applied=vars(row).get("already_applied", False),
        scout_id=row.scout_id,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
    )


def _row(row) -> ImportRow:
    reasons = [say(note.message, note.params) for note in row.reasons]
    return ImportRow(row.row_no, row.key, row.outcome, reasons, row.scout_id)
