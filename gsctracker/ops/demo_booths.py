"""The pretend season's booths: when, who stood there, what went out, what was sold and taken."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import apsw

from gsctracker.domain.booths import booths as calendar
from gsctracker.domain.booths import crediting, hours, packing, policies, presences, shifts, sign_ups, sites
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict
from gsctracker.ops.demo_sales import NOW, POPULARITY

SHORT_CENTS = 7_00
PUT_AWAY_AFTER = 9
"""Days after which a credited booth has been looked over and put away."""
_FIRST = date(2026, 2, 7)
_DAYS = [_FIRST + timedelta(days=7 * week + day) for week in range(5) for day in (0, 1)]  # the last weekend lies ahead
_PLACES = (
    ("Market Square", "1 Market Square"), ("Hillside Grocery", "200 Hill Road"), ("Corner Hardware", "15 Mill Lane"),
    ("Riverside Rink", "8 Quay Street"), ("Old Library", "3 School Lane"), ("Garden Center", "77 Orchard Way"),
)  # fmt: skip


class Booth(NamedTuple):
    """One booth; packages by cookie code. `sold` is empty for one that lies ahead."""

    name: str
    address: str
    day: date
    starts_at: str
    ends_at: str
    girls: tuple[int, ...]
    out: dict[str, int]
    sold: dict[str, int]
    cash_cents: int
    card_cents: int
    reason: str
    is_credited: bool


def booths(dice: Random, count: int, scout_ids: Sequence[int], products: Mapping[str, tuple[int, int]]) -> list[Booth]:
    """So many booths on five weekends; one is seven dollars short, and the last one held is not divided yet."""
    days = [_DAYS[number * len(_DAYS) // count] for number in range(count)]
    held = sum(1 for day in days if day <= NOW)
    made: list[Booth] = []
    busy: dict[tuple[date, int], set[int]] = {}
    for number, day in enumerate(days):
        is_held = number < held
        name, address = _PLACES[number % len(_PLACES)]
        start = 16 + 3 * (number % 3)  # ten, one or four o'clock in Chicago
        elsewhere = busy.setdefault((day, start), set())
        free = [girl for girl in scout_ids if girl not in elsewhere] or list(scout_ids)
        girls = tuple(dice.sample(free, min(len(free), dice.choice((2, 3, 3, 4)))))
        elsewhere.update(girls)
        sold = _sold(dice) if is_held else {}
        out = {code: boxes + dice.randrange(1, 7) for code, boxes in sold.items() if code != "CShare"}
        expected = sum(boxes * products[code][1] for code, boxes in sold.items())
        card = expected * dice.randrange(35, 55) // 10_000 * 100
        short = SHORT_CENTS if is_held and number == held // 2 else 0
        made.append(
            Booth(
                name=name,
                address=address,
                day=day,
                starts_at=f"{day}T{start}:00:00Z",
                ends_at=f"{day}T{start + 3}:00:00Z" if start < 21 else f"{day}T23:30:00Z",
                girls=girls,
                out=out,
                sold=sold,
                cash_cents=expected - card - short,
                card_cents=card,
                reason="Too much change was given back" if short else "",
                is_credited=is_held and (number < held - 1 or held < 3),
            )
        )
    return made


def keep_places(tx: apsw.Connection, by: Person) -> dict[str, int]:
    """Remember the places that booths stand at, and which adults are registered; gives ids of places by name."""
    for number, adult in enumerate(policies.adults(tx, by)):
        if number % 4:
            policies.clear_adult(tx, by, adult.id, "2026-09-30")
    return {name: sites.add_site(tx, by, name, address) for name, address in _PLACES}


def put_up(tx: apsw.Connection, by: Person, number: int, stall: Booth, places: Mapping[str, int]) -> int:
    """Plan a booth with its shift and who signed up; of one that was held, who was there, too. Gives its id.

    In the booths that lie ahead some places are free, one is full with a girl who waits, and one has nobody yet.
    """
    booth_id = calendar.plan(tx, by, stall.name, stall.starts_at, stall.ends_at, site_id=places[stall.name])
    shift_id = shifts.add_shift(tx, by, booth_id, stall.starts_at, stall.ends_at)
    if not stall.sold and number % 5 == 4:
        return booth_id
    if not stall.sold and number % 5 == 3:
        shifts.change_places(tx, by, shift_id, min_girls=1, max_girls=max(1, len(stall.girls) - 1))
    for at, girl in enumerate(stall.girls):
        with suppress(Conflict):
            sign_ups.sign_up(tx, by, shift_id, scout_id=girl, wait=True)
            if stall.sold:
                _was_there(tx, by, booth_id, girl, stall, at)
    adults = [one for one in policies.adults(tx, by) if one.role == "caregiver"]
    for at in range(min(len(adults), 2 if stall.sold or number % 2 else 1)):
        with suppress(Conflict):
            sign_ups.sign_up(tx, by, shift_id, account_id=adults[(number * 2 + at) % len(adults)].id)
    return booth_id


def _was_there(tx: apsw.Connection, by: Person, booth_id: int, girl: int, stall: Booth, at: int) -> None:
    """The second girl came a quarter of an hour late, the fourth left three quarters early."""
    came = presences.check_in(tx, by, booth_id, girl, hours.shifted(stall.starts_at, minutes=15 if at == 1 else 0))
    presences.leave(tx, by, booth_id, came, hours.shifted(stall.ends_at, minutes=-45 if at == 3 else 0))


def share_out(tx: apsw.Connection, by: Person, stall: Booth, booth_id: int) -> list[tuple[int, int, int]]:
    """Credit the girls who were there by their minutes; gives (girl, product id, packages)."""
    there = crediting.noted_minutes(tx, booth_id) or dict.fromkeys(stall.girls, 180)
    crediting.credit(tx, by, booth_id, "minutes", weights=there)
    standing = crediting.of_booth(tx, booth_id)
    assert standing is not None
    return [(girl.scout_id, product, boxes) for girl in standing.girls for product, boxes in girl.given.items()]


def pack(tx: apsw.Connection, by: Person, booth_id: int) -> None:
    """Load out what the box suggests for a booth that lies ahead, as far as the shelf has it."""
    rows = packing.suggest(tx, calendar.find(tx, booth_id))
    lines = [(row.product, row.boxes) for row in rows if row.boxes]
    if lines:
        packing.load(tx, by, booth_id, lines, day=NOW.isoformat())


def _sold(dice: Random) -> dict[str, int]:
    boxes = dice.randrange(60, 121)
    sold = dict.fromkeys([*POPULARITY, "CShare"], 0)
    for code in dice.choices(list(POPULARITY), list(POPULARITY.values()), k=boxes):
        sold[code] += 1
    sold["CShare"] = dice.randrange(2, 8)
    return {code: number for code, number in sold.items() if number}


def even_shares(sold: Mapping[str, int], girls: Sequence[int], first: int = 0) -> list[tuple[int, str, int]]:
    """Whole packages for each girl (girl, code, packages): every cookie adds up, and no girl has two more than another.

    What is left over of a cookie goes on where the one before stopped; `first` turns the order from booth to booth.
    """
    shares = []
    turn = first
    for code, boxes in sorted(sold.items(), key=lambda one: (-one[1], one[0])):
        each, left = divmod(boxes, len(girls))
        given = dict.fromkeys(girls, each)
        for _ in range(left):
            given[girls[turn % len(girls)]] += 1
            turn += 1
        shares += [(girl, code, number) for girl, number in given.items() if number]
    return shares
