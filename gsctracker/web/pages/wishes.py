"""The initial order: what each girl wishes and what is for booths, on one grid or girl by girl, and its sum in whole cases."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import cupboard_orders, girl_wishes, popularity
from gsctracker.errors import NotFound
from gsctracker.web import cupboard_words, forms, wording
from gsctracker.web.access import allow
from gsctracker.web.pages.cupboard import seen
from gsctracker.words import N_

bp = Blueprint("wishes", __name__, url_prefix="/stock/cupboard")
MOST_MIXED = 20_000


@bp.get("/<id:order_id>/wishes")
@allow("stock.see")
def grid(order_id: int) -> str:
    """Everybody's wishes and their sum. `?mix=240` fills the row of the booths with a suggestion that is not kept yet."""
    shown = _shown(order_id)
    typed = {
        f"{row.key}-{product}": boxes for row in shown["grid"].rows for product, boxes in row.boxes.items() if boxes
    }
    asked = request.args.get("mix", "")
    mix = None
    if asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= MOST_MIXED:
        with g.db.read() as tx:
            mix = popularity.suggested(tx, shown["order"].season_id, int(asked[:9]))
        typed |= {f"booths-{product}": boxes or "" for product, boxes in mix.boxes.items()}
    return render_template("cupboard/wishes.html", typed=typed, errors={}, mix=mix, **shown)


@bp.post("/<id:order_id>/wishes")
@allow("stock.move")
def keep(order_id: int) -> Response | tuple[str, int]:
    """Keep the whole grid."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        found = girl_wishes.grid(tx, order_id, g.by)
        wishes = {row.key: _row(form, found, row.key) for row in found.rows if _is_sent(found, row.key)}
        version = seen(form)
        form.settle()
        girl_wishes.keep(tx, order_id, g.by, wishes, version)
        return url_for(".grid", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/wishes.html", no, mix=None, **_shown(order_id))

    return forms.submit(act, again, gettext("Kept, and summed up."))


@bp.get("/<id:order_id>/wishes/<who>")
@allow("stock.move")
def one(order_id: int, who: str) -> str:
    """One girl's wishes, or one extra row: what fits a phone."""
    shown = _shown_one(order_id, who)
    typed = {f"{who}-{product}": boxes for product, boxes in shown["row"].boxes.items() if boxes}
    return render_template("cupboard/wish.html", typed=typed, errors={}, **shown)


@bp.post("/<id:order_id>/wishes/<who>")
@allow("stock.move")
def keep_one(order_id: int, who: str) -> Response | tuple[str, int]:
    """Keep one row, and go on to the next."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        found = girl_wishes.grid(tx, order_id, g.by)
        wishes = {who: _row(form, found, who)}
        version = seen(form)
        form.settle()
        girl_wishes.keep(tx, order_id, g.by, wishes, version)
        keys = [row.key for row in found.rows]
        later = keys[keys.index(who) + 1 :]
        return url_for(".one", order_id=order_id, who=later[0]) if later else url_for(".grid", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/wish.html", no, **_shown_one(order_id, who))

    return forms.submit(act, again, gettext("Kept, and summed up."))


def _row(form: forms.Reading, found: girl_wishes.Grid, key: str) -> dict[int, int]:
    taken = {
        product.id: form.take(f"{key}-{product.id}", values.whole, 0, values.MOST_BOXES, empty=0)
        for product in found.products
    }
    return {product: boxes for product, boxes in taken.items() if boxes is not None}


def _is_sent(found: girl_wishes.Grid, key: str) -> bool:
    """Whether the form had that row: a girl who came onto the roster since keeps what she has."""
    return any(f"{key}-{product.id}" in request.form for product in found.products)


def _shown(order_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        found = girl_wishes.grid(tx, order_id, g.by)
    names = {row.key: name(row) for row in found.rows}
    return {
        "grid": found,
        "order": found.order,
        "whose": names,
        "labels": {
            f"{key}-{product.id}": f"{said}, {product.name}"
            for key, said in names.items()
            for product in found.products
        },
        "few": girl_wishes.FEW,
        "many": cupboard_orders.MANY_CASES,
        "said": cupboard_words,
    }


def _shown_one(order_id: int, who: str) -> dict[str, Any]:
    shown = _shown(order_id)
    rows = {row.key: row for row in shown["grid"].rows}
    if who not in rows:
        raise NotFound(N_("There is no such row of wishes."), "no_such_row")
    keys = list(rows)
    at = keys.index(who)
    around = {"previous": keys[at - 1] if at else None, "next": keys[at + 1] if at + 1 < len(keys) else None}
    return shown | around | {"row": rows[who]}


def name(row: Any) -> str:
    """Whose row it is."""
    return wording.girl(row.scout) if row.scout else gettext(cupboard_words.EXTRAS[row.key])
