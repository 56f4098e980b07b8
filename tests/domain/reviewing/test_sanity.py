"""Sanity, not suspicion: what is unlike the others is looked at again, and never stopped."""

import logging

import pytest

from gsctracker import clock
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import turn_ins
from gsctracker.domain.reviewing import sanity
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def settled(tx):
    """Olga's account is old; gives a girl."""
    tx.execute("UPDATE accounts SET created_at = '2020-01-01T00:00:00Z'")
    return make_scout(tx)


def found(tx):
    """Points and findings of the newest entry that was looked at."""
    sanity.catch_up(tx)
    row = many(tx, "SELECT score, findings FROM entry_checks ORDER BY entry_id DESC LIMIT 1")[0]
    return row.score, row.findings


def test_an_ordinary_entry_passes(tx, admin, settled):
    """SEC-33: nothing unlike the others is no point."""
    orders.take(tx, admin, [Item("TM", 3)], scout_id=settled, customer_name="Zoe")
    assert found(tx) == (0, "[]")
    assert sanity.to_review(tx, admin) == []


def test_the_same_twice_is_forty_points(tx, admin, settled):
    for name in ("Zoe", "Zoe"):
        orders.take(tx, admin, [Item("TM", 3)], scout_id=settled, customer_name=name)
    assert found(tx) == (40, '["double"]')
    orders.take(tx, admin, [Item("TM", 3)], scout_id=settled, customer_name="Wanda")
    assert found(tx) == (0, "[]")
    for _ in range(2):
        turn_ins.turn_in(tx, admin, settled, 20_00, "cash")
    assert found(tx) == (40, '["double"]')


def test_a_burst_and_a_sum_far_from_usual_and_both(tx, admin, settled):
    """SEC-33: 25 and 30 points; with a new person's large entry 85, which is a flag."""
    for boxes in range(1, 10):
        orders.take(tx, admin, [Item("TM", boxes)], scout_id=settled, customer_name=f"C{boxes}")
    assert found(tx) == (0, "[]")
    orders.take(tx, admin, [Item("TM", 6)], scout_id=settled, customer_name="tenth")
    assert found(tx) == (25, '["burst"]')
    orders.take(tx, admin, [Item("TM", 90)], scout_id=settled, customer_name="large")
    assert found(tx) == (55, '["burst", "unusual"]')
    tx.execute("UPDATE accounts SET created_at = ?", (clock.now(),))
    orders.take(tx, admin, [Item("TM", 200)], scout_id=settled, customer_name="larger")
    assert found(tx) == (85, '["burst", "unusual", "new_person"]')
    rows = sanity.to_review(tx, admin)
    assert [(row.score, row.verdict) for row in rows] == [(85, "flag"), (55, "review")]


def test_many_changes_of_a_sale_are_twenty_points(tx, admin, settled):
    sale = orders.take(tx, admin, [Item("TM", 1)], scout_id=settled, payment_method="card")
    for boxes in (2, 3, 4):
        orders.change(tx, sale, admin, {"items": [Item("TM", boxes)]})
    assert found(tx) == (20, '["many_edits"]')


@pytest.mark.parametrize(("cash", "points"), [(72_00, 0), (65_00, 0), (60_00, 35), (90_00, 35)])
def test_cash_that_does_not_match_is_thirty_five_points_from_ten_dollars_on(tx, admin, settled, cash, points):
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 12}, cash_cents=cash, reason="miscount")
    assert found(tx)[0] == points


def test_what_was_brought_in_or_taken_back_is_not_looked_at(tx, admin, settled):
    turn_ins.take_back(tx, turn_ins.turn_in(tx, admin, settled, 20_00, "cash"), admin)
    assert sanity.catch_up(tx) == 1
    assert sanity.catch_up(tx) == 0


def test_where_the_looking_fails_the_entry_passes_and_it_is_logged(tx, admin, settled, monkeypatch, caplog):
    """SEC-33: an engine that breaks stops nobody."""

    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setitem(sanity._FINDINGS, "burst", broken)
    entry = turn_ins.turn_in(tx, admin, settled, 20_00, "cash")
    with caplog.at_level(logging.ERROR, logger="gsctracker.sanity"):
        assert found(tx) == (0, '["failed"]')
    assert "could not be looked at" in caplog.text
    assert value(tx, "SELECT count(*) FROM standing_entries WHERE id = :id", id=entry) == 1


def test_a_decision_is_made_once_and_stands_in_the_history(tx, admin, settled):
    """SEC-35: checks and decisions, who and when."""
    for _ in range(2):
        entry = turn_ins.turn_in(tx, admin, settled, 20_00, "cash")
    sanity.catch_up(tx)
    with pytest.raises(NotAllowed):
        sanity.decide(tx, make_person(tx, "leader"), entry, "fine")
    with pytest.raises(NotAllowed):
        sanity.to_review(tx, make_person(tx, "caregiver"))
    with pytest.raises(Invalid):
        sanity.decide(tx, admin, entry, "guilty")
    sanity.decide(tx, admin, entry, "fine", "two envelopes")
    with pytest.raises(Conflict):
        sanity.decide(tx, admin, entry, "corrected")
    with pytest.raises(NotFound):
        sanity.decide(tx, admin, 999, "fine")
    assert sanity.to_review(tx, admin) == []
    newest = sanity.to_review(tx, admin, history=True)[0]
    assert (newest.entry_id, newest.score, newest.decision, newest.decider, newest.note) == (
        entry, 40, "fine", "Olga", "two envelopes",
    )  # fmt: skip
