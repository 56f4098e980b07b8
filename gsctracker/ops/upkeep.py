"""What is over is forgotten, each class of it after its own period: run by the timetable, each in one short write.

Each verb takes the settings and the database and gives a sentence about what it removed, or None where there was nothing:
then nothing is written either.
"""

import shutil
from collections.abc import Callable

import apsw

from gsctracker import clock, log
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain import audit, feedback, once
from gsctracker.domain.imports import reviewing
from gsctracker.domain.people import consent_letters, consents, sessions
from gsctracker.domain.reviewing import sanity
from gsctracker.domain.sales import buyers
from gsctracker.ops import runs

ANSWERS_KEPT_DAYS = 400  # a phone that lay in a drawer for a season still gets the answer it missed
UNFINISHED_KEPT_DAYS = 30
RUNS_KEPT_DAYS = 90
BUYERS_KEPT_DAYS = 30
SCRATCH_KEPT_SECONDS = 24 * 3600


class NothingToDo(Exception):
    """Ends a write without a commit."""


def forget_sessions(config: Config, db: Database) -> str | None:
    """Remove sessions that have expired."""
    return _removed(db, sessions.forget_expired, "expired sessions")


def forget_answers(config: Config, db: Database) -> str | None:
    """Remove kept answers to Idempotency-Keys older than ANSWERS_KEPT_DAYS."""
    return _removed(db, lambda tx: once.forget(tx, clock.after(days=-ANSWERS_KEPT_DAYS)), "kept answers")


def discard_unfinished_imports(config: Config, db: Database) -> str | None:
    """Throw away imports that were looked at and not applied for UNFINISHED_KEPT_DAYS: girls' names stand in them."""
    before = clock.after(days=-UNFINISHED_KEPT_DAYS)
    return _removed(db, lambda tx: reviewing.discard_unfinished(tx, before), "imports that were never applied")


def look_at_entries(config: Config, db: Database) -> str | None:
    """Look at the entries of the last minutes that are unlike the others; none is ever stopped."""
    try:
        with db.write() as tx:
            looked = sanity.catch_up(tx)
            if not looked:
                raise NothingToDo
    except NothingToDo:
        return None
    return f"looked at {looked} entries"


def forget_audit(config: Config, db: Database) -> str | None:
    """Remove lines of the audit log older than two years, but those of consent and deletion; the removal is itself a line."""
    return _removed(db, audit.forget, "lines of the audit log")


def end_consents(config: Config, db: Database) -> str | None:
    """Disable girls' accounts whose consent ran out with its season or its year."""
    return _removed(db, consents.put_to_rest, "girls' sign-ins whose consent ran out")


def forget_consents(config: Config, db: Database) -> str | None:
    """Remove records of consent three years after they ended, and letters that came to nothing after 30 days."""
    return _removed(
        db, lambda tx: consents.forget(tx) + consent_letters.forget(tx), "records of consent and letters about it"
    )


def forget_buyers(config: Config, db: Database) -> str | None:
    """Drop who bought, BUYERS_KEPT_DAYS after a sale was handed over or cancelled: third persons' data."""
    before = clock.after(days=-BUYERS_KEPT_DAYS)[:10]
    return _removed(db, lambda tx: buyers.forget_delivered(tx, before), "buyers")


def forget_feedback(config: Config, db: Database) -> str | None:
    """Remove what people said of the program more than feedback.KEPT_DAYS ago."""
    return _removed(db, lambda tx: feedback.forget(tx, clock.after(days=-feedback.KEPT_DAYS)), "notes of people")


def forget_runs(config: Config, db: Database) -> str | None:
    """Remove the record of job runs older than RUNS_KEPT_DAYS, but the newest of each job."""
    return _removed(db, lambda tx: runs.forget(tx, clock.after(days=-RUNS_KEPT_DAYS)), "runs of jobs")


def clear_scratch(config: Config, db: Database) -> str | None:
    """Remove what killed programs left in DATA_DIR/tmp more than a day ago."""
    folder, gone = config.data_dir / "tmp", 0
    oldest = clock.moment().timestamp() - SCRATCH_KEPT_SECONDS
    for file in folder.glob("*") if folder.is_dir() else ():
        # the copy that the minutes since are compared with stays as long as it is the newest
        if file.is_file() and not file.name.startswith("last-copy.db") and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
            gone += 1
        elif file.is_dir() and file.name.startswith(("drill-", "staged-")) and file.stat().st_mtime < oldest:
            shutil.rmtree(
                file, ignore_errors=True
            )  # of a rehearsal or a restore that was killed: the troop's data is in it
            gone += 1
    return f"{gone} scratch files removed" if gone else None


def forget_logs(config: Config, db: Database) -> str | None:
    """Remove full files of log lines older than LOG_KEEP_DAYS from LOG_DIR; those that are written to stay."""
    if config.log_dir is None:
        return None
    oldest, gone = clock.moment().timestamp() - config.log_keep_days * 24 * 3600, 0
    for name in (log.ALL, log.ERRORS):
        for file in config.log_dir.glob(f"{name}.*"):
            if file.suffix[1:].isdigit() and file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
                gone += 1
    return f"{gone} files of log lines removed" if gone else None


def _removed(db: Database, remove: Callable[[apsw.Connection], int], what: str) -> str | None:
    try:
        with db.write() as tx:
            gone = remove(tx)
            if not gone:
                raise NothingToDo
    except NothingToDo:
        return None
    return f"{gone} {what} removed"
