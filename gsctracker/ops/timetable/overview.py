"""The timetable as a page or a list shows it: each job, its next run, what came of the last."""

from dataclasses import dataclass

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops import runs
from gsctracker.ops.timetable import Job, grouped
from gsctracker.ops.timetable.running import zone_of


@dataclass(frozen=True)
class Line:
    """A job, when it runs next (UTC), its newest recorded run, when it last did something, and its newest look without work."""

    job: Job
    next_run: str
    last: runs.Row | None
    last_done: str | None
    look: runs.Look | None

    @property
    def has_failed(self) -> bool:
        """Whether its newest run failed."""
        return self.last is not None and self.last.result == "failed"


def lines(config: Config, db: Database) -> list[Line]:
    """Every job of the timetable, in its order."""
    return [line for found in groups(config, db).values() for line in found]


def groups(config: Config, db: Database) -> dict[str, list[Line]]:
    """The same under what the jobs are for."""
    zone, now, looks = zone_of(db), clock.moment(), runs.looks(db)
    with db.read() as tx:
        return {
            title: [
                Line(
                    job,
                    clock.instant(job.when.next(now, zone)),
                    runs.last(tx, job.name),
                    runs.last_done(tx, job.name),
                    looks.get(job.name),
                )
                for job in jobs
            ]
            for title, jobs in grouped(config).items()
        }
