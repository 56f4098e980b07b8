"""What broke, on the box and in browsers: each kind once, with its line of the program."""

from flask import Blueprint, current_app, flash, g, redirect, render_template
from flask_babel import gettext

from gsctracker.ops import mishaps
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("errors", __name__, url_prefix="/problems/errors")

DOORS = {"page": N_("A page or call"), "job": N_("A job"), "browser": N_("A browser"), "box": N_("The box")}


@bp.get("")
@allow("operate")
def index():
    """Everything that broke in ninety days, the newest first."""
    with g.db.read() as tx:
        found = mishaps.newest(tx, _kept())
    return render_template(
        "errors/index.html", found=found, doors={name: gettext(said) for name, said in DOORS.items()}
    )


@bp.post("/forget")
@allow("operate")
def forget():
    """They were looked at: begin anew."""
    _kept().keep(g.db)
    with g.db.write() as tx:
        mishaps.forget(tx)
    flash(gettext("The list is empty: what breaks from now on stands here."), "good")
    return redirect("/problems/errors", 303)


def _kept() -> mishaps.Kept:
    return current_app.extensions[mishaps.PART]
