"""Reward ladders as data: read from rows, refused with gaps, kept."""

import pytest

from gsctracker.domain.rewards import choices, ladders
from gsctracker.domain.rewards.ladders import EXAMPLE
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.domain.rewards.girls import LADDER, credited
from tests.factories import make_person, make_scout


def test_the_example_is_a_ladder_and_says_that_it_is_one():
    """COOKIE-22: what is shipped is made up, and every line of it says so."""
    steps = ladders.read(EXAMPLE)
    assert [(step.counts, step.from_boxes) for step in steps] == [
        ("boxes", 1),
        ("boxes", 50),
        ("boxes", 100),
        ("boxes", 200),
        ("boxes", 300),
        ("initial_order", 220),
        ("digital", 75),
        ("emails", 18),
        ("sisters", 200),
    ]
    assert all(item.name.startswith("Example: ") for step in steps for item in step.items)
    assert steps[2].items[1].credit_cents == 500
    assert steps[3].items[0].sizes == ("S", "M", "L", "XL")
    assert steps[4].holds


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("boxes", "50", "99", "A"), ("boxes", "150", "", "B")], "nothing is said of 100 to 149 packages"),
        ([("boxes", "50", "199", "A"), ("boxes", "100", "", "B")], "two things of 100 packages: line 1 goes on to 199"),
        ([("boxes", "50", "40", "A")], "Line 1 of the ladder ends before it begins"),
        ([("boxes", "50", "99", "A"), ("boxes", "50", "", "B")], "Lines 1 and 2 of the ladder begin at the same step"),
        ([("boxes", "50", "", "A"), ("boxes", "50", "", "a")], "Line 2 of the ladder says a reward again"),
        ([("boxes", "50", "", "A", "yes")], "offers a choice of one thing alone"),
        ([("boxes", "50", "", "")], "Line 1 of the ladder cannot be read"),
        ([("boxes", "50", "", "A"), ("boxs", "60", "", "B")], "Line 2 of the ladder cannot be read"),
        ([("Counts", "From", "To", "Reward"), ("boxes", "0", "", "A")], "Line 2 of the ladder cannot be read"),
        ([("boxes", "50", "", "A", "", "", "", "", "five")], "Line 1 of the ladder cannot be read"),
        ([("Counts", "From")], "no step"),
        ([], "no step"),
        ([("boxes", "1", "", f"A{n}") for n in range(301)], "at most 300 lines"),
    ],
)
def test_a_ladder_that_cannot_be_is_refused_with_its_sentence(rows, sentence):
    """COOKIE-22: gaps, overlaps, lines nobody can read."""
    with pytest.raises(Invalid, match=sentence):
        ladders.read(rows)


def test_a_ladder_is_replaced_until_somebody_chose_from_it(tx, admin):
    ladders.replace(tx, 1, admin, ladders.read(EXAMPLE), "highest", is_example=True)
    assert ladders.ladder(tx, 1).is_example
    ladders.replace(tx, 1, admin, ladders.read(LADDER), "cumulative")
    found = ladders.steps(tx, 1)
    assert [step.from_boxes for step in found] == [10, 20, 30, 5, 5]
    assert not ladders.ladder(tx, 1).is_example
    ana = make_scout(tx)
    credited(tx, admin, ana, 20)
    choices.choose(tx, 1, ana, found[1].items[0].id, "", admin)
    with pytest.raises(Conflict, match="Girls have chosen"):
        ladders.replace(tx, 1, admin, [], "cumulative")
    ladders.mean(tx, 1, admin, "highest", None)
    assert ladders.ladder(tx, 1).way == "highest"


def test_a_ladder_is_set_by_who_manages_the_season(tx):
    with pytest.raises(NotAllowed):
        ladders.replace(tx, 1, make_person(tx, "leader"), [], "cumulative")
