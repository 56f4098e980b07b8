"""What the council withdraws when, by its own rule, and what must be at the bank for it."""

import apsw
import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import council, sweeps, turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def stocked(tx, admin):
    """144 Thin Mints picked up at $6: $864 charged, the troop keeps 85 cents of each, $60 of cards."""
    seasons.change(tx, 1, admin, base_proceeds=85)
    transfers.move(tx, admin, "C2T", lines(tx, TM=144), day="2026-02-01")
    ana = make_scout(tx)
    transfers.move(tx, admin, "T2G", lines(tx, TM=60), scout_id=ana, day="2026-02-01")
    orders.take(tx, admin, [Item("TM", 10)], scout_id=ana, order_type="in_hand", payment_method="card")
    return ana


def plan(tx, admin, **rule):
    return sweeps.add_rule(tx, admin, **{"due_on": "2026-03-11", "basis": "remainder"} | rule)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"basis": "per_package", "factor": 100}, 144_00 - 60_00),  # Arizona: $1.00 a package, less cards
        ({"basis": "per_package", "factor": 150, "nets_cards": False}, 216_00),  # the same without netting
        ({"basis": "balance", "factor": 3000}, 204_48),  # Badgerland: 30 % of 864 - 122.40 - 60
        ({"basis": "balance", "factor": 3000, "nets_cards": False}, 222_48),
        ({"basis": "remainder"}, 681_60),
        ({"basis": "initial_order", "factor": 3333}, 0),  # there was none
        ({"basis": "initial_order", "factor": 3333, "least_cents": 25_00}, 25_00),  # San Diego tries the account
    ],
)
def test_each_councils_rule_gives_its_sum(tx, admin, stocked, rule, expected):
    """The calendars of domain notes b: basis, factor and netting are settings of the rule."""
    plan(tx, admin, **rule)
    assert [one.expected_cents for one in sweeps.forecast(tx, 1)] == [expected]


