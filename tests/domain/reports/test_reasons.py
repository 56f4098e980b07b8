"""The postings behind the troop's figures add up to the figures."""

import pytest

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.reports import why
from gsctracker.domain.sales import orders
from gsctracker.domain.season import seasons
from gsctracker.errors import NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def season(tx, admin):
    """A season with something at every kind of place and on every account; gives its id."""
    girl = make_scout(tx)
    transfers.move(tx, admin, "C2T", lines(tx, TM=60))
    transfers.move(tx, admin, "T2G", lines(tx, TM=20), scout_id=girl)
    transfers.move(tx, admin, "DAMAGED", lines(tx, TM=2))
    transfers.move(tx, admin, "LOST", lines(tx, TM=1))
    transfers.take_back(tx, transfers.move(tx, admin, "T2T_OUT", lines(tx, TM=6)), admin)
    orders.take(tx, admin, [orders.Item("TM", 4)], scout_id=girl, order_type="in_hand", payment_method="card")
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 5}, cash_cents=28_00, reason="wrong change")
    turn_ins.turn_in(tx, admin, girl, 50_00, "cash")
    turn_ins.deposit(tx, admin, 40_00)
    turn_ins.sweep(tx, admin, 30_00)
    turn_ins.take_over(tx, admin, girl, 10_00)
    return seasons.current(tx).id


@pytest.mark.parametrize("group", why.GROUPS)
def test_the_moves_behind_a_figure_of_the_stock_page_add_up_to_it(tx, admin, season, group):
    mints = product(tx, "TM")
    shown = next(getattr(row, group) for row in stock.everywhere(tx, season) if row.product_id == mints)
    assert sum(row.boxes for row in why.boxes_in(tx, season, admin, group, mints)) == shown
    assert shown or group == "transit"


@pytest.mark.parametrize("kind", ["cash_box", "bank", "stock", "council", "card_clearing", "over_short", "losses"])
def test_the_postings_of_an_account_add_up_to_it(tx, admin, season, kind):
    shown = balances.troop_accounts(tx, season)[kind]
    assert shown != 0
    assert sum(row.cents for row in why.account(tx, season, admin, kind)) == shown


def test_the_reasons_come_page_by_page_and_none_twice(tx, admin, season):
    every = [row.id for row in why.account(tx, season, admin, "council")]
    first = [row.id for row in why.account(tx, season, admin, "council", limit=2)]
    rest = [row.id for row in why.account(tx, season, admin, "council", before=first[-1])]
    assert first + rest == every


def test_a_family_does_not_see_the_troops_reasons(tx, season):
    caregiver = make_person(tx, "caregiver")
    with pytest.raises(NotAllowed):
        why.account(tx, season, caregiver, "bank")
    with pytest.raises(NotAllowed):
        why.boxes_in(tx, season, caregiver, "lost", 1)


def test_a_girls_account_is_not_one_of_the_troops(tx, admin, season):
    assert why.account(tx, season, admin, "scout") == []


def test_an_unknown_group_of_places_is_not_there(tx, admin, season):
    with pytest.raises(NotFound):
        why.boxes_in(tx, season, admin, "garage", 1)
