"""What a season takes over from the one before: how the council counts, when it withdraws, what it gave. Prices and cookies are new."""

from datetime import date, timedelta

import apsw

from gsctracker.domain.money import proceeds_plans, sweeps
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import ladders
from gsctracker.domain.season import seasons

A_YEAR = timedelta(weeks=52)
"""The same day of the week a year later."""


def copy_settings(tx: apsw.Connection, from_season: int, season_id: int, by: Person) -> None:
    """Give a season that has just begun the proceeds plan, the calendar of withdrawals and the ladder of another; `season_id` is the
    current one.

    Days move by 52 weeks. The ladder is marked as an example until the council's new one is there. What was typed of one season
    alone (the fall programme, a vote, ticked conditions) stays there.
    """
    before, kept = seasons.find(tx, from_season), proceeds_plans.rules(tx, from_season)
    seasons.change(tx, season_id, by, base_proceeds=before.base_proceeds, exempt_per_girl=before.exempt_per_girl)
    seasons.set_tiers(tx, season_id, {tier.min_pga: tier.cents for tier in seasons.tiers(tx, from_season)}, by)
    names = ("denominator", "fixed_girls", "rounding", "numerator", "most_cents")
    proceeds_plans.set_rules(tx, season_id, by, **{name: getattr(kept, name) for name in names})
    for bonus in proceeds_plans.plan(tx, from_season).bonuses:
        proceeds_plans.add_bonus(tx, season_id, by, bonus.name, bonus.cents, list(bonus.conditions))
    for rule in sweeps.rules(tx, from_season):
        sweeps.add_rule(
            tx,
            by,
            due_on=_later(rule.due_on),
            basis=rule.basis,
            factor=rule.factor,
            nets_cards=bool(rule.nets_cards),
            nets_proceeds=bool(rule.nets_proceeds),
            as_of=_later(rule.as_of) if rule.as_of else None,
            least_cents=rule.least_cents,
        )
    if ladder := ladders.steps(tx, from_season):
        ladders.replace(tx, season_id, by, ladder, ladders.ladder(tx, from_season).way, is_example=True)


def _later(day: str) -> str:
    return (date.fromisoformat(day) + A_YEAR).isoformat()
