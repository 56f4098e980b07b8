"""The proceeds engine: each plan that councils published, figure for figure."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gsctracker.domain.money.proceeds import Bonus, Condition, Figures, Plan, packages_for, reckon


def of(packages, girls, **more):
    """Figures of a troop in which every girl is registered, sells and has her even share."""
    more = {"registered": girls, "by_girl": (packages // girls,) * girls if girls else ()} | more
    return Figures(charged=packages, credited=packages, selling=girls, **more)


def bonus(cents, *conditions, name="A bonus"):
    return Bonus(name, cents, tuple(Condition(*one) for one in conditions))


SAN_DIEGO = Plan(base_cents=85, tiers={200: 90, 350: 95})


@pytest.mark.parametrize(
    ("packages", "girls", "rate"),
    [(199, 1, 85), (200, 1, 90), (349, 1, 90), (350, 1, 95), (399, 2, 85), (400, 2, 90), (200, 0, 85), (3, 1, 85)],
)
def test_san_diego_2026_pays_the_tier_whose_average_is_reached(packages, girls, rate):
    """COOKIE-11: under 200: 85 cents; 200 to 349: 90; from 350: 95, for all packages, not for those above alone."""
    now = reckon(SAN_DIEGO, of(packages, girls))
    assert (now.rate_cents, now.proceeds_cents) == (rate, packages * rate)


def test_troop_x_keeps_198_dollars_and_5_cents():
    now = reckon(SAN_DIEGO, of(233, 3))
    assert (now.average, now.proceeds_cents) == (Fraction(233, 3), 198_05)


def test_san_diegos_first_50_packages_of_each_seller_bring_nothing():
    """COOKIE-11: 233 packages of three sellers less 150 exempt, 85 cents each: $70.55."""
    plan = replace(SAN_DIEGO, exempt_per_girl=50)
    assert (reckon(plan, of(233, 3)).exempt, reckon(plan, of(233, 3)).proceeds_cents) == (150, 70_55)


def test_exempt_packages_never_make_a_troop_pay():
    assert reckon(replace(SAN_DIEGO, exempt_per_girl=50), of(61, 2)).proceeds_cents == 0


MASSACHUSETTS = Plan(
    base_cents=75,
    bonuses=(
        bonus(10, ("io_per_girl", 125), ("no_returns",)),
        bonus(10, ("fall_pga", 300)),
        bonus(10, ("opted_out",), ("level_from", 2)),
    ),
    most_cents=105,
)


@pytest.mark.parametrize(
    ("more", "rate"),
    [
        ({}, 75),
        ({"initial_order": 1249}, 75),
        ({"initial_order": 1250}, 85),
        ({"initial_order": 1250, "returned": 1}, 75),
        ({"fall_cents": 299_99}, 75),
        ({"fall_cents": 300_00}, 85),
        ({"opted_out": True, "lowest_level": "brownie"}, 75),
        ({"opted_out": True, "lowest_level": None}, 75),
        ({"opted_out": True, "lowest_level": "junior"}, 85),
        ({"initial_order": 1250, "fall_cents": 300_00, "opted_out": True, "lowest_level": "senior"}, 105),
    ],
)
def test_central_and_western_massachusetts_2024_25(more, rate):
    """COOKIE-11: 75 cents; 10 each for the initial order without returns, the fall programme, opting out; $1.05 at most."""
    assert reckon(MASSACHUSETTS, of(2000, 10, **more)).rate_cents == rate


def test_a_plans_most_is_not_exceeded():
    everything = of(2000, 10, initial_order=1250, fall_cents=300_00, opted_out=True, lowest_level="senior")
    assert reckon(replace(MASSACHUSETTS, most_cents=100), everything).rate_cents == 100


NINE_MORE = Plan(base_cents=70, bonuses=(bonus(9, ("pga", 425), ("girls_at", 80, 50), ("goc_per_girl", 20)),))


@pytest.mark.parametrize(
    ("by_girl", "donated", "rate"),
    [
        ((1065, 1000, 50, 50, 0), 100, 79),
        ((1065, 1001, 50, 49, 0), 100, 70),
        ((1065, 1000, 50, 50, 0), 99, 70),
        ((1064, 1000, 50, 50, 0), 100, 79),
        ((1024, 1000, 50, 50, 0), 100, 70),
    ],
)
def test_nine_cents_more_need_the_average_and_four_of_five_girls_and_gifts(by_girl, donated, rate):
    """COOKIE-11: an average of 425, 80 % of the girls with 50 packages or more, 20 donated ones a girl: all of them."""
    found = Figures(charged=sum(by_girl), selling=5, registered=5, by_girl=by_girl, donated=donated)
    assert reckon(NINE_MORE, found).rate_cents == rate


MISSOURI = Plan(
    base_cents=60,
    bonuses=(
        bonus(5, ("participation", 90)),
        bonus(5, ("pga", 150)),
        bonus(5, ("online_per_girl", 225)),
        bonus(5, ("pga", 300)),
        bonus(0, ("pga", 225), name="Free memberships"),
    ),
)


@pytest.mark.parametrize(
    ("packages", "selling", "online", "rate", "free"),
    [
        (900, 8, 0, 60, False),
        (1350, 9, 0, 70, False),
        (2025, 9, 0, 70, True),
        (2025, 9, 2025, 75, True),
        (2700, 9, 2025, 80, True),
        (2699, 9, 2024, 70, True),
    ],
)
def test_missouri_heartland_2021_stacks_four_times_five_cents(packages, selling, online, rate, free):
    """COOKIE-11: 90 % take part, averages of 150 and 300, 225 online; free memberships are no money."""
    now = reckon(MISSOURI, Figures(charged=packages, selling=selling, registered=10, online=online))
    assert (now.rate_cents, now.outcomes[4].earned) == (rate, free)


@pytest.mark.parametrize(
    ("level", "rate"), [("daisy", 80), ("brownie", 80), ("junior", 85), ("cadette", 85), ("ambassador", 85)]
)
def test_nations_capital_2023_24_lets_no_daisy_or_brownie_opt_out(level, rate):
    plan = Plan(base_cents=80, bonuses=(bonus(5, ("opted_out",), ("level_from", 2)),))
    assert reckon(plan, of(100, 1, opted_out=True, lowest_level=level)).rate_cents == rate


@pytest.mark.parametrize(("level", "earned"), [("junior", False), ("cadette", True), ("senior", True)])
def test_east_missouri_2023_lets_cadettes_and_older_opt_out(level, earned):
    plan = Plan(bonuses=(bonus(5, ("opted_out",), ("level_from", 3)),))
    assert reckon(plan, of(100, 1, opted_out=True, lowest_level=level)).outcomes[0].earned is earned


@pytest.mark.parametrize(
    ("base", "opted_out", "rate"), [(50, False, 50), (50, True, 60), (60, False, 60), (60, True, 70)]
)
def test_nebraska_2013_and_the_handbook_of_2020_pay_ten_cents_for_opting_out(base, opted_out, rate):
    plan = Plan(base_cents=base, bonuses=(bonus(10, ("opted_out",)),))
    assert reckon(plan, of(100, 1, opted_out=opted_out)).rate_cents == rate


def test_what_the_box_cannot_see_is_ticked_by_hand():
    """COOKIE-11: the handbook's two cents more for something only the council knows."""
    plan = Plan(base_cents=60, bonuses=(Bonus("Training", 2, (Condition("by_hand", is_met=True),)),))
    assert reckon(plan, of(100, 1)).rate_cents == 62
    assert reckon(replace(plan, bonuses=(bonus(2, ("by_hand",)),)), of(100, 1)).rate_cents == 60


