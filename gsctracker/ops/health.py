"""Is the box well? Said in a few words that hold no secret and no name."""

import platform
from datetime import datetime, timedelta
from pathlib import Path

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Busy, Closed, Database
from gsctracker.db.migrate import newest, number_of
from gsctracker.db.rows import value
from gsctracker.ops import machine, runs, standby
from gsctracker.words import in_english

Check = dict[str, str]

FULL_DISK_BYTES = 1_000_000  # as the rule DiskFull has it
LOW_DISK_BYTES = 500_000_000
LOW_DISK_SHARE = 0.05
MOST_MEMORY_SHARE = 0.6
COPY_IS_OLD_AFTER = timedelta(hours=26)
STANDS_STILL_AFTER = timedelta(hours=3)  # the busiest job runs every hour
READY_SECONDS = 1.0
FAILURE_COUNTS_FOR = timedelta(days=2)


def report(config: Config, db: Database, uptime_seconds: float) -> dict[str, object]:
    """The answer of /health: `status`, `timestamp`, `uptimeSeconds`, `version` and `checks`, each with its own status.

    A warning does not make the box unhealthy: restarting it would not help.
    """
    checks = {
        "database": database(config, db),
        "disk": disk(config.data_dir),
        "memory": memory(),
        "backup": backup(config.backups, db),
        "jobs": jobs(db, uptime_seconds),
    }
    well = all(check["status"] != "unhealthy" for check in checks.values())
    return {
        "status": "healthy" if well else "unhealthy",
        "timestamp": clock.now(),
        "uptimeSeconds": int(uptime_seconds),
        "version": __version__,
        "checks": checks,
    }


def ready(db: Database) -> str:
    """Why no request can be answered well here, in a word; empty where all can: the schema is ours, there is room, and a
    change is possible within a second.
    """
    began = clock.ticks()
    try:
        if machine.disk_of(db.path.parent)[1] < FULL_DISK_BYTES:
            return "disk"
        with db.read() as tx:
            if number_of(tx) != newest():
                return "schema"
        with db.write():
            raise _NothingIsWritten
    except _NothingIsWritten:
        return "" if clock.ticks() - began < READY_SECONDS else "slow"
    except Closed:
        return "closed"
    except (apsw.Error, Busy, OSError):
        return "database"


class _NothingIsWritten(Exception):
    """Takes a change back before it is one: no commit, no wear of the card."""


def detailed(config: Config, db: Database, uptime_seconds: float) -> dict[str, object]:
    """The same and what an admin wants to know beside it: versions, sizes, connections."""
    total, free = machine.disk_of(config.data_dir)
    has, left = machine.memory_of_machine()
    found: dict[str, object] = {"path": str(config.database), "connections": db.open_connections()}
    copies: dict[str, object] = {}
    try:
        found["bytes"] = config.database.stat().st_size
        with db.read() as tx:
            found |= {"schema": number_of(tx), "freePages": value(tx, "PRAGMA freelist_count")}
            copies = _copies(config, tx)
    except (OSError, apsw.Error) as error:
        found["error"] = type(error).__name__
    return report(config, db, uptime_seconds) | {
        "versions": {
            "gsctracker": __version__,
            "python": platform.python_version(),
            "sqlite": apsw.sqlite_lib_version(),
            "apsw": apsw.apsw_version(),
            "system": platform.platform(terse=True),
        },
        "database": found,
        "copies": copies,
        "disk": {"bytes": total, "freeBytes": free, "fileSystem": machine.file_system_of(config.data_dir)},
        "memory": {"processBytes": machine.memory_of_process(), "machineBytes": has, "availableBytes": left},
        "threads": config.threads,
    }


def database(config: Config, db: Database) -> Check:
    """Whether the file is where it was and answers."""
    try:
        # an open connection still reads a deleted file, so the file itself is asked for as well
        if config.database.stat().st_size == 0:
            return _unhealthy("The database file is empty.")
        if machine.is_read_only(config.database.parent):
            return _unhealthy("The disk can only be read, nothing can be saved.")
        if why := standby.now(db):
            said = in_english(why.sentence, why.params)
            return _warning(said) if why.reason == "by_hand" else _unhealthy(said)
        with db.read() as tx:
            value(tx, "SELECT count(*) FROM sqlite_schema")
    except OSError:
        return _unhealthy("The database file is not there.")
    except apsw.Error:
        return _unhealthy("The database does not answer.")
    return _healthy()


