"""The pretend season at the back office: Smart Cookies' own records of it, week by week, as its export says them.

Pick-ups, hand-outs and returns reach our ledgers through these exports and by no other way, so nothing is posted twice.
The rest only says what the office knows: shipped orders, Cookie Share, divided booths and orders of the troop's site.
It lags behind in a few places, as it does: what those are, `differences` finds and says.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import apsw

from gsctracker.domain.imports import applying, smart_cookies, staging
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales.bulk import Sale
from gsctracker.ops import demo_stock
from gsctracker.ops.demo_booths import Booth

TYPED_UNTIL = "2026-02-22"
"""The day up to which somebody typed Cookie Share and distributed the site's orders; what came later waits."""

BY_HAND = (1, 4, 7)
"""Which of the last week's hand-outs were written down here and not typed into Smart Cookies yet."""

LATE = 2
"""So many of the newest shipped orders have not reached Smart Cookies."""

CUPBOARD, OTHER_TROOP = "Cupboard Hillside", "Troop 1277"
Order = dict[str, Any]
Shares = Mapping[int, Sequence[tuple[int, int, int]]]
"""What was credited at each booth by its number: (girl, product id, packages)."""


class Names(NamedTuple):
    """How the office calls the troop, its girls by id, and its cookies by id; `codes` are ours, `share` is Cookie Share."""

    troop: str
    girls: Mapping[int, str]
    cookies: Mapping[int, str]
    codes: Mapping[str, int]
    share: int


def week(names: Names, plan: demo_stock.Plan, number: int) -> list[Order]:
    """The moves of one Saturday: the pick-up, each girl's hand-out, and what another troop was given."""
    day = demo_stock.SATURDAYS[number]
    here_alone = {girl for girl, _ in by_hand(plan)} if day == demo_stock.SATURDAYS[-1] else set()
    orders = []
    if +plan.picked_up[number]:
        fetched = _of_codes(names, plan.picked_up[number])
        orders.append(_order(names, f"00164{91 + number}", day, "C2T(P)", CUPBOARD, names.troop, fetched))
    for girl, handed in sorted(plan.handed[number].items()):
        if girl not in here_alone:
            taken = _of_codes(names, handed)
            orders.append(_order(names, f"21{number}{girl:04}", day, "T2G", names.troop, names.girls[girl], taken))
    if number == demo_stock.SWAP_WEEK and +plan.picked_up[number]:
        code, boxes = demo_stock.SWAPPED
        orders.append(_order(names, "1277001", day, "T2T", names.troop, OTHER_TROOP, {names.codes[code]: boxes}))
    return orders


def by_hand(plan: demo_stock.Plan) -> list[tuple[int, Mapping[str, int]]]:
    """The hand-outs of the last Saturday that are written down here alone: (girl, packages by code)."""
    last = sorted(plan.handed[-1].items())
    return [each for at, each in enumerate(last) if at in BY_HAND]


def returned(names: Names, plan: demo_stock.Plan, day: date) -> list[Order]:
    """What girls brought back."""
    return [
        _order(names, f"22{girl:05}", day, "G2T", names.girls[girl], names.troop, _of_codes(names, boxes))
        for girl, boxes in sorted(plan.returned.items())
    ]


def credited(names: Names, sold: Sequence[Sale], stalls: Sequence[Booth], shares: Shares) -> list[Order]:
    """What moves no box: shipped orders and donations from Digital Cookie, typed donations, the site, divided booths."""
    counted = [sale for sale in sold if sale.status in ("promised", "delivered")]
    shipped = [sale for sale in counted if sale.scout_id and sale.order_type == "shipped"]
    late = {sale.number for sale in shipped[-LATE:]}
    orders, typed = [], dict.fromkeys(names.girls, 0)
    for sale in counted:
        donated = sum(boxes for product, boxes, _ in sale.lines if product == names.share)
        handled = {product: boxes for product, boxes, _ in sale.lines if product != names.share}
        day, online = date.fromisoformat(sale.ordered_on), f"D{sale.number}"
        if sale.scout_id is None:
            continue
        girl = names.girls[sale.scout_id]
        if sale.order_type in ("shipped", "donation") and sale.number:
            if handled and sale.number not in late:
                orders.append(_order(names, online, day, "DIRECT_SHIP", names.troop, girl, handled))
            if donated and sale.number not in late:
                orders.append(_order(names, online, day, "COOKIE_SHARE_D", names.troop, girl, {names.share: donated}))
        elif sale.ordered_on <= TYPED_UNTIL:
            typed[sale.scout_id] += donated
    for scout_id, boxes in typed.items():
        if boxes:
            taker, share = names.girls[scout_id], {names.share: boxes}
            day = date.fromisoformat(TYPED_UNTIL)
            orders.append(_order(names, f"23{scout_id:05}", day, "COOKIE_SHARE", names.troop, taker, share))
    return orders + _distributed(names, counted) + _divided(names, stalls, shares)


