"""Stock: where every box is, place by place."""

from itertools import groupby
from typing import Any

from flask import Blueprint, g, render_template
from flask_babel import gettext

from gsctracker.domain.inventory import counts, stock
from gsctracker.domain.journal import TROOP, place_of_scout
from gsctracker.domain.people import roles
from gsctracker.domain.season import catalogue, seasons
from gsctracker.web import choices, paging
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("stock", __name__, url_prefix="/stock")
PAGE = 40
COLUMNS = {
    "troop": N_("On the shelf"),
    "scouts": N_("With families"),
    "booths": N_("At booths"),
    "transit": N_("On the way"),
    "damaged": N_("Damaged"),
    "customers": N_("With customers"),
    "lost": N_("Lost"),
}


@bp.get("")
@allow("family.see")
def index() -> str:
    """Where every box is; for a family its own."""
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        held = _by_place(stock.on_hand(tx, season.id, g.by))
        if not roles.allows(g.by, "stock.see"):
            homes = _homes(tx, held)
            seen = counts.recent(tx, season.id, g.by, limit=5)
            return render_template("stock/family.html", homes=homes, counts=seen)
        rows = stock.everywhere(tx, season.id)
        below = stock.below_zero(tx, season.id)
    known = [name for name in COLUMNS if any(getattr(row, name) for row in rows)]
    later = [one for one in held if after is None or one["place"].place_id > after[0]]
    return render_template(
        "stock/index.html",
        rows=[row for row in rows if row.received or any(getattr(row, name) for name in known)],
        columns=[(name, gettext(COLUMNS[name])) for name in known],
        heads=[(gettext(COLUMNS[name]), "num") for name in known],
        bars=_bars(rows, known),
        below=below,
        page=paging.cut(later[: PAGE + 1], PAGE, lambda one: (one["place"].place_id,)),
        shelf=TROOP,
    )


@bp.get("/places/<id:place_id>")
@allow("family.see")
def place(place_id: int) -> str:
    """What is at one place, and the counts made of it."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        where = stock.place(tx, place_id, g.by)
        held = [row for row in stock.on_hand(tx, season.id, g.by) if row.place_id == place_id]
        cases = {one.id: one.packs_per_case for one in catalogue.products(tx, season.id)}
        seen = counts.recent(tx, season.id, g.by, place_id, limit=5)
    return render_template("stock/place.html", place=where, held=held, cases=cases, counts=seen)


def _bars(rows: list[Any], known: list[str]) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (row.name, [(gettext(COLUMNS[name]), getattr(row, name)) for name in known]) for row in rows if row.received
    ]


def _by_place(rows: list[Any]) -> list[dict[str, Any]]:
    found = []
    for _, group in groupby(rows, key=lambda row: row.place_id):
        held = list(group)
        worth = sum(row.boxes * row.price_cents for row in held)
        found.append({"place": held[0], "held": held, "boxes": sum(row.boxes for row in held), "worth": worth})
    return found


def _homes(tx: Any, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each of the family's girls with what is at her home, nothing included."""
    by_girl = {one["place"].scout_id: one for one in held}
    return [
        {"girl": name, "place_id": place_of_scout(tx, scout_id), "held": [], "boxes": 0, "worth": 0}
        | by_girl.get(scout_id, {})
        for scout_id, name in choices.girls(tx, status=None)
    ]
