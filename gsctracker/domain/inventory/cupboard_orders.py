"""Orders to the cupboard or the council: drafted, placed, cancelled. What was really loaded is in cupboard_receipts.

draft -> placed -> partly_received -> received; cancelled from draft and placed; no_show where nobody fetched a placed one.
Leaders see them, whoever moves boxes (`stock.move`) writes them; an initial order that was placed is opened again by an admin
alone: the council takes it once. Its cookies may be the sum of `girl_wishes`.
"""

from collections.abc import Sequence
from typing import Any

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, ids, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.inventory.transfers import Line, checked
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from gsctracker.words import N_

KINDS = ("initial", "planned", "extra")
STATES = ("draft", "placed", "partly_received", "received", "cancelled", "no_show")
MOST = 200
MANY_CASES = 40
"""More cases than these are handed out at many councils' warehouses alone."""

_ORDERS = """SELECT cupboard_orders.id, season_id, kind, cupboard, reference, note, cut_off_on, cut_off_time, pick_up_on,
                    placed_on, cancelled_on, no_show_on,
                    version, cupboard_states.state, accounts.first_name AS placer,
                    (SELECT ifnull(sum(ordered), 0) FROM cupboard_figures WHERE order_id = cupboard_orders.id) AS ordered,
                    (SELECT ifnull(sum((ordered + packs_per_case - 1) / packs_per_case), 0)
                       FROM cupboard_figures JOIN products ON products.id = product_id
                      WHERE order_id = cupboard_orders.id) AS cases,
                    (SELECT ifnull(sum(received), 0) FROM cupboard_figures WHERE order_id = cupboard_orders.id) AS received,
                    (SELECT count(*) FROM standing_claims AS claims
                      WHERE claims.order_id = cupboard_orders.id AND claims.state <> 'settled') AS open_claims
               FROM cupboard_orders JOIN cupboard_states ON cupboard_states.order_id = cupboard_orders.id
               LEFT JOIN accounts ON accounts.id = placed_by"""