def bring_in(tx: apsw.Connection, by: Person, names: Names, orders: Sequence[Order], day: date) -> None:
    """Take in an export of that day as anybody would: staged, judged, applied."""
    if not orders:
        return
    text = written(names, orders)
    parsed = smart_cookies.parse(_Pasted(text), names.troop)
    name = f"orders_search_{day:%m-%d-%Y}.json"
    batch = staging.stage(tx, by, smart_cookies.SOURCE, parsed, name, hashlib.sha256(text.encode()).hexdigest())
    applying.apply(tx, by, batch)


def written(names: Names, orders: Sequence[Order]) -> str:
    """The export's text: each cookie named once, no field that is empty; so much troop as the reader takes must fit."""
    cookies = [{"id": product, "name": name} for product, name in names.cookies.items()]
    return json.dumps({"cookies": cookies, "orders": orders}, separators=(",", ":"))


class _Pasted(NamedTuple):
    """JSON as the reader of files gives it."""

    text: str
    name: str = "orders"
    rows: tuple = ()


def _distributed(names: Names, sold: Iterable[Sale]) -> list[Order]:
    """The site's orders, one girl after the other."""
    girls = sorted(names.girls)
    picked_up = [
        sale for sale in sold if sale.scout_id is None and sale.status == "delivered" and sale.ordered_on <= TYPED_UNTIL
    ]
    orders = []
    for at, sale in enumerate(picked_up):
        boxes = {product: count for product, count, _ in sale.lines if product != names.share}
        taker, day = names.girls[girls[at % len(girls)]], date.fromisoformat(sale.delivered_on or sale.ordered_on)
        orders.append(_order(names, f"24{at:05}", day, "T2G", names.troop, taker, boxes, virtual=True))
    return orders


def _divided(names: Names, stalls: Sequence[Booth], given: Shares) -> list[Order]:
    """Every booth that we divided but the last one, which nobody divided there yet."""
    ours = [(number, stall) for number, stall in enumerate(stalls) if stall.is_credited]
    orders = []
    for number, stall in ours[:-1]:
        shares: dict[tuple[int, bool], dict[int, int]] = {}
        for girl, product, boxes in given[number]:
            shares.setdefault((girl, product == names.share), {})[product] = boxes
        for (girl, donated), share in sorted(shares.items()):
            kind, prefix = ("COOKIE_SHARE", 26) if donated else ("T2G", 25)
            name = f"{prefix}{number:03}{girl:04}"
            taker = names.girls[girl]
            orders.append(_order(names, name, stall.day, kind, names.troop, taker, share, divider=51_001 + number))
    return orders


def _of_codes(names: Names, boxes: Mapping[str, int]) -> dict[int, int]:
    return {names.codes[code]: count for code, count in boxes.items() if count}


def _order(
    names: Names,
    number: str,
    day: date,
    kind: str,
    giver: str,
    taker: str,
    boxes: Mapping[int, int],
    *,
    divider: int | None = None,
    virtual: bool = False,
) -> Order:
    order = {
        "order_number": number,
        "date": f"{day:%Y/%m/%d}",
        "transfer_type": kind,
        "from": giver,
        "to": taker,
        "cookies": [{"id": product, "quantity": count} for product, count in boxes.items()],
        "total_cases": sum(boxes.values()),
    }
    if virtual:
        order["virtual_booth"] = True
    if divider is not None:
        order["smart_divider_id"] = divider
    return order
