"""What the troop says of its season, beside its figures; and what it said a year ago."""

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker.domain import season_review
from gsctracker.domain.season import seasons
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("season_review", __name__, url_prefix="/season-review")


@bp.get("")
@allow("season.manage")
def index():
    """The season's figures, what was written of it, what was written of the one before."""
    return render_template("season_review/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("")
@allow("season.manage")
def write():
    """Write it down."""

    def act(tx) -> str:
        sent = request.form
        season_review.write(tx, g.by, sent.get("well"), sent.get("badly"), sent.get("next"))
        return "/season-review"

    return forms.submit(
        act, lambda no: forms.again("season_review/index.html", no, **_all()), gettext("The review is written down.")
    )


def _all() -> dict[str, object]:
    with g.db.read() as tx:
        current = seasons.current(tx).id
        return {
            "figures": season_review.figures(tx, current),
            "review": season_review.of(tx, current),
            "before": season_review.before(tx, current),
        }
