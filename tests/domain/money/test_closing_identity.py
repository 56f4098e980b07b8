"""The season's last check, and closing it."""

import threading

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.journal import BANK, CASH_BOX, Cents, post
from gsctracker.domain.money import closing_identity, turn_ins
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict, NotAllowed
from tests.factories import lines, make_person, make_scout, product


def terms(tx):
    now = closing_identity.check(tx, 1)
    assert now.difference == 0
    return {code: cents for code, cents in now.terms.items() if cents}


def test_an_empty_season_ties_out(tx):
    assert closing_identity.check(tx, 1).difference == 0
    assert closing_identity.open_ends(tx, 1) == []


def test_what_went_astray_is_a_term_and_no_difference(tx, admin):
    """COOKIE-39: lost, found again, given away at the troop's cost, carried, damaged: each is named, and the sides agree."""
    ana = make_scout(tx)
    transfers.move(tx, admin, "C2T", lines(tx, TM=120))
    transfers.move(tx, admin, "LOST", lines(tx, TM=3))
    transfers.move(tx, admin, "FOUND", lines(tx, TM=1))
    given = [transfers.move(tx, admin, "TROOP_GIFT", lines(tx, TM=boxes)) for boxes in (6, 2)]
    transfers.take_back(tx, given[1], admin)
    transfers.move(tx, admin, "DAMAGED", lines(tx, TM=5))
    transfers.move(tx, admin, "REPLACED", lines(tx, TM=2))
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    transfers.move(tx, admin, "T2G", lines(tx, TM=7), scout_id=ana, on_liability=False)
    transfers.move(tx, admin, "G2T", lines(tx, TM=4), scout_id=ana, on_liability=False)
    transfers.move(tx, admin, "DAMAGED", lines(tx, TM=1), scout_id=ana)
    found = terms(tx)
    assert found == {
        "due": 120 * 600,
        "unsold": -(120 - 2 - 6 - 5 + 2 - 17 + 4) * 600,
        "damaged": -4 * 600,
        "carried": -3 * 600,
        "lost": -(2 + 6) * 600,
        "families": -10 * 600,
        "girls_damaged": 600,
    }


def test_the_troops_own_orders_are_a_term_until_they_are_paid_and_handed_over(tx, admin):
    transfers.move(tx, admin, "C2T", lines(tx, TM=24))
    paid = orders.take(tx, admin, [Item("TM", 3)], order_type="order_card", payment_method="card")
    assert terms(tx)["site"] == 3 * 600
    orders.take(tx, admin, [Item("TM", 5)], order_type="in_hand", payment_method="none")
    assert terms(tx)["site"] == (3 - 5) * 600
    orders.cancel(tx, paid, admin)
    assert terms(tx)["site"] == -5 * 600


def test_a_price_that_changed_is_a_term(tx, admin):
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    catalogue.change(tx, product(tx, "TM"), admin, price_cents=700)
    assert terms(tx) == {"due": 72_00, "unsold": -84_00, "repriced": 12_00}


def test_money_that_nobody_can_explain_keeps_the_season_open(tx, admin):
    """A posting past the rules is found by the other ledgers."""
    post(tx, 1, "sale", "2026-02-14", by=1, liability=[Cents(BANK, 9, 7_00)])
    assert closing_identity.check(tx, 1).difference == 7_00
    with pytest.raises(Conflict, match=r"differ by \$7.00"):
        closing_identity.settle(tx, admin, 1)
    assert seasons.find(tx, 1).status == "setup"


def test_what_is_still_open_says_who_owes_whom(tx, admin):
    """Boxes on the shelf are not sold; a family that paid ahead is owed money, and so is a troop that the council took too much of."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    turn_ins.turn_in(tx, admin, make_scout(tx), 10_00, "cash")
    turn_ins.sweep(tx, admin, 80_00)
    assert {sentence % params for sentence, params in closing_identity.open_ends(tx, 1)} == {
        "The cash box still holds $10.00: take it to the bank.",
        "The council has $8.00 too much: it pays that back.",
        "Families paid $10.00 more than they owe: pay it back.",
        "Boxes that nobody bought yet, at their price: $72.00.",
    }


def test_a_season_with_uncredited_boxes_is_not_closed(tx, admin):
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 12}, cash_cents=72_00)
    with pytest.raises(Conflict, match="not credited to girls yet: 12"):
        closing_identity.settle(tx, admin, 1)
    assert {sentence % params for sentence, params in closing_identity.open_ends(tx, 1)} == {
        "Packages of booths that are not credited to girls yet: 12.",
        "The cash box still holds $72.00: take it to the bank.",
        "Still due to the council: $72.00.",
    }


def test_two_managers_close_a_season_once(tx, admin):
    closing_identity.settle(tx, admin, 1)
    with pytest.raises(Conflict, match="was closed before"):
        closing_identity.settle(tx, make_person(tx, "cookie_leader"), 1)
    with pytest.raises(Conflict, match="closed"):
        transfers.move(tx, make_person(tx, "cookie_leader"), "C2T", lines(tx, TM=1))
    closing_identity.archive(tx, admin, 1)
    assert seasons.find(tx, 1).status == "archived"
    with pytest.raises(Conflict, match="Only a settled"):
        closing_identity.archive(tx, admin, 1)


def test_of_two_managers_at_the_same_moment_one_closes_it_and_one_is_told(box):
    """Each on her own thread, both past the page that showed an open season."""
    begin, said = threading.Barrier(2, timeout=30), []

    def close_it(by):
        begin.wait()
        try:
            with box.write() as tx:
                closing_identity.settle(tx, by, 1)
            said.append("closed")
        except Conflict as no:
            said.append(no.code)

    managers = [threading.Thread(target=close_it, args=(Person(1, "admin", name),)) for name in ("Olga", "Mia")]
    for manager in managers:
        manager.start()
    for manager in managers:
        manager.join(30)
    assert sorted(said) == ["already_settled", "closed"]
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'season.settled'") == 1


def test_a_leader_closes_no_season(tx):
    with pytest.raises(NotAllowed):
        closing_identity.settle(tx, make_person(tx, "leader"), 1)


def test_cash_in_the_box_counts_like_money_at_the_bank(tx):
    post(tx, 1, "deposit", "2026-02-14", by=1, liability=[Cents(BANK, CASH_BOX, 5_00)])
    now = closing_identity.check(tx, 1)
    assert (now.bank, now.cash_box, now.difference) == (5_00, -5_00, 0)
