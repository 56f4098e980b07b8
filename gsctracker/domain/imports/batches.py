"""Batches: one file each, from its preview to its being taken back. What a page, a call or a command shows of them."""

import json

import apsw

from gsctracker.db.rows import Row, many, one, value
from gsctracker.domain.imports import judging
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.imports.verdicts import OUTCOMES
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

_COLUMNS = """import_batches.id, import_batches.season_id, source, kind, row_type, file_name, sha256, import_batches.scout_id, state,
              file_totals, notes, file_made, newest, staged_at, staged_by, applied_at, undone_at"""


def find(tx: apsw.Connection, batch_id: int) -> Row:
    """A batch; `file_totals` is a dict, `notes` a list of Note. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM import_batches WHERE id = :id", id=batch_id)
    if row is None:
        raise NotFound(N_("There is no such import."), "no_such_import")
    return _read(row)


def page(tx: apsw.Connection, season_id: int, before: int = 0, limit: int = 50) -> list[Row]:
    """Batches newest first, from the one before id `before` (0: the newest), each with `.counts` (outcome to rows) and `.is_waiting`."""
    found = many(
        tx,
        f"""SELECT {_COLUMNS}, first_name AS scout_first_name, last_initial AS scout_last_initial,
                   (SELECT count(*) FROM import_rows
                     WHERE batch_id = import_batches.id AND outcome = 'refused' AND asks <> '[]') AS waiting
              FROM import_batches LEFT JOIN scouts ON scouts.id = import_batches.scout_id
             WHERE season_id = :season AND (:before = 0 OR import_batches.id < :before)
             ORDER BY import_batches.id DESC LIMIT :limit""",
        season=season_id,
        before=before,
        limit=limit,
    )
    for row in found:
        _read(row).counts = judging.counted(tx, row.id)
        row.is_waiting = row.state != "undone" and judging.is_waiting(tx, row.id)
    return found


def how_many(tx: apsw.Connection, season_id: int) -> int:
    """How many batches there are in all pages together."""
    return value(tx, "SELECT count(*) FROM import_batches WHERE season_id = :season", season=season_id)


def preview(tx: apsw.Connection, batch_id: int, by: Person | None = None) -> Row:
    """A batch with what to look at before applying it, to compare with the file.

    `.counts`: rows by outcome. `.totals`: what the rows that could be taken add up to: packages, donated, refunded, cents, and
    `left_out` packages of refused rows, so that file = taken + left out. `.asks`: what to answer (kind, said, shown, rows).
    `.is_waiting`: applying would write something. `.already_applied`: this very file was applied and changes nothing.
    """
    if by is not None:
        roles.require(by, "imports")
    batch = find(tx, batch_id)
    batch.counts = {outcome: judging.counted(tx, batch_id).get(outcome, 0) for outcome in OUTCOMES}
    batch.totals = _totals(tx, batch_id)
    batch.asks = asks(tx, batch_id)
    batch.is_waiting = batch.state != "undone" and judging.is_waiting(tx, batch_id)
    batch.already_applied = batch.state == "applied" and not batch.is_waiting
    return batch


def lines(tx: apsw.Connection, batch_id: int, outcome: str | None = None, after: int = 0, limit: int = 50) -> list[Row]:
    """Rows of a batch in the file's order (row_no, key, outcome, reasons, asks, fields, scout names), from after row id `after`.

    `entries` are the moves recorded here by hand that it is or may be, for `own_moves.told`.

    `fields` is the row as it was read; a girl's name stands in it only while nobody has said who she is.
    """
    found = many(
        tx,
        """SELECT import_rows.id, row_no, key, outcome, reasons, asks, fields, is_written, scout_id,
                  first_name AS scout_first_name, last_initial AS scout_last_initial
             FROM import_rows LEFT JOIN scouts ON scouts.id = scout_id
            WHERE batch_id = :id AND (:outcome IS NULL OR outcome = :outcome) AND import_rows.id > :after
            ORDER BY import_rows.id LIMIT :limit""",
        id=batch_id,
        outcome=outcome,
        after=after,
        limit=limit,
    )
    for row in found:
        row.reasons = notes_of(row.reasons)
        row.asks = [tuple(ask) for ask in json.loads(row.asks)]
        kept = json.loads(row.fields)
        row.fields, row.entries = kept.get("row", {}), kept.get("entries", [])
    return found


def asks(tx: apsw.Connection, batch_id: int) -> list[Row]:
    """What has to be answered for a batch, most rows first: kind, said (what `answers.resolve` takes), shown, rows.

    `shown` is what stood in the file: for a scout her name, which is kept only until it is answered. A `move` has its `.row`, with
    the `.entries` recorded here by hand that it may be.
    """
    found = many(
        tx,
        """SELECT json_extract(ask.value, '$[0]') AS kind, json_extract(ask.value, '$[1]') AS said, count(*) AS rows,
                  min(import_rows.id) AS first_row
             FROM import_rows, json_each(asks) AS ask
            WHERE batch_id = :id AND outcome = 'refused' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 500""",
        id=batch_id,
    )
    for row in found:
        row.shown = row.said if row.kind != "scout" else _name_in(tx, row.first_row)
        if row.kind == "move":
            row.shown = row.said.partition("/")[2].rpartition("/")[2]
            row.row = _line(tx, row.first_row)
    return found


def to_do(tx: apsw.Connection, season_id: int) -> Row:
    """What waits: `unanswered` rows of batches that are not taken back, and `staged` batches that were only looked at.

    The same row of several files, such as those of each week, waits once.
    """
    found = one(
        tx,
        """SELECT (SELECT count(DISTINCT source || ' ' || key)
                     FROM import_rows JOIN import_batches ON import_batches.id = batch_id
                    WHERE season_id = :season AND state <> 'undone' AND outcome = 'refused' AND asks <> '[]') AS unanswered,
                  (SELECT count(*) FROM import_batches WHERE season_id = :season AND state = 'staged') AS staged""",
        season=season_id,
    )
    assert found is not None
    return found


def unanswered(tx: apsw.Connection, season_id: int) -> int:
    """How many rows of batches that are not taken back wait for an answer."""
    rows: int = to_do(tx, season_id).unanswered
    return rows


def notes_of(stored: str) -> list[Note]:
    """Notes as they were stored: `message` to translate, `params` to fill in."""
    return [Note(note["message"], note["params"]) for note in json.loads(stored)]


def _line(tx: apsw.Connection, row_id: int) -> Row:
    found = one(
        tx,
        """SELECT import_rows.id, row_no, key, outcome, fields, scout_id,
                  first_name AS scout_first_name, last_initial AS scout_last_initial
             FROM import_rows LEFT JOIN scouts ON scouts.id = scout_id WHERE import_rows.id = :id""",
        id=row_id,
    )
    assert found is not None
    kept = json.loads(found.fields)
    found.fields, found.entries = kept.get("row", {}), kept.get("entries", [])
    return found


def _name_in(tx: apsw.Connection, row_id: int) -> str:
    stored = value(tx, "SELECT fields FROM import_rows WHERE id = :id", id=row_id)
    row = json.loads(stored).get("row", {})
    return row.get("girl_name") or f"{row.get('girl_first', '')} {row.get('girl_last', '')}".strip()


def _totals(tx: apsw.Connection, batch_id: int) -> dict[str, int]:
    found = one(
        tx,
        """SELECT count(*) FILTER (WHERE taken) AS rows, ifnull(sum(boxes) FILTER (WHERE taken), 0) AS boxes,
                  ifnull(sum(donated) FILTER (WHERE taken), 0) AS donated,
                  ifnull(sum(refunded) FILTER (WHERE taken), 0) AS refunded,
                  ifnull(sum(cents) FILTER (WHERE taken), 0) AS cents,
                  ifnull(sum(boxes) FILTER (WHERE NOT taken), 0) AS left_out
             FROM (SELECT outcome <> 'refused' AS taken, ifnull(fields ->> '$.row.boxes_total',
                              (SELECT sum(line.value ->> '$.boxes') FROM json_each(fields, '$.row.lines') AS line)) AS boxes,
                          fields ->> '$.row.donated' AS donated, fields ->> '$.row.refunded' AS refunded,
                          ifnull(fields ->> '$.row.subtotal_cents', fields ->> '$.row.amount_cents') AS cents
                     FROM import_rows WHERE batch_id = :id AND outcome <> 'vanished')""",
        id=batch_id,
    )
    assert found is not None
    totals = vars(found)
    totals["physical"] = totals["boxes"] - totals["donated"] - totals["refunded"]
    return totals


def _read(row: Row) -> Row:
    row.file_totals = json.loads(row.file_totals)
    row.notes = notes_of(row.notes)
    return row
