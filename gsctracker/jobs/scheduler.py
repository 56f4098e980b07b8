"""Keeps the timetable: one job at a time, what was slept through made up for once, whatever the clock does."""

import logging
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops import runs, trusted_clock
from gsctracker.ops.timetable import Job, timetable
from gsctracker.ops.timetable.running import run_job, zone_of
from gsctracker.ops.timetable.when import Daily, When, missed_since

logger = logging.getLogger("gsctracker.jobs")

LOOK_SECONDS = 30.0
JUMPED = timedelta(seconds=90)
LATER = timedelta(minutes=5)  # what comes every few minutes comes again by itself
SOON = timedelta(seconds=60)  # after a start, people go first


class Planned(BaseTrigger):
    """A job's times as APScheduler asks for them. What was slept through is due once: the next run is always later than now."""

    def __init__(self, when: When, zone: ZoneInfo) -> None:
        self._when, self._zone = when, zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next moment later than now and than the run before."""
        return self._when.next(max(now, previous_fire_time or now), self._zone)


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
            # late is better than never
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
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
        if run_job(self._config, self._db, job) == "later" and isinstance(job.when, Daily):
            self._soon(job.name, clock.moment() + LATER)

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
                runs.miss(self._db, job.name)
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
