"""A season takes over how the council counts, and nothing that was of the year before alone."""

from gsctracker.domain.money import proceeds_plans, sweeps
from gsctracker.domain.money.proceeds import Condition
from gsctracker.domain.rewards import ladders
from gsctracker.domain.rewards.ladders import Item, Step
from gsctracker.domain.season import seasons
from gsctracker.ops import next_season


def test_the_next_season_begins_with_the_plan_and_the_calendar(tx, admin):
    seasons.change(tx, 1, admin, base_proceeds=85, exempt_per_girl=50)
    seasons.set_tiers(tx, 1, {200: 90, 350: 95}, admin)
    proceeds_plans.set_rules(tx, 1, admin, denominator="registered", rounding="nearest", most_cents=120)
    proceeds_plans.add_bonus(tx, 1, admin, "No returns", 10, [Condition("no_returns")])
    rule = sweeps.add_rule(
        tx, admin, due_on="2026-03-07", basis="balance", factor=5000, as_of="2026-02-28", least_cents=25_00
    )
    sweeps.take(tx, admin, rule, 100_00)
    second = seasons.begin(tx, 2027, "abc", by=admin)
    next_season.copy_settings(tx, 1, second, admin)
    before, now = seasons.find(tx, 1), seasons.find(tx, second)
    assert (now.base_proceeds, now.exempt_per_girl) == (before.base_proceeds, before.exempt_per_girl) == (85, 50)
    mine, theirs = proceeds_plans.plan(tx, second), proceeds_plans.plan(tx, 1)
    assert (mine.tiers, mine.denominator, mine.rounding, mine.most_cents) == (
        theirs.tiers, "registered", "nearest", 120,
    )  # fmt: skip
    assert [(one.name, one.cents, one.conditions[0].kind) for one in mine.bonuses] == [("No returns", 10, "no_returns")]
    (copied,) = sweeps.rules(tx, second)
    assert (copied.due_on, copied.as_of, copied.factor, copied.least_cents, copied.state) == (
        "2027-03-06", "2027-02-27", 5000, 25_00, "planned",
    )  # fmt: skip
    assert sweeps.rules(tx, 1)[0].state == "taken"


def test_the_ladder_comes_along_as_an_example_until_the_councils_new_one_is_there(tx, admin):
    found = [
        Step("boxes", 50, (Item("Patch", False, True, ()),)),
        Step("boxes", 200, (Item("Shirt", False, False, ("S", "M")),)),
    ]
    ladders.replace(tx, 1, admin, found, "highest")
    ladders.mean(tx, 1, admin, "highest", "2026-04-01", forfeited_on="2026-06-01")
    second = seasons.begin(tx, 2027, "abc", by=admin)
    next_season.copy_settings(tx, 1, second, admin)

    assert [(step.from_boxes, [item.name for item in step.items]) for step in ladders.steps(tx, second)] == [
        (50, ["Patch"]),
        (200, ["Shirt"]),
    ]
    now = ladders.ladder(tx, second)
    assert (now.way, now.is_example, now.ordered_on, now.forfeited_on) == ("highest", 1, None, None)
    assert ladders.ladder(tx, 1).is_example == 0
