"""The newest lines of the log, to search in; and more of them for a while."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import log, values
from gsctracker.domain import audit
from gsctracker.ops import log_search
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("logs", __name__, url_prefix="/problems/logs")

MOST_MINUTES = 60


@bp.get("")
@allow("operate")
def index():
    """Lines that hold what is asked for, the newest first."""
    return render_template("logs/index.html", typed={}, errors={}, **_shown())


@bp.post("/level")
@allow("operate")
def change_level():
    """Write lines of another level for some minutes; it goes back by itself."""
    form = forms.Reading(request.form)
    try:
        level, minutes = form.choose("level", log_search.LEVELS), form.take("minutes", values.whole, 0, MOST_MINUTES)
        form.settle()
    except forms.NO as no:
        return forms.again("logs/index.html", no, **_shown())
    assert level is not None
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


def _shown() -> dict[str, Any]:
    level = request.args.get("level", "debug")
    words = request.args.get("q", "")[: log_search.LONGEST_QUESTION]
    now, left = log.closer.now()
    return {
        "found": log_search.find(words, level),
        "q": words,
        "level": level,
        "levels": log_search.LEVELS,
        "now": now,
        "usual": log.closer.usual,
        "minutes": -(-left // 60),
        "most": log_search.MOST_SHOWN,
    }
