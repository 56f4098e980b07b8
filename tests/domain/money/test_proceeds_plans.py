"""A season's proceeds plan: kept, changed, reckoned over the ledgers."""

import apsw
import pytest

from gsctracker.db.rows import run, value
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import council, proceeds_plans
from gsctracker.domain.money.proceeds import Condition
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def sold(tx, admin):
    """Two girls of three sell: Ana 30 of the 120 boxes that were fetched and 5 given away, Bea 10."""
    ana, bea, cleo = (make_scout(tx, name, level="junior") for name in ("Ana", "Bea", "Cleo"))
    seasons.change(tx, 1, admin, base_proceeds=85)
    transfers.move(tx, admin, "C2T", lines(tx, TM=120))
    orders.take(tx, admin, [Item("TM", 30), Item("CShare", 5)], scout_id=ana, payment_method="cash")
    orders.take(tx, admin, [Item("TM", 10)], scout_id=bea, payment_method="cash")
    return ana, bea, cleo


def test_the_figures_are_those_of_the_ledgers(tx, admin, sold):
    """COOKIE-11: what a plan can ask for, counted from the season."""
    found = proceeds_plans.figures(tx, 1)
    assert (found.charged, found.credited, found.selling, found.registered) == (125, 45, 2, 3)
    assert sorted(found.by_girl) == [0, 10, 35]
    assert (found.donated, found.returned, found.lowest_level) == (5, 0, "junior")


def test_a_girl_without_a_level_leaves_the_troops_level_open(tx, admin, sold):
    make_scout(tx, "Dora")
    assert proceeds_plans.figures(tx, 1).lowest_level is None


def test_the_councils_statement_pays_what_the_plan_gives(tx, admin, sold):
    proceeds_plans.add_bonus(tx, 1, admin, "Gifts", 5, [Condition("goc_per_girl", 2)])
    proceeds_plans.set_rules(tx, 1, admin, most_cents=88)
    assert council.statement(tx, 1).proceeds_cents == 125 * 88


def test_registered_girls_can_be_what_the_average_is_over(tx, admin, sold):
    proceeds_plans.set_rules(tx, 1, admin, denominator="registered", numerator="credited")
    assert proceeds_plans.now(tx, 1).average == 15


def test_an_average_over_no_girl_is_refused_with_its_sentence(tx, admin):
    with pytest.raises(Invalid, match="an average over no girl is none"):
        proceeds_plans.set_rules(tx, 1, admin, denominator="fixed")


def test_a_bonus_without_a_condition_is_refused(tx, admin):
    with pytest.raises(Invalid, match="part of the base"):
        proceeds_plans.add_bonus(tx, 1, admin, "Gift", 5, [])


def test_only_what_the_box_cannot_see_is_ticked(tx, admin):
    proceeds_plans.add_bonus(tx, 1, admin, "Two", 5, [Condition("by_hand"), Condition("pga", 1)])
    by_hand, counted = proceeds_plans.plan(tx, 1).bonuses[0].conditions
    proceeds_plans.tick(tx, 1, by_hand.id, True, admin)
    assert proceeds_plans.plan(tx, 1).bonuses[0].conditions[0].is_met
    with pytest.raises(NotFound):
        proceeds_plans.tick(tx, 1, counted.id, True, admin)
    proceeds_plans.remove_bonus(tx, 1, proceeds_plans.plan(tx, 1).bonuses[0].id, admin)
    assert value(tx, "SELECT count(*) FROM proceeds_conditions") == 0
    with pytest.raises(NotFound):
        proceeds_plans.remove_bonus(tx, 1, 1, admin)


def test_a_plan_is_changed_by_who_manages_the_season(tx):
    lea = make_person(tx, "leader")
    with pytest.raises(NotAllowed):
        proceeds_plans.set_rules(tx, 1, lea, rounding="up")
    with pytest.raises(NotAllowed):
        proceeds_plans.add_bonus(tx, 1, lea, "Gift", 5, [Condition("by_hand")])


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO proceeds_rules (season_id, denominator, rounding, numerator) VALUES (1, 'fixed', 'exact', 'charged')",
        "INSERT INTO proceeds_conditions (bonus_id, kind, least) VALUES (1, 'girls_at', 80)",
        "INSERT INTO proceeds_conditions (bonus_id, kind, least, boxes) VALUES (1, 'girls_at', 101, 50)",
        "INSERT INTO proceeds_conditions (bonus_id, kind, least, is_met) VALUES (1, 'pga', 1, 1)",
        "INSERT INTO proceeds_conditions (bonus_id, kind, least) VALUES (1, 'level_from', 6)",
    ],
)
def test_the_database_refuses_a_plan_that_cannot_be(tx, admin, statement):
    run(tx, "INSERT INTO proceeds_bonuses (id, season_id, name, cents) VALUES (1, 1, 'A', 5)")
    with pytest.raises(apsw.ConstraintError):
        run(tx, statement)
