"""Seasons: begun, current, closed."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


def test_a_box_that_was_not_set_up_has_no_season(db):
    with db.read() as tx, pytest.raises(Conflict, match="no season yet"):
        seasons.current(tx)


@pytest.mark.parametrize(
    ("year", "baker"), [(1999, "abc"), (2101, "abc"), ("soon", "abc"), (2027, "xyz"), (2027, None)]
)
def test_what_cannot_be_a_season_is_refused(tx, year, baker):
    with pytest.raises(Invalid):
        seasons.begin(tx, year, baker, by=None)


def test_a_season_is_begun_once(tx):
    with pytest.raises(Conflict, match="begun before"):
        seasons.begin(tx, 2026, "abc", by=None)


def test_only_who_manages_the_season_begins_one(tx):
    """AUTH-01"""
    with pytest.raises(NotAllowed):
        seasons.begin(tx, 2027, "abc", by=make_person(tx, "leader"))


def test_the_next_season_is_the_current_one_with_a_line_up_of_its_own(tx, admin):
    """COOKIE-05, AUTH-04: last season stays as it was; the new one starts from the newest line-up known."""
    first = seasons.current(tx)
    second = seasons.begin(tx, 2027, "lbb", by=admin)
    assert seasons.current(tx).id == second
    assert seasons.current(tx).name == "2026-27"
    assert value(tx, "SELECT sum(is_current) FROM seasons") == 1
    assert [row.id for row in seasons.all_of_them(tx)] == [second, first.id]
    assert catalogue.recognise(tx, first.id, "TM").id != catalogue.recognise(tx, second, "TM").id
    with pytest.raises(NotFound):
        seasons.find(tx, 99)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "over"}, {"name": ""}, {"name": "x" * 41}, {"base_proceeds": -1}, {"base_proceeds": 501},
        {"exempt_per_girl": 1001}, {"returns_until": "2026-02-30"},
    ],
)  # fmt: skip
def test_what_a_season_cannot_be_is_refused(tx, admin, changes):
    with pytest.raises(Invalid):
        seasons.change(tx, 1, admin, **changes)


@pytest.mark.parametrize("tiers", [{0: 90}, {200: -1}, {200: 501}, {"many": 90}])
def test_what_a_plan_of_proceeds_cannot_be_is_refused(tx, admin, tiers):
    with pytest.raises(Invalid):
        seasons.set_tiers(tx, 1, tiers, admin)


def test_only_who_manages_the_season_changes_it(tx):
    leader = make_person(tx, "leader")
    with pytest.raises(NotAllowed):
        seasons.change(tx, 1, leader, status="selling")
    with pytest.raises(NotAllowed):
        seasons.set_tiers(tx, 1, {200: 90}, leader)


def test_a_plan_of_proceeds_replaces_the_one_before(tx, admin):
    seasons.set_tiers(tx, 1, {200: 90, 350: 95}, admin)
    seasons.set_tiers(tx, 1, {300: 92}, admin)
    assert [(row.min_pga, row.cents) for row in seasons.tiers(tx, 1)] == [(300, 92)]


@pytest.mark.parametrize("status", ["settled", "archived"])
def test_the_ledgers_of_a_closed_season_are_closed(tx, admin, status):
    """Only an admin still corrects it."""
    girl, cookie_leader = make_scout(tx), make_person(tx, "cookie_leader")
    sale = orders.take(tx, cookie_leader, [Item("TM", 1)], scout_id=girl)
    paid = turn_ins.turn_in(tx, cookie_leader, girl, 100, "cash")
    moved = transfers.move(tx, cookie_leader, "C2T", lines(tx, TM=12))
    seasons.change(tx, 1, admin, status=status)
    for refused in (
        lambda by: orders.take(tx, by, [Item("TM", 1)]),
        lambda by: orders.change(tx, sale, by, {"notes": "x"}),
        lambda by: orders.cancel(tx, sale, by),
        lambda by: transfers.move(tx, by, "C2T", lines(tx, TM=12)),
        lambda by: turn_ins.turn_in(tx, by, girl, 100, "cash"),
        lambda by: turn_ins.deposit(tx, by, 100),
        lambda by: turn_ins.take_over(tx, by, girl, 100),
        lambda by: turn_ins.take_back(tx, paid, by),
        lambda by: transfers.take_back(tx, moved, by),
    ):
        with pytest.raises(Conflict, match="2025-26 is closed"):
            refused(cookie_leader)
    orders.cancel(tx, sale, admin)
