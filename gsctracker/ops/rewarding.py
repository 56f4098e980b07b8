"""What girls reached is told and their points are given by the timetable, soon after a booth is credited or an import applied."""

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.rewards import levels, points
from gsctracker.domain.season import seasons, troop
from gsctracker.ops.upkeep import NothingToDo


def give(config: Config, db: Database) -> str | None:
    """Tell the levels reached and give the points brought since the last time; None where there was nothing new.

    What was told or given once is never told or given again, whoever asks; a season in the archive is left alone.
    """
    with db.read() as tx:
        if not troop.is_set_up(tx) or seasons.current(tx).status == "archived":
            return None
    try:
        with db.write() as tx:
            season = seasons.current(tx).id
            told, given = len(levels.tell(tx, season)), points.award(tx, season)
            if not told and not given:
                raise NothingToDo
    except NothingToDo:
        return None
    return f"{told} levels told, {given} entries of points"