def page(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """The season's orders, newest first, each with its `.lines`; a troop has a few dozen."""
    roles.require(by, "stock.see")
    found = many(
        tx,
        f"{_ORDERS} WHERE season_id = :season ORDER BY cupboard_orders.id DESC LIMIT :most",
        season=season_id,
        most=MOST,
    )
    lines = _lines(tx, [order.id for order in found])
    for order in found:
        order.lines = lines[order.id]
    return found


def find(tx: apsw.Connection, order_id: int, by: Person) -> Row:
    """One order with its `.lines`. Raises NotFound."""
    roles.require(by, "stock.see")
    order = one(tx, f"{_ORDERS} WHERE cupboard_orders.id = :id", id=order_id)
    if order is None:
        raise NotFound(N_("There is no such order to the cupboard."), "no_such_cupboard_order")
    order.lines = _lines(tx, [order_id])[order_id]
    return order


def due(tx: apsw.Connection, season_id: int, today: str, soon: str) -> Row:
    """How many drafts have their cut-off until the day `soon` (to_place), how many placed orders their pick-up until today
    (to_receive).
    """
    found = one(
        tx,
        """SELECT count(*) FILTER (WHERE state = 'draft' AND cut_off_on <= :soon) AS to_place,
                  count(*) FILTER (WHERE state IN ('placed', 'partly_received') AND pick_up_on <= :today) AS to_receive
             FROM cupboard_orders JOIN cupboard_states ON order_id = cupboard_orders.id WHERE season_id = :season""",
        season=season_id,
        today=today,
        soon=soon,
    )
    assert found is not None
    return found


def _lines(tx: apsw.Connection, order_ids: list[int]) -> dict[int, list[Row]]:
    """Cookie by cookie: wished, ordered, received and damaged packages; left is still to come, difference what came too much."""
    lines: dict[int, list[Row]] = {order_id: [] for order_id in order_ids}
    for line in many(
        tx,
        """SELECT figures.order_id, figures.product_id, name, code, colour, packs_per_case, figures.wished, ordered, received,
                   damaged, received - ordered AS difference, max(ordered - received, 0) AS left,
                   ifnull(asked.price_cents, products.price_cents) AS price_cents
              FROM cupboard_figures AS figures JOIN products ON products.id = figures.product_id
              LEFT JOIN cupboard_order_lines AS asked ON asked.order_id = figures.order_id AND asked.product_id = figures.product_id
             WHERE figures.order_id IN (SELECT value FROM json_each(:orders)) ORDER BY position, products.id""",
        orders=ids(order_ids),
    ):
        lines[line.order_id].append(line)
    return lines


def in_hand(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> Row:
    """An order that she is about to change. Raises NotFound, NotAllowed, and Conflict where the season is closed or not the
    current one, or where the order is not any more as it was at `version`.
    """
    roles.require(by, "stock.move")
    order = find(tx, order_id, by)
    season = seasons.current(tx)
    if order.season_id != season.id:
        raise Conflict(N_("This order belongs to another season."), "another_season")
    seasons.require_open(season, by)
    if version is not None and version != order.version:
        raise Conflict(
            N_("Somebody changed this order in the meantime. Look at it again before you go on."), "changed_meanwhile"
        )
    return order


def draft(tx: apsw.Connection, by: Person, kind: str, lines: Sequence[Line], **about: Any) -> int:
    """Write an order that is not sent yet; gives its id.

    `lines` are what is wished, in packages; those of an initial order are rounded up to whole cases, cookie by cookie.
    `about`: cupboard, reference, note (text), cut_off_on and pick_up_on (days or None), cut_off_time ("18:05" or None).
    The initial order may begin with no lines: `girl_wishes` fill it.
    """
    roles.require(by, "stock.move")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    values.choice("kind", kind, KINDS)
    if kind == "initial":
        _refuse_a_second_initial(tx, season.id)
    order_id = add(
        tx,
        """INSERT INTO cupboard_orders (season_id, kind, cupboard, reference, note, cut_off_on, cut_off_time, pick_up_on, made_at, made_by)
           VALUES (:season, :kind, :cupboard, :reference, :note, :cut_off_on, :cut_off_time, :pick_up_on, :now, :by)""",
        season=season.id,
        kind=kind,
        now=clock.now(),
        by=by.id,
        **_about(about),
    )
    if lines or kind != "initial":
        _write_lines(tx, order_id, kind, lines)
    audit.note(tx, by.id, "cupboard_order.drafted", "cupboard_order", order_id)
    return order_id


def change(
    tx: apsw.Connection,
    order_id: int,
    by: Person,
    lines: Sequence[Line] | None = None,
    version: int | None = None,
    **about: Any,
) -> None:
    """Change what an order says: its cookies while it is a draft, the rest until it was received or cancelled."""
    order = in_hand(tx, order_id, by, version)
    if order.state in ("received", "cancelled", "no_show"):
        raise Conflict(N_("This order is over: nothing in it changes any more."), "order_is_over")
    if lines is not None and order.state != "draft":
        raise Conflict(
            N_("This order was placed. Make it a draft again before you change its cookies."), "order_was_placed"
        )
    if lines is not None and one(tx, "SELECT 1 AS yes FROM cupboard_wishes WHERE order_id = :id LIMIT 1", id=order_id):
        raise Conflict(
            N_("The cookies of this order are the sum of the girls' wishes. Change those."), "wishes_are_summed"
        )
    run(
        tx,
        """UPDATE cupboard_orders SET cupboard = :cupboard, reference = :reference, note = :note, cut_off_on = :cut_off_on,
                  cut_off_time = :cut_off_time, pick_up_on = :pick_up_on, version = version + 1 WHERE id = :id""",
        id=order_id,
        **_about(vars(order) | about),
    )
    if lines is not None:
        run(tx, "DELETE FROM cupboard_order_lines WHERE order_id = :id", id=order_id)
        _write_lines(tx, order_id, order.kind, lines)
    audit.note(tx, by.id, "cupboard_order.changed", "cupboard_order", order_id)


def place(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None, day: str | None = None) -> None:
    """The order was sent to the council, today or on `day`. Raises Conflict after its cut-off, and where nothing is in it."""
    order = in_hand(tx, order_id, by, version)
    if order.state != "draft":
        raise Conflict(N_("This order was placed before."), "order_was_placed")
    if not any(line.ordered for line in order.lines):
        raise Conflict(N_("There is no cookie in this order yet."), "nothing_ordered")
    today = troop.today(tx)
    day = values.day("date", day) if day else today
    if day > today:
        values.refuse("date", N_("That day is still to come."))
    if order.cut_off_on and day > order.cut_off_on:
        sentence = N_(
            "The cut-off was on %(day)s. If the cupboard still takes the order, change its cut-off day first."
        )
        raise Conflict(sentence, "after_cut_off", day=order.cut_off_on)
    if order.cut_off_time and day == today == order.cut_off_on and troop.time_of_day(tx) > order.cut_off_time:
        sentence = N_(
            "The cut-off was at %(time)s today. If the cupboard still takes the order, change its cut-off first."
        )
        raise Conflict(sentence, "after_cut_off", time=order.cut_off_time)
    run(
        tx,
        "UPDATE cupboard_orders SET placed_on = :day, placed_by = :by, version = version + 1 WHERE id = :id",
        id=order_id,
        day=day,
        by=by.id,
    )
    audit.note(tx, by.id, "cupboard_order.placed", "cupboard_order", order_id)


def open_again(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """Make a placed order a draft again, before anything of it was received; an initial order by an admin alone."""
    order = in_hand(tx, order_id, by, version)
    _refuse_a_received_one(order)
    if order.state != "placed":
        raise Conflict(N_("Only an order that was placed can become a draft again."), "not_placed")
    if order.kind == "initial" and by.role != "admin":
        sentence = N_("The council takes an initial order once. Only an admin can make it a draft again.")
        raise NotAllowed(sentence, "initial_is_locked")
    run(
        tx,
        """UPDATE cupboard_orders SET placed_on = NULL, placed_by = NULL, closed_after = NULL, version = version + 1
            WHERE id = :id""",
        id=order_id,
    )
    audit.note(tx, by.id, "cupboard_order.opened_again", "cupboard_order", order_id)


def not_fetched(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """Nobody came to fetch it, and it is not expected any more. An initial order is always fetched."""
    order = in_hand(tx, order_id, by, version)
    _refuse_a_received_one(order)
    if order.state != "placed" or order.kind == "initial":
        raise Conflict(N_("Only a planned or extra order that was placed can be left at the cupboard."), "not_placed")
    run(
        tx,
        "UPDATE cupboard_orders SET no_show_on = :today, version = version + 1 WHERE id = :id",
        id=order_id,
        today=troop.today(tx),
    )
    audit.note(tx, by.id, "cupboard_order.not_fetched", "cupboard_order", order_id)


def fetched_after_all(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """It waits for its boxes again."""
    order = in_hand(tx, order_id, by, version)
    if order.state != "no_show":
        raise Conflict(N_("Nobody said that this order was not fetched."), "not_no_show")
    run(tx, "UPDATE cupboard_orders SET no_show_on = NULL, version = version + 1 WHERE id = :id", id=order_id)
    audit.note(tx, by.id, "cupboard_order.awaited_again", "cupboard_order", order_id)


def sum_up(tx: apsw.Connection, order_id: int, lines: Sequence[Line]) -> None:
    """The cookies of an initial order from the sums of its wishes; for `girl_wishes`, which says who may."""
    run(tx, "DELETE FROM cupboard_order_lines WHERE order_id = :id", id=order_id)
    if lines:
        _write_lines(tx, order_id, "initial", lines)
    run(tx, "UPDATE cupboard_orders SET version = version + 1 WHERE id = :id", id=order_id)


def cancel(tx: apsw.Connection, order_id: int, by: Person, version: int | None = None) -> None:
    """Give an order up, before anything of it was received. It stays in the list."""
    order = in_hand(tx, order_id, by, version)
    _refuse_a_received_one(order)
    if order.state == "cancelled":
        raise Conflict(N_("This order was cancelled before."), "order_is_over")
    if order.state == "no_show":
        raise Conflict(N_("This order is over: nothing in it changes any more."), "order_is_over")
    run(
        tx,
        "UPDATE cupboard_orders SET cancelled_on = :today, version = version + 1 WHERE id = :id",
        id=order_id,
        today=troop.today(tx),
    )
    audit.note(tx, by.id, "cupboard_order.cancelled", "cupboard_order", order_id)


def _refuse_a_received_one(order: Row) -> None:
    if order.state in ("partly_received", "received"):
        raise Conflict(
            N_("Boxes of this order were received. Take the receipt back first if that is wrong."), "was_received"
        )


def _refuse_a_second_initial(tx: apsw.Connection, season_id: int) -> None:
    if one(
        tx,
        """SELECT 1 AS yes FROM cupboard_orders
            WHERE season_id = :season AND kind = 'initial' AND cancelled_on IS NULL""",
        season=season_id,
    ):
        sentence = N_("This season has its initial order already.")
        raise Conflict(sentence, "initial_exists", {"kind": sentence})


def _about(given: dict[str, Any]) -> dict[str, object]:
    cut_off, pick_up = given.get("cut_off_on"), given.get("pick_up_on")
    hour = given.get("cut_off_time")
    about: dict[str, object] = {
        "cupboard": values.line("cupboard", given.get("cupboard", ""), 80),
        "reference": values.line("reference", given.get("reference", ""), 80),
        "note": values.text("note", given.get("note", ""), 500),
        "cut_off_on": values.day("cutOffOn", cut_off) if cut_off else None,
        "cut_off_time": values.time_of_day("cutOffTime", hour) if hour else None,
        "pick_up_on": values.day("pickUpOn", pick_up) if pick_up else None,
    }
    if hour and not cut_off:
        values.refuse("cutOffOn", N_("Say the day of the cut-off as well."))
    if cut_off and pick_up and cut_off > pick_up:
        values.refuse("cutOffOn", N_("The cut-off is after the pick-up."))
    return about


def _write_lines(tx: apsw.Connection, order_id: int, kind: str, lines: Sequence[Line]) -> None:
    wished: dict[int, int] = {}
    products = {}
    for product, boxes in checked(lines):
        wished[product.id] = wished.get(product.id, 0) + boxes
        products[product.id] = product
    for product_id, boxes in wished.items():
        product = products[product_id]
        ordered = -(-boxes // product.packs_per_case) * product.packs_per_case if kind == "initial" else boxes
        if ordered > values.MOST_BOXES:
            sentence = N_("That is more than a whole season holds.")
            raise Invalid(sentence, "too_many_boxes", {"items": sentence})
        run(
            tx,
            """INSERT INTO cupboard_order_lines (order_id, product_id, wished, boxes, price_cents)
               VALUES (:order, :product, :wished, :boxes, :price)""",
            order=order_id,
            product=product_id,
            wished=boxes,
            boxes=ordered,
            price=product.price_cents,
        )
