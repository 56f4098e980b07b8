"""Keeps the timetable: one job at a time, each run recorded, late runs caught up once."""

import logging
import secrets

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from gsctracker.db import Database
from gsctracker.jobs import TIMETABLE, Job
from gsctracker.log import request_id
from gsctracker.ops import runs

logger = logging.getLogger("gsctracker.jobs")

LATE_SECONDS = 6 * 3600  # a box that slept does what it missed, once, if it is not older than this


def start(db: Database) -> BackgroundScheduler:
    """Begin keeping the timetable in a thread of its own; `shutdown()` ends it."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": LATE_SECONDS, "max_instances": 1},
    )
    for job in TIMETABLE:
        scheduler.add_job(run, CronTrigger(timezone="UTC", **job.when), [db, job], id=job.name)
    scheduler.start()
    return scheduler


def run(db: Database, job: Job) -> str:
    """Run a job now and record what came of it: `done` or `failed`. Raises nothing: the timetable goes on."""
    request_id.set(f"job-{secrets.token_hex(8)}")
    with db.write() as tx:
        run_id = runs.begin(tx, job.name, request_id.get())
    try:
        result, said = "done", job.do(db)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        result, said = "failed", f"{type(problem).__name__}: see the log for {request_id.get()}"
    with db.write() as tx:
        runs.end(tx, run_id, result, said)
    logger.info("job %s %s: %s", job.name, result, said, extra={"event": "job", "job": job.name, "result": result})
    return result
