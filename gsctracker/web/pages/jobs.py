"""What the box does by itself, and how long what is kept."""

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import get_locale, gettext, ngettext

from gsctracker.ops import box_record, metrics
from gsctracker.ops.timetable import named, overview, running
from gsctracker.ops.timetable.when import Every, When
from gsctracker.web.access import allow

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@bp.get("")
@allow("operate")
def index():
    """Each job in words, what came of its last run, its next, and a button to run it now; how long each class is kept."""
    config = metrics.of().config
    found = overview.groups(config, g.db)
    return render_template(
        "jobs/index.html",
        groups=[(title, [(line, _in_words(line.job.when)) for line in lines]) for title, lines in found.items()],
        keeping=[line for lines in found.values() for line in lines if line.job.keeps],
        keep_days=config.backup_keep_days,
    )


@bp.post("/<name>/run")
@allow("operate")
def run(name: str):
    """Run a job now and say what came of it."""
    config = metrics.of().config
    result = running.run_job(config, g.db, named(config, name))
    box_record.note(g.db, "job.asked", g.by, job=name, result=result)
    if result == "failed":
        flash(gettext("%(job)s failed; the reason stands in its line.", job=name), "bad")
    elif result == "idle":
        flash(gettext("%(job)s found nothing to do.", job=name), "good")
    else:
        flash(gettext("%(job)s is done.", job=name), "good")
    return redirect("/jobs", 303)


def _in_words(when: When) -> str:
    if isinstance(when, Every):
        if when.minutes == 60:
            return gettext("every hour")
        return ngettext("every minute", "every %(num)s minutes", when.minutes)
    if when.weekday is None:
        return gettext("every day at %(time)s", time=when.at)
    day = get_locale().days["format"]["wide"][when.weekday]
    return gettext("%(day)s at %(time)s", day=day, time=when.at)
