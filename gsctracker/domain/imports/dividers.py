"""A divider that was run again: its new lines take the place of all its old ones, whatever numbers they have now."""

from collections.abc import Iterable

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.imports import judging
from gsctracker.domain.imports.office_rows import CREDITS
from gsctracker.domain.imports.rows import Note
from gsctracker.words import N_

REPLACED = Note(N_("Its divider was run again and this line is not among the new ones: its credit is taken back."))


def replaced(tx: apsw.Connection, batch: Row, keys: Iterable[str], divider_ids: Iterable[str]) -> list[str]:
    """Records of the same dividers that are not in this file; none where the file is older than what is known."""
    ids = sorted({divider for divider in divider_ids if divider})
    if batch.row_type != "transfer" or not ids or judging.age_of(tx, batch) < 0:
        return []
    now = set(keys)
    known = many(
        tx,
        f"""SELECT DISTINCT import_rows.key FROM import_rows JOIN import_batches ON import_batches.id = import_rows.batch_id
              JOIN office_lines ON office_lines.season_id = :season AND system = :source AND office_lines.key = import_rows.key
             WHERE import_batches.season_id = :season AND import_batches.source = :source AND state = 'applied'
               AND office_lines.kind IN {tuple(CREDITS)}
               AND fields ->> '$.row.divider_id' IN (SELECT value FROM json_each(:ids)) ORDER BY import_rows.key""",
        season=batch.season_id,
        source=batch.source,
        ids=judging.listed(ids),
    )
    return [row.key for row in known if row.key not in now]


def replaced_by(tx: apsw.Connection, batch: Row) -> list[Row]:
    """The rows (id, key) of a staged batch that stand for such records."""
    there = many(
        tx,
        """SELECT id, key, outcome, fields ->> '$.row.divider_id' AS divider FROM import_rows
            WHERE batch_id = :id AND (is_written = 0 OR outcome <> 'vanished')""",
        id=batch.id,
    )
    keys = [row.key for row in there if row.outcome != "vanished"]
    gone = set(replaced(tx, batch, keys, (row.divider for row in there)))
    return [row for row in there if row.outcome == "vanished" and row.key in gone]
