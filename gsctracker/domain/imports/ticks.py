"""Ticks: what somebody has typed into the other system since its last export."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import many, run, value
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person


def since_export(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    """Packages typed by line, as far as no export of the office was applied after that: an export tells the truth itself."""
    found = many(
        tx,
        "SELECT key, boxes FROM typed_ticks WHERE season_id = :season AND ticked_at >= :since",
        season=season_id,
        since=last_export(tx, season_id) or "",
    )
    return {row.key: row.boxes for row in found}


def last_export(tx: apsw.Connection, season_id: int) -> str | None:
    """When a file of the back office was applied last, or None."""
    return value(
        tx,
        """SELECT max(applied_at) FROM import_batches
            WHERE season_id = :season AND source IN ('smart-cookies', 'ebudde') AND state = 'applied'""",
        season=season_id,
    )


def tick(tx: apsw.Connection, by: Person, season_id: int, key: str, boxes: int) -> None:
    """So many packages of that line are typed, those ticked before included."""
    roles.require(by, "differences")
    run(
        tx,
        """INSERT INTO typed_ticks (season_id, key, ticked_at, ticked_by, boxes) VALUES (:season, :key, :now, :by, :boxes)
           ON CONFLICT (season_id, key) DO UPDATE SET ticked_at = excluded.ticked_at, ticked_by = excluded.ticked_by,
                                                      boxes = excluded.boxes""",
        season=season_id,
        key=values.line("key", key, 200, 1),
        now=clock.now(),
        by=by.id,
        boxes=values.whole("boxes", boxes, -100_000, 100_000),
    )


def untick(tx: apsw.Connection, by: Person, season_id: int, key: str) -> None:
    """It was not typed after all."""
    roles.require(by, "differences")
    run(tx, "DELETE FROM typed_ticks WHERE season_id = :season AND key = :key", season=season_id, key=key)