def test_the_balance_of_an_earlier_day_counts_where_the_rule_says_so(tx, admin, stocked):
    """Kansas: on 7 March half of the balance as of 28 February."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100), day="2026-03-02")
    plan(tx, admin, due_on="2026-03-07", basis="balance", factor=5000, as_of="2026-02-28", nets_cards=False)
    assert sweeps.forecast(tx, 1)[0].expected_cents == (864_00 - 122_40) // 2


def test_withdrawals_to_come_are_taken_off_the_later_ones(tx, admin, stocked):
    plan(tx, admin, due_on="2026-02-11", basis="per_package", factor=100)
    plan(tx, admin, due_on="2026-03-11")
    first, last = sweeps.forecast(tx, 1)
    assert first.expected_cents + last.expected_cents == council.statement(tx, 1).due_cents


def test_it_says_how_much_to_deposit_and_by_when(tx, admin, stocked):
    """A withdrawal on a Monday needs the money on the Friday before."""
    turn_ins.turn_in(tx, admin, stocked, 50_00, "venmo")
    plan(tx, admin, due_on="2026-03-09", basis="per_package", factor=100)
    plan(tx, admin, due_on="2026-03-11")
    first, last = sweeps.forecast(tx, 1)
    assert (first.bank_cents, first.deposit_cents, first.deposit_by) == (50_00, 34_00, "2026-03-06")
    assert (last.bank_cents, last.deposit_cents, last.deposit_by) == (0, last.expected_cents, "2026-03-10")


def test_what_if_more_is_picked_up_and_paid_by_card(tx, admin, stocked):
    plan(tx, admin)
    then = sweeps.forecast(tx, 1, sweeps.Changes(packages=12, card_cents=20_00, deposit_cents=700_00))[0]
    assert then.expected_cents == 681_60 + 12 * (600 - 85) - 20_00
    assert then.deposit_cents == 23_40 and then.bank_cents == 700_00
    assert sweeps.forecast(tx, 1)[0].expected_cents == 681_60


def test_what_if_the_next_tier_is_reached(tx, admin, stocked):
    """A better rate holds for every package, so the council takes less."""
    seasons.set_tiers(tx, 1, {150: 90}, admin)
    plan(tx, admin)
    assert sweeps.forecast(tx, 1, sweeps.Changes(packages=6))[0].expected_cents == 150 * (600 - 90) - 60_00


def test_a_withdrawal_is_written_down_once_and_waits_again_when_taken_back(tx, admin, stocked):
    rule = plan(tx, admin)
    entry = sweeps.take(tx, admin, rule, 400_00, reference="ACH 1")
    assert [(one.state, one.taken_cents, one.expected_cents) for one in sweeps.forecast(tx, 1)] == [
        ("taken", 400_00, 0)
    ]
    assert council.statement(tx, 1).swept_cents == 400_00
    for again in (sweeps.take, sweeps.stand_for):
        with pytest.raises(Conflict, match="written down before"):
            again(tx, admin, rule, entry)
    with pytest.raises(Conflict, match="written down before"):
        sweeps.remove_rule(tx, admin, rule)
    turn_ins.take_back(tx, entry, admin)
    assert [(one.state, one.expected_cents) for one in sweeps.forecast(tx, 1)] == [("planned", 681_60)]
    sweeps.take(tx, admin, rule, 681_60)
    assert council.statement(tx, 1).due_cents == 0


def test_what_the_bank_refused_is_owed_with_the_next(tx, admin, stocked):
    failed = plan(tx, admin, due_on="2026-02-11", basis="per_package", factor=100)
    plan(tx, admin)
    sweeps.fail(tx, admin, failed, "2026-02-11")
    assert [(one.state, one.expected_cents) for one in sweeps.forecast(tx, 1)] == [("failed", 0), ("planned", 681_60)]
    nxt = sweeps.next_one(tx, 1)
    assert nxt is not None and nxt.rule.due_on == "2026-03-11"


def test_a_withdrawal_written_down_before_is_recognised(tx, admin, stocked):
    entry = turn_ins.sweep(tx, admin, 100_00, day="2026-02-12")
    rule = plan(tx, admin)
    assert [(row.id, row.cents) for row in sweeps.unplanned(tx, 1)] == [(entry, 100_00)]
    sweeps.stand_for(tx, admin, rule, entry)
    assert sweeps.unplanned(tx, 1) == [] and sweeps.rules(tx, 1)[0].state == "taken"
    with pytest.raises(NotFound):
        sweeps.stand_for(tx, admin, plan(tx, admin, due_on="2026-03-12"), entry)


def test_bad_rules_are_refused(tx, admin):
    plan(tx, admin)
    for rule, no in (
        ({}, Conflict),
        ({"due_on": "2026-03-12", "basis": "guess"}, Invalid),
        ({"due_on": "2026-03-12", "basis": "balance", "factor": 0}, Invalid),
        ({"due_on": "2026-03-12", "basis": "balance", "factor": 10_001}, Invalid),
        ({"due_on": "2026-03-12", "as_of": "2026-03-13"}, Invalid),
        ({"due_on": "soon"}, Invalid),
    ):
        with pytest.raises(no):
            plan(tx, admin, **rule)
    with pytest.raises(NotAllowed):
        plan(tx, make_person(tx, "leader"), due_on="2026-03-12")
    with pytest.raises(NotFound):
        sweeps.remove_rule(tx, admin, 99)
    assert len(sweeps.rules(tx, 1)) == 1


def test_a_rule_is_met_by_a_withdrawal_alone(tx, admin, stocked):
    """Triggers a_withdrawal_is_of_its_season and a_new_rule_is_not_met_by_another: not by a pick-up."""
    rule = plan(tx, admin)
    with pytest.raises(apsw.ConstraintError, match="no withdrawal"):
        tx.execute("UPDATE sweep_rules SET entry_id = 1 WHERE id = ?", (rule,))
    with pytest.raises(apsw.ConstraintError, match="no withdrawal"):
        tx.execute(
            """INSERT INTO sweep_rules (season_id, due_on, basis, factor, nets_cards, nets_proceeds, entry_id)
               VALUES (1, '2026-04-01', 'remainder', 0, 1, 0, 1)"""
        )
