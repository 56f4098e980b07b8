"""The form of a sale: what it offers, what was typed into it, and what that changes."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import roles
from gsctracker.domain.sales import listing, orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, troop
from gsctracker.web import choices, trade_words
from gsctracker.web.forms import Reading
from gsctracker.words import N_

NAMES = {"amountCollectedCents": "paid", "quantity": "items", "product": "items"}
"""The verbs' names of fields and what this form calls them."""

TEXTS = (
    ("customer_name", "customerName", 80),
    ("customer_phone", "customerPhone", 40),
    ("customer_address", "customerAddress", 200),
)
BEFORE_DELIVERY = ("setup", "presale", "io_locked")


def fresh(tx: Any, season: Any, model: Any) -> dict[str, object]:
    """A new sale: as `model` was, else as the newest one she recorded, else as the season is now."""
    if model is None:
        newest = listing.page(tx, g.by, season.id, listing.Filter(), limit=1)
        way = newest[0] if newest and newest[0].source == "manual" else None
    else:
        way = model
    early = season.status in BEFORE_DELIVERY
    usual = ("order_card", "none") if early else ("in_hand", "cash")
    return _offered(tx, season, ()) | {
        "girl": _girl_of(model) if model else request.args.get("girl", "")[:12] or choices.only_own_girl() or "",
        "kind": way.order_type if way and way.order_type in ("order_card", "in_hand") else usual[0],
        "method": way.payment_method if way and way.payment_method in orders.METHODS else usual[1],
        "today": troop.today(tx),
    }


def of(tx: Any, season: Any, order: Any) -> dict[str, object]:
    """The sale as it stands, to change."""
    amount = "" if order.payment_method in ("none", "card") else f"{order.collected_cents / 100:.2f}"
    return _offered(tx, season, [line.product_id for line in order.lines]) | {
        "sale": order,
        "girl": _girl_of(order),
        "kind": order.order_type,
        "method": order.payment_method,
        "paid": amount,
        "boxes": {line.product_id: line.boxes for line in order.lines},
        "today": order.ordered_on,
    }


def read(form: Reading, products: Sequence[Any]) -> dict[str, Any]:
    """What was typed, as `orders.take` wants it. Raises Invalid with everything that is wrong."""
    unit = form.take("unitType", values.choice, ("boxes", "cases"), empty="boxes")
    items = []
    for product in products:
        count = form.take(f"n-{product.id}", values.whole, 0, values.MOST_BOXES, empty=0)
        if count and unit:
            items.append(Item(product.code, count, unit))
    found = {
        "items": items,
        "scout_id": _seller(form),
        "order_type": form.take("orderType", values.choice, orders.TYPES_BY_HAND, empty=None),
        "payment_method": form.take("paymentMethod", values.choice, orders.METHODS, empty=None),
        "collected_cents": form.take("paid", values.dollars, empty=None),
        "customer_email": form.take("customerEmail", values.email, empty=None),
        "notes": form.take("notes", values.text, 500),
        "day": form.take("date", values.day, empty=None),
        **{key: form.take(name, values.line, longest) for key, name, longest in TEXTS},
    }
    form.settle()
    if found["order_type"] == "in_hand" and items and all(_is_share(item, products) for item in items):
        found["order_type"] = "donation"
    return found


def differences(tx: Any, order: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What of the form differs from the sale; only that is changed, so a cookie no longer sold may stay."""
    changes = {key: asked[key] for key, *_ in TEXTS if (asked[key] or "") != (getattr(order, key) or "")}
    for key in ("customer_email", "notes"):
        if (asked[key] or "") != (getattr(order, key) or ""):
            changes[key] = asked[key]
    if asked["scout_id"] != order.scout_id:
        changes["scout_id"] = asked["scout_id"]
    if asked["day"] and asked["day"] != order.ordered_on:
        changes["day"] = asked["day"]
    if _packages(tx, order.season_id, asked["items"]) != {line.product_id: line.boxes for line in order.lines}:
        changes["items"] = asked["items"]
    return changes | _payment(order, asked["payment_method"] or order.payment_method, asked["collected_cents"])


def _payment(order: Any, method: str, paid: int | None) -> dict[str, Any]:
    """What the form says about the payment, if it differs: an emptied amount means in full, one left standing nothing."""
    shown = None if order.payment_method in ("none", "card") else order.collected_cents
    if method == order.payment_method and paid == shown:
        return {}
    left_standing = method != order.payment_method and paid == shown
    return {"payment_method": method, "collected_cents": None if left_standing else paid}


def _packages(tx: Any, season_id: int, items: list[Item]) -> dict[int, int]:
    found = {}
    for item in items:
        product = catalogue.recognise(tx, season_id, item.product)
        found[product.id] = catalogue.packages(product, item.quantity, item.unit_type)
    return found


def _seller(form: Reading) -> int | None:
    if not roles.allows(g.by, "sales.all") and len(g.by.scout_ids) < 2:
        return form.take("scoutId", choices.row_id, empty=None)  # the verb knows her only girl
    return form.take("scoutId", _girl_or_troop)


def _girl_or_troop(name: str, given: object) -> int | None:
    if given == "troop" and roles.allows(g.by, "sales.all"):
        return None
    if not given:
        values.refuse(name, N_("Whose sale is it? Choose the girl."))
    return choices.row_id(name, given)


def _offered(tx: Any, season: Any, also: Sequence[int]) -> dict[str, object]:
    girls = choices.girls(tx)
    if roles.allows(g.by, "sales.all"):
        girls = [("", gettext("Choose the girl")), *girls, ("troop", gettext("The troop itself"))]
    elif len(girls) > 1:
        girls = [("", gettext("Choose the girl")), *girls]
    products = [one for one in catalogue.products(tx, season.id) if one.is_active or one.id in also]
    return {
        "girls": girls,
        "products": products,
        "methods": [(name, gettext(trade_words.METHODS[name])) for name in orders.METHODS],
        "boxes": {},
        "paid": "",
        "labels": {f"n-{one.id}": one.name for one in products}
        | {"paid": gettext("How much"), "date": gettext("Day"), "customerEmail": gettext("E-mail")},
    }


def _girl_of(order: Any) -> object:
    return order.scout_id or "troop"


def _is_share(item: Item, products: Sequence[Any]) -> bool:
    return any(one.code == item.product and one.is_virtual for one in products)
