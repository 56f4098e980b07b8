"""What each family owes, what that is made of, and who may see it."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def ana(tx, admin):
    """Ana took ten boxes, sold four for cash, promised one, was paid for a card sale of two, and handed in $10."""
    ana = make_scout(tx, "Ana")
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    for boxes, more in ((4, {"payment_method": "cash"}), (2, {"payment_method": "card"}), (1, {})):
        orders.take(tx, admin, [Item("TM", boxes)], scout_id=ana, order_type="in_hand", **more)
    turn_ins.turn_in(tx, admin, ana, 10_00, "cash")
    return ana


def test_a_balance_is_boxes_held_cash_held_and_what_customers_owe(tx, admin, ana):
    """COOKIE-11: 60 less 12 by card less 10 handed in = 3 boxes + 14 in cash + 6 still out."""
    family = balances.family(tx, 1, ana, admin)
    assert family.balance_cents == 38_00
    assert (family.boxes_held_cents, family.cash_held_cents, family.customers_owe_cents) == (18_00, 14_00, 6_00)


def test_the_reasons_add_up_to_the_balance_page_by_page(tx, admin, ana):
    """COOKIE-11: a why behind every number."""
    whole = balances.why(tx, 1, ana, admin)
    assert sum(row.cents for row in whole) == 38_00
    first = balances.why(tx, 1, ana, admin, limit=2)
    rest = balances.why(tx, 1, ana, admin, before=first[-1].posting_id)
    assert [row.posting_id for row in first + rest] == [row.posting_id for row in whole]


def test_a_family_sees_its_own_balance_only(tx, admin, ana):
    """AUTH-05."""
    bea = make_scout(tx, "Bea")
    gia = make_person(tx, "caregiver", scout_ids=(ana,))
    assert [row.scout_id for row in balances.families(tx, 1, gia)] == [ana]
    assert [row.scout_id for row in balances.families(tx, 1, make_person(tx, "leader"))] == [ana, bea]
    for ask in (balances.family, balances.why):
        with pytest.raises(NotFound):
            ask(tx, 1, bea, gia)


def test_a_new_season_begins_at_nothing(tx, admin, ana):
    second = seasons.begin(tx, 2027, "abc", by=admin)
    assert balances.family(tx, second, ana, admin).balance_cents == 0
    assert balances.family(tx, 1, ana, admin).balance_cents == 38_00
    assert set(balances.troop_accounts(tx, second).values()) == {0}


def test_every_account_of_the_troop_is_listed_and_all_sum_to_zero(tx, admin, ana):
    """(I6)."""
    found = balances.troop_accounts(tx, 1)
    assert list(found) == [
        "stock",
        "cash_box",
        "bank",
        "council",
        "card_clearing",
        "over_short",
        "losses",
        "write_off",
        "proceeds",
    ]
    assert sum(found.values()) + 38_00 == balances.out_of_balance(tx) == 0
