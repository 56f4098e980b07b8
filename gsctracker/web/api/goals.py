"""What a girl, or the troop, aims for."""

from flask import Blueprint, g

from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Id, Listing, Packages, PageAsk

bp = Blueprint("goals_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Goal(Answer, frozen=True):
    """Packages aimed for and packages so far; without a scout it is the troop's own goal."""

    boxes: int
    so_far_boxes: int
    scout_id: int | None = None


class NewGoal(Ask, frozen=True):
    """A goal in packages for a girl, or without one for the troop."""

    boxes: Packages
    scout_id: Id | None = None


@bp.get("/goals")
@allow("family.see")
@call(kept=True)
def aims(tx, query: PageAsk) -> Listing[Goal]:
    """Goals and how far they are; a family sees its own girls'."""
    rows = goals.goals(tx, seasons.current(tx).id, g.by)
    return cursors.part(rows, query, lambda row: (row.scout_id or 0,), _goal)


@bp.put("/goals")
@allow("family.see")
@call()
def aim(tx, body: NewGoal) -> Goal:
    """Set a goal: a leader anybody's, a family its own girl's."""
    season = seasons.current(tx)
    goals.set_goal(tx, season.id, body.scout_id, body.boxes, g.by)
    return next(_goal(row) for row in goals.goals(tx, season.id, g.by) if row.scout_id == body.scout_id)


def _goal(row) -> Goal:
    return Goal(row.boxes, row.so_far, row.scout_id)
