"""When a booth keeps the box busy: nobody takes it away from a table full of customers."""

import apsw

from gsctracker.db.rows import value


def under_way_until(tx: apsw.Connection, now: str, soon: str) -> str | None:
    """When the last of the booths ends that are open `now` or begin before `soon` (UTC instants); None where there is none."""
    return value(
        tx,
        """SELECT max(booths.ends_at) FROM seasons JOIN booths ON booths.season_id = seasons.id
            WHERE booths.starts_at BETWEEN strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-1 day') AND :soon
              AND booths.ends_at > :now AND booths.status NOT IN ('cancelled', 'lost', 'planned', 'requested')""",
        now=now,
        soon=soon,
    )
