"""Goals told kindly, and a board of those alone who agreed to it."""

import pytest

from gsctracker.domain.people import consents
from gsctracker.domain.rewards import progress
from gsctracker.domain.rewards.progress import Progress
from gsctracker.domain.sales import goals
from tests.domain.rewards.girls import credited
from tests.factories import agree, make_person, make_scout


@pytest.mark.parametrize(
    ("goal", "so_far", "per_cent", "milestone", "to_next"),
    [
        (200, 0, 0, 25, 50),
        (200, 49, 24, 25, 1),
        (200, 50, 25, 50, 50),
        (200, 199, 99, 100, 1),
        (200, 200, 100, None, None),
        (200, 300, 150, None, None),
        (3, 1, 33, 50, 1),
        (7, 2, 28, 50, 2),
        (10, -2, 0, 25, 5),
    ],
)
def test_per_cent_and_the_next_milestone(goal, so_far, per_cent, milestone, to_next):
    """COOKIE-10: cut off, so that 100 % is never said before it is true."""
    one = Progress(1, goal, so_far)
    assert (one.per_cent, one.next_milestone, one.to_next) == (per_cent, milestone, to_next)


def test_progress_moves_with_the_ledger(tx, admin):
    """COOKIE-10: percent correct, live; a family sees the troop's and its own girl's."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    for who, boxes in ((ana, 100), (bea, 50), (None, 1000)):
        goals.set_goal(tx, 1, who, boxes, admin)
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    credited(tx, admin, ana, 40)
    troops, own = progress.of_family(tx, 1, mother)
    assert (troops.boxes, [(one.scout_id, one.per_cent) for one in own]) == (1000, [(ana, 40)])
    credited(tx, admin, ana, 20)
    assert progress.of_family(tx, 1, mother)[1][0].per_cent == 60


def test_there_is_no_board_until_three_families_agreed(tx, admin):
    """COOKIE-10: off by default; who did not agree is not there, who did not agree to her name has none."""
    girls = [make_scout(tx, name, "X.") for name in ("Ana", "Bea", "Cleo", "Dora")]
    for n, girl in enumerate(girls):
        credited(tx, admin, girl, 10 + n)
    assert progress.board(tx, 1) == []
    agree(tx, girls[0], ranks=True, shows_name=True)
    agree(tx, girls[1], ranks=True)
    agree(tx, girls[3], shows_name=True)
    assert progress.board(tx, 1) == []
    agree(tx, girls[2], ranks=True, shows_name=True)
    assert [(row.first_name, row.boxes) for row in progress.board(tx, 1)] == [("Cleo", 12), (None, 11), ("Ana", 10)]
    consents.withdraw(tx, girls[0], admin)
    assert progress.board(tx, 1) == []
