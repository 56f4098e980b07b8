"""What was really loaded of an order to the cupboard: counted by two, written down, taken back."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import cupboard_orders, cupboard_receipts
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.web import choices, cupboard_words, forms, grids
from gsctracker.web.access import allow
from gsctracker.web.pages.cupboard import seen, shown
from gsctracker.words import N_

bp = Blueprint("receiving", __name__, url_prefix="/stock/cupboard")
NAMES = {"countedBy": "counted_by", "checkedBy": "checked_by", "quantity": "items", "damaged": "items"}


@bp.get("/<id:order_id>/receive")
@allow("stock.move")
def new(order_id: int) -> str:
    """The form to fill in while the car is loaded."""
    return render_template("cupboard/receive.html", typed={}, errors={}, **_offered(order_id))


@bp.post("/<id:order_id>/receive")
@allow("stock.move")
def receive(order_id: int) -> Response | tuple[str, int]:
    """Write down what was loaded."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        products = _receivable(tx)
        came = grids.read(form, products)
        damaged = {
            product.id: form.take(f"damaged-{product.id}", values.boxes, 0, empty=0) or 0 for product in products
        }
        boxes = {product.id: count for product, count in came}
        for product_id, spoilt in damaged.items():
            if spoilt > boxes.get(product_id, 0):
                form.wrong(f"damaged-{product_id}", N_("More are damaged than were loaded."))
        given = {
            "counted_by": form.take("counted_by", values.line, 80, 1),
            "checked_by": form.take("checked_by", values.line, 80, 1),
            "rest_comes_later": form.choose("rest", ("all", "later")) == "later",
            "day": form.take("date", values.day, empty=None),
            "reference": form.take("reference", values.line, 80),
            "note": form.take("note", values.text, 500),
            "version": seen(form),
        }
        form.settle()
        cupboard_receipts.receive(tx, g.by, order_id, came, damaged=damaged, **given)
        return url_for("cupboard.one", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/receive.html", no, names=NAMES, **_offered(order_id))

    return forms.submit(act, again, gettext("Received: the boxes are on the shelf."))


@bp.post("/<id:order_id>/recognise")
@allow("stock.move")
def recognise(order_id: int) -> Response | tuple[str, int]:
    """A pick-up that is in the ledgers already is what was loaded."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        entry_id = form.take("entry", choices.row_id)
        given = {
            "counted_by": form.take("counted_by", values.line, 80, 1),
            "checked_by": form.take("checked_by", values.line, 80, 1),
            "rest_comes_later": form.choose("rest", ("all", "later")) == "later",
            "version": seen(form),
        }
        form.settle()
        cupboard_receipts.recognise(tx, g.by, order_id, entry_id, **given)
        return url_for("cupboard.one", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/recognise.html", no, names=NAMES, **_offered(order_id))

    return forms.submit(act, again, gettext("Received: the boxes were on the shelf already."))


@bp.get("/<id:order_id>/recognise")
@allow("stock.move")
def known(order_id: int) -> str:
    """Which pick-up is it?"""
    return render_template("cupboard/recognise.html", typed={}, errors={}, **_offered(order_id))


@bp.post("/<id:order_id>/receipts/<id:receipt_id>/take-back")
@allow("stock.move")
def take_back(order_id: int, receipt_id: int) -> Response | tuple[str, int]:
    """A receipt was a mistake: reverse its moves."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500, 1)
        form.settle()
        cupboard_receipts.take_back(tx, receipt_id, g.by, reason)
        return url_for("cupboard.one", order_id=order_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("cupboard/one.html", no, **shown(order_id))

    return forms.submit(act, again, gettext("Taken back: the order waits for its boxes again."))


def _receivable(tx: Any) -> list[Any]:
    return grids.handled(catalogue.products(tx, seasons.current(tx).id))


def _offered(order_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        order = cupboard_orders.find(tx, order_id, g.by)
        products = _receivable(tx)
        today = troop.today(tx)
        pick_ups = cupboard_receipts.unclaimed(tx, order.season_id)
    asked = {line.product_id: line for line in order.lines if line.ordered}
    names = grids.labels(products) | {f"damaged-{product.id}": product.name for product in products}
    return {
        "order": order,
        "asked": asked,
        "ordered": [product for product in products if product.id in asked],
        "others": [product for product in products if product.id not in asked],
        "labels": names,
        "today": today,
        "pick_ups": pick_ups,
        "me": f"{g.by.first_name} {g.by.last_name}".strip(),
        "said": cupboard_words,
    }
