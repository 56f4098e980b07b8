"""Thousands of random events, in random order and with reversals, against the invariants of the three ledgers."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsctracker.db import Database
from gsctracker.db.rows import many, value
from gsctracker.domain import journal
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import counts, stock, transfers
from gsctracker.domain.money import balances, council, turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Refusal
from tests import factories

GIRLS = 3
COOKIES = ("TM", "CD", "CCC", "CShare")
BOXES = st.integers(1, 40)
GIRL = st.integers(0, GIRLS - 1)
COOKIE = st.sampled_from(COOKIES)
METHOD = st.sampled_from(("none", "cash", "check", "card", "venmo"))
LINES = st.dictionaries(COOKIE, BOXES, min_size=1, max_size=3)

EVENTS = st.one_of(
    st.tuples(st.just("sell"), st.none() | GIRL, st.sampled_from(("order_card", "in_hand")), METHOD, LINES),
    st.tuples(st.just("donate"), GIRL, METHOD, BOXES),
    st.tuples(st.just("change"), st.integers(0, 30), LINES, METHOD),
    st.tuples(st.just("deliver"), st.integers(0, 30)),
    st.tuples(st.just("undeliver"), st.integers(0, 30)),
    st.tuples(st.just("cancel"), st.integers(0, 30)),
    st.tuples(st.just("move"), st.sampled_from(transfers.KINDS), GIRL, GIRL, st.booleans(), LINES),
    st.tuples(st.just("pay"), GIRL, st.sampled_from(turn_ins.METHODS), st.integers(1, 50_000)),
    st.tuples(st.just("bank"), st.sampled_from(("deposit", "sweep")), st.integers(1, 50_000)),
    st.tuples(st.just("write_off"), GIRL, st.integers(1, 5_000)),
    st.tuples(st.just("booth"), LINES, st.integers(0, 60_000), st.integers(0, 9_000), st.booleans()),
    st.tuples(st.just("reverse"), st.integers(0, 60)),
    st.tuples(st.just("count"), st.integers(0, 50), st.booleans()),
    st.tuples(st.just("price"), COOKIE, st.integers(1, 900)),
)


class RolledBack(Exception):
    """Ends an example and leaves the file as it was."""


@pytest.fixture(scope="module")
def settled_box(tmp_path_factory):
    """A box with three girls, a booth day and nothing sold."""
    database = Database(tmp_path_factory.mktemp("invariants") / "gsctracker.db")
    with database.write() as tx:
        admin = factories.set_up(tx)
        girls = [factories.make_scout(tx, name) for name in ("Ava", "Bea", "Cleo")]
    yield database, admin, girls
    database.close()


@settings(max_examples=120, deadline=None)
@given(events=st.lists(EVENTS, min_size=20, max_size=60))
def test_no_order_of_events_breaks_an_invariant(settled_box, events):
    """COOKIE-08: I1 to I8 hold after each of thousands of events, whatever their order."""
    database, admin, girls = settled_box
    with pytest.raises(RolledBack), database.write() as tx:
        for event in events:
            try:
                tx.execute("SAVEPOINT event")
                happen(tx, admin, girls, *event)
            except Refusal:
                tx.execute("ROLLBACK TO event")  # a no changes nothing
            finally:
                tx.execute("RELEASE event")
        check_every_invariant(tx, admin)
        raise RolledBack


def happen(tx, admin, girls, what, *how):
    """Carry out one random event through the verb a door would call."""
    taken = [row.id for row in many(tx, "SELECT id FROM orders ORDER BY id")]
    match what, *how:
        case "sell", girl, kind, method, boxes:
            scout = None if girl is None else girls[girl]
            orders.take(tx, admin, items(boxes), scout_id=scout, order_type=kind, payment_method=method)
        case "donate", girl, method, boxes:
            orders.take(tx, admin, items({"CShare": boxes}), scout_id=girls[girl], payment_method=method)
        case "change", which, boxes, method if taken:
            orders.change(tx, taken[which % len(taken)], admin, {"items": items(boxes), "payment_method": method})
        case ("deliver" | "undeliver" | "cancel") as verb, which if taken:
            getattr(orders, verb)(tx, taken[which % len(taken)], admin)
        case "move", kind, girl, other, on_liability, boxes:
            named = girls[girl] if kind in ("T2G", "G2T", "G2G") else None
            transfers.move(
                tx, admin, kind, factories.lines(tx, **boxes), scout_id=named, to_scout_id=girls[other],
                booth_id=a_booth(tx, admin) if "BOOTH" in kind else None, on_liability=on_liability,
            )  # fmt: skip
        case "pay", girl, method, cents:
            turn_ins.turn_in(tx, admin, girls[girl], cents, method)
        case "bank", verb, cents:
            getattr(turn_ins, verb)(tx, admin, cents)
        case "write_off", girl, cents:
            turn_ins.take_over(tx, admin, girls[girl], cents)
        case "booth", boxes, cash, card, divide:
            booth = a_booth(tx, admin)
            sold = {factories.product(tx, code): n for code, n in boxes.items()}
            closing.close(tx, admin, booth, sold=sold, cash_cents=cash, card_cents=card, reason="counted twice")
            if divide:
                closing.credit(tx, admin, booth, [(girls[0], product, n) for product, n in sold.items()])
        case "reverse", which:
            entries = [
                row.id
                for row in many(tx, "SELECT id FROM journal WHERE kind IN ('payment', 'T2G', 'C2T', 'booth_credit')")
            ]
            if entries:
                journal.reverse(tx, entries[which % len(entries)], by=admin.id)
        case "count", seen, explain:
            product = factories.product(tx, "TM")
            count = counts.record(tx, admin, journal.TROOP, {product: seen})
            if explain:
                line = counts.find(tx, count, admin).lines[0]
                counts.explain(tx, admin, count, product, "FOUND" if line.difference > 0 else "LOST", "counted twice")
        case "price", code, cents:
            catalogue.change(tx, factories.product(tx, code), admin, price_cents=cents)


def items(boxes):
    return [Item(code, count) for code, count in boxes.items()]


def a_booth(tx, admin):
    return booths.plan(tx, admin, "Booth", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")


def check_every_invariant(tx, admin):
    season = seasons.current(tx).id
    for row in stock.everywhere(tx, season):  # I1: what was received is somewhere
        assert (
            row.received == row.troop + row.scouts + row.booths + row.transit + row.damaged + row.customers + row.lost
        )
    assert value(tx, "SELECT ifnull(sum(boxes), 0) FROM boxes_at") == 0
    assert not many(tx, "SELECT id FROM box_moves WHERE from_place = to_place")  # I2
    for entry in many(tx, "SELECT id, reverses FROM journal WHERE reverses IS NOT NULL"):
        check_mirror(tx, entry.id, entry.reverses)
    assert not many(
        tx, "SELECT box_moves.id FROM box_moves JOIN products ON products.id = product_id WHERE is_virtual"
    )  # I3
    for row in many(tx, "SELECT * FROM booth_credited"):  # I4
        sold = value(
            tx, "SELECT boxes FROM booth_sold WHERE booth_id = :b AND product_id = :p", b=row.booth_id, p=row.product_id
        )
        assert row.boxes <= (sold or 0)
    assert balances.out_of_balance(tx) == 0  # I6
    for family in balances.families(tx, season, admin):
        parts = family.boxes_held_cents + family.cash_held_cents + family.customers_owe_cents - family.written_off_cents
        assert family.balance_cents == parts
        assert family.balance_cents == sum(
            row.cents for row in balances.why(tx, season, family.scout_id, admin, limit=10_000)
        )
    for row in many(
        tx, "SELECT id, boxes, amount_cents, donated_boxes FROM orders"
    ):  # what triggers keep is what the lines say
        lines = many(
            tx,
            """SELECT order_lines.boxes, order_lines.price_cents, is_virtual FROM order_lines JOIN products ON products.id = product_id
                WHERE order_id = :id""",
            id=row.id,
        )
        assert row.boxes == sum(line.boxes for line in lines)
        assert row.amount_cents == sum(line.boxes * line.price_cents for line in lines)
        assert row.donated_boxes == sum(line.boxes for line in lines if line.is_virtual)
    own = Counter({row.scout_id: row.boxes for row in many(tx, "SELECT scout_id, boxes FROM scout_sales")})
    credited = Counter()
    for row in many(tx, "SELECT scout_id, boxes FROM credited WHERE channel IN ('own', 'donation', 'shipped')"):
        credited[row.scout_id] += row.boxes
    assert +own == +credited  # credit of her own sales is what her sales say
    now = council.statement(tx, season)
    charged = value(tx, "SELECT -ifnull(sum(cents), 0) FROM account_balances WHERE account_id = 4")
    assert charged == now.charged_cents - now.swept_cents - now.taken_over_cents


def check_mirror(tx, mirror, first):
    """A reversal and what it reverses cancel out, posting by posting."""
    both = (mirror, first)
    custody, liability, credit = Counter(), Counter(), Counter()
    for row in many(tx, "SELECT * FROM box_moves WHERE entry_id IN (:a, :b)", a=both[0], b=both[1]):
        custody[row.product_id, row.to_place] += row.boxes
        custody[row.product_id, row.from_place] -= row.boxes
    for row in many(tx, "SELECT * FROM money_entries WHERE entry_id IN (:a, :b)", a=both[0], b=both[1]):
        liability[row.debit] += row.cents
        liability[row.credit] -= row.cents
    for row in many(tx, "SELECT * FROM credits WHERE entry_id IN (:a, :b)", a=both[0], b=both[1]):
        credit[row.scout_id, row.product_id, row.channel] += row.boxes
    assert not any(custody.values())
    assert not any(liability.values())
    assert not any(credit.values())
