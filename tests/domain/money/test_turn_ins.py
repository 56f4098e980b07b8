"""Money a family hands in, what goes to the bank, what the council takes."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def ana(tx, admin):
    """Ana, who owes $60 for ten boxes."""
    ana = make_scout(tx, "Ana")
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    return ana


def accounts(tx):
    return {kind: cents for kind, cents in balances.troop_accounts(tx, seasons.current(tx).id).items() if cents}


@pytest.mark.parametrize("role", ["leader", "caregiver"])
def test_only_cookie_leaders_record_money(tx, admin, ana, role):
    by = make_person(tx, role)
    paid = turn_ins.turn_in(tx, admin, ana, 100, "cash")
    for refused in (
        lambda: turn_ins.turn_in(tx, by, ana, 100, "cash"),
        lambda: turn_ins.deposit(tx, by, 100),
        lambda: turn_ins.sweep(tx, by, 100),
        lambda: turn_ins.take_over(tx, by, ana, 100),
        lambda: turn_ins.take_back(tx, paid, by),
    ):
        with pytest.raises(NotAllowed):
            refused()


@pytest.mark.parametrize("cents", [0, -1, 10_000_001, 12.5, "12.50", None, True])
def test_money_is_whole_cents_above_zero(tx, admin, ana, cents):
    """COOKIE-04: no floats, no nothing."""
    for refused in (
        lambda: turn_ins.turn_in(tx, admin, ana, cents, "cash"),
        lambda: turn_ins.deposit(tx, admin, cents),
        lambda: turn_ins.sweep(tx, admin, cents),
        lambda: turn_ins.take_over(tx, admin, ana, cents),
    ):
        with pytest.raises(Invalid):
            refused()


def test_what_else_cannot_be_is_refused(tx, admin, ana):
    with pytest.raises(Invalid):
        turn_ins.turn_in(tx, admin, ana, 100, "gold")
    with pytest.raises(Invalid):
        turn_ins.turn_in(tx, admin, ana, 100, "cash", day="soon")
    with pytest.raises(Invalid):
        turn_ins.turn_in(tx, admin, ana, 100, "cash", reference="x" * 81)
    with pytest.raises(NotFound):
        turn_ins.turn_in(tx, admin, 99, 100, "cash")


@pytest.mark.parametrize(
    ("method", "account"), [("cash", "cash_box"), ("check", "cash_box"), ("venmo", "bank"), ("card", "bank")]
)
def test_what_a_family_hands_in_lowers_its_debt(tx, admin, ana, method, account):
    """COOKIE-11."""
    before = accounts(tx).get(account, 0)
    turn_ins.turn_in(tx, admin, ana, 25_00, method)
    assert balances.family(tx, 1, ana, admin).balance_cents == 35_00
    assert accounts(tx)[account] == before + 25_00


def test_cash_goes_to_the_bank_and_from_there_to_the_council(tx, admin, ana):
    turn_ins.turn_in(tx, admin, ana, 60_00, "cash")
    turn_ins.deposit(tx, admin, 50_00)
    turn_ins.sweep(tx, admin, 40_00)
    found = accounts(tx)
    assert (found["cash_box"], found["bank"], found["council"]) == (10_00, 10_00, 40_00)
    assert balances.out_of_balance(tx) == 0


def test_a_payment_entered_by_mistake_is_taken_back_once(tx, admin, ana):
    """COOKIE-04."""
    paid = turn_ins.turn_in(tx, admin, ana, 25_00, "cash")
    turn_ins.take_back(tx, paid, admin, "wrong girl")
    assert balances.family(tx, 1, ana, admin).balance_cents == 60_00
    with pytest.raises(Conflict):
        turn_ins.take_back(tx, paid, admin)
    told = turn_ins.recent(tx, 1, admin)
    assert [(row.kind, bool(row.reverses), bool(row.reversed_by)) for row in told] == [
        ("payment", True, False),
        ("payment", False, True),
    ]


def test_a_move_of_boxes_is_no_payment_to_take_back(tx, admin, ana):
    """Each subject takes back its own entries."""
    with pytest.raises(NotFound):
        turn_ins.take_back(tx, 1, admin)
    with pytest.raises(NotFound):
        turn_ins.take_back(tx, 99, admin)


def test_a_family_reads_its_own_payments_only(tx, admin, ana):
    """AUTH-05."""
    bea = make_scout(tx, "Bea")
    mine = turn_ins.turn_in(tx, admin, ana, 100, "cash")
    gia = make_person(tx, "caregiver", scout_ids=(ana,))
    assert [row.cents for row in turn_ins.recent(tx, 1, gia, ana)] == [100]
    with pytest.raises(NotFound):
        turn_ins.recent(tx, 1, gia, bea)
    with pytest.raises(NotAllowed):
        turn_ins.recent(tx, 1, gia)
    with pytest.raises(NotAllowed):
        turn_ins.find(tx, mine, gia)


def test_the_debt_of_a_girl_who_is_not_there_is_not_taken_over(tx, admin):
    with pytest.raises(NotFound):
        turn_ins.take_over(tx, admin, 99, 100)
