"""The timetable: what the box does by itself, one line a job."""

from collections.abc import Callable
from dataclasses import dataclass

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.errors import NotFound
from gsctracker.ops import (
    certificates,
    consent_mail,
    device_mails,
    digest,
    family_exports,
    file_upkeep,
    forgetting,
    push,
    releases,
    rewarding,
    season_days,
    upkeep,
    waiting_list_mails,
)
from gsctracker.ops.timetable import copying
from gsctracker.ops.timetable.when import Daily, Every, When
from gsctracker.words import N_

MONDAY, SUNDAY = 0, 6


@dataclass(frozen=True)
class Job:
    """A job: its name, when it runs (times of day are the troop's), what it does in a sentence, and the verb.

    The verb gives a sentence about what it did, or None where there was nothing to do and it wrote nothing. `dated` work goes
    by the age of things and waits while the clock cannot be believed. `keeps` says what it removes after how long.
    """

    name: str
    when: When
    about: str
    do: Callable[[Config, Database], str | None]
    dated: bool = False
    keeps: str = ""


def timetable(config: Config) -> tuple[Job, ...]:
    """All jobs, at the times that the settings say."""
    return tuple(job for jobs in grouped(config).values() for job in jobs)


def grouped(config: Config) -> dict[str, tuple[Job, ...]]:
    """All jobs under what they are for; copies come first, before the work that changes the file."""
    return {
        N_("Copies and their proof"): _copies(config),
        N_("The troop's season"): _season(),
        N_("Families and consent"): _families(),
        N_("The box and its file"): _box(config),
        N_("What grows old"): _thrown_away(config),
    }


def _copies(config: Config) -> tuple[Job, ...]:
    return (
        Job(
            "copy",
            Every(config.backup_every_minutes),
            N_("Makes a verified copy when something was changed since the last one."),
            copying.copy,
        ),
        Job("daily-copy", Daily(config.backup_time), N_("Makes the copy that is kept for the day."), copying.daily),
        Job(
            "ship",
            Every(5, after=2),
            N_("Brings copies off the box that are not there yet, the newest first."),
            copying.ship,
        ),
        Job(
            "ship-rows",
            Every(1),
            N_("Writes down each minute what was written since the last copy, and brings it off the box."),
            copying.ship_rows,
            keeps=N_("What was written since a copy: a day."),
        ),
        Job(
            "drill",
            Daily(_later(config.upkeep_time, 45), SUNDAY),
            N_(
                "Rehearses disaster: the newest copy is restored in a scratch place, with the key of the recovery sheet."
            ),
            copying.drill,
        ),
    )


def _season() -> tuple[Job, ...]:
    return (
        Job(
            "sum-days",
            Daily("01:00"),
            N_("Sums up each day of the season by cookie, girl and booth, for the seasons to come."),
            season_days.sum_up,
        ),
        Job(
            "look-at-entries",
            Every(5, after=3),
            N_("Looks for entries that are unlike the others, for a leader to look at again."),
            upkeep.look_at_entries,
        ),
        Job(
            "give-rewards",
            Every(15, after=7),
            N_(
                "Tells the reward levels that girls reached, and gives the points that shifts and boxes brought: each once."
            ),
            rewarding.give,
        ),
        Job(
            "waiting-lists",
            Every(5, after=4),
            N_("Tells those by mail who moved up from a waiting list, each once."),
            waiting_list_mails.tell,
        ),
        Job(
            "new-devices",
            Every(5, after=1),
            N_("Tells those by mail in whose name somebody signed in on a new device, each once."),
            device_mails.tell,
        ),
        Job(
            "shift-reminders",
            Daily("17:00"),
            N_("Reminds adults on their own phones of the shifts of the next day, where they asked for it."),
            push.remind,
        ),
    )


def _families() -> tuple[Job, ...]:
    return (
        Job(
            "family-files",
            Every(1),
            N_("Makes the files with all that is kept of a girl, for families who asked."),
            family_exports.make_waiting,
        ),
        Job(
            "forget-family-files",
            Every(60, after=20),
            N_("Removes files that were made for families."),
            family_exports.forget_old,
            dated=True,
            keeps=N_("Files made for families: 24 hours."),
        ),
        Job(
            "consent-letters",
            Every(5, after=1),
            N_("Sends the letters that ask for consent by mail, and a day after a yes the second ones."),
            consent_mail.send_due,
        ),
        Job(
            "end-consents",
            Daily("03:50"),
            N_("Puts girls' accounts to rest whose consent has run out."),
            upkeep.end_consents,
            dated=True,
        ),
        Job(
            "forget-consents",
            Daily("03:55"),
            N_("Removes records of consent that ended long ago, and letters that came to nothing."),
            upkeep.forget_consents,
            dated=True,
            keeps=N_("Consent: three years after it ended. Letters that asked for it by mail: 30 days."),
        ),
        Job(
            "forget-buyers",
            Daily("04:30"),
            N_("Removes buyers' names, addresses and notes of sales that were handed over."),
            upkeep.forget_buyers,
            dated=True,
            keeps=N_("Buyers' names and addresses: 30 days after the boxes were handed over."),
        ),
        Job(
            "forget-girls",
            Daily("04:40"),
            N_("Takes the names of girls who left out of past seasons; their figures stay."),
            forgetting.forget_who_left,
            dated=True,
            keeps=N_("Names of girls who left: 60 days after the next season began."),
        ),
    )


