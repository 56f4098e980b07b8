"""Orders to the cupboard: drafting, placing, and what became of them. Receiving is in pages/receiving."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import claims, cupboard_orders, cupboard_receipts
from gsctracker.domain.season import catalogue, seasons
from gsctracker.web import cupboard_words, forms, grids
from gsctracker.web.access import allow

bp = Blueprint("cupboard", __name__, url_prefix="/stock/cupboard")
NAMES = {"cutOffOn": "cut_off_on", "cutOffTime": "cut_off_time", "pickUpOn": "pick_up_on", "quantity": "items"}


@bp.get("")
@allow("stock.see")
def index() -> str:
    """The season's orders, and the claims that wait."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        orders = cupboard_orders.page(tx, season.id, g.by)
        asked = claims.page(tx, season.id, g.by)
    return render_template(
        "cupboard/index.html",
        orders=orders,
        initial=next((one for one in orders if one.kind == "initial" and one.state != "cancelled"), None),
        claims=[one for one in asked if one.state != "settled"],
        settled=sum(one.state == "settled" for one in asked),
        said=cupboard_words,
    )


@bp.get("/new")
@allow("stock.move")
def new() -> str:
    """An empty order."""
    return render_template("cupboard/form.html", typed={}, errors={}, **_offered(None))


@bp.post("/new")
@allow("stock.move")
def draft() -> Response | tuple[str, int]:
    """Keep it as a draft."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        kind = form.take("kind", values.choice, cupboard_orders.KINDS)
        lines, about = _lines(tx, form), _about(form)
        form.settle()
        return url_for(".one", order_id=cupboard_orders.draft(tx, g.by, kind, lines, **about))

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/form.html", no, names=NAMES, **_offered(None))

    return forms.submit(act, again, gettext("Kept as a draft. Send it to the council, then mark it as placed."))


@bp.post("/initial")
@allow("stock.move")
def begin() -> Response | tuple[str, int]:
    """An empty initial order, to be filled with the girls' wishes."""

    def act(tx: Any) -> str:
        return url_for("wishes.grid", order_id=cupboard_orders.draft(tx, g.by, "initial", []))

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/form.html", no, names=NAMES, **_offered(None))

    return forms.submit(act, again, gettext("Begun. Write down what each girl wishes."))


@bp.get("/<id:order_id>/change")
@allow("stock.move")
def change(order_id: int) -> str:
    """The order as it is, to be changed; its cookies only while it is a draft."""
    offered = _offered(order_id)
    order = offered["order"]
    typed = {
        name: getattr(order, name) or ""
        for name in ("cupboard", "reference", "note", "cut_off_on", "cut_off_time", "pick_up_on")
    }
    for line in order.lines:
        cases, boxes = divmod(line.wished, line.packs_per_case)
        typed |= {f"cases-{line.product_id}": cases or "", f"boxes-{line.product_id}": boxes or ""}
    return render_template("cupboard/form.html", typed=typed, errors={}, **offered)


