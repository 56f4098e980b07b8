"""Runs one job and records what came of it."""

import logging
import secrets
import threading
from zoneinfo import ZoneInfo

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Closed, Database
from gsctracker.domain.season import troop
from gsctracker.errors import Refusal
from gsctracker.log import doing, request_id
from gsctracker.ops import runs
from gsctracker.ops.timetable import Job
from gsctracker.words import in_english

logger = logging.getLogger("gsctracker.jobs")

WAITS_FOR = frozenset({"copy_under_way", "restore_under_way", "upload_under_way"})  # what ends by itself in minutes

_turn = threading.Lock()


def run_job(config: Config, db: Database, job: Job) -> str:
    """Run a job now: `done`, `idle` where there was nothing to do, `later` where it has to wait until the box may be written
    or another copy is made, or `failed`. Raises nothing: the timetable goes on.

    What was done, or failed, is recorded; an idle run writes nothing. In this process
    one job runs at a time: another waits.
    """
    with _turn:
        result = _run(config, db, job)
        runs.count(db, job.name, result)
        return result


def _run(config: Config, db: Database, job: Job) -> str:
    request_id.set(f"job-{secrets.token_hex(8)}")
    doing.set(f"job {job.name}")
    started = clock.now()
    try:
        result, said = "done", job.do(config, db)
    except Closed as closed:
        return _later(db, job, in_english(closed.sentence, None))
    except Refusal as refusal:
        if refusal.code in WAITS_FOR:
            return _later(db, job, str(refusal))
        logger.warning("job %s refused: %s", job.name, refusal, extra={"event": "job", "job": job.name})
        result, said = "failed", str(refusal)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        where = f"{problem.filename}: {problem.strerror}; " if isinstance(problem, OSError) and problem.filename else ""
        result, said = "failed", f"{where or type(problem).__name__ + ': '}see the log for {request_id.get()}"
    if said is None:
        runs.looked(db, job.name, "nothing to do")
        return "idle"
    try:
        with db.write() as tx:
            runs.record(tx, job.name, started, result, said, request_id.get())
    except Closed:  # nothing may be written: the log and this process's memory tell
        runs.looked(db, job.name, f"{result}: {said}")
    except Exception:  # a full disk: the log still tells
        logger.exception("the run of job %s could not be recorded", job.name)
    logger.info("job %s %s: %s", job.name, result, said, extra={"event": "job", "job": job.name, "result": result})
    return result


def _later(db: Database, job: Job, why: str) -> str:
    logger.info("job %s waits: %s", job.name, why, extra={"event": "job", "job": job.name, "result": "later"})
    runs.looked(db, job.name, f"waits: {why}")
    return "later"


def zone_of(db: Database) -> ZoneInfo:
    """The troop's time zone; UTC before there is a troop."""
    with db.read() as tx:
        own = troop.own(tx)
    return ZoneInfo(own.time_zone if own else "UTC")
