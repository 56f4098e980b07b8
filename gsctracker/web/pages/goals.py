"""What the troop and its girls aim for."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import scouts
from gsctracker.domain.reports import summary
from gsctracker.domain.rewards import progress
from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("goals", __name__, url_prefix="/goals")


@bp.get("")
@allow("goals.set")
def index():
    """The troop's goal and every girl's, with how far they are."""
    return render_template("goals/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("")
@allow("goals.set")
def aim():
    """Set the troop's goal."""
    try:
        boxes = values.boxes("boxes", request.form.get("boxes"))
        with g.db.write() as tx:
            goals.set_goal(tx, seasons.current(tx).id, None, boxes, g.by)
    except forms.NO as no:
        return forms.again("goals/index.html", no, **_all())
    flash(gettext("The troop's goal is set."), "good")
    return redirect("/goals", 303)


@bp.get("/ours")
@allow("family.see")
def ours() -> str:
    """How far the troop and one's own girls are; the board of those who agreed to be on it."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        troops, girls = progress.of_family(tx, season.id, g.by)
        names = {row.id: row for row in scouts.page(tx, g.by, limit=500)}
        board = progress.board(tx, season.id)
    return render_template("goals/ours.html", troops=troops, girls=girls, names=names, board=board)


def _all() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        return {
            "goal": next((row.boxes for row in goals.goals(tx, season.id, g.by) if row.scout_id is None), None),
            "sold": summary.totals(tx, season.id).boxes,
            "girls": [row for row in summary.scouts(tx, season.id, g.by) if row.status == "active" or row.total_boxes],
        }
