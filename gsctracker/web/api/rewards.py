"""What the troop keeps, what girls earned, and the troop's own points."""

from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta

from gsctracker.domain.money import proceeds_plans
from gsctracker.domain.rewards import choices, earned, points
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Id, Listing, PageAsk

bp = Blueprint("rewards_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class BonusOutcome(Answer, frozen=True):
    """A bonus of the plan: cents for every package, and whether all its conditions hold."""

    name: str
    cents: int
    earned: bool


class NextStep(Answer, frozen=True):
    """The step above: its average and cents, packages still missing, and what it would bring."""

    min_average: int
    rate_cents: int
    packages: int
    more_cents: int


class Proceeds(Answer, frozen=True):
    """What the troop keeps as of now. The average, as the plan rounds it, in tenths of a package, cut off; none without girls."""

    packages: int
    girls: int
    rate_cents: int
    step_cents: int
    exempt_packages: int
    proceeds_cents: int
    inactive_seller_costs_cents: int
    bonuses: list[BonusOutcome]
    average_tenths: int | None = None
    next_step: NextStep | None = None


class EarnedItem(Answer, frozen=True):
    """A reward of a step she reached. State: to_choose, held, ready, handed_out or forfeited."""

    item_id: int
    name: str
    counts: str
    from_boxes: int
    state: str
    sizes: list[str]
    size: str | None = None


class GirlsRewards(Answer, frozen=True):
    """A girl's packages that count in time for rewards, what they earned, and packages to her next step.

    Of her program credits nothing can be used while something is missing to the council's least.
    """

    scout_id: int
    first_name: str
    last_name: str
    boxes: int
    initial_order_boxes: int
    digital_boxes: int
    opted_out: bool
    items: list[EarnedItem]
    missing_boxes: int | None = None
    emails_sent: int = 0
    sisters_boxes: int = 0
    credit_cents: int = 0
    credit_missing_cents: int = 0


class RewardChoice(Ask, frozen=True):
    """Which reward she takes, in which of its sizes."""

    item_id: Id
    size: Annotated[str, Meta(max_length=12)] = ""


class GirlsPoints(Answer, frozen=True):
    """Points a girl has, and how many she was ever given, over all seasons."""

    scout_id: int
    points: int
    ever_points: int


@bp.get("/proceeds")
@allow("money.see")
@call(kept=True)
def proceeds(tx) -> Proceeds:
    """What the troop keeps, each bonus, and what the next step needs."""
    now = proceeds_plans.now(tx, seasons.current(tx).id)
    up = now.next_tier
    return Proceeds(
        packages=now.packages,
        girls=now.girls,
        rate_cents=now.rate_cents,
        step_cents=now.step_cents,
        exempt_packages=now.exempt,
        proceeds_cents=now.proceeds_cents,
        inactive_seller_costs_cents=now.inactive_costs_cents,
        bonuses=[BonusOutcome(one.bonus.name, one.bonus.cents, one.earned) for one in now.outcomes],
        average_tenths=now.average_tenths,
        next_step=NextStep(up.min_pga, up.cents, up.packages, up.more_cents) if up else None,
    )


@bp.get("/rewards")
@allow("family.see")
@call(kept=True)
def rewards(tx, query: PageAsk) -> Listing[GirlsRewards]:
    """What each girl earned; a family sees its own girls."""
    rows = sorted(earned.girls(tx, seasons.current(tx).id, g.by), key=lambda girl: girl.scout_id)
    return cursors.part(rows, query, lambda girl: (girl.scout_id,), _girl)


@bp.put("/scouts/<id:scout_id>/rewards")
@allow("family.see")
@call()
def choose(tx, scout_id: int, body: RewardChoice) -> GirlsRewards:
    """She takes this reward of a step she reached, and no other choice of that step."""
    season = seasons.current(tx).id
    choices.choose(tx, season, scout_id, body.item_id, body.size, g.by)
    return _girl(choices.girl(tx, season, scout_id, g.by))


@bp.get("/points")
@allow("family.see")
@call(kept=True)
def having(tx, query: PageAsk) -> Listing[GirlsPoints]:
    """The troop's own points of each girl; a family sees its own girls."""
    rows = sorted(points.balances(tx, g.by), key=lambda row: row.scout_id)
    return cursors.part(rows, query, lambda row: (row.scout_id,), _points)


def _girl(girl: earned.Girl) -> GirlsRewards:
    return GirlsRewards(
        scout_id=girl.scout_id,
        first_name=girl.first_name,
        last_name=girl.last_initial,
        boxes=girl.packages["boxes"],
        initial_order_boxes=girl.packages["initial_order"],
        digital_boxes=girl.packages["digital"],
        opted_out=girl.opted_out,
        items=[
            EarnedItem(
                due.item.id,
                due.item.name,
                due.step.counts,
                due.step.from_boxes,
                due.state,
                list(due.item.sizes),
                due.size or None,
            )
            for due in girl.due
        ],
        missing_boxes=girl.missing,
        emails_sent=girl.packages["emails"],
        sisters_boxes=girl.packages["sisters"],
        credit_cents=girl.credit_cents,
        credit_missing_cents=girl.credit_missing_cents,
    )


def _points(row) -> GirlsPoints:
    return GirlsPoints(row.scout_id, row.points, row.ever)
