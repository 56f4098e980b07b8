"""Reports of what the season earns: the troop's proceeds, the girls' rewards, the ladder and the order."""

import apsw

from gsctracker.domain.money import proceeds_plans
from gsctracker.domain.money.proceeds import figure
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, Row, girl
from gsctracker.domain.rewards import earned, handing, ladders
from gsctracker.words import N_


def proceeds(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What the troop keeps, the rate and each bonus in cents a package, and packages to the next step."""
    columns = (
        Column("item", N_("Item"), "word"),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
    )
    now = proceeds_plans.now(tx, season)
    average = [] if now.counted_average is None else [figure(now.counted_average)]
    rows = [
        (N_("Packages that count"), now.packages, None),
        (N_("Packages without proceeds"), now.exempt, None),
        ([(N_("Girls the average is over: %(n)s"), {"n": now.girls})], None, None),
        *(([(N_("An average of %(n)s packages a girl"), {"n": n})], None, None) for n in average),
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


_STATES = {
    "to_choose": N_("to choose"),
    "held": N_("held until paid"),
    "ready": N_("earned"),
    "handed_out": N_("handed out"),
    "forfeited": N_("forfeited"),
}


def rewards(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What every girl earned and how each item stands; a family its own."""
    columns = (
        Column("scout", N_("Scout")),
        Column("boxes", N_("Boxes credited"), "boxes"),
        Column("fromBoxes", N_("Step"), "id"),
        Column("item", N_("Item")),
        Column("size", N_("Size")),
        Column("state", N_("State"), "word"),
        Column("missing", N_("Boxes to the next step"), "id"),
    )
    rows: list[Row] = []
    for one in earned.girls(tx, season, by):
        name, boxes = girl(one.first_name, one.last_initial), one.packages["boxes"]
        for due in one.due:
            rows.append((name, boxes, due.step.from_boxes, due.item.name, due.size, _STATES[due.state], one.missing))
        if not one.due:
            rows.append((name, boxes, None, "", "", "", one.missing))
    return columns, rows


def to_order(tx: apsw.Connection, season: int, by: Person) -> Content:
    """How many of which reward in which size."""
    columns = (Column("item", N_("Item")), Column("size", N_("Size")), Column("count", N_("How many"), "boxes"))
    return columns, handing.sheet(tx, season, by)[0]


def ladder(tx: apsw.Connection, season: int, by: Person) -> Content:
    """The ladder in the columns in which it is brought in; without one, the made-up example."""
    columns = tuple(
        Column(key, title)
        for key, title in (
            ("counts", N_("Counts")),
            ("from", N_("From")),
            ("to", N_("To")),
            ("reward", N_("Reward")),
            ("chooseOne", N_("Choose one")),
            ("sizes", N_("Sizes")),
            ("patch", N_("Patch")),
            ("heldUntilPaid", N_("Held until paid")),
            ("credit", N_("Credit")),
        )
    )
    steps = ladders.steps(tx, season)
    return columns, ladders.rows_of(steps) if steps else ladders.EXAMPLE
