"""Sales: taken, changed, delivered, cancelled. The row may change; the ledgers only ever gain entries (see postings)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import postings, search
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

MOST_LINES = 40
TYPES_BY_HAND = ("order_card", "in_hand", "donation")
METHODS = ("none", "cash", "check", "venmo", "card", "other")


class Item(NamedTuple):
    """What is asked for: a cookie by any of its names, so many boxes or cases."""

    product: str
    quantity: int
    unit_type: str = "boxes"


def take(
    tx: apsw.Connection,
    by: Person,
    items: Sequence[Item],
    *,
    customer_name: str = "",
    scout_id: int | None = None,
    order_type: str | None = None,
    payment_method: str | None = None,
    collected_cents: int | None = None,
    customer_email: str | None = None,
    customer_phone: str | None = None,
    customer_address: str | None = None,
    notes: str | None = None,
    day: str | None = None,
) -> int:
    """Record a sale; gives its id.

    A caregiver or scout sells for her own girl; a leader for any girl, or with none for the troop itself. An `order_card`
    sale (the default) is promised and delivered later; `in_hand` is handed over at once; `donation` is Cookie Share alone.
    A payment method without an amount means paid in full; neither means not paid yet.
    """
    roles.require(by, "sales.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    scout_id = seller(by, scout_id)
    if scout_id is not None:
        scouts.must_be_on_roster(tx, scout_id)
    lines = _lines(tx, season.id, items)
    only_share = all(product.is_virtual for product, _ in lines)
    kind = values.choice("orderType", order_type or ("donation" if only_share else "order_card"), TYPES_BY_HAND)
    if kind == "donation" and not only_share:
        sentence = N_("A donation is Cookie Share alone; record other cookies as their own sale.")
        raise Invalid(sentence, "donation_with_boxes", {"orderType": sentence})
    amount = sum(product.price_cents * boxes for product, boxes in lines)
    method, collected = _payment(payment_method, collected_cents, amount)
    now, today = clock.now(), troop.today(tx)
    ordered_on = values.day("date", day) if day else today
    order_id = add(
        tx,
        """INSERT INTO orders (season_id, scout_id, order_type, status, payment_method, collected_cents, customer_name,
                               customer_email, customer_phone, customer_address, notes, ordered_at, ordered_on,
                               delivered_on, recorded_by, recorded_at)
           VALUES (:season, :scout, :kind, :status, :method, :collected, :name, :email, :phone, :address, :notes, :at, :on,
                   :delivered, :by, :now)""",
        season=season.id,
        scout=scout_id,
        kind=kind,
        status="promised" if kind == "order_card" else "delivered",
        method=method,
        collected=collected,
        name=values.line("customerName", customer_name, 80),
        email=values.email("customerEmail", customer_email) if customer_email else None,
        phone=values.line("customerPhone", customer_phone, 40) or None,
        address=values.line("customerAddress", customer_address, 200) or None,
        notes=values.text("notes", notes, 500) or None,
        at=now if ordered_on == today else f"{ordered_on}T12:00:00Z",
        on=ordered_on,
        delivered=None if kind == "order_card" else ordered_on,
        by=by.id,
        now=now,
    )
    _write_lines(tx, order_id, [(product.id, boxes, product.price_cents) for product, boxes in lines])
    postings.bring_up_to_date(tx, order_id, by=by.id, is_new=True)
    search.index(tx, order_id, is_new=True)
    audit.note(tx, by.id, "sale.taken", "order", order_id)
    return order_id


def change(
    tx: apsw.Connection, order_id: int, by: Person, changes: Mapping[str, object], version: int | None = None
) -> None:
    """Change a sale that was recorded by hand; only what `changes` names.

    Keys: items (a list of Item), scout_id, customer_name, customer_email, customer_phone, customer_address, notes,
    payment_method, collected_cents, day. With `version` the sale must not have changed since it was read (Conflict).
    """
    order = _to_change(tx, order_id, by, version)
    if "scout_id" in changes and changes["scout_id"] != order.scout_id:
        order.scout_id = seller(by, changes["scout_id"])  # type: ignore[arg-type]
        if order.scout_id is not None:
            scouts.must_be_on_roster(tx, order.scout_id)
    amount = order.amount_cents
    if "items" in changes:
        amount = _replace_lines(tx, order, changes["items"])  # type: ignore[arg-type]
    method, collected = order.payment_method, order.collected_cents
    if "payment_method" in changes or "collected_cents" in changes:
        given = changes.get("collected_cents")
        wanted = changes.get("payment_method", method)
        if given is None and 0 < collected < order.amount_cents and wanted not in ("none", "card"):
            given = collected  # what was paid in part stays a part: only how it was paid is corrected
        method, collected = _payment(wanted, given, amount)  # type: ignore[arg-type]
    elif method == "card":
        collected = amount
    elif collected > amount:
        sentence = N_("More was collected than the sale now comes to. Say what was collected.")
        raise Invalid(sentence, "collected_too_much", {"amountCollectedCents": sentence})
    day = values.day("date", changes.get("day") or order.ordered_on)
    moved = day != order.ordered_on
    run(
        tx,
        """UPDATE orders SET scout_id = :scout, payment_method = :method, collected_cents = :collected, customer_name = :name,
                  customer_email = :email, customer_phone = :phone, customer_address = :address, notes = :notes,
                  ordered_on = :on, ordered_at = :at, delivered_on = :delivered, version = version + 1
            WHERE id = :id""",
        id=order_id,
        at=f"{day}T12:00:00Z" if moved else order.ordered_at,
        delivered=day if moved and order.order_type in ("in_hand", "donation") else order.delivered_on,
        scout=order.scout_id,
        method=method,
        collected=collected,
        name=values.line("customerName", changes.get("customer_name", order.customer_name), 80),
        email=_email(changes.get("customer_email", order.customer_email)),
        phone=values.line("customerPhone", changes.get("customer_phone", order.customer_phone), 40) or None,
        address=values.line("customerAddress", changes.get("customer_address", order.customer_address), 200) or None,
        notes=values.text("notes", changes.get("notes", order.notes), 500) or None,
        on=day,
    )
    _settled(tx, order_id, by, "sale.changed", fields=sorted(changes))


def deliver(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None, day: str | None = None) -> None:
    """The customer has her boxes. Raises Conflict where they were delivered before: stock never goes out twice."""
    order = _to_change(tx, order_id, by, version)
    if order.status == "delivered":
        raise Conflict(N_("This sale was delivered before."), "already_delivered")
    run(
        tx,
        "UPDATE orders SET status = 'delivered', delivered_on = :day, version = version + 1 WHERE id = :id",
        id=order_id,
        day=values.day("date", day) if day else troop.today(tx),
    )
    _settled(tx, order_id, by, "sale.delivered")


def undeliver(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """It was marked as delivered by mistake: the boxes are back with her."""
    order = _to_change(tx, order_id, by, version)
    if order.status != "delivered" or order.order_type != "order_card":
        raise Conflict(N_("Only a delivered order can be taken back to promised."), "not_delivered")
    run(
        tx,
        "UPDATE orders SET status = 'promised', delivered_on = NULL, version = version + 1 WHERE id = :id",
        id=order_id,
    )
    _settled(tx, order_id, by, "sale.undelivered")


def receive(
    tx: apsw.Connection, order_id: int, by: Person, method: str, cents: int | None = None, version: int | None = None
) -> None:
    """The customer pays `cents` more (None: all that is open). A card pays a whole sale, never the rest of one."""
    order = _to_change(tx, order_id, by, version)
    left = order.amount_cents - order.collected_cents
    values.choice("paymentMethod", method, METHODS[1:])
    if left == 0:
        raise Conflict(N_("This sale was paid before."), "already_paid")
    if method == "card" and order.collected_cents:
        sentence = N_("Part of it was paid another way, and a card payment is always for the whole sale.")
        raise Invalid(sentence, "card_in_part", {"paymentMethod": sentence})
    cents = left if cents is None else values.cents("amountCollectedCents", cents, 1)
    if cents > left:
        sentence = N_("That is more than is still open.")
        raise Invalid(sentence, "collected_too_much", {"amountCollectedCents": sentence})
    change(tx, order_id, by, {"payment_method": method, "collected_cents": order.collected_cents + cents}, version)


def cancel(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """Take the sale out of every sum; its row stays and its entries are reversed. Raises Conflict when cancelled before."""
    _to_change(tx, order_id, by, version)
    run(tx, "UPDATE orders SET status = 'cancelled', version = version + 1 WHERE id = :id", id=order_id)
    _settled(tx, order_id, by, "sale.cancelled")


def find(tx: apsw.Connection, order_id: int, by: Person) -> Row:
    """A sale that is hers to see, with `.lines` (product_id, code, name, boxes, price_cents). Raises NotFound."""
    order = one(
        tx,
        """SELECT orders.*, scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial
             FROM orders LEFT JOIN scouts ON scouts.id = orders.scout_id WHERE orders.id = :id""",
        id=order_id,
    )
    if order is None or not roles.may_see_scout(by, order.scout_id):
        raise NotFound(N_("There is no such sale."), "no_such_sale")
    order.lines = many(
        tx,
        """SELECT product_id, code, name, order_lines.boxes, order_lines.price_cents, is_virtual
             FROM order_lines JOIN products ON products.id = product_id
            WHERE order_id = :id ORDER BY is_virtual, position""",
        id=order_id,
    )
    return order


def seller(by: Person, scout_id: int | None) -> int | None:
    """Whose sale it is: the girl named if she is hers to sell for, her only girl, or None for the troop's own sale."""
    if scout_id is not None:
        roles.must_see_scout(by, scout_id)
        return scout_id
    if roles.allows(by, "sales.all"):
        return None
    if len(by.scout_ids) == 1:
        return next(iter(by.scout_ids))
    if not by.scout_ids:
        sentence = N_("Your account is not linked to a girl yet. Ask your cookie leader.")
    else:
        sentence = N_("Whose sale is it? Choose the girl.")
    raise Invalid(sentence, "scout_needed", {"scoutId": sentence})


