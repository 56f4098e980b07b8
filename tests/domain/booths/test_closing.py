"""Closing a booth: once, with its difference explained, and credit for no more than it sold."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def booth(tx, admin):
    """A booth with 24 Thin Mints on its table."""
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=24), booth_id=booth)
    return booth


def sold(tx, **boxes):
    return {product(tx, code): count for code, count in boxes.items()}


@pytest.mark.parametrize(
    ("name", "starts", "ends"),
    [
        ("", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z"),
        ("x" * 81, "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z"),
        ("M", "2026-02-14T20:00:00Z", "2026-02-14T16:00:00Z"),
        ("M", "2026-02-14T16:00:00Z", "2026-02-14T16:00:00Z"),
        ("M", "Saturday", "2026-02-14T16:00:00Z"),
        ("M", "2026-02-14T16:00:00Z", "later"),
        ("M", "2026-02-14", "2026-02-15"),
    ],
)
def test_what_cannot_be_a_booth_is_refused(tx, admin, name, starts, ends):
    with pytest.raises(Invalid):
        booths.plan(tx, admin, name, starts, ends)


def test_only_cookie_leaders_plan_close_and_share_out(tx, booth):
    leader = make_person(tx, "leader")
    with pytest.raises(NotAllowed):
        booths.plan(tx, leader, "M", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    with pytest.raises(NotAllowed):
        closing.close(tx, leader, booth, sold=sold(tx, TM=1), cash_cents=600)
    with pytest.raises(NotAllowed):
        closing.credit(tx, leader, booth, [])


@pytest.mark.parametrize(
    ("boxes", "cash", "card"),
    [(-1, 600, 0), (100_001, 600, 0), (1, -1, 0), (1, 600, -1), (1, 6.5, 0), (1, 500, 0), (1, 700, 0)],
)
def test_wrong_numbers_and_unexplained_differences_are_refused(tx, admin, booth, boxes, cash, card):
    """A difference needs words."""
    with pytest.raises(Invalid):
        closing.close(tx, admin, booth, sold=sold(tx, TM=boxes), cash_cents=cash, card_cents=card)


def test_a_booth_is_closed_once(tx, admin, booth):
    """Retrying the close changes nothing."""
    closing.close(tx, admin, booth, sold=sold(tx, TM=10), cash_cents=60_00)
    with pytest.raises(Conflict, match="closed before"):
        closing.close(tx, admin, booth, sold=sold(tx, TM=10), cash_cents=60_00)
    with pytest.raises(NotFound):
        closing.close(tx, admin, 99, sold={}, cash_cents=0)


@pytest.mark.parametrize(
    ("cash", "card", "over_short"), [(66_00, 0, 0), (36_00, 30_00, 0), (61_00, 0, 5_00), (70_00, 0, -4_00)]
)
def test_the_difference_is_the_troops_never_a_girls(tx, admin, booth, cash, card, over_short):
    """Eleven packages, one of them Cookie Share; missing money is a debit on over and short."""
    result = closing.close(
        tx,
        admin,
        booth,
        sold=sold(tx, TM=10, CShare=1),
        cash_cents=cash,
        card_cents=card,
        reason="change" if over_short else "",
    )
    accounts = balances.troop_accounts(tx, 1)
    assert result.variance_cents == -over_short
    assert accounts["over_short"] == over_short
    assert (accounts["cash_box"], accounts["card_clearing"]) == (cash, card)
    assert accounts["council"] == -6_00  # Cookie Share is charged when it is sold
    assert (
        value(tx, "SELECT boxes FROM boxes_at JOIN places ON places.id = place_id WHERE booth_id = :b", b=booth) == 14
    )


def test_cookies_of_another_season_are_not_sold_here(tx, admin, booth):
    seasons.begin(tx, 2027, "abc", by=admin)
    with pytest.raises(Invalid, match="another season"):
        closing.close(tx, admin, booth, sold=sold(tx, TM=1), cash_cents=600)


def test_girls_share_no_more_than_was_sold(tx, admin, booth):
    """(I4): cookie by cookie, Cookie Share too."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    closing.close(tx, admin, booth, sold=sold(tx, TM=10, CShare=2), cash_cents=72_00)
    mints, share, caramel = product(tx, "TM"), product(tx, "CShare"), product(tx, "CD")
    for shares in (
        [(ana, mints, 6), (bea, mints, 5)],
        [(ana, share, 3)],
        [(ana, caramel, 1)],
        [(ana, mints, -1)],
        [],
        [(ana, mints, 0)],
    ):
        with pytest.raises(Invalid):
            closing.credit(tx, admin, booth, shares)
    with pytest.raises(NotFound):
        closing.credit(tx, admin, booth, [(99, mints, 1)])
    closing.credit(tx, admin, booth, [(ana, mints, 6), (bea, mints, 4), (bea, share, 2)])
    with pytest.raises(Conflict, match="credited before"):
        closing.credit(tx, admin, booth, [(ana, mints, 1)])
    assert [(row.sold, row.credited) for row in booths.page(tx, 1)] == [(12, 12)]


def test_a_booth_that_sold_nothing_credits_nobody(tx, admin, booth):
    with pytest.raises(Invalid):
        closing.credit(tx, admin, booth, [(make_scout(tx), product(tx, "TM"), 1)])


def test_booths_that_are_not_shared_out_are_named(tx, admin, booth):
    closing.close(tx, admin, booth, sold=sold(tx, TM=10), cash_cents=60_00)
    assert [(row.name, row.left) for row in booths.not_credited(tx, 1)] == [("Market", 10)]
    closing.credit(tx, admin, booth, [(make_scout(tx), product(tx, "TM"), 10)])
    assert booths.not_credited(tx, 1) == []


def test_a_closed_season_closes_its_booths_too(tx, admin, booth):
    seasons.change(tx, 1, admin, status="settled")
    with pytest.raises(Conflict, match="is closed"):
        closing.close(tx, make_person(tx, "cookie_leader"), booth, sold=sold(tx, TM=1), cash_cents=600)
