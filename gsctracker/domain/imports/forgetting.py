"""What is kept of imported files about a girl who is forgotten: her rows of the roster, and rows nobody could place."""

import json
from collections.abc import Collection

import apsw

from gsctracker.db.rows import many, run
from gsctracker.domain.imports import cells
from gsctracker.domain.people import scouts


def forget_rows(tx: apsw.Connection, scout_id: int, hashes: Collection[str]) -> int:
    """Remove the roster's rows of a girl and the refused rows that name her; gives how many.

    Her orders' rows stay, because a file is taken back by them: they hold numbers and no name.
    """
    gone = run(
        tx,
        """DELETE FROM import_rows WHERE scout_id = :scout
              AND batch_id IN (SELECT id FROM import_batches WHERE row_type = 'scout')""",
        scout=scout_id,
    )
    for row in many(tx, "SELECT id, fields FROM import_rows WHERE scout_id IS NULL AND fields LIKE '%name%'"):
        if any(scouts.name_hash(tx, name) in hashes for name in _names_in(json.loads(row.fields).get("row", {}))):
            gone += run(tx, "DELETE FROM import_rows WHERE id = :id", id=row.id)
    run(
        tx,
        """UPDATE import_rows SET fields = json_set(fields, '$.row.seen', json('{}'))
            WHERE scout_id = :scout AND json_extract(fields, '$.row.seen') IS NOT NULL""",
        scout=scout_id,
    )
    return gone


def _names_in(row: dict) -> set[str]:
    pairs = [
        (row.get("first_name", ""), row.get("last_name", "")),
        (row.get("girl_first", ""), row.get("girl_last", "")),
        *(cells.person_name(row.get(column, "")) for column in ("girl_name", "giver_name")),
    ]
    return {said for first, last in pairs for said in (f"{first} {last}".strip(), f"{last} {first}".strip()) if said}
