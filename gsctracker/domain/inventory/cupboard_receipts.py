"""What was really loaded of an order to the cupboard: two people count it, a pick-up moves it, claims ask for the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.inventory import cupboard_orders, transfers
from gsctracker.domain.inventory.transfers import Line
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

MOST_OFFERED = 50


def of_order(tx: apsw.Connection, order_id: int) -> list[Row]:
    """The receipts of an order, oldest first, those taken back too (`reversed_by`), each with `.lines` (name, boxes, damaged)."""
    found = many(
        tx,
        """SELECT cupboard_receipts.id, cupboard_receipts.order_id, entry_id, damaged_entry_id, counted_by, checked_by, day,
                  recorded_at, reference, journal.note, accounts.first_name AS recorder,
                  (SELECT later.id FROM journal AS later WHERE later.reverses = entry_id) AS reversed_by
             FROM cupboard_receipts JOIN journal ON journal.id = entry_id LEFT JOIN accounts ON accounts.id = recorded_by
            WHERE cupboard_receipts.order_id = :order ORDER BY cupboard_receipts.id""",
        order=order_id,
    )
    lines: dict[int, list[Row]] = {receipt.id: [] for receipt in found}
    for line in many(
        tx,
        """SELECT cupboard_receipts.id AS receipt_id, name, code, packs_per_case, loaded.boxes,
                  ifnull((SELECT boxes FROM box_moves WHERE entry_id = damaged_entry_id AND product_id = loaded.product_id), 0) AS damaged
             FROM cupboard_receipts JOIN box_moves AS loaded ON loaded.entry_id = cupboard_receipts.entry_id
             JOIN products ON products.id = loaded.product_id WHERE order_id = :order ORDER BY position, products.id""",
        order=order_id,
    ):
        lines[line.receipt_id].append(line)
    for receipt in found:
        receipt.lines = lines[receipt.id]
    return found


def receive(
    tx: apsw.Connection,
    by: Person,
    order_id: int,
    lines: Sequence[Line],
    *,
    counted_by: str,
    checked_by: str,
    damaged: Mapping[int, int] | None = None,
    rest_comes_later: bool = False,
    day: str | None = None,
    reference: str = "",
    note: str = "",
    version: int | None = None,
) -> int:
    """Write down what was loaded and move it onto the troop's shelf; gives the receipt's id.

    `lines` are all packages that were signed for, `damaged` says how many of them (product id to packages) cannot be sold:
    those move on to the damaged ones and become a claim at once. Unless `rest_comes_later`, the order is received with
    this, and every cookie of which fewer or more came than were ordered becomes a claim.
    """
    order = cupboard_orders.in_hand(tx, order_id, by, version)
    _must_be_awaited(order)
    counted_by, checked_by = _two_people(counted_by, checked_by)
    lines = _together(lines)
    spoilt = _damaged(lines, damaged or {})
    reference = values.line("reference", reference, 80) or order.reference
    about: dict[str, Any] = {"day": day, "reference": reference, "note": note}
    entry_id = transfers.move(tx, by, "C2T", lines, **about)
    spoilt_entry = transfers.move(tx, by, "DAMAGED", spoilt, **about) if spoilt else None
    receipt_id = _keep(tx, by, order_id, entry_id, spoilt_entry, counted_by, checked_by)
    for product, boxes in spoilt:
        _claim(tx, receipt_id, product.id, "damaged", boxes, product.price_cents)
    _end_or_wait(tx, by, order_id, receipt_id, rest_comes_later)
    return receipt_id


def recognise(
    tx: apsw.Connection,
    by: Person,
    order_id: int,
    entry_id: int,
    *,
    counted_by: str,
    checked_by: str,
    rest_comes_later: bool = False,
    version: int | None = None,
) -> int:
    """A pick-up that is in the ledgers already (an import brought it) is what was loaded; gives the receipt's id.

    Nothing moves, so the same boxes are not counted twice. Differences become claims as with `receive`.
    """
    order = cupboard_orders.in_hand(tx, order_id, by, version)
    _must_be_awaited(order)
    counted_by, checked_by = _two_people(counted_by, checked_by)
    if entry_id not in [pick_up.id for pick_up in unclaimed(tx, order.season_id)]:
        sentence = N_("That pick-up is not there, was taken back, or belongs to another order.")
        raise Conflict(sentence, "no_such_pick_up", {"entry": sentence})
    receipt_id = _keep(tx, by, order_id, entry_id, None, counted_by, checked_by)
    _end_or_wait(tx, by, order_id, receipt_id, rest_comes_later)
    return receipt_id


def unclaimed(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Pick-ups of the season that belong to no order, newest first: id, day, reference, boxes, and what they hold."""
    return many(
        tx,
        """SELECT standing_entries.id, day, reference, sum(boxes) AS boxes, group_concat(boxes || ' ' || products.name, ', ') AS cookies
             FROM standing_entries JOIN box_moves ON entry_id = standing_entries.id JOIN products ON products.id = product_id
            WHERE standing_entries.season_id = :season AND kind = 'C2T'
              AND NOT EXISTS (SELECT 1 FROM cupboard_receipts WHERE cupboard_receipts.entry_id = standing_entries.id)
            GROUP BY standing_entries.id ORDER BY standing_entries.id DESC LIMIT :most""",
        season=season_id,
        most=MOST_OFFERED,
    )


