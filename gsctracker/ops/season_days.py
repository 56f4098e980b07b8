"""Each night the days of the season are summed up, so that next year's troop sees this year's beside its own."""

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.reports import season_days
from gsctracker.domain.season import seasons, troop


def sum_up(config: Config, db: Database) -> str | None:
    """Sum up the days of the season under way; None where nothing was recorded since the last time."""
    with db.read() as tx:
        if not troop.is_set_up(tx) or season_days.is_summed_up(tx, seasons.current(tx).id):
            return None
    with db.write() as tx:
        rows = season_days.sum_up(tx, seasons.current(tx).id)
    return f"{rows} sums of days" if rows else None