def disk(folder: Path) -> Check:
    """Whether there is room for the season and its copies."""
    try:
        total, free = machine.disk_of(folder)
    except OSError:
        return _unhealthy("The data folder is not there.")
    if free < FULL_DISK_BYTES:
        return _warning("The disk is full: nothing can be saved.")
    if free < LOW_DISK_BYTES or free < total * LOW_DISK_SHARE:
        return _warning(f"Only {free // 1_000_000} MB are free on the disk.")
    return _healthy()


def memory() -> Check:
    """Whether this server stays within what the machine can give."""
    has, _ = machine.memory_of_machine()
    holds = machine.memory_of_process()
    if has and holds > has * MOST_MEMORY_SHARE:
        return _warning(f"The server holds {holds // 1_000_000} MB of memory.")
    return _healthy()


def backup(folder: Path, db: Database | None = None) -> Check:
    """Whether there is a fresh copy (a manifest in the folder of copies, by the time in its name), and one was proven lately."""
    newest = max((file.name.split("-")[1] for file in folder.glob("gsctracker-*T*Z-*.json")), default="")
    if not newest:
        return _warning("There is no copy of the data yet.")
    try:
        made = datetime.strptime(newest + "+0000", "%Y%m%dT%H%M%SZ%z")
    except ValueError:
        return _warning("The time of the newest copy cannot be read.")
    if clock.moment() - made > COPY_IS_OLD_AFTER:
        return _warning(f"The newest copy is of {clock.instant(made)}.")
    return (_rehearsals(db) if db else _healthy()) | {"newest": clock.instant(made)}


def _rehearsals(db: Database) -> Check:
    from gsctracker.ops.copies import drill  # what copies need is not loaded before there is one

    try:
        with db.read() as tx:
            known = drill.state(tx)
    except apsw.Error:
        return _warning("The record of rehearsals cannot be read.")
    if known.has_failed:
        return _warning("The last rehearsal of a restore failed.")
    if known.is_stale:
        return _warning(f"No copy was proven by restoring it for {drill.STALE_DAYS} days.")
    return _healthy()


def _copies(config: Config, tx: apsw.Connection) -> dict[str, object]:
    """What an admin wants to know of copies: how old the oldest entry is that only this box has, and what was last proven."""
    from gsctracker.ops.copies import drill, protection

    known = drill.state(tx)
    last = known.last
    return {
        "unprotectedSeconds": protection.unprotected_seconds(tx, config),
        "lastProven": known.proven.ended_at if known.proven else None,
        "lastProvenMilliseconds": known.proven.milliseconds if known.proven else None,
        "lastRehearsal": {"at": last.ended_at, "result": last.result, "said": last.said} if last else None,
        "wantsRehearsalByHand": known.wants_a_person,
    }


def jobs(db: Database, uptime_seconds: float) -> Check:
    """Whether the timetable is kept: something ran lately, and what ran last did not fail."""
    now = clock.moment()
    try:
        with db.read() as tx:
            failed = runs.failed_since(tx, clock.instant(now - FAILURE_COUNTS_FOR))
            newest = max(
                filter(
                    None,
                    (value(tx, "SELECT max(started_at) FROM job_runs"), *(one.at for one in runs.looks(db).values())),
                ),
                default=None,
            )
    except apsw.Error:
        return _warning("The record of the timetable cannot be read.")
    if failed:
        return _warning(f"Failed when last run: {', '.join(run.job for run in failed)}.")
    since = clock.instant(now - STANDS_STILL_AFTER)
    if uptime_seconds > STANDS_STILL_AFTER.total_seconds() and (newest is None or newest < since):
        return _warning(f"Nothing of the timetable has run since {newest or 'the start'}.")
    return _healthy()


def _healthy() -> Check:
    return {"status": "healthy"}


def _warning(message: str) -> Check:
    return {"status": "warning", "message": message}


def _unhealthy(message: str) -> Check:
    return {"status": "unhealthy", "message": message}
