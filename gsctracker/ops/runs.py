"""The record of the timetable: which job ran when, and what came of it.

A run that did something, or failed, stands in the file. One that found nothing to do stands in memory only: each commit costs
a little of the SD card's life, and would itself be a change that the next copy has to look at.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import apsw

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.rows import Row, many, one, run

KEPT_PER_JOB = 200
MISSED = "missed"


@dataclass(frozen=True)
class Look:
    """A run that wrote nothing: when (UTC), and why."""

    at: str
    said: str


_looks: WeakKeyDictionary[Database, dict[str, Look]] = WeakKeyDictionary()
_counts: WeakKeyDictionary[Database, dict[tuple[str, str], int]] = WeakKeyDictionary()


def count(db: Database, job: str, result: str) -> None:
    """A run ended with that result."""
    counts = _counts.setdefault(db, {})
    counts[job, result] = counts.get((job, result), 0) + 1


def counted(db: Database) -> dict[tuple[str, str], int]:
    """How many runs of each job ended how, since this process opened the file."""
    return dict(_counts.get(db, {}))


def miss(db: Database, job: str) -> None:
    """A run came due while the box was off."""
    count(db, job, MISSED)


def missed(db: Database) -> int:
    """How many did, since this process opened the file."""
    return sum(number for (_, result), number in counted(db).items() if result == MISSED)


def looked(db: Database, job: str, said: str) -> None:
    """A job ran and found nothing to do."""
    _looks.setdefault(db, {})[job] = Look(clock.now(), said)


def looks(db: Database) -> dict[str, Look]:
    """The newest run without work of each job, since this process opened the file."""
    return dict(_looks.get(db, {}))


def record(tx: apsw.Connection, job: str, started_at: str, result: str, said: str, request_id: str) -> None:
    """A job ran from `started_at` until now: `done` or `failed`, and one sentence. Only the newest KEPT_PER_JOB runs are kept."""
    run(
        tx,
        """INSERT INTO job_runs (job, started_at, ended_at, result, said, request_id)
           VALUES (:job, :started, :now, :result, :said, :request)""",
        job=job,
        started=started_at,
        now=clock.now(),
        result=result,
        said=said[:500],
        request=request_id,
    )
    run(
        tx,
        "DELETE FROM job_runs WHERE id IN (SELECT id FROM job_runs WHERE job = :job ORDER BY id DESC LIMIT -1 OFFSET :kept)",
        job=job,
        kept=KEPT_PER_JOB,
    )


def last(tx: apsw.Connection, job: str) -> Row | None:
    """The newest recorded run of a job, or None."""
    return one(
        tx,
        "SELECT id, job, started_at, ended_at, result, said, request_id FROM job_runs WHERE job = :job ORDER BY id DESC",
        job=job,
    )


def last_done(tx: apsw.Connection, job: str) -> str | None:
    """When a job last did something and succeeded, or None."""
    found = one(
        tx, "SELECT ended_at FROM job_runs WHERE job = :job AND result = 'done' ORDER BY id DESC LIMIT 1", job=job
    )
    return found.ended_at if found else None


def failed_since(tx: apsw.Connection, instant: str) -> list[Row]:
    """Jobs whose newest run since then failed."""
    return many(
        tx,
        """SELECT job, started_at, said FROM job_runs
            WHERE id IN (SELECT max(id) FROM job_runs GROUP BY job) AND result = 'failed' AND started_at >= :since""",
        since=instant,
    )


def forget(tx: apsw.Connection, before: str) -> int:
    """Remove runs that started before that instant, but the newest of each job; gives how many."""
    return run(
        tx,
        "DELETE FROM job_runs WHERE started_at < :before AND id NOT IN (SELECT max(id) FROM job_runs GROUP BY job)",
        before=before,
    )
