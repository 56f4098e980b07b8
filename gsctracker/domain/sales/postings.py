"""What a sale means for the three ledgers (domain notes, c.4), kept true however the sale changes.

A sale has up to two entries: `sale` (credit, Cookie Share, card money) from the moment it counts, and `delivery` (the boxes
leave) from the moment it is delivered. When the sale changes, an entry that no longer fits is reversed and the right one
written; an entry that still fits is left alone, so importing the same order twice writes nothing.
"""

from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, many, one
from gsctracker.domain import journal
from gsctracker.domain.journal import (
    CARD_CLEARING,
    CASH_BOX,
    COUNCIL_ACCOUNT,
    CUSTOMER,
    STOCK,
    TROOP,
    Boxes,
    Cents,
    Credit,
    goods,
)

NEVER_HANDLED = ("shipped", "donation")
COUNTED = ("promised", "delivered")


class Entry(NamedTuple):
    """An entry as it should stand: its day and its postings."""

    day: str
    custody: frozenset[Boxes] = frozenset()
    liability: frozenset[Cents] = frozenset()
    credit: frozenset[Credit] = frozenset()


def bring_up_to_date(
    tx: apsw.Connection, order_id: int, *, by: int | None, batch_id: int | None = None, is_new: bool = False
) -> int:
    """Make the journal say what the sale says now; gives the number of entries written (none where it already does)."""
    order = one(tx, "SELECT * FROM orders WHERE id = :id", id=order_id)
    assert order is not None
    lines = many(
        tx,
        """SELECT product_id, order_lines.boxes, order_lines.price_cents, is_virtual
             FROM order_lines JOIN products ON products.id = product_id WHERE order_id = :id""",
        id=order_id,
    )
    wanted = _wanted(tx, order, lines)
    written = 0
    for stands in () if is_new else _standing(tx, order_id):
        if stands.scout_id == order.scout_id and wanted.get(stands.kind) == _as_it_stands(tx, stands):
            del wanted[stands.kind]
        else:
            journal.reverse(tx, stands.id, by=by)
            written += 1
    for kind, entry in wanted.items():
        journal.post(
            tx,
            order.season_id,
            kind,
            entry.day,
            by=by,
            custody=entry.custody,
            liability=entry.liability,
            credit=entry.credit,
            order_id=order_id,
            scout_id=order.scout_id,
            batch_id=batch_id,
        )
        written += 1
    return written


def _standing(tx: apsw.Connection, order_id: int) -> list[Row]:
    return many(tx, "SELECT id, kind, day, scout_id FROM standing_entries WHERE order_id = :id", id=order_id)


def _wanted(tx: apsw.Connection, order: Row, lines: list[Row]) -> dict[str, Entry]:
    if order.status not in COUNTED or not lines:
        return {}
    wanted = {
        "sale": Entry(order.ordered_on, liability=_liability(tx, order, lines), credit=_credit(order, lines)),
        "delivery": Entry(order.delivered_on or order.ordered_on, custody=_custody(tx, order, lines)),
    }
    return {kind: entry for kind, entry in wanted.items() if entry.custody or entry.liability or entry.credit}


def _custody(tx: apsw.Connection, order: Row, lines: list[Row]) -> frozenset[Boxes]:
    if order.status != "delivered" or order.order_type in NEVER_HANDLED:
        return frozenset()
    giver = TROOP if order.scout_id is None else journal.place_of_scout(tx, order.scout_id)
    return frozenset(Boxes(line.product_id, line.boxes, giver, CUSTOMER) for line in lines if not line.is_virtual)


def _credit(order: Row, lines: list[Row]) -> frozenset[Credit]:
    if order.scout_id is None:
        return frozenset()
    hers = "shipped" if order.order_type == "shipped" else "own"
    return frozenset(
        Credit(order.scout_id, line.product_id, line.boxes, "donation" if line.is_virtual else hers) for line in lines
    )


def _liability(tx: apsw.Connection, order: Row, lines: list[Row]) -> frozenset[Cents]:
    if order.payment_method == "card":
        receiver = CARD_CLEARING
    elif order.order_type == "shipped":
        return frozenset()  # no girl owes for what the baker posts; the council charges it once the card is charged
    elif order.scout_id is not None:
        receiver = journal.account_of_scout(tx, order.scout_id)
    elif order.collected_cents >= order.amount_cents:
        receiver = CASH_BOX
    else:
        return frozenset()  # the troop's own sale moves no money before all of it is there
    found = set()
    for line in lines:
        payer = _charged(tx, order, line)
        if receiver != payer and line.price_cents:
            found.add(goods(receiver, payer, line.product_id, line.boxes, line.price_cents))
    return frozenset(found)


def _charged(tx: apsw.Connection, order: Row, line: Row) -> int:
    """Who is charged for the packages: the council sells Cookie Share and shipped ones, the holder her own boxes."""
    if line.is_virtual or order.order_type == "shipped":
        return COUNCIL_ACCOUNT
    return STOCK if order.scout_id is None else journal.account_of_scout(tx, order.scout_id)


def _as_it_stands(tx: apsw.Connection, entry: Row) -> Entry:
    money = many(tx, "SELECT * FROM money_entries WHERE entry_id = :id", id=entry.id)
    credit = many(tx, "SELECT * FROM credits WHERE entry_id = :id", id=entry.id)
    return Entry(
        entry.day,
        frozenset(Boxes(m.product_id, m.boxes, m.from_place, m.to_place) for m in journal.moves_of(tx, entry.id)),
        frozenset(Cents(m.debit, m.credit, m.cents, m.product_id, m.boxes, m.price_cents) for m in money),
        frozenset(Credit(c.scout_id, c.product_id, c.boxes, c.channel) for c in credit),
    )
