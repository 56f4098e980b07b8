"""How a booth's packages are divided among its girls: exact fractions first, whole packages last. No database here.

A quota is what a girl should have of a cookie, as an exact fraction; an office takes whole packages only, so `whole` hands
them out by cumulative largest remainder. The same input gives the same output, and a cookie's packages always add up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

WAYS = ("even", "minutes", "segments", "sales", "hand", "pool", "one")
"""Evenly, by minutes present, by counts at each change of shift, sale by sale, by hand, by the season's minutes, all to one."""

Quotas = dict[int, dict[int, Fraction]]
"""Product id to scout id to packages."""


class Stay(NamedTuple):
    """A girl was there from one instant to just before another (UTC text)."""

    scout_id: int
    came_at: str
    left_at: str


class Segment(NamedTuple):
    """What was sold between two instants: product id to packages."""

    starts_at: str
    ends_at: str
    sold: Mapping[int, int]


class Sale(NamedTuple):
    """One sale as it was tapped in."""

    at: str
    product_id: int
    boxes: int


class Share(NamedTuple):
    """What one girl gets: packages by product id, what would be exactly fair, and the carry (packages) this leaves her with.

    A carry above zero says that she got less than her part, so the next tie is hers.
    """

    scout_id: int
    given: dict[int, int]
    ideal: Fraction
    carry: Fraction


def by_weight(sold: Mapping[int, int], weights: Mapping[int, int]) -> Quotas:
    """Every cookie in proportion to the weights (all 1: evenly; minutes: by time). Nobody with a weight: nothing is shared."""
    heavy = {girl: weight for girl, weight in weights.items() if weight > 0}
    together = sum(heavy.values())
    if not together:
        return {}
    return {
        product: {girl: Fraction(boxes * weight, together) for girl, weight in heavy.items()}
        for product, boxes in sold.items()
        if boxes
    }


def by_segment(segments: Sequence[Segment], stays: Sequence[Stay]) -> tuple[Quotas, dict[int, int]]:
    """Each segment among the girls who were there, by their minutes in it; and the packages sold while nobody was there."""
    quotas: Quotas = {}
    nobodys: dict[int, int] = {}
    for segment in segments:
        part = by_weight(segment.sold, minutes(stays, segment.starts_at, segment.ends_at))
        for product, boxes in segment.sold.items():
            if boxes and product not in part:
                nobodys[product] = nobodys.get(product, 0) + boxes
        _add(quotas, part)
    return quotas, nobodys


def by_sale(sales: Sequence[Sale], stays: Sequence[Stay], closes_at: str) -> tuple[Quotas, dict[int, int]]:
    """Each sale in equal parts among the girls there at its instant; after the end, among those who stayed to the end.

    Also gives the packages of sales at which nobody was present: they are kept for a person to decide.
    """
    quotas: Quotas = {}
    nobodys: dict[int, int] = {}
    for sale in sales:
        if sale.at < closes_at:
            here = {stay.scout_id for stay in stays if stay.came_at <= sale.at < stay.left_at}
        else:
            here = {stay.scout_id for stay in stays if stay.came_at < closes_at <= stay.left_at}
        if here:
            _add(quotas, by_weight({sale.product_id: sale.boxes}, dict.fromkeys(here, 1)))
        elif sale.boxes:
            nobodys[sale.product_id] = nobodys.get(sale.product_id, 0) + sale.boxes
    return quotas, nobodys


def fitted(quotas: Quotas, sold: Mapping[int, int], nobodys: Mapping[int, int], weights: Mapping[int, int]) -> Quotas:
    """The quotas fitted to what was counted: the count decides, not the tally.

    Sold beyond the tally goes by weight; tallied beyond the count is scaled down. What nobody was present for stays out.
    """
    found: Quotas = {}
    for product, boxes in sold.items():
        to_share = max(0, boxes - nobodys.get(product, 0))
        tallied = quotas.get(product, {})
        together = sum(tallied.values(), Fraction(0))
        if together > to_share:
            found[product] = {girl: part * to_share / together for girl, part in tallied.items()}
        else:
            rest = by_weight({product: int(to_share - together)}, weights)
            part = {product: dict(tallied)} if tallied else {}
            _add(part, rest)
            found |= part
    return {product: girls for product, girls in found.items() if sum(girls.values())}


