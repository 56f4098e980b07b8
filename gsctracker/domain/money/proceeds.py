"""What a troop keeps of each package: a council's plan reckoned over a season's figures. Pure arithmetic, whole numbers.

rate = base or the highest tier reached + every bonus whose conditions all hold, at most the plan's most. The rate is paid
for all packages but the exempt ones, and never less than nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor

LEVELS = ("daisy", "brownie", "junior", "cadette", "senior", "ambassador")
DENOMINATORS = ("selling", "registered", "fixed")
ROUNDINGS = ("exact", "nearest", "up")
NUMERATORS = ("charged", "credited")


@dataclass(frozen=True)
class Condition:
    """One thing a bonus asks for: its kind, how much of it (packages, per cent, dollars or a level's place), and packages
    of each girl for `girls_at`. `is_met` is what somebody ticked, for `by_hand` alone.
    """

    kind: str
    least: int = 0
    boxes: int | None = None
    is_met: bool = False
    id: int = 0


@dataclass(frozen=True)
class Bonus:
    """So many cents more for every package where all its conditions hold; none: a benefit that is no money."""

    name: str
    cents: int
    conditions: tuple[Condition, ...] = ()
    id: int = 0


@dataclass(frozen=True)
class Plan:
    """A council's rule. `tiers` maps an average (packages) to cents; `most_cents` none: no upper end."""

    base_cents: int = 0
    tiers: dict[int, int] = field(default_factory=dict)
    bonuses: tuple[Bonus, ...] = ()
    exempt_per_girl: int = 0
    denominator: str = "selling"
    fixed_girls: int = 0
    rounding: str = "exact"
    numerator: str = "charged"
    most_cents: int | None = None


@dataclass(frozen=True)
class Figures:
    """A season as it is: packages throughout, but `fall_cents` (the fall programme's average a girl) and the two votes.

    `by_girl` holds the packages credited to each girl who is registered, also those without any.
    """

    charged: int = 0
    credited: int = 0
    selling: int = 0
    registered: int = 0
    by_girl: tuple[int, ...] = ()
    initial_order: int = 0
    returned: int = 0
    donated: int = 0
    online: int = 0
    fall_cents: int = 0
    opted_out: bool = False
    lowest_level: str | None = None


@dataclass(frozen=True)
class Held:
    """A condition with what there is of it (None: nothing can be said, no girl counts yet) and whether it holds."""

    condition: Condition
    have: Fraction | None
    holds: bool


@dataclass(frozen=True)
class Outcome:
    """A bonus, each of its conditions, and whether it is earned."""

    bonus: Bonus
    conditions: tuple[Held, ...]

    @property
    def earned(self) -> bool:
        """Whether all its conditions hold; a bonus that asks for nothing is not earned by itself."""
        return bool(self.conditions) and all(one.holds for one in self.conditions)


@dataclass(frozen=True)
class NextTier:
    """The tier above: its average, its cents, packages still missing, and cents it would bring the troop with them."""

    min_pga: int
    cents: int
    packages: int
    more_cents: int


@dataclass(frozen=True)
class Reckoning:
    """What a plan gives over figures. `average` None: it divides by no girl, so no tier is reached.

    `counted_average` is the average as the plan rounds it: tiers are looked up by it, and it is the one that is shown.
    """

    packages: int
    girls: int
    average: Fraction | None
    counted_average: Fraction | None
    step_cents: int
    outcomes: tuple[Outcome, ...]
    rate_cents: int
    exempt: int
    proceeds_cents: int
    next_tier: NextTier | None
    inactive_costs_cents: int

    @property
    def average_tenths(self) -> int | None:
        """The girls' average as every page, report and call says it: tenths of a package, None where no girl counts."""
        return None if self.counted_average is None else tenths(self.counted_average)


def tenths(average: Fraction) -> int:
    """Tenths of a package, cut off and not rounded: what is not reached never looks as if it were."""
    return floor(average * 10)


def figure(average: Fraction) -> str:
    """The same as it is read: `42.1`, and `90` where nothing is left over."""
    whole, rest = divmod(tenths(average), 10)
    return f"{whole:,}" + (f".{rest}" if rest else "")


def reckon(plan: Plan, figures: Figures) -> Reckoning:
    """What the troop keeps as of these figures, what the next tier needs, and what a seller of nothing would cost."""
    now = _plainly(plan, figures)
    return replace(now, next_tier=_next(plan, figures, now), inactive_costs_cents=_inactive(plan, figures, now))


def what_if(plan: Plan, figures: Figures, packages: int, girls: int) -> Reckoning:
    """The same with so many packages in all and so many girls who sell; everything else as it is."""
    more, others = packages - figures.charged, girls - figures.selling
    then = replace(
        figures,
        charged=packages,
        credited=max(figures.credited + more, 0),
        selling=girls,
        registered=max(figures.registered + max(others, 0), girls),
    )
    return reckon(plan, then)


def packages_for(plan: Plan, min_pga: int, girls: int) -> int:
    """The fewest packages with which so many girls reach an average, under the plan's own rounding."""
    if plan.rounding == "nearest":
        return ceil(Fraction((2 * min_pga - 1) * girls, 2))
    if plan.rounding == "up":
        return (min_pga - 1) * girls + 1
    return ceil(min_pga * girls)


def _plainly(plan: Plan, figures: Figures) -> Reckoning:
    packages = figures.charged if plan.numerator == "charged" else figures.credited
    girls = {"selling": figures.selling, "registered": figures.registered, "fixed": plan.fixed_girls}[plan.denominator]
    average = Fraction(packages, girls) if girls else None
    counted = None if average is None else _rounded(average, plan.rounding)
    reached = [cents for least, cents in sorted(plan.tiers.items()) if counted is not None and counted >= least]
    step = reached[-1] if reached else plan.base_cents
    outcomes = tuple(
        Outcome(bonus, tuple(_held(one, figures, girls, counted) for one in bonus.conditions)) for bonus in plan.bonuses
    )
    rate = step + sum(outcome.bonus.cents for outcome in outcomes if outcome.earned)
    if plan.most_cents is not None:
        rate = min(rate, plan.most_cents)
    exempt = min(plan.exempt_per_girl * figures.selling, packages)
    return Reckoning(
        packages, girls, average, counted, step, outcomes, rate, exempt, (packages - exempt) * rate, None, 0
    )


def _rounded(average: Fraction, rounding: str) -> Fraction:
    if rounding == "nearest":
        return Fraction(floor(average + Fraction(1, 2)))
    return Fraction(ceil(average)) if rounding == "up" else average


def _next(plan: Plan, figures: Figures, now: Reckoning) -> NextTier | None:
    above = [least for least in sorted(plan.tiers) if now.counted_average is not None and now.counted_average < least]
    if not above:
        return None
    packages = packages_for(plan, above[0], now.girls) - now.packages
    then = _plainly(plan, _with_more(figures, packages, 0))
    return NextTier(above[0], plan.tiers[above[0]], packages, then.proceeds_cents - now.proceeds_cents)


def _inactive(plan: Plan, figures: Figures, now: Reckoning) -> int:
    """Cents the troop would lose by one girl more who counts and sells nothing to speak of."""
    if not now.girls:
        return 0
    return now.proceeds_cents - _plainly(plan, _with_more(figures, 0, 1)).proceeds_cents


def _with_more(figures: Figures, packages: int, girls: int) -> Figures:
    return replace(
        figures,
        charged=figures.charged + packages,
        credited=figures.credited + packages,
        selling=figures.selling + girls,
        registered=figures.registered + girls,
        by_girl=figures.by_girl + (0,) * girls,
    )


def _held(condition: Condition, figures: Figures, girls: int, average: Fraction | None) -> Held:
    have = _HAVE[condition.kind](condition, figures, girls, average)
    if condition.kind == "no_returns":
        return Held(condition, have, have == 0)
    if condition.kind in ("by_hand", "opted_out"):
        return Held(condition, have, have == 1)
    return Held(condition, have, have is not None and have >= condition.least)


def _a_girl(packages: int, girls: int) -> Fraction | None:
    return Fraction(packages, girls) if girls else None


def _per_cent(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


_HAVE: dict[str, Callable[[Condition, Figures, int, Fraction | None], Fraction | None]] = {
    "pga": lambda asked, now, girls, average: average,
    "participation": lambda asked, now, girls, average: _per_cent(now.selling, now.registered),
    "girls_at": lambda asked, now, girls, average: _per_cent(
        sum(boxes >= (asked.boxes or 0) for boxes in now.by_girl), len(now.by_girl)
    ),
    "io_per_girl": lambda asked, now, girls, average: _a_girl(now.initial_order, girls),
    "no_returns": lambda asked, now, girls, average: Fraction(now.returned),
    "fall_pga": lambda asked, now, girls, average: Fraction(now.fall_cents, 100),
    "goc_per_girl": lambda asked, now, girls, average: _a_girl(now.donated, girls),
    "online_per_girl": lambda asked, now, girls, average: _a_girl(now.online, girls),
    "opted_out": lambda asked, now, girls, average: Fraction(now.opted_out),
    "level_from": lambda asked, now, girls, average: (
        None if now.lowest_level is None else Fraction(LEVELS.index(now.lowest_level))
    ),
    "by_hand": lambda asked, now, girls, average: Fraction(asked.is_met),
}
KINDS = tuple(_HAVE)
"""What a bonus can ask for; `by_hand` is everything that the box cannot see for itself."""