def test_overseas_2026_troops_keep_a_dollar_of_each_package():
    assert reckon(Plan(base_cents=100), of(480, 4)).proceeds_cents == 480_00


@pytest.mark.parametrize(
    ("rounding", "packages", "rate", "need"),
    [
        ("exact", 399, 85, 1),
        ("nearest", 399, 90, 300),
        ("nearest", 398, 85, 1),
        ("up", 399, 90, 300),
        ("up", 398, 85, 1),
    ],
)
def test_rounding_comes_before_the_tier_where_the_council_says_so(rounding, packages, rate, need):
    """COOKIE-11: 399 packages of two girls are 199.5: 200 for a council that rounds first."""
    now = reckon(replace(SAN_DIEGO, rounding=rounding), of(packages, 2))
    assert now.rate_cents == rate
    if rate == 85:
        assert now.next_tier.packages == need


@pytest.mark.parametrize("rounding", ["exact", "nearest", "up"])
@pytest.mark.parametrize("girls", [1, 2, 3, 7, 12])
def test_the_packages_to_a_tier_are_the_fewest_that_reach_it(rounding, girls):
    plan = replace(SAN_DIEGO, rounding=rounding)
    fewest = packages_for(plan, 200, girls)
    assert reckon(plan, of(fewest, girls)).rate_cents == 90
    assert reckon(plan, of(fewest - 1, girls)).rate_cents == 85


