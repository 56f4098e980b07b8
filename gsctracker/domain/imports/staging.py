"""Staging: a file's rows compared with what is known and kept for review, before anything is written to a ledger."""

import json
import re
from collections.abc import Sequence
from typing import Any

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.imports import dividers, ebudde, recognise, rows
from gsctracker.domain.imports.judging import Judge, Kept, columns_of, listed
from gsctracker.domain.imports.rows import Note, Parsed, Sheet
from gsctracker.domain.imports.verdicts import Verdict
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid
from gsctracker.words import N_

WHOSE = N_("Whose file is this? Choose the girl.")
VANISHED = Note(N_("An earlier file had this row and this one has not. Nothing was taken away."))
OLDER_FILE = Note(
    N_("This file is older than one that was applied before. Its new rows are taken, nothing is turned back.")
)
OTHER_YEAR = N_("Rows of days outside season %(season)s: %(n)s. If this is a file of another year, throw it away.")


def understand(
    tx: apsw.Connection, sheets: Sequence[Sheet], source: str = "", mapping: ebudde.Mapping | None = None
) -> Parsed:
    """The rows of a file that was read, with what this box knows of itself; `mapping` from the wizard, for a grid.

    Refuses with Invalid: not known, wrong source, columns that nobody has explained yet (`columns_unknown`).
    """
    own = troop.own(tx)
    if own is None:
        raise Conflict(N_("This box has no season yet. Set it up first."), "not_set_up")
    if mapping is not None:
        return ebudde.parse(recognise.recognise(sheets, source).sheet, mapping)
    return recognise.parse(
        sheets, source, troop_number=own.number, time_zone=own.time_zone, remembered=remembered_headings(tx)
    )


def remembered_headings(tx: apsw.Connection) -> dict[str, str]:
    """What columns of grids were said to mean, by the letters of their headings."""
    found = many(tx, "SELECT said, meaning FROM import_answers WHERE kind = 'header' AND source = 'ebudde'")
    return {row.said: row.meaning for row in found}


def stage(
    tx: apsw.Connection,
    by: Person | None,
    source: str,
    parsed: Parsed,
    file_name: str,
    sha256: str,
    scout_id: int | None = None,
) -> int:
    """Compare a file with what is known and keep it for review; gives the batch's id. No ledger is touched.

    The same file again gives the batch it had, when nothing in it would change anything. A caregiver's file needs the girl
    (Invalid `girl_needed`). `source` is what the person called it; the file itself has the last word. `by` None: the operator.
    """
    if by is not None:
        roles.require(by, "imports")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    if parsed.needs_girl:
        if scout_id is None:
            raise Invalid(WHOSE, "girl_needed", {"scoutId": WHOSE})
        scouts.must_be_on_roster(tx, scout_id)
    else:
        scout_id = None
    batch = Row(
        id=None, season_id=season.id, source=parsed.source, kind=parsed.kind, row_type=parsed.row_type, scout_id=scout_id,
        file_name=values.line("file", file_name[-200:], 200) or "file", sha256=sha256, file_made=_made(file_name),
        newest=max((_when(row) for row in parsed.rows), default=""),
    )  # fmt: skip
    judge = Judge(tx, batch, season)
    found = [judge.keyed(row) for row in parsed.rows]
    judge.meet(found)
    settled = judge.settle([(row, *judge.verdict(row)) for row in found])
    judged = [(row, verdict, kept) for row, (verdict, kept) in zip(found, settled, strict=True)]
    keys = [row.key for row in found]
    again = dividers.replaced(tx, batch, keys, (getattr(row, "divider_id", "") for row in found))
    gone = dict.fromkeys(judge.vanished(keys), VANISHED) | dict.fromkeys(again, dividers.REPLACED)
    same_file = _same_file(tx, batch)
    changes = bool(again) or any(verdict.wanted is not None for _, verdict, _ in judged)
    if same_file and same_file.state == "applied" and not changes:
        return same_file.id
    if same_file and same_file.state == "staged":
        run(tx, "DELETE FROM import_batches WHERE id = :id", id=same_file.id)
    notes = [*parsed.notes, *([OLDER_FILE] if judge.age < 0 else []), *_of_another_year(season, found)]
    batch_id = _add(tx, batch, parsed.file_totals, notes, by.id if by else None)
    _keep(tx, batch_id, judged, gone)
    audit.note(tx, by.id if by else None, "import.staged", "import", batch_id, source=parsed.source, kind=parsed.kind)
    return batch_id


def _same_file(tx: apsw.Connection, batch: Row) -> Row | None:
    """The batch that this very file has already, other than one that was taken back."""
    return one(
        tx,
        """SELECT id, state FROM import_batches WHERE season_id = :season AND sha256 = :sha AND scout_id IS :scout
              AND source = :source AND state <> 'undone' ORDER BY id DESC LIMIT 1""",
        season=batch.season_id,
        sha=batch.sha256,
        scout=batch.scout_id,
        source=batch.source,
    )


def _add(tx: apsw.Connection, batch: Row, totals: dict[str, int], notes: Sequence[Note], by: int | None) -> int:
    return add(
        tx,
        """INSERT INTO import_batches (season_id, source, kind, row_type, file_name, sha256, scout_id, file_totals, notes,
                                       file_made, newest, staged_at, staged_by)
           VALUES (:season, :source, :kind, :type, :name, :sha, :scout, :totals, :notes, :made, :newest, :now, :by)""",
        season=batch.season_id,
        source=batch.source,
        kind=batch.kind,
        type=batch.row_type,
        name=batch.file_name,
        sha=batch.sha256,
        scout=batch.scout_id,
        totals=json.dumps(totals),
        notes=listed(map(rows.plain, notes)),
        made=batch.file_made,
        newest=batch.newest,
        now=clock.now(),
        by=by,
    )


def _keep(
    tx: apsw.Connection, batch_id: int, judged: Sequence[tuple[Any, Verdict, Kept]], gone: dict[str, Note]
) -> None:
    tx.executemany(
        """INSERT INTO import_rows (batch_id, row_no, key, fields, scout_id, outcome, reasons, asks)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [(batch_id, row.row_no, row.key, *columns_of(row, verdict, kept)) for row, verdict, kept in judged],
    )
    tx.executemany(
        "INSERT INTO import_rows (batch_id, row_no, key, fields, outcome, reasons) VALUES (?, 0, ?, '{}', 'vanished', ?)",
        [(batch_id, key, listed([rows.plain(note)])) for key, note in gone.items()],
    )


def _when(row: Any) -> str:
    for name in ("ordered_at", "ordered_on", "transferred_on", "happened_on"):
        if found := getattr(row, name, None):
            return found
    return ""


def _of_another_year(season: Row, rows: list[Any]) -> list[Note]:
    """Says so where rows are of days that no season of this year has: it begins in summer at the earliest."""
    first, last = f"{season.year - 1}-07-01", f"{season.year}-09-30"
    outside = sum(1 for row in rows if (day := _when(row)[:10]) and not first <= day <= last)
    return [Note(OTHER_YEAR, {"n": outside, "season": season.name})] if outside else []


def _made(file_name: str) -> str:
    """The moment of the download in a name such as OrderDataTroop_101_1234_02-14-2026_13.05.22.123.xlsx, to be compared."""
    found = re.search(r"(\d{2})-(\d{2})-(\d{4})(?:_(\d{2})\.(\d{2})\.(\d{2}))?", file_name)
    if not found:
        return ""
    month, day, year, *time = found.groups()
    return f"{year}-{month}-{day}T{':'.join(part or '00' for part in time)}"
