"""The initial order as the girls wish it: a grid, its sums in whole cases, a suggested mix; cut-offs with an hour; no-shows."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.domain.inventory import cupboard_orders, cupboard_receipts, girl_wishes, popularity
from gsctracker.domain.reports import tables
from gsctracker.domain.sales import orders
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def order(tx, admin):
    return cupboard_orders.draft(tx, admin, "initial", [])


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana", "R.")


def wish(tx, **boxes):
    return {product(tx, code): n for code, n in boxes.items()}


def sums(tx, by, order):
    found = girl_wishes.grid(tx, order, by)
    return {row.code: tuple(found.sums[row.id]) for row in found.products if found.sums[row.id].wished}


def ordered(tx, by, order):
    return {line.code: (line.wished, line.ordered) for line in cupboard_orders.find(tx, order, by).lines}


def sell(tx, by, scout_id, **boxes):
    items = [orders.Item(code, n) for code, n in boxes.items()]
    return orders.take(tx, by, items, scout_id=scout_id)


def test_the_order_is_the_sum_of_the_wishes_in_whole_cases(tx, admin, ana, order):
    """COOKIE-09: 57 packages are 5 cases and 3 are over, for the shelf; nobody types a sum."""
    bea = make_scout(tx, "Bea", "B.")
    girl_wishes.keep(
        tx, order, admin,
        {f"girl-{ana}": wish(tx, TM=20, CD=12), f"girl-{bea}": wish(tx, TM=13), "booths": wish(tx, TM=24, CCC=7)},
    )  # fmt: skip
    assert sums(tx, admin, order) == {"TM": (57, 60, 5, 3), "CD": (12, 12, 1, 0), "CCC": (7, 12, 1, 5)}
    assert ordered(tx, admin, order) == {"TM": (57, 60), "CD": (12, 12), "CCC": (7, 12)}
    assert tuple(girl_wishes.grid(tx, order, admin).all) == (76, 84, 7, 8)
    assert [row.key for row in girl_wishes.grid(tx, order, admin).rows] == [
        f"girl-{ana}", f"girl-{bea}", "booths", "other",
    ]  # fmt: skip


def test_one_row_is_written_and_the_others_stay(tx, admin, ana, order):
    girl_wishes.keep(tx, order, admin, {f"girl-{ana}": wish(tx, TM=5), "other": wish(tx, CD=4)})
    girl_wishes.keep(tx, order, admin, {f"girl-{ana}": wish(tx, TM=0, TRE=2)})
    assert ordered(tx, admin, order) == {"CD": (4, 12), "TRE": (2, 12)}
    girl_wishes.keep(tx, order, admin, {f"girl-{ana}": {}, "other": {}})
    assert ordered(tx, admin, order) == {} == sums(tx, admin, order)
    with pytest.raises(Conflict, match="no cookie"):
        cupboard_orders.place(tx, order, admin)


def test_cookies_that_were_ordered_without_wishes_stand_with_the_other_packages(tx, admin, ana):
    order = cupboard_orders.draft(tx, admin, "initial", lines(tx, TM=30))
    girl_wishes.keep(tx, order, admin, {f"girl-{ana}": wish(tx, TM=10)})
    assert ordered(tx, admin, order) == {"TM": (40, 48)}
    with pytest.raises(Conflict, match="sum of the girls' wishes"):
        cupboard_orders.change(tx, order, admin, lines(tx, TM=12))


def test_a_placed_order_keeps_its_wishes_until_it_is_a_draft_again(tx, admin, ana, order):
    girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=12)})
    cupboard_orders.place(tx, order, admin)
    with pytest.raises(Conflict, match="was placed"):
        girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=24)})
    cupboard_orders.open_again(tx, order, admin)
    girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=24)})
    assert ordered(tx, admin, order) == {"TM": (24, 24)}


def test_odd_wishes_are_refused_and_nothing_changes(tx, admin, ana, order):
    share, tm = product(tx, "CShare"), product(tx, "TM")
    for row in ({"girl-999": {tm: 1}}, {"nobody": {tm: 1}}, {"booths": {share: 1}}, {"booths": {999: 1}}):
        with pytest.raises(NotFound):
            girl_wishes.keep(tx, order, admin, row)
    for boxes in (-1, 100_001):
        with pytest.raises(Invalid):
            girl_wishes.keep(tx, order, admin, {"booths": {tm: boxes}})
    with pytest.raises(Invalid, match="whole season"):
        girl_wishes.keep(tx, order, admin, {"booths": {tm: 60_000}, "other": {tm: 60_000}})
    planned = cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=12))
    with pytest.raises(NotFound):
        girl_wishes.grid(tx, planned, admin)
    assert value(tx, "SELECT count(*) FROM cupboard_wishes") == 0


def test_two_tabs_do_not_overwrite_each_other(tx, admin, order):
    version = cupboard_orders.find(tx, order, admin).version
    girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=12)}, version)
    with pytest.raises(Conflict, match="in the meantime"):
        girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=24)}, version)


def test_families_do_not_see_it_and_leaders_only_look(tx, ana, order):
    mother, leader = make_person(tx, "caregiver", scout_ids=(ana,)), make_person(tx, "leader")
    with pytest.raises(NotAllowed):
        girl_wishes.grid(tx, order, mother)
    assert girl_wishes.grid(tx, order, leader).rows
    with pytest.raises(NotAllowed):
        girl_wishes.keep(tx, order, leader, {"booths": wish(tx, TM=12)})


def test_a_mix_follows_the_baker_until_two_hundred_packages_are_sold_here(tx, admin, ana):
    season = seasons.current(tx).id
    mix = popularity.suggested(tx, season, 100)
    assert mix.by == "baker" and sum(mix.boxes.values()) == 100
    codes = ("TM", "CD", "PBP", "PBS", "TRE", "EXP", "LEM", "ADV", "CCC")
    assert [mix.boxes[product(tx, code)] for code in codes] == [29, 21, 13, 7, 7, 7, 7, 6, 3]
    sell(tx, admin, ana, TRE=150, LEM=49)
    assert popularity.suggested(tx, season, 10).by == "baker"
    sell(tx, admin, ana, LEM=1)
    own = popularity.suggested(tx, season, 10)
    assert own.by == "own" and {one: n for one, n in own.boxes.items() if n} == wish(tx, TRE=8, LEM=2)


@pytest.mark.parametrize("boxes", [1, 7, 100, 241, 19_999])
def test_a_mix_comes_to_the_last_package(tx, boxes):
    assert sum(popularity.suggested(tx, seasons.current(tx).id, boxes).boxes.values()) == boxes


def test_the_cut_off_has_an_hour(tx, admin, monkeypatch):
    today = troop.today(tx)
    about = {"cut_off_on": today, "cut_off_time": "09:00"}
    order = cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=12), **about)
    monkeypatch.setattr(clock, "time_of_day", lambda zone: "09:01")
    with pytest.raises(Conflict, match="cut-off was at"):
        cupboard_orders.place(tx, order, admin)
    monkeypatch.setattr(clock, "time_of_day", lambda zone: "09:00")
    cupboard_orders.place(tx, order, admin)
    for wrong in ({"cut_off_time": "09:00"}, about | {"cut_off_time": "25:00"}, about | {"cut_off_time": "9"}):
        with pytest.raises(Invalid):
            cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=12), **wrong)


def test_an_order_that_nobody_fetched_is_not_expected_and_can_be_after_all(tx, admin):
    who = {"counted_by": "Lea", "checked_by": "Mia"}
    order = cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=12))
    with pytest.raises(Conflict):
        cupboard_orders.not_fetched(tx, order, admin)
    cupboard_orders.place(tx, order, admin)
    cupboard_orders.not_fetched(tx, order, admin)
    assert cupboard_orders.find(tx, order, admin).state == "no_show"
    for verb in (
        cupboard_orders.not_fetched,
        cupboard_orders.cancel,
        cupboard_orders.place,
        cupboard_orders.open_again,
    ):
        with pytest.raises(Conflict):
            verb(tx, order, admin)
    with pytest.raises(Conflict, match="not fetched"):
        cupboard_receipts.receive(tx, admin, order, lines(tx, TM=12), **who)
    cupboard_orders.fetched_after_all(tx, order, admin)
    cupboard_receipts.receive(tx, admin, order, lines(tx, TM=12), **who)
    with pytest.raises(Conflict, match="received"):
        cupboard_orders.not_fetched(tx, order, admin)


def test_cases_are_counted_for_the_warning(tx, admin):
    order = cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=480, CD=1))
    assert cupboard_orders.find(tx, order, admin).cases == 41 > cupboard_orders.MANY_CASES


def test_the_worksheet_has_every_girl_the_extras_the_sums_and_a_mix(tx, admin, ana, order):
    girl_wishes.keep(tx, order, admin, {f"girl-{ana}": wish(tx, TM=20), "booths": wish(tx, TM=37)})
    table = tables.make(tx, "initial-order", admin)
    at = [column.key for column in table.columns].index("TM")
    figures = {(row[0], row[1]): (row[at], row[-1]) for row in table.rows}
    assert figures["Wishes of a girl", "Ana R."] == (20, 20) and figures["For booths", ""] == (37, 37)
    assert figures["Together", ""] == (57, 57) and figures["Ordered", ""] == (60, 60)
    assert figures["Cases", ""] == (5, 5) and figures["Over, for the shelf", ""] == (3, 3)
    assert figures["Suggested mix", ""][1] == 60


def test_an_order_whose_receipt_was_taken_back_can_become_a_draft_again(tx, admin, order):
    girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=12)})
    cupboard_orders.place(tx, order, admin)
    receipt = cupboard_receipts.receive(tx, admin, order, lines(tx, TM=12), counted_by="Lea", checked_by="Mia")
    cupboard_receipts.take_back(tx, receipt, admin, "Another order's")
    cupboard_orders.open_again(tx, order, admin)
    girl_wishes.keep(tx, order, admin, {"booths": wish(tx, TM=24)})
    assert ordered(tx, admin, order) == {"TM": (24, 24)}
