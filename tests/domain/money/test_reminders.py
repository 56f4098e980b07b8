"""What a family may hold, what it was told, the file of an unpaid balance, and its own word each month."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import agreements, balances, limits, receipts, reminders, turn_ins
from gsctracker.domain.money.limits import Limits
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def ana(tx, admin):
    """Ana took ten boxes and sold two of them for cash long ago: $60 owed, $12 of it in cash."""
    ana = make_scout(tx, "Ana")
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    orders.take(tx, admin, [Item("TM", 2)], scout_id=ana, order_type="in_hand", payment_method="cash", day="2026-01-10")
    return ana


@pytest.fixture
def mia(tx, ana):
    """Ana's mother."""
    return make_person(tx, "caregiver", "Mia", scout_ids=(ana,))


@pytest.fixture
def season(tx):
    return seasons.current(tx).id


def state(tx, season, admin):
    found = reminders.states(tx, season, admin)
    return found[0].state if found else None


def test_a_family_beyond_a_limit_is_named_and_nothing_is_blocked(tx, admin, ana, season):
    assert limits.over(tx, season, admin) == {}
    limits.change(tx, admin, Limits(cash_cents=1100, boxes_cents=4800, days=7))
    assert [(one.which, one.limit) for one in limits.over(tx, season, admin)[ana]] == [("cash", 1100), ("days", 7)]
    limits.change(tx, admin, Limits(cash_cents=1200, boxes_cents=4799))
    assert [(one.which, one.held) for one in limits.over(tx, season, admin)[ana]] == [("boxes", 4800)]
    transfers.move(tx, admin, "T2G", lines(tx, TM=1), scout_id=ana)  # a warning is no lock
    with pytest.raises(Invalid):
        limits.change(tx, admin, Limits(days=0))
    with pytest.raises(NotAllowed):
        limits.change(tx, make_person(tx, "leader"), Limits())


def test_a_payment_begins_the_days_anew(tx, admin, ana, season):
    limits.change(tx, admin, Limits(days=7))
    assert limits.over(tx, season, admin)
    turn_ins.turn_in(tx, admin, ana, 100, "cash")
    assert limits.over(tx, season, admin) == {}


def test_a_debt_goes_its_way_step_by_step(tx, admin, ana, season):
    """Open, statement, overdue, reminded, filed, accepted; each step is there to be shown."""
    assert state(tx, season, admin) == "open"
    reminders.tell(tx, admin, ana, "statement")
    assert state(tx, season, admin) == "statement"
    limits.change(tx, admin, Limits(days=7))
    assert state(tx, season, admin) == "overdue"
    reminders.tell(tx, admin, ana, "call", note="left a message")
    assert state(tx, season, admin) == "reminded"
    reminders.report(tx, admin, ana, reference="F-1")
    assert state(tx, season, admin) == "filed"
    assert [(row.kind, row.owed_cents) for row in reminders.said(tx, season, ana, admin)] == [
        ("statement", 6000),
        ("call", 6000),
    ]
    reminders.settle(tx, admin, ana, "accepted", 5000)
    assert state(tx, season, admin) == "accepted"
    assert balances.family(tx, season, ana, admin).balance_cents == 1000


def test_what_was_reported_is_paid_to_the_council(tx, admin, ana):
    """A payment to a filed family's account is refused with its own sentence, and taken again once the file is withdrawn."""
    reminders.tell(tx, admin, ana, "reminder")
    reminders.report(tx, admin, ana)
    for refused in (
        lambda: turn_ins.turn_in(tx, admin, ana, 100, "cash"),
        lambda: receipts.take_money(tx, admin, ana, 100, "cash"),
    ):
        with pytest.raises(Conflict, match="pays the council now"):
            refused()
    reminders.settle(tx, admin, ana, "withdrawn")
    receipts.take_money(tx, admin, ana, 100, "cash")


def test_a_file_needs_a_debt_proof_and_no_other_file(tx, admin, ana):
    with pytest.raises(Conflict, match="Tell the family first"):
        reminders.report(tx, admin, ana)
    with pytest.raises(NotFound):
        reminders.settle(tx, admin, ana, "paid")
    with pytest.raises(Conflict, match="owes nothing"):
        reminders.report(tx, admin, make_scout(tx, "Bea"))
    reminders.tell(tx, admin, ana, "reminder")
    reminders.report(tx, admin, ana)
    with pytest.raises(Conflict, match="reported already"):
        reminders.report(tx, admin, ana)
    with pytest.raises(Conflict, match=r"Only \$60.00"):
        reminders.settle(tx, admin, ana, "accepted", 6001)
    reminders.settle(tx, admin, ana, "paid")
    with pytest.raises(Conflict, match="settled already"):
        reminders.settle(tx, admin, ana, "accepted")


def test_only_cookie_leaders_tell_and_report(tx, admin, ana, mia, season):
    for by in (mia, make_person(tx, "leader")):
        for refused in (
            lambda by=by: reminders.tell(tx, by, ana, "reminder"),
            lambda by=by: reminders.report(tx, by, ana),
            lambda by=by: reminders.settle(tx, by, ana, "paid"),
        ):
            with pytest.raises(NotAllowed):
                refused()
    with pytest.raises(NotFound):
        reminders.said(tx, season, make_scout(tx, "Bea"), mia)


def test_a_family_says_once_a_month_whether_it_agrees(tx, admin, ana, mia, season):
    assert agreements.is_due(tx, season, ana, mia)
    assert not agreements.is_due(tx, season, ana, admin)
    with pytest.raises(Conflict, match="just changed"):
        agreements.say(tx, mia, ana, True, 5999, 8)
    agreements.say(tx, mia, ana, True, 6000, 8)
    assert not agreements.is_due(tx, season, ana, mia)
    assert agreements.disagreements(tx, season, admin) == []


def test_who_does_not_agree_says_why_and_the_leaders_see_it(tx, admin, ana, mia, season):
    with pytest.raises(Invalid):
        agreements.say(tx, mia, ana, False, 6000, 8)
    agreements.say(tx, mia, ana, False, 6000, 8, "I brought two boxes back")
    assert [row.note for row in agreements.disagreements(tx, season, admin)] == ["I brought two boxes back"]
    with pytest.raises(NotFound):
        agreements.say(tx, mia, make_scout(tx, "Bea"), True, 0, 0)
    with pytest.raises(Conflict, match="own family"):
        agreements.say(tx, admin, ana, True, 6000, 8)
