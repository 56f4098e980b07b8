"""What a girl, or the troop, aims for."""

import pytest

from gsctracker.domain.sales import goals, orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotFound
from tests.factories import make_person, make_scout


def test_families_set_their_own_goals_and_not_the_troops(tx):
    """AUTH-04, AUTH-05."""
    ana, bea, season = make_scout(tx, "Ana"), make_scout(tx, "Bea"), seasons.current(tx).id
    gia = make_person(tx, "caregiver", scout_ids=(ana,))
    for scout in (bea, None, 99):
        with pytest.raises(NotFound):
            goals.set_goal(tx, season, scout, 100, gia)
    goals.set_goal(tx, season, ana, 100, gia)
    goals.set_goal(tx, season, bea, 300, make_person(tx, "leader"))
    goals.set_goal(tx, season, None, 1000, make_person(tx, "leader"))
    assert [(row.scout_id, row.boxes) for row in goals.goals(tx, season, gia)] == [(None, 1000), (ana, 100)]


@pytest.mark.parametrize("boxes", [0, -1, 100_001, "many", 1.5])
def test_a_goal_is_a_number_of_boxes(tx, admin, boxes):
    with pytest.raises(Invalid):
        goals.set_goal(tx, seasons.current(tx).id, None, boxes, admin)


def test_a_goal_is_replaced_and_progress_counts_every_package(tx, admin):
    """COOKIE-10: Cookie Share counts towards it, a cancelled sale does not."""
    ana, season = make_scout(tx, "Ana"), seasons.current(tx).id
    for boxes in (100, 150):
        goals.set_goal(tx, season, ana, boxes, admin)
    goals.set_goal(tx, season, None, 500, admin)
    orders.take(tx, admin, [Item("TM", 5), Item("CShare", 2)], scout_id=ana)
    orders.take(tx, admin, [Item("TM", 1)])  # the troop's own
    orders.cancel(tx, orders.take(tx, admin, [Item("TM", 9)], scout_id=ana), admin)
    assert [(row.scout_id, row.boxes, row.so_far) for row in goals.goals(tx, season, admin)] == [
        (None, 500, 8),
        (ana, 150, 7),
    ]


def test_a_girl_who_is_not_there_has_no_goal(tx, admin):
    with pytest.raises(NotFound):
        goals.set_goal(tx, seasons.current(tx).id, 99, 10, admin)
