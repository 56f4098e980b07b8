"""How the box does over a week or a month: what is asked of it, how fast it answers, what fills its disk, how long it was up."""

from flask import Blueprint, current_app, g, render_template, request
from flask_babel import gettext

from gsctracker.ops import trends
from gsctracker.ops.alerts import watch
from gsctracker.web import charts, locale
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("trends", __name__, url_prefix="/problems/trends")

WEEK, MONTH = 7, 30
UNUSUAL = {
    "requests": N_(
        "More was asked of the box than usual: %(number)s pages and calls in that hour, where %(usual)s are usual."
    ),
    "failures": N_("More failed than usual: %(number)s answers in that hour, where %(usual)s are usual."),
    "slowest": N_("Answers took longer than usual: up to %(number)s ms in that hour, where %(usual)s ms are usual."),
    "reads": N_(
        "Reading the database took longer than usual: up to %(number)s ms on that day, where %(usual)s ms are usual."
    ),
    "writes": N_(
        "Writing to the database took longer than usual: up to %(number)s ms on that day, where %(usual)s ms are usual."
    ),
}


@bp.get("")
@allow("operate")
def index():
    """Charts of 7 or 30 days, the day the disk will be full, what was unlike other weeks, how long the box was up."""
    days = MONTH if request.args.get("days") == str(MONTH) else WEEK
    with g.db.read() as tx:
        readings = trends.days(tx, days)
        hours = trends.hours(tx)
        slower = trends.slower(trends.days_over(tx, trends.DAYS_COMPARED))
        up = trends.uptime(tx)
    week = hours[-24 * trends.LOOKED_BACK_DAYS :]
    return render_template(
        "trends/index.html",
        days=days,
        pictures=_pictures(readings),
        full_on=trends.disk_full_on(week),
        unusual=[(one.at, said(one)) for one in [*slower, *trends.unusual(hours, newest=24 * days)][:20]],
        up=[(month, locale.number(round(100 * share, 2))) for month, share in up[:12]],
        looked=current_app.extensions[watch.PART].looked_at is not None,
    )


def said(one: trends.Unusual) -> str:
    """What was unlike other weeks, in a sentence."""
    show = _as_milliseconds if one.what in ("reads", "writes") else locale.number
    return gettext(UNUSUAL[one.what], number=show(one.number), usual=show(one.usual))


def _as_milliseconds(microseconds: int) -> str:
    return f"{microseconds / 1000:,.2f}"


def _pictures(readings: list) -> list:
    """A chart for each figure; megabytes are whole, and so are milliseconds but those of the database."""
    if not readings:
        return []
    figures = (
        (gettext("Pages and calls a day"), gettext("Requests"), lambda one: one.requests),
        (gettext("Answers that failed"), gettext("Failed"), lambda one: one.failures),
        (gettext("99 of 100 answers took at most, in milliseconds"), "ms", lambda one: one.milliseconds(0.99)),
        (gettext("Statements that took over 50 ms"), gettext("Statements"), lambda one: one.slow),
        (
            gettext("95 of 100 reads of the database took at most, in milliseconds"),
            gettext("Reads"),
            lambda one: one.microseconds("read", trends.SHARE),
            _as_milliseconds,
        ),
        (
            gettext("95 of 100 writes to the database took at most, in milliseconds"),
            gettext("Writes"),
            lambda one: one.microseconds("write", trends.SHARE),
            _as_milliseconds,
        ),
        (gettext("Size of the database, in megabytes"), "MB", lambda one: one.file_size // 1_000_000),
        (gettext("Room left on the disk, in megabytes"), "MB", lambda one: one.disk_free // 1_000_000),
        (gettext("Memory of the program, in megabytes"), "MB", lambda one: one.memory // 1_000_000),
    )
    shape = "line" if len(readings) > WEEK else "columns"
    return [
        charts.per_day(
            title,
            [(one.began_at[:10], read(one)) for one in readings],
            (gettext("Day"), head),
            *show,
            shape=shape,
        )
        for title, head, read, *show in figures
    ]
