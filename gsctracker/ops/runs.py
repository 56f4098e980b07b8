"""The record of the timetable: which job ran when, and what came of it."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, many, one, run

KEPT_PER_JOB = 200


def begin(tx: apsw.Connection, job: str, request_id: str) -> int:
    """A job starts; gives the run's id. What is older than the newest KEPT_PER_JOB runs of the job is forgotten."""
    run(
        tx,
        "DELETE FROM job_runs WHERE id IN (SELECT id FROM job_runs WHERE job = :job ORDER BY id DESC LIMIT -1 OFFSET :kept)",
        job=job,
        kept=KEPT_PER_JOB,
    )
    return add(
        tx,
        "INSERT INTO job_runs (job, started_at, request_id) VALUES (:job, :now, :request)",
        job=job,
        now=clock.now(),
        request=request_id,
    )


def end(tx: apsw.Connection, run_id: int, result: str, said: str) -> None:
    """A job ended: `done` or `failed`, and one sentence about it."""
    run(
        tx,
        "UPDATE job_runs SET ended_at = :now, result = :result, said = :said WHERE id = :id",
        now=clock.now(),
        result=result,
        said=said[:500],
        id=run_id,
    )


def last(tx: apsw.Connection, job: str) -> Row | None:
    """The newest run of a job, or None."""
    return one(
        tx,
        "SELECT id, job, started_at, ended_at, result, said, request_id FROM job_runs WHERE job = :job ORDER BY id DESC",
        job=job,
    )


def failed_since(tx: apsw.Connection, instant: str) -> list[Row]:
    """Jobs whose newest run since then failed."""
    return many(
        tx,
        """SELECT job, started_at, said FROM job_runs
            WHERE id IN (SELECT max(id) FROM job_runs GROUP BY job) AND result = 'failed' AND started_at >= :since""",
        since=instant,
    )