def _lines(tx: apsw.Connection, season_id: int, items: Sequence[Item]) -> list[tuple[Row, int]]:
    if not items:
        sentence = N_("A sale needs at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})
    if len(items) > MOST_LINES:
        sentence = N_("A sale has at most %(n)d lines.")
        raise Invalid(sentence, "too_many_items", {"items": (sentence, {"n": MOST_LINES})}, n=MOST_LINES)
    together: dict[int, tuple[Row, int]] = {}
    for item in items:
        product = catalogue.named(tx, season_id, item.product)
        unit = values.choice("unitType", item.unit_type, ("boxes", "cases"))
        packages = catalogue.packages(product, values.boxes("quantity", item.quantity), unit)
        before = together[product.id][1] if product.id in together else 0
        together[product.id] = (product, values.boxes("quantity", before + packages))
    return list(together.values())


def _write_lines(tx: apsw.Connection, order_id: int, lines: list[tuple[int, int, int]]) -> None:
    tx.executemany(
        "INSERT INTO order_lines (order_id, product_id, boxes, price_cents) VALUES (?, ?, ?, ?)",
        [(order_id, *line) for line in lines],
    )


def _replace_lines(tx: apsw.Connection, order: Row, items: Sequence[Item]) -> int:
    priced = {line.product_id: line.price_cents for line in order.lines}  # a cookie it had keeps the price it had
    lines = [(p.id, boxes, priced.get(p.id, p.price_cents)) for p, boxes in _lines(tx, order.season_id, items)]
    if order.order_type == "donation" and not all(p.is_virtual for p, _ in _lines(tx, order.season_id, items)):
        sentence = N_("A donation is Cookie Share alone; record other cookies as their own sale.")
        raise Invalid(sentence, "donation_with_boxes", {"items": sentence})
    run(tx, "DELETE FROM order_lines WHERE order_id = :id", id=order.id)
    _write_lines(tx, order.id, lines)
    return sum(boxes * price for _, boxes, price in lines)


def _payment(method: str | None, collected: int | None, amount: int) -> tuple[str, int]:
    if collected is not None:
        collected = values.cents("amountCollectedCents", collected)
        if collected > amount:
            sentence = N_("That is more than the sale comes to.")
            raise Invalid(sentence, "collected_too_much", {"amountCollectedCents": sentence})
        method = method or ("cash" if collected else "none")
    method = values.choice("paymentMethod", method or "none", METHODS)
    if method == "none":
        if collected:
            sentence = N_("Say how it was paid.")
            raise Invalid(sentence, "payment_method_needed", {"paymentMethod": sentence})
        return "none", 0
    if method == "card":
        if collected is not None and collected != amount:
            sentence = N_("A card payment through Digital Cookie is always for the whole sale.")
            raise Invalid(sentence, "card_in_part", {"amountCollectedCents": sentence})
        return method, amount
    return method, amount if collected is None else collected


def _email(given: object) -> str | None:
    return values.email("customerEmail", given) if given else None


def _to_change(tx: apsw.Connection, order_id: int, by: Person, version: int | None) -> Row:
    roles.require(by, "sales.record")
    order = find(tx, order_id, by)
    seasons.require_open(seasons.find(tx, order.season_id), by)
    if version is not None and version != order.version:
        raise Conflict(
            N_("Somebody changed this sale in the meantime. Look at it again, then repeat yours."), "changed_meanwhile"
        )
    if order.source != "manual":
        raise Conflict(
            N_("This sale comes from Digital Cookie: change it there, then bring in the new file."), "not_ours"
        )
    if order.status == "cancelled":
        raise Conflict(N_("This sale was cancelled."), "already_cancelled")
    return order


def _settled(tx: apsw.Connection, order_id: int, by: Person, action: str, **detail: object) -> None:
    postings.bring_up_to_date(tx, order_id, by=by.id)
    search.index(tx, order_id)
    audit.note(tx, by.id, action, "order", order_id, **detail)
