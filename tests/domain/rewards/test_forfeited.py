"""What is forfeited on the council's day because nobody came for it, who is told before, and the least credits that can be used."""

from datetime import date, timedelta

import pytest

from gsctracker.domain.reports import tables, today
from gsctracker.domain.rewards import choices, earned, handing, ladders
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, Invalid
from tests.domain.rewards.girls import credited, with_ladder
from tests.factories import make_person, make_scout

LONG_AGO, NEVER = "2001-09-30", "2099-09-30"


@pytest.fixture
def items(tx, admin):
    rows = [
        ("boxes", "10", "", "Patch", "", "", "yes"),
        ("boxes", "10", "", "Voucher", "", "", "", "", "3.00"),
        ("boxes", "20", "", "Cat", "yes"),
        ("boxes", "20", "", "Dog", "yes"),
    ]
    ladders.replace(tx, 1, admin, ladders.read(rows), "cumulative")
    return {item.name: item.id for step in ladders.steps(tx, 1) for item in step.items}


@pytest.fixture
def ana(tx, admin, items):
    found = make_scout(tx, "Ana")
    credited(tx, admin, found, 20)
    return found


def forfeit(tx, admin, day, **more):
    ladders.mean(tx, 1, admin, "cumulative", more.pop("ordered_on", None), forfeited_on=day, **more)


def states(tx, admin):
    return {due.item.name: due.state for due in earned.girls(tx, 1, admin)[0].due}


def test_from_the_day_on_what_nobody_came_for_is_forfeited(tx, admin, ana, items):
    """COOKIE-22: what was handed out stays hers, and so do program credits, which have a last day of their own."""
    handing.hand_out(tx, 1, ana, [items["Patch"]], "Mia", admin)
    forfeit(tx, admin, NEVER)
    before = {"Patch": "handed_out", "Voucher": "ready", "Cat": "to_choose", "Dog": "to_choose"}
    assert states(tx, admin) == before
    forfeit(tx, admin, LONG_AGO)
    assert states(tx, admin) == before | {"Cat": "forfeited", "Dog": "forfeited"}
    (girl,) = earned.girls(tx, 1, admin)
    assert girl.count("forfeited") == 1, "a choice that she did not make is one reward"
    assert girl.credit_cents == 3_00


def test_the_day_itself_is_too_late_and_a_day_before_it_is_not(tx, admin, ana):
    on = date.fromisoformat(troop.today(tx))
    forfeit(tx, admin, on.isoformat())
    assert states(tx, admin)["Patch"] == "forfeited"
    forfeit(tx, admin, (on + timedelta(days=2)).isoformat())
    assert states(tx, admin)["Patch"] == "ready"


def test_what_is_forfeited_is_neither_chosen_nor_handed_out_nor_ordered(tx, admin, ana, items):
    """COOKIE-22."""
    choices.choose(tx, 1, ana, items["Cat"], "", admin)
    assert ("Cat", "", 1) in handing.sheet(tx, 1, admin)[0]
    forfeit(tx, admin, LONG_AGO)
    with pytest.raises(Conflict, match="forfeited"):
        handing.hand_out(tx, 1, ana, [items["Cat"]], "Mia", admin)
    for item in ("Cat", "Dog"):
        with pytest.raises(Conflict, match="day is over"):
            choices.choose(tx, 1, ana, items[item], "", admin)
    assert handing.sheet(tx, 1, admin) == ([("Voucher", "", 1)], [])
    assert [row.item for row in handing.standing(earned.girls(tx, 1, admin), "forfeited")] == ["Patch", "Cat"]
    assert "forfeited" in [row[5] for row in tables.make(tx, "rewards", admin).rows]
    forfeit(tx, admin, NEVER)
    handing.hand_out(tx, 1, ana, [items["Cat"]], "Mia", admin)


def test_nothing_is_forfeited_before_it_is_ordered(tx, admin, items):
    for day in ("2026-03-14", "2026-03-13"):
        with pytest.raises(Invalid, match="after the day on which they were ordered"):
            forfeit(tx, admin, day, ordered_on="2026-03-14")
    forfeit(tx, admin, "2026-03-15", ordered_on="2026-03-14")
    assert ladders.ladder(tx, 1).forfeited_on == "2026-03-15"


def test_another_ladder_keeps_the_days_and_the_least(tx, admin, items):
    forfeit(tx, admin, NEVER, credits_least_cents=5_00)
    with_ladder(tx, admin)
    kept = ladders.ladder(tx, 1)
    assert (kept.forfeited_on, kept.credits_least_cents) == (NEVER, 5_00)


def test_thirty_days_before_the_leaders_and_the_family_are_told(tx, admin, ana):
    """COOKIE-22: a family is told of its own girl alone."""
    bea = make_scout(tx, "Bea")
    credited(tx, admin, bea, 10)
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    forfeit(tx, admin, "2098-09-30")
    assert handing.soon_forfeited(tx, 1, "2098-08-30", admin) == (0, [])
    days, waiting = handing.soon_forfeited(tx, 1, "2098-08-31", admin)
    assert (days, [row.first_name for row in waiting]) == (30, ["Ana", "Ana", "Bea", "Bea", "Ana"])
    assert handing.soon_forfeited(tx, 1, "2098-09-30", admin) == (0, []), "too late to tell"

    forfeit(tx, admin, (date.fromisoformat(troop.today(tx)) + timedelta(days=9)).isoformat())
    for reader, girls in ((admin, "Ana, Bea"), (mother, "Ana")):
        (told,) = (one for one in today.for_person(tx, 1, reader) if one.code == "rewards_to_collect")
        assert (told.target, told.sentence.params["girls"]) == ("rewards", girls)


@pytest.mark.parametrize(("least", "missing"), [(0, 0), (3_00, 0), (5_00, 2_00)])
def test_program_credits_below_the_least_cannot_be_used_yet(tx, admin, ana, least, missing):
    """COOKIE-22: from $5 on, say; a girl with $3 is told that $2 are missing."""
    forfeit(tx, admin, None, credits_least_cents=least)
    assert earned.girls(tx, 1, admin)[0].credit_missing_cents == missing


def test_a_girl_without_credits_is_not_told_of_the_least(tx, admin, items):
    credited(tx, admin, make_scout(tx), 9)
    forfeit(tx, admin, None, credits_least_cents=5_00)
    assert earned.girls(tx, 1, admin)[0].credit_missing_cents == 0
