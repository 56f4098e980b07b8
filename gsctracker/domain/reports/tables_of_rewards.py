"""Reports of what the season earns: the troop's proceeds."""

import apsw

from gsctracker.domain.money import proceeds_plans
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content
from gsctracker.words import N_


def proceeds(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What the troop keeps, the rate and each bonus in cents a package, and packages to the next step."""
    columns = (
        Column("item", N_("Item"), "word"),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
    )
    now = proceeds_plans.now(tx, season)
    rows = [
        (N_("Packages that count"), now.packages, None),
        (N_("Packages without proceeds"), now.exempt, None),
        ([(N_("Girls the average is over: %(n)s"), {"n": now.girls})], None, None),
        (N_("Base or step, for every package"), None, now.step_cents),
        *(
            (
                [(N_("Bonus: %(name)s"), {"name": outcome.bonus.name})],
                None,
                outcome.bonus.cents if outcome.earned else 0,
            )
            for outcome in now.outcomes
        ),
        (N_("For every package"), None, now.rate_cents),
        (N_("Proceeds of the troop"), now.packages - now.exempt, now.proceeds_cents),
    ]
    if now.next_tier:
        about = {"average": now.next_tier.min_pga}
        rows.append(([(N_("To an average of %(average)s"), about)], now.next_tier.packages, now.next_tier.more_cents))
    return columns, rows