def whole(quotas: Quotas, carries: Mapping[int, Fraction], roster: Sequence[int]) -> list[Share]:
    """Whole packages by cumulative largest remainder, one share for each girl with a quota, in the roster's order.

    Each cookie's quotas must add up to a whole number; it is given out exactly. Cookies go by falling quantity. A leftover
    package goes to the girl whose running deficit is largest, then whose season's carry is, then who stands first.
    """
    order = {girl: number for number, girl in enumerate(roster)}
    girls = sorted({girl for part in quotas.values() for girl in part}, key=lambda girl: order[girl])
    ideal = dict.fromkeys(girls, Fraction(0))
    given: dict[int, dict[int, int]] = {girl: {} for girl in girls}
    totals = dict.fromkeys(girls, 0)
    columns = {product: sum(part.values(), Fraction(0)) for product, part in quotas.items()}
    for product in sorted(columns, key=lambda product: (-columns[product], product)):
        part = quotas[product]
        left = int(columns[product])
        if left != columns[product]:
            raise ValueError(f"the quotas of product {product} add up to {columns[product]}, which is no whole number")
        for girl, quota in part.items():
            ideal[girl] += quota
            given[girl][product] = int(quota)
            totals[girl] += int(quota)
            left -= int(quota)
        waiting = [girl for girl, quota in part.items() if quota.denominator > 1]
        waiting.sort(key=lambda girl: (totals[girl] - ideal[girl], -carries.get(girl, Fraction(0)), order[girl]))
        for girl in waiting[:left]:
            given[girl][product] += 1
            totals[girl] += 1
    _keep_within_one(quotas, ideal, given, totals)
    return [Share(girl, given[girl], ideal[girl], ideal[girl] - totals[girl]) for girl in girls]


def _keep_within_one(
    quotas: Quotas, ideal: Mapping[int, Fraction], given: dict[int, dict[int, int]], totals: dict[int, int]
) -> None:
    """Hand leftovers on where a girl ended a whole package away from her part: rare, and always possible.

    A leftover goes from girl to girl within its cookie, so columns stay exact; there is such a way because a table can always
    be rounded with its rows and columns (a flow with whole bounds has a whole solution).
    """
    while True:
        over = [girl for girl in totals if totals[girl] - ideal[girl] >= 1]
        under = [girl for girl in totals if ideal[girl] - totals[girl] >= 1]
        if over:
            way = _way(quotas, given, over[0], {girl for girl in totals if ideal[girl] > totals[girl]})
        elif under:
            givers = sorted(
                (girl for girl in totals if ideal[girl] < totals[girl]), key=lambda girl: ideal[girl] - totals[girl]
            )
            way = next(way for giver in givers if (way := _way(quotas, given, giver, {under[0]})))
        else:
            return
        for giver, product, taker in way:
            given[giver][product] -= 1
            given[taker][product] += 1
            totals[giver] -= 1
            totals[taker] += 1


def _way(
    quotas: Quotas, given: Mapping[int, Mapping[int, int]], start: int, ends: set[int]
) -> list[tuple[int, int, int]]:
    """The shortest chain of (girl, product, girl) along which one leftover after the other is handed on; none: empty."""
    ways: dict[int, list[tuple[int, int, int]]] = {start: []}
    row = [start]
    for giver in row:
        for product in sorted(quotas):
            part = quotas[product]
            if giver not in part or given[giver][product] <= part[giver]:
                continue
            for taker in sorted(part):
                if taker not in ways and given[taker][product] < part[taker]:
                    ways[taker] = [*ways[giver], (giver, product, taker)]
                    row.append(taker)
                    if taker in ends:
                        return ways[taker]
    return []


def minutes(stays: Sequence[Stay], starts_at: str = "", ends_at: str = "9") -> dict[int, int]:
    """Each girl's whole minutes present between two instants; stays that overlap count once."""
    found: dict[int, int] = {}
    reached: dict[int, str] = {}
    for stay in sorted(stays, key=lambda stay: (stay.scout_id, stay.came_at)):
        start = max(stay.came_at, starts_at, reached.get(stay.scout_id, ""))
        end = min(stay.left_at, ends_at)
        if end > start:
            length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
            found[stay.scout_id] = found.get(stay.scout_id, 0) + int(length.total_seconds()) // 60
            reached[stay.scout_id] = end
    return found


def _add(quotas: Quotas, more: Quotas) -> None:
    for product, part in more.items():
        girls = quotas.setdefault(product, {})
        for girl, quota in part.items():
            girls[girl] = girls.get(girl, Fraction(0)) + quota
