"""The copies that the timetable makes and brings off the box. What makes them is loaded when the first is made."""

import logging

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.jobs")

LAST_PATIENCE = (1, 2, 4)  # tries, seconds to connect, seconds to wait: whoever stops a server waits ten seconds


def copy(config: Config, db: Database) -> str | None:
    """A verified copy where something was changed since the last one; None where nothing was, or one is being made.

    A season whose books were closed leaves one that is kept for ever.
    """
    from gsctracker.ops.copies import season_end

    try:
        return season_end.make(config, db) or _made(config, db, "auto")
    except Conflict as no:
        if no.code == "copy_under_way":
            return None
        raise


def daily(config: Config, db: Database) -> str | None:
    """The copy of the day; then what no place need keep any longer is removed."""
    from gsctracker.ops.copies import retention

    made = _made(config, db, "daily")
    if made is None:
        return None
    gone = retention.prune(config, db)
    return f"{made} {len(gone)} old copies were removed." if gone else made


def ship(config: Config, db: Database) -> str | None:
    """What is not off the box yet is brought there; None where nothing waits or no bucket is set."""
    if not config.s3_backup_bucket:
        return None
    from gsctracker.ops.copies import uploading

    brought = uploading.catch_up(config, db)
    return f"{brought} copies were brought off the box." if brought else None


def ship_rows(config: Config, db: Database) -> str | None:
    """What was written since the last copy is written down as rows, and brought off the box; None where nothing was, or
    there is no troop yet.
    """
    with db.read() as tx:
        if not troop.is_set_up(tx):
            return None
    from gsctracker.ops.copies import shipments

    return shipments.ship(config, db)


def drill(config: Config, db: Database) -> str | None:
    """Disaster is rehearsed; None before there is a troop. Raises Conflict with the step at which it failed."""
    with db.read() as tx:
        if not troop.is_set_up(tx):
            return None
    from gsctracker.ops.copies import drill as rehearsal

    done = rehearsal.rehearse(config, db)
    if not done.ok:
        raise Conflict(N_("The rehearsal failed. %(why)s"), "drill_failed", why=done.said)
    return f"{done.said} It took {rehearsal.in_words(done.milliseconds)}."


def at_the_stop(config: Config, db: Database) -> str | None:
    """What was written since the last copy is copied, and brought off the box where a bucket is set: the next start may be
    on another machine. None where nothing was written, or there is no real troop to lose.

    Raises nothing: a server that is told to stop stops. What could not be done is logged and waits for the next start.
    """
    try:
        with db.read() as tx:
            if troop.is_demo(tx) or not troop.is_set_up(tx):
                return None
        made = _made(config, db, "stop")
    except Exception:
        logger.exception("no last copy could be made")
        return None
    if config.s3_backup_bucket:
        from gsctracker.integrations.s3 import Patience
        from gsctracker.ops.copies import uploading

        try:
            uploading.catch_up(config, db, at_once=True, patience=Patience(*LAST_PATIENCE))
        except Exception as problem:
            logger.warning("the last copy stays on this box: %s", problem, extra={"event": "not_uploaded"})
    return made


def _made(config: Config, db: Database, kind: str) -> str | None:
    from gsctracker.ops.copies import making

    try:
        made = making.make(config, db, kind=kind)
    except Conflict as no:
        if no.code == "copy_under_way":
            return None
        raise
    if made is None:
        return None
    doubt = f" {' '.join(made.suspicious)}" if made.suspicious else ""
    return f"{made.name} was made and checked.{doubt}"
