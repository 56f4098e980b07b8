"""The pretend season's sales: who sold what to whom, when, how it was paid. Plain values, the same for the same dice."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from gsctracker.domain.sales.bulk import Sale

FIRST_DAY, IN_STOCK, NOW = date(2025, 12, 15), date(2026, 1, 25), date(2026, 3, 4)
"""Orders are taken from the first day, boxes are there from the second, and the third is when we look at the season."""

OVERDUE_CENTS = 96_00

# domain notes, c.9: how often each cookie is asked for, of a hundred
POPULARITY = {
    "TM": 30, "CD": 21, "PBP": 13, "PBS": 7.5, "TRE": 7.5, "EXP": 7.5, "LEM": 7, "ADV": 6, "CCC": 2.5,
}  # fmt: skip

# how a sale came about, of a thousand: the kind, whether Digital Cookie brings it
_WAYS = {
    ("order_card", False): 420,
    ("in_hand", False): 165,
    ("donation", False): 12,
    ("delivery", True): 160,
    ("in_hand", True): 40,
    ("shipped", True): 155,
    ("donation", True): 26,
    ("pickup", True): 22,
}
CUSTOMERS = (
    "Agnes", "Basil", "Cora", "Dexter", "Edith", "Florian", "Gwen", "Hector", "Imani", "Jasper", "Kenji", "Lucía",
    "Marisol", "Nora", "Otis", "Priya", "Quentin", "Rosa", "Silas", "Tamsin", "Ulla", "Víctor", "Wanda", "Xochitl",
    "Yusuf", "Zelda",
)  # fmt: skip


def sales(
    dice: Random, count: int, scout_ids: Sequence[int], products: Mapping[str, tuple[int, int]], *, overdue: int | None
) -> list[Sale]:
    """So many sales in the order they were made; `products` is code to (id, price in cents).

    Every girl sells as well as she can: some three times as much as others. `overdue` is a girl whose customers have all
    paid and have their boxes. One sale in fifty is the troop's own, paid by card on its site.
    """
    zeal = [dice.choice((4, 6, 8, 10, 12, 15)) for _ in scout_ids]
    days = _days(dice, count)
    made: list[Sale] = []
    for number, day in enumerate(days):
        scout: int | None = dice.choices(scout_ids, zeal)[0]
        kind, online = dice.choices(list(_WAYS), list(_WAYS.values()))[0]
        if kind == "pickup":
            scout = None
        made.append(_sale(dice, number, day, scout, kind, online, products, settled=scout == overdue))
    return made


def _days(dice: Random, count: int) -> list[date]:
    """Days for that many sales: a rush before Christmas, when the boxes come, and on every weekend."""
    all_days = [FIRST_DAY + timedelta(days=n) for n in range((NOW - FIRST_DAY).days + 1)]
    weights = []
    for day in all_days:
        weight = 2.4 if day.weekday() >= 5 else 1.0
        weight *= 1.6 if IN_STOCK <= day < IN_STOCK + timedelta(days=14) else 1.0
        weights.append(weight)
    return sorted(dice.choices(all_days, weights, k=count))


def _sale(
    dice: Random,
    number: int,
    day: date,
    scout: int | None,
    kind: str,
    online: bool,
    products: Mapping[str, tuple[int, int]],
    *,
    settled: bool,
) -> Sale:
    if kind == "in_hand" and day < IN_STOCK:
        kind = "delivery" if online else "order_card"  # nothing is in hand before the delivery
    lines = _lines(dice, kind, online, products)
    amount = sum(boxes * price for _, boxes, price in lines)
    status, delivered = _progress(dice, kind, day, settled=settled or scout is None)
    if online:
        method, collected = "card", amount
    else:
        method, collected = _payment(dice, amount, delivered=status == "delivered", settled=settled)
    if not settled and dice.random() < 0.012:
        status, delivered = ("needs_approval" if online and kind == "delivery" else "cancelled"), None
    minute = dice.randrange(14 * 60, 24 * 60)  # eight in the morning to six in the evening in Chicago
    return Sale(
        ordered_at=f"{day}T{minute // 60:02}:{minute % 60:02}:{dice.randrange(60):02}Z",
        ordered_on=day.isoformat(),
        scout_id=scout,
        order_type=kind,
        status=status,
        payment_method=method,
        collected_cents=collected,
        lines=lines,
        customer_name=f"{dice.choice(CUSTOMERS)} {dice.choice('ABCDEFGHJKLMNPRSTW')}.",
        delivered_on=delivered and delivered.isoformat(),
        number=str(301_000_000 + 7 * number) if online else None,
        notes="Rings twice, has a dog" if number % 97 == 5 else None,
    )


def _lines(
    dice: Random, kind: str, online: bool, products: Mapping[str, tuple[int, int]]
) -> tuple[tuple[int, int, int], ...]:
    share = products["CShare"]
    if kind == "donation":
        return ((share[0], dice.choice((2, 3, 4, 5, 6)), share[1]),)
    wanted = dict.fromkeys(dice.choices(list(POPULARITY), list(POPULARITY.values()), k=dice.choice((1, 1, 2, 2, 3))))
    lines = [(*products[code][:1], dice.choice((1, 1, 2, 2, 3, 4)), products[code][1]) for code in wanted]
    if online and kind != "pickup" and dice.random() < 0.04:
        lines.append((share[0], dice.choice((1, 2)), share[1]))
    return tuple(lines)


def _progress(dice: Random, kind: str, day: date, *, settled: bool) -> tuple[str, date | None]:
    """Status and day of delivery: ordered ahead, brought within ten days of the boxes' coming; a few still wait."""
    if kind in ("in_hand", "donation", "shipped"):
        return "delivered", day
    brought = max(day, IN_STOCK) + timedelta(days=dice.randrange(1, 11))
    if brought <= NOW and (settled or dice.random() < 0.985):
        return "delivered", brought
    return ("delivered", NOW) if settled else ("promised", None)


def _payment(dice: Random, amount: int, *, delivered: bool, settled: bool) -> tuple[str, int]:
    if settled or (delivered and dice.random() < 0.97):
        return dice.choices(("cash", "check", "venmo"), (78, 14, 8))[0], amount
    return ("none", 0) if delivered or dice.random() < 0.8 else ("cash", amount)
