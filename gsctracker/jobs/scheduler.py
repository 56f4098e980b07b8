"""Keeps the timetable: one job at a time, what was slept through made up for once, whatever the clock does."""

import logging
import secrets
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.season import troop
from gsctracker.errors import Refusal
from gsctracker.jobs import Job, timetable
from gsctracker.jobs.when import Planned, missed_since
from gsctracker.log import request_id
from gsctracker.ops import runs, trusted_clock

logger = logging.getLogger("gsctracker.jobs")

LOOK_SECONDS = 30.0
JUMPED = timedelta(seconds=90)
SOON = timedelta(seconds=60)  # after a start, people go first


class Keeper:
    """The timetable as it is kept by this process; `shutdown()` waits for the job that runs."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config, self._db = config, db
        self._jobs = timetable(config)
        self._waiting: set[str] = set()
        self._over = threading.Event()
        with db.read() as tx:
            self._trust = trusted_clock.trust(tx)
        self._zone = zone_of(db)
        self.scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={
                "coalesce": True,
                "misfire_grace_time": None,
                "max_instances": 1,
            },  # late is better than never
        )
        self._plan()
        self._make_up(clock.moment())

    def start(self) -> None:
        """Begin, in threads of its own."""
        self.scheduler.start()
        threading.Thread(target=self._watch, name="clock", daemon=True).start()

    def shutdown(self) -> None:
        """End, after the job that runs."""
        self._over.set()
        if self.scheduler.running:
            self.scheduler.shutdown()

    def look(self, now: datetime, ticks: float) -> None:
        """Look at the clock: when it jumped, or the troop moved, all next runs are found anew."""
        jumped = self._trust.look(now, ticks)
        zone = zone_of(self._db)
        if abs(jumped) > JUMPED:
            logger.warning("the clock jumped by %s", jumped, extra={"event": "clock_jumped"})
        if jumped < -JUMPED or zone != self._zone:
            self._zone = zone
            self._plan()
        elif jumped > JUMPED and self.scheduler.running:
            self.scheduler.wakeup()  # what came due meanwhile is done once, then planned from now
        if self._trust.is_given and self._waiting:
            for name in sorted(self._waiting):
                self._soon(name, now)
            self._waiting.clear()

    def keep(self, job: Job) -> None:
        """Run a job, or let it wait for a clock that can be believed."""
        if job.dated and not self._trust.is_given:
            self._waiting.add(job.name)
            runs.looked(self._db, job.name, "waits until the clock can be believed")
            return
        run(self._config, self._db, job)

    def _plan(self) -> None:
        for job in self._jobs:
            self.scheduler.add_job(
                self.keep, Planned(job.when, self._zone), [job], id=job.name, name=job.name, replace_existing=True
            )

    def _make_up(self, now: datetime) -> None:
        """Do soon what came due while the box was off: each job once."""
        with self._db.read() as tx:
            known = {job.name: runs.last(tx, job.name) for job in self._jobs}
        for job in self._jobs:
            last = known[job.name]
            if last and missed_since(job.when, datetime.fromisoformat(last.started_at), now, self._zone):
                self._soon(job.name, now)

    def _soon(self, name: str, now: datetime) -> None:
        job = next(job for job in self._jobs if job.name == name)
        self.scheduler.add_job(
            self.keep, "date", run_date=now + SOON, args=[job], id=f"{name} made up for", replace_existing=True
        )

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            try:
                self.look(clock.moment(), clock.ticks())
            except Exception:  # a look that fails must not be the last
                logger.exception("the clock could not be looked at")


def start(config: Config, db: Database) -> Keeper:
    """Begin keeping the timetable in threads of its own; `shutdown()` ends it."""
    keeper = Keeper(config, db)
    keeper.start()
    return keeper


def run(config: Config, db: Database, job: Job) -> str:
    """Run a job now: `done`, `idle` where there was nothing to do, or `failed`. Raises nothing: the timetable goes on.

    What was done, or failed, is recorded; an idle run writes nothing.
    """
    request_id.set(f"job-{secrets.token_hex(8)}")
    started = clock.now()
    try:
        result, said = "done", job.do(config, db)
    except Refusal as refusal:
        logger.warning("job %s refused: %s", job.name, refusal, extra={"event": "job", "job": job.name})
        result, said = "failed", str(refusal)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        result, said = "failed", f"{type(problem).__name__}: see the log for {request_id.get()}"
    if said is None:
        runs.looked(db, job.name, "nothing to do")
        return "idle"
    try:
        with db.write() as tx:
            runs.record(tx, job.name, started, result, said, request_id.get())
    except Exception:  # a full disk: the log still tells
        logger.exception("the run of job %s could not be recorded", job.name)
    logger.info("job %s %s: %s", job.name, result, said, extra={"event": "job", "job": job.name, "result": result})
    return result


def zone_of(db: Database) -> ZoneInfo:
    """The troop's time zone; UTC before there is a troop."""
    with db.read() as tx:
        own = troop.own(tx)
    return ZoneInfo(own.time_zone if own else "UTC")
