"""The timetable: what the box does by itself, one line a job."""

from collections.abc import Callable
from dataclasses import dataclass

from gsctracker.db import Database
from gsctracker.errors import NotFound
from gsctracker.ops import upkeep
from gsctracker.words import N_


@dataclass(frozen=True)
class Job:
    """A job: its name, when it runs (fields of a cron line, in UTC), what it does in a sentence, and the verb."""

    name: str
    when: dict[str, str]
    about: str
    do: Callable[[Database], str]


TIMETABLE = (
    Job("optimize", {"hour": "9", "minute": "20"}, N_("Keeps the database's statistics fresh."), upkeep.optimize),
    Job(
        "discard-imports",
        {"hour": "9", "minute": "10"},
        N_("Throws away imports that were not applied within 30 days, with the girls' names in them."),
        upkeep.discard_unfinished_imports,
    ),
    Job("forget", {"minute": "40"}, N_("Removes expired sessions and kept answers."), upkeep.forget_what_is_over),
)


def named(name: str) -> Job:
    """The job of that name. Raises NotFound."""
    for job in TIMETABLE:
        if job.name == name:
            return job
    raise NotFound(
        N_("There is no job called %(name)s. There are: %(all)s."),
        "no_such_job",
        name=name,
        all=", ".join(job.name for job in TIMETABLE),
    )