def _box(config: Config) -> tuple[Job, ...]:
    return (
        Job(
            "look-at-certificate",
            Every(60, after=25),
            N_("Asks the box's own address how long its certificate lasts."),
            certificates.look,
        ),
        Job("optimize", Daily("03:20"), N_("Keeps the database's statistics fresh."), file_upkeep.optimize),
        Job("fold-in", Daily("03:40"), N_("Folds the database's log into its file."), file_upkeep.fold_in),
        Job(
            "check",
            Daily(config.upkeep_time, SUNDAY),
            N_("Looks at every page, index and reference of the database."),
            file_upkeep.check,
        ),
        Job(
            "shrink",
            Daily(_later(config.upkeep_time, 15), SUNDAY),
            N_("Makes the file smaller when more than a fifth of it is empty."),
            file_upkeep.shrink,
        ),
        Job(
            "weekly-letter",
            Daily("07:30", MONDAY),
            N_("Sends who runs the box a letter about its week: copies, their proof, what was wrong."),
            digest.send,
        ),
        Job(
            "after-upgrade",
            Every(60, after=50),
            N_("Notes which version runs; a day after an upgrade it sends who runs the box a letter that compares."),
            releases.look,
        ),
    )


def _thrown_away(config: Config) -> tuple[Job, ...]:
    return (
        Job(
            "forget-sessions",
            Every(60, after=40),
            N_("Removes sessions that are over."),
            upkeep.forget_sessions,
            dated=True,
            keeps=N_("Sessions: 30 days after signing in."),
        ),
        Job(
            "forget-answers",
            Daily("03:10"),
            N_("Removes old answers that were kept for phones that ask twice."),
            upkeep.forget_answers,
            dated=True,
            keeps=N_("Kept answers to repeated requests: 400 days."),
        ),
        Job(
            "discard-imports",
            Daily("04:00"),
            N_("Throws away imports that were not applied within 30 days, with the girls' names in them."),
            upkeep.discard_unfinished_imports,
            dated=True,
            keeps=N_("Imports that were never applied: 30 days."),
        ),
        Job(
            "clear-scratch",
            Daily("04:10"),
            N_("Removes scratch files that were left behind."),
            upkeep.clear_scratch,
            dated=True,
            keeps=N_("Scratch files: a day."),
        ),
        Job(
            "forget-logs",
            Daily("04:15"),
            N_("Removes old files of log lines, where such files are kept."),
            upkeep.forget_logs,
            dated=True,
            keeps=N_("Full files of log lines: as many days as LOG_KEEP_DAYS says."),
        ),
        Job(
            "forget-runs",
            Daily("04:20"),
            N_("Shortens the record of this timetable."),
            upkeep.forget_runs,
            dated=True,
            keeps=N_("Runs of these jobs: 90 days, and the newest of each."),
        ),
        Job(
            "forget-feedback",
            Daily("04:40"),
            N_("Removes old notes of what people said of the program."),
            upkeep.forget_feedback,
            dated=True,
            keeps=N_("Notes from the foot of pages: 400 days."),
        ),
        Job(
            "forget-audit",
            Daily(_later(config.upkeep_time, 30), SUNDAY),
            N_("Removes old lines of the record of who did what; consent and deletion stay."),
            upkeep.forget_audit,
            dated=True,
            keeps=N_("Who did what: two years; consent and deletion for ever."),
        ),
    )


def named(config: Config, name: str) -> Job:
    """The job of that name. Raises NotFound."""
    known = timetable(config)
    for job in known:
        if job.name == name:
            return job
    raise NotFound(
        N_("There is no job called %(name)s. There are: %(all)s."),
        "no_such_job",
        name=name,
        all=", ".join(job.name for job in known),
    )


def _later(time: str, minutes: int) -> str:
    hour, minute = map(int, time.split(":"))
    total = (hour * 60 + minute + minutes) % (24 * 60)
    return f"{total // 60:02}:{total % 60:02}"
