"""How long a season's booths can still be credited in time for rewards."""

from datetime import date

import apsw

from gsctracker.db.rows import Row
from gsctracker.domain.booths import hours
from gsctracker.domain.season import troop


def days_left(tx: apsw.Connection, season: Row, today: str | None = None) -> int | None:
    """Days until the last day for rewards: none left on that day itself, below zero afterwards; None where no day is set.

    `today` where it is known already; it is the day of `hours.present`.
    """
    if season.rewards_on is None:
        return None
    today = today or troop.day_of(tx, hours.present(tx))
    return (date.fromisoformat(season.rewards_on) - date.fromisoformat(today)).days


def is_urgent(left: int | None) -> bool:
    """Whether a booth that is not credited glows: until the last day for rewards, and always where none is set."""
    return left is None or left >= 0
