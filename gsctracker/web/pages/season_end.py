"""The season's end: its last check, closing it, putting it away, and the packet that says it all."""

from typing import Any

from flask import Blueprint, Response, g, render_template, url_for
from flask_babel import gettext

from gsctracker.domain.money import closing_identity
from gsctracker.domain.season import seasons
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("season_end", __name__, url_prefix="/season-end")


@bp.get("")
@allow("money.see")
def index() -> str:
    """Both sides of the last check, each term with its why, and what is still open."""
    return render_template("season_end/index.html", **_shown())


@bp.post("/settle")
@allow("season.manage")
def settle() -> Response | tuple[str, int]:
    """Close the season's ledgers."""
    return _do(closing_identity.settle, gettext("The season is settled: its ledgers are closed."))


@bp.post("/archive")
@allow("season.manage")
def archive() -> Response | tuple[str, int]:
    """Put a settled season away."""
    return _do(closing_identity.archive, gettext("The season is in the archive. It stays to be read."))


def _do(verb: Any, sentence: str) -> Response | tuple[str, int]:
    def act(tx: Any) -> str:
        verb(tx, g.by, seasons.current(tx).id)
        return url_for(".index")

    def again(no: Any) -> tuple[str, int]:
        return forms.again("season_end/index.html", no, **_shown())

    return forms.submit(act, again, sentence)


def _shown() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        return {
            "season": season,
            "identity": closing_identity.check(tx, season.id),
            "open_ends": closing_identity.open_ends(tx, season.id),
            "sentences": closing_identity.SENTENCES,
            "why": WHY,
        }


WHY = {
    "proceeds": "/why/proceeds",
    "unsold": "/stock",
    "due": "/money/troop",
    "families": "/money",
    "lost": "/why/account/losses",
    "variances": "/why/account/over_short",
}
"""Where the postings behind a term are."""
