"""The copies that the timetable makes and brings off the box. What makes them is loaded when the first is made."""

from gsctracker.config import Config
from gsctracker.db import Database


def copy(config: Config, db: Database) -> str | None:
    """A verified copy where something was changed since the last one; None where nothing was."""
    return _made(config, db, "auto")


def daily(config: Config, db: Database) -> str | None:
    """The copy of the day; copies that are kept no longer are removed after it."""
    from gsctracker.ops.copies import retention

    made = _made(config, db, "daily")
    if made is not None:
        retention.prune(config, db)
    return made


def ship(config: Config, db: Database) -> str | None:
    """What is not off the box yet is brought there; None where nothing waits or no place is set."""
    if not config.s3_backup_bucket:
        return None
    from gsctracker.ops.copies import uploading

    brought = uploading.catch_up(config, db)
    return f"brought off the box: {brought}" if brought else None


def _made(config: Config, db: Database, kind: str) -> str | None:
    from gsctracker.ops.copies import making

    made = making.make(config, db, kind=kind)
    return f"{made.name} was made and checked" if made else None