def _keep(
    tx: apsw.Connection,
    by: Person,
    order_id: int,
    entry_id: int,
    spoilt_entry: int | None,
    counted_by: str,
    checked_by: str,
) -> int:
    receipt_id = add(
        tx,
        """INSERT INTO cupboard_receipts (order_id, entry_id, damaged_entry_id, counted_by, checked_by)
           VALUES (:order, :entry, :damaged, :counted, :checked)""",
        order=order_id,
        entry=entry_id,
        damaged=spoilt_entry,
        counted=counted_by,
        checked=checked_by,
    )
    audit.note(tx, by.id, "cupboard_order.received", "cupboard_order", order_id, receipt=receipt_id)
    return receipt_id


def _end_or_wait(tx: apsw.Connection, by: Person, order_id: int, receipt_id: int, rest_comes_later: bool) -> None:
    now = cupboard_orders.find(tx, order_id, by)
    if not rest_comes_later or not any(line.left for line in now.lines):
        _close(tx, now, receipt_id)
    else:
        run(tx, "UPDATE cupboard_orders SET version = version + 1 WHERE id = :id", id=order_id)


def nothing_more_comes(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """What is still missing of a partly received order does not come: the order is received, each difference a claim."""
    order = cupboard_orders.in_hand(tx, order_id, by, version)
    if order.state != "partly_received":
        raise Conflict(N_("Only an order of which a part was received waits for its rest."), "nothing_to_wait_for")
    last = one(tx, "SELECT id FROM cupboard_standing WHERE order_id = :order ORDER BY id DESC LIMIT 1", order=order_id)
    assert last is not None
    _close(tx, order, last.id)
    audit.note(tx, by.id, "cupboard_order.closed", "cupboard_order", order_id)


def take_back(tx: apsw.Connection, receipt_id: int, by: Person, note: str) -> None:
    """Take a receipt back that was a mistake: its moves are reversed, its claims are void, the order waits again."""
    receipt = one(tx, "SELECT * FROM cupboard_receipts WHERE id = :id", id=receipt_id)
    if receipt is None:
        raise NotFound(N_("There is no such receipt."), "no_such_receipt")
    order = cupboard_orders.in_hand(tx, receipt.order_id, by)
    note = values.text("reason", note, 500, 1)
    standing = many(tx, "SELECT id FROM cupboard_standing WHERE order_id = :order ORDER BY id", order=order.id)
    if receipt_id not in [row.id for row in standing]:
        raise Conflict(N_("That receipt was taken back before."), "already_reversed")
    if receipt_id != standing[-1].id:
        raise Conflict(N_("A later receipt of this order stands. Take that one back first."), "later_receipt")
    if receipt.damaged_entry_id and not one(
        tx, "SELECT 1 AS yes FROM journal WHERE reverses = :entry", entry=receipt.damaged_entry_id
    ):
        transfers.take_back(tx, receipt.damaged_entry_id, by, note)
    transfers.take_back(tx, receipt.entry_id, by, note)
    run(tx, "UPDATE cupboard_orders SET version = version + 1 WHERE id = :id", id=order.id)
    audit.note(tx, by.id, "cupboard_order.receipt_taken_back", "cupboard_order", order.id, receipt=receipt_id)


def _must_be_awaited(order: Row) -> None:
    match order.state:
        case "draft":
            raise Conflict(N_("This order is still a draft. Place it first; then write down what came."), "not_placed")
        case "no_show":
            raise Conflict(
                N_("This order was not fetched. If it was after all, say so on its page first."), "order_is_over"
            )
        case "cancelled":
            raise Conflict(
                N_("This order was cancelled. What came all the same is a pick-up of its own."), "order_is_over"
            )
        case "received":
            raise Conflict(
                N_("This order was received already. What came later is a pick-up of its own, or settles a claim."),
                "received_already",
            )


def _two_people(counted_by: str, checked_by: str) -> tuple[str, str]:
    counted_by = values.line("countedBy", counted_by, 80, 1)
    checked_by = values.line("checkedBy", checked_by, 80, 1)
    if counted_by.casefold() == checked_by.casefold() or counted_by.lower() == checked_by.lower():
        values.refuse("checkedBy", N_("Two people count: this is the same name twice."))
    return counted_by, checked_by


def _together(lines: Sequence[Line]) -> list[Line]:
    """One line a cookie; a cookie of which nothing came is left out."""
    products = {product.id: product for product, _ in lines}
    boxes = {product_id: sum(n for product, n in lines if product.id == product_id) for product_id in products}
    found = [(products[product_id], count) for product_id, count in boxes.items() if count]
    if not found:
        sentence = N_("Nothing was loaded? Then there is no receipt: cancel the order, or write down what came.")
        raise Invalid(sentence, "no_items", {"items": sentence})
    return found


def _damaged(lines: Sequence[Line], damaged: Mapping[int, int]) -> list[Line]:
    came = {product.id: boxes for product, boxes in lines}
    for product_id, boxes in damaged.items():
        if values.boxes("damaged", boxes, least=0) > came.get(product_id, 0):
            sentence = N_("More are damaged than were loaded.")
            raise Invalid(sentence, "too_many_damaged", {"items": sentence})
    return [(product, damaged[product.id]) for product, _ in lines if damaged.get(product.id)]


def _close(tx: apsw.Connection, order: Row, receipt_id: int) -> None:
    run(
        tx,
        "UPDATE cupboard_orders SET closed_after = :receipt, version = version + 1 WHERE id = :id",
        id=order.id,
        receipt=receipt_id,
    )
    for line in order.lines:
        if line.difference:
            kind = "missing" if line.difference < 0 else "surplus"
            _claim(tx, receipt_id, line.product_id, kind, abs(line.difference), line.price_cents)


def _claim(tx: apsw.Connection, receipt_id: int, product_id: int, kind: str, boxes: int, price_cents: int) -> None:
    run(
        tx,
        """INSERT INTO claims (receipt_id, product_id, kind, boxes, price_cents, made_at)
           VALUES (:receipt, :product, :kind, :boxes, :price, :now)""",
        receipt=receipt_id,
        product=product_id,
        kind=kind,
        boxes=boxes,
        price=price_cents,
        now=clock.now(),
    )