def test_the_next_tier_says_what_is_missing_and_what_it_brings():
    """COOKIE-11: 3 girls with 590 packages need 10 more, which then bring 5 cents for all 600."""
    now = reckon(SAN_DIEGO, of(590, 3))
    assert (now.next_tier.min_pga, now.next_tier.packages, now.next_tier.more_cents) == (200, 10, 600 * 90 - 590 * 85)
    assert reckon(SAN_DIEGO, of(1050, 3)).next_tier is None


def test_a_seller_of_nothing_costs_what_the_lower_average_takes_away():
    """COOKIE-11: 600 packages are 200 each for three girls and 150 each for four: 5 cents of each are gone."""
    assert reckon(SAN_DIEGO, of(600, 3)).inactive_costs_cents == 600 * 5
    assert reckon(SAN_DIEGO, of(900, 3)).inactive_costs_cents == 0
    assert reckon(replace(SAN_DIEGO, denominator="fixed", fixed_girls=3), of(600, 3)).inactive_costs_cents == 0


def test_the_denominator_is_the_councils():
    found = of(600, 3, registered=4)
    assert reckon(SAN_DIEGO, found).rate_cents == 90
    assert reckon(replace(SAN_DIEGO, denominator="registered"), found).rate_cents == 85
    assert reckon(replace(SAN_DIEGO, denominator="fixed", fixed_girls=1), found).rate_cents == 95


def test_the_numerator_can_be_what_girls_are_credited_with():
    found = Figures(charged=600, credited=599, selling=3)
    assert reckon(SAN_DIEGO, found).proceeds_cents == 600 * 90
    assert reckon(replace(SAN_DIEGO, numerator="credited"), found).proceeds_cents == 599 * 85


@pytest.mark.parametrize("denominator", ["selling", "registered", "fixed"])
def test_a_plan_never_divides_by_no_girl(denominator):
    """COOKIE-11: before anybody sells there is no average: the base, no tier, no bonus of an average."""
    plan = replace(NINE_MORE, tiers={1: 99}, denominator=denominator)
    now = reckon(plan, Figures(charged=120))
    assert (now.average, now.rate_cents, now.next_tier, now.inactive_costs_cents) == (None, 70, None, 0)
    assert [held.have for held in now.outcomes[0].conditions] == [None, None, None]


def test_a_bonus_that_asks_for_nothing_is_not_earned():
    assert reckon(Plan(base_cents=60, bonuses=(Bonus("Nothing", 5),)), of(10, 1)).rate_cents == 60
