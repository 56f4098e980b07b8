"""The newest lines of the log, to search in; and more of them for a while."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import log, values
from gsctracker.domain import audit
from gsctracker.errors import Invalid
from gsctracker.ops import log_search
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("logs", __name__, url_prefix="/problems/logs")

MOST_MINUTES = 60


@bp.get("")
@allow("operate")
def index():
    """Lines that hold what is asked for, the newest first."""
    level = request.args.get("level", "debug")
    words = request.args.get("q", "")[: log_search.LONGEST_QUESTION]
    now, left = log.closer.now()
    return render_template(
        "logs/index.html",
        found=log_search.find(words, level),
        q=words,
        level=level,
        levels=log_search.LEVELS,
        now=now,
        usual=log.closer.usual,
        minutes=-(-left // 60),
        most=log_search.MOST_SHOWN,
    )


@bp.post("/level")
@allow("operate")
def change_level():
    """Write lines of another level for some minutes; it goes back by itself."""
    level = request.form.get("level", "")
    if level not in log_search.LEVELS:
        raise Invalid(N_("Choose one of these: %(choices)s."), "invalid", choices=", ".join(log_search.LEVELS))
    minutes = values.whole("minutes", request.form.get("minutes"), 0, MOST_MINUTES)
    with g.db.write() as tx:
        audit.note(tx, g.by.id, "box.log_level", "box", level=level, minutes=minutes)
    log.closer.listen(level, minutes * 60)
    if minutes:
        flash(
            gettext("For %(minutes)s minutes lines from %(level)s on are written.", minutes=minutes, level=level),
            "good",
        )
    else:
        flash(gettext("The log is as usual again."), "good")
    return redirect("/problems/logs", 303)