@bp.post("/<id:order_id>/change")
@allow("stock.move")
def keep(order_id: int) -> Response | tuple[str, int]:
    """Keep what was changed."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        is_draft = cupboard_orders.find(tx, order_id, g.by).state == "draft"
        has_grid = is_draft and "wishes" not in request.form
        lines, about = _lines(tx, form) if has_grid else None, _about(form)
        version = seen(form)
        form.settle()
        cupboard_orders.change(tx, order_id, g.by, lines, version, **about)
        return url_for(".one", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/form.html", no, names=NAMES, **_offered(order_id))

    return forms.submit(act, again, gettext("The order is changed."))


@bp.get("/<id:order_id>")
@allow("stock.see")
def one(order_id: int) -> str:
    """One order: what was asked, what came, and what is claimed."""
    return render_template("cupboard/one.html", typed={}, errors={}, **shown(order_id))


@bp.post("/<id:order_id>/place")
@allow("stock.move")
def place(order_id: int) -> Response | tuple[str, int]:
    """It was sent to the council."""
    return _step(order_id, cupboard_orders.place, gettext("Placed. It counts as stock only once it is received."))


@bp.post("/<id:order_id>/open-again")
@allow("stock.move")
def open_again(order_id: int) -> Response | tuple[str, int]:
    """Back to a draft."""
    return _step(order_id, cupboard_orders.open_again, gettext("The order is a draft again."))


@bp.post("/<id:order_id>/cancel")
@allow("stock.move")
def cancel(order_id: int) -> Response | tuple[str, int]:
    """Give it up."""
    return _step(order_id, cupboard_orders.cancel, gettext("The order is cancelled."))


@bp.post("/<id:order_id>/nothing-more")
@allow("stock.move")
def nothing_more(order_id: int) -> Response | tuple[str, int]:
    """The rest does not come."""
    said = gettext("The order is received. What is missing became a claim.")
    return _step(order_id, cupboard_receipts.nothing_more_comes, said)


@bp.post("/<id:order_id>/not-fetched")
@allow("stock.move")
def not_fetched(order_id: int) -> Response | tuple[str, int]:
    """Nobody came for it."""
    return _step(
        order_id, cupboard_orders.not_fetched, gettext("Written down as not fetched. It is not expected any more.")
    )


@bp.post("/<id:order_id>/fetched-after-all")
@allow("stock.move")
def fetched_after_all(order_id: int) -> Response | tuple[str, int]:
    """It waits for its boxes again."""
    return _step(order_id, cupboard_orders.fetched_after_all, gettext("The order waits for its boxes again."))


def _step(order_id: int, verb: Callable[..., None], said: str) -> Response | tuple[str, int]:
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        version = seen(form)
        form.settle()
        verb(tx, order_id, g.by, version)
        return url_for(".one", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/one.html", no, **shown(order_id))

    return forms.submit(act, again, said)


def seen(form: forms.Reading) -> int | None:
    """The version of the order that the form was made from."""
    return form.take("version", values.whole, 1, 10**9, empty=None)


def shown(order_id: int) -> dict[str, Any]:
    """What the page of an order shows."""
    with g.db.read() as tx:
        order = cupboard_orders.find(tx, order_id, g.by)
        receipts = cupboard_receipts.of_order(tx, order_id)
        asked = claims.page(tx, order.season_id, g.by, order_id)
    standing = [receipt for receipt in receipts if not receipt.reversed_by]
    return {
        "order": order,
        "receipts": receipts[::-1],
        "newest": standing[-1].id if standing else None,
        "only": standing[0] if len(standing) == 1 else None,
        "claims": asked,
        "many": cupboard_orders.MANY_CASES,
        "worth": sum(line.ordered * line.price_cents for line in order.lines),
        "said": cupboard_words,
    }


def _lines(tx: Any, form: forms.Reading) -> list[tuple[Any, int]]:
    return [line for line in grids.read(form, _orderable(tx, seasons.current(tx).id)) if line[1]]


def _about(form: forms.Reading) -> dict[str, Any]:
    return {
        "cupboard": form.take("cupboard", values.line, 80),
        "reference": form.take("reference", values.line, 80),
        "note": form.take("note", values.text, 500),
        "cut_off_on": form.take("cut_off_on", values.day, empty=None),
        "cut_off_time": form.take("cut_off_time", values.time_of_day, empty=None),
        "pick_up_on": form.take("pick_up_on", values.day, empty=None),
    }


def _orderable(tx: Any, season_id: int) -> list[Any]:
    return [product for product in grids.handled(catalogue.products(tx, season_id)) if product.is_active]


def _offered(order_id: int | None) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        order = cupboard_orders.find(tx, order_id, g.by) if order_id else None
        products = _orderable(tx, season.id)
        has_initial = any(
            one.kind == "initial" and one.state != "cancelled" for one in cupboard_orders.page(tx, season.id, g.by)
        )
    kinds = [
        (kind, gettext(name), gettext(cupboard_words.ABOUT_KINDS[kind]))
        for kind, name in cupboard_words.KINDS.items()
        if kind != "initial" or not has_initial
    ]
    return {
        "order": order,
        "products": products,
        "labels": grids.labels(products),
        "kinds": kinds,
        "usual": "planned" if has_initial else kinds[0][0],
        "said": cupboard_words,
    }
