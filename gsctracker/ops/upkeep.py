"""What keeps the file quick and free of what is over: run by the timetable, each in one short write."""

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.domain import once
from gsctracker.domain.imports import reviewing
from gsctracker.domain.people import sessions

ANSWERS_KEPT_DAYS = 7
UNFINISHED_KEPT_DAYS = 30


def optimize(db: Database) -> str:
    """Renew the planner's statistics where they have grown old; says what was done."""
    with db.write() as tx:
        # 0x10000: look at every table once, so that a new file has statistics after its first night
        tx.execute("PRAGMA analysis_limit = 1000")
        tx.execute("PRAGMA optimize(0x10002)")
    return "statistics are up to date"


def forget_what_is_over(db: Database) -> str:
    """Remove expired sessions and kept answers to Idempotency-Keys older than ANSWERS_KEPT_DAYS; says how many."""
    with db.write() as tx:
        expired = sessions.forget_expired(tx)
        answers = once.forget(tx, clock.after(days=-ANSWERS_KEPT_DAYS))
    return f"{expired} sessions and {answers} kept answers removed"


def discard_unfinished_imports(db: Database) -> str:
    """Throw away imports that were looked at and not applied for UNFINISHED_KEPT_DAYS: girls' names stand in them; says how many."""
    with db.write() as tx:
        gone = reviewing.discard_unfinished(tx, clock.after(days=-UNFINISHED_KEPT_DAYS))
    return f"{gone} imports that were never applied thrown away"
