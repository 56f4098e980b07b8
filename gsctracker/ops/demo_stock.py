"""The pretend season's boxes on their way: what each girl is handed each week, and what the cupboard must give for it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from gsctracker.domain.sales.bulk import Sale
from gsctracker.ops.demo_booths import Booth
from gsctracker.ops.demo_sales import IN_STOCK, NOW

SATURDAYS = [IN_STOCK - timedelta(days=1) + timedelta(days=7 * week) for week in range(6)]
SWAPPED, SWAP_WEEK = ("CD", 12), 2
"""What another troop is given, and in which week."""

_CASE, _SPARE, _BELOW = 12, 6, 2


class Plan(NamedTuple):
    """For each Saturday: packages by girl and cookie code, and by cookie code from the cupboard. `returned` by girl."""

    handed: list[dict[int, Counter[str]]]
    picked_up: list[Counter[str]]
    returned: dict[int, Counter[str]]


def plan(
    dice: Random,
    sales: Sequence[Sale],
    stalls: Sequence[Booth],
    code_of: Mapping[int, str],
    *,
    exact: int,
    forgetful: int,
) -> Plan:
    """The weeks' moves. Girl `exact` gets what she needs and no box more; a hand-out to `forgetful` was never noted whole."""
    needed, from_shelf = _needed(sales, code_of)
    handed, held = _handed(dice, needed, exact)
    if forgetful != exact:
        _forget(handed, needed, sales, code_of, forgetful)
    returned = {}
    for girl, boxes in held.items():
        spare = Counter({code: left for code, left in boxes.items() if left > 0})
        if spare and girl not in (exact, forgetful) and dice.random() < 0.7:
            returned[girl] = spare
    for stall in stalls:
        if stall.out:
            from_shelf[_week(stall.day)].update(stall.out)
    if from_shelf[SWAP_WEEK]:
        from_shelf[SWAP_WEEK].update(dict([SWAPPED]))
    return Plan(handed, _picked_up(handed, from_shelf, stalls), returned)


def _week(day: date) -> int:
    return min(len(SATURDAYS) - 1, max(0, (day - SATURDAYS[0]).days // 7))


def _needed(
    sales: Sequence[Sale], code_of: Mapping[int, str]
) -> tuple[list[dict[int, Counter[str]]], list[Counter[str]]]:
    """By week what each girl brings to customers, and what leaves the troop's own shelf."""
    by_girl: list[dict[int, Counter[str]]] = [defaultdict(Counter) for _ in SATURDAYS]
    from_shelf: list[Counter[str]] = [Counter() for _ in SATURDAYS]
    for sale in sales:
        if sale.order_type in ("shipped", "donation") or sale.status not in ("promised", "delivered"):
            continue
        week = _week(date.fromisoformat(sale.delivered_on) if sale.delivered_on else NOW)
        shelf = from_shelf[week] if sale.scout_id is None else by_girl[week][sale.scout_id]
        for product_id, boxes, _ in sale.lines:
            if code_of[product_id] != "CShare":
                shelf[code_of[product_id]] += boxes
    return by_girl, from_shelf


def _handed(
    dice: Random, needed: Sequence[Mapping[int, Counter[str]]], exact: int
) -> tuple[list[dict[int, Counter[str]]], dict[int, Counter[str]]]:
    held: dict[int, Counter[str]] = defaultdict(Counter)
    handed: list[dict[int, Counter[str]]] = []
    for week in needed:
        handed.append({})
        for girl in sorted(week):
            given: Counter[str] = Counter()
            for code, boxes in week[girl].items():
                if boxes > held[girl][code]:
                    given[code] = boxes - held[girl][code] + (0 if girl == exact else dice.choice((0, 0, 0, 1, 2)))
                held[girl][code] += given[code] - boxes
            if +given:
                handed[-1][girl] = +given
    return handed, held


def _forget(
    handed: list[dict[int, Counter[str]]],
    needed: Sequence[Mapping[int, Counter[str]]],
    sales: Sequence[Sale],
    code_of: Mapping[int, str],
    girl: int,
) -> None:
    """Leave out of her last hand-out that is large enough so many boxes that the ledger has her two below zero."""
    delivered: Counter[str] = Counter()
    for sale in sales:
        if sale.scout_id == girl and sale.status == "delivered" and sale.order_type not in ("shipped", "donation"):
            delivered.update({code_of[product_id]: boxes for product_id, boxes, _ in sale.lines})
    had: Counter[str] = Counter()
    for week in handed:
        had.update(week.get(girl, {}))
    for week in reversed(handed):
        for code, boxes in sorted(week.get(girl, Counter()).items()):
            left_out = had[code] - delivered[code] + _BELOW
            if 0 < left_out < boxes:
                week[girl][code] -= left_out
                return


def _picked_up(
    handed: Sequence[Mapping[int, Counter[str]]], from_shelf: Sequence[Counter[str]], stalls: Sequence[Booth]
) -> list[Counter[str]]:
    """Whole cases, enough for the week and a few boxes more; what came back from booths is there the week after."""
    shelf: Counter[str] = Counter()
    found = []
    for week, leaving in enumerate(from_shelf):
        out = Counter(leaving)
        for given in handed[week].values():
            out.update(given)
        cases: Counter[str] = Counter()
        for code, boxes in out.items():
            missing = boxes + _SPARE - shelf[code]
            if missing > 0:
                cases[code] = -(-missing // _CASE) * _CASE
        found.append(cases)
        shelf.update(cases)
        shelf.subtract(out)
        for stall in stalls:
            if stall.out and _week(stall.day) == week:
                shelf.update({code: boxes - stall.sold.get(code, 0) for code, boxes in stall.out.items()})
    return found
