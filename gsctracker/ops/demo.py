"""A believable troop in a second or two: a whole season 2025-26 with ABC Bakers, seen on 4 March 2026.

Everything comes out of one pair of dice: the same seed gives the same people, ids, boxes and cents.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from random import Random

import apsw

from gsctracker import values
from gsctracker.db import Database
from gsctracker.db.rows import Row
from gsctracker.domain.booths import closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, sweeps, turn_ins
from gsctracker.domain.people import passwords
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import season_days
from gsctracker.domain.sales import bulk, goals
from gsctracker.domain.sales.bulk import Sale
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict
from gsctracker.ops import (
    demo_bank,
    demo_booths,
    demo_cupboard,
    demo_families,
    demo_office,
    demo_people,
    demo_sales,
    demo_stock,
)
from gsctracker.ops.demo_booths import Booth
from gsctracker.ops.demo_sales import IN_STOCK, NOW, OVERDUE_CENTS
from gsctracker.words import N_

SMALL = {"scouts": 12, "sales": 400, "booths": 10}
"""A troop to look at, rather than one to put under load."""

REACHED, TROOP_REACHED = (78, 104, 63, 91, 42, 55, 118, 100, 84, 96, 71, 47), 80
"""How far the girls are on the way to their goals, and the troop to its own, in per cent."""

REWARDS_ON = "2026-03-13"
FIRST_SWEEP = date(2026, 2, 11)
WITHDRAWALS: tuple[tuple[str, str, int, str | None], ...] = (
    (FIRST_SWEEP.isoformat(), "initial_order", 33_33, None),
    ("2026-03-06", "balance", 50_00, "2026-02-28"),
    ("2026-03-27", "remainder", 0, None),
)
"""The council's calendar: a third of the initial order, half of a day's balance, then the rest; day, basis, factor, as of."""

_BOXES, _SALE, _BOOTH, _PAYMENT, _BANK, _LAST = range(6)
Event = tuple[date, int, Callable[[], object]]
"""Something that happens: its day, its turn within the day, and what it does."""


def fill(db: Database, scouts: int = 25, sales: int = 6000, booths: int = 60, seed: int = 1) -> list[dict[str, str]]:
    """Fill an empty box; gives everybody's sign-in as {role, email, password, name}. Raises Conflict in one that is not."""
    with db.read() as tx:
        _refuse_a_filled_box(tx)
    password_hash = passwords.hashed(demo_people.PASSWORD)
    with db.write() as tx:
        _refuse_a_filled_box(tx)
        return _live(tx, Random(seed), scouts, sales, booths, password_hash)  # noqa: S311 - dice, not secrets


def _refuse_a_filled_box(tx: apsw.Connection) -> None:
    if not troop.is_set_up(tx):
        return
    if troop.is_demo(tx):
        raise Conflict(N_("This folder holds the example troop already."), "demo_troop")
    raise Conflict(
        N_("There is a real troop in this folder: the example troop needs an empty one (--data-dir)."), "real_troop"
    )


def _live(
    tx: apsw.Connection, dice: Random, scouts: int, sales: int, booths: int, password_hash: str
) -> list[dict[str, str]]:
    people = demo_people.gather(tx, dice, scouts, password_hash)
    troop.mark_demo(tx)
    season = seasons.current(tx).id
    seasons.set_tiers(tx, season, {200: 90, 350: 95}, people.admin)
    seasons.change(tx, season, people.admin, base_proceeds=85, status="selling", rewards_on=REWARDS_ON)
    _plan_withdrawals(tx, people.cookie_leader)
    cookies = {row.code: row for row in catalogue.products(tx, season)}
    priced = {code: (row.id, row.price_cents) for code, row in cookies.items()}
    overdue, forgetful = people.scout_ids[3 % scouts], people.scout_ids[5 % scouts]

    sold = demo_sales.sales(dice, sales, people.scout_ids, priced, overdue=overdue)
    stalls = demo_booths.booths(dice, booths, people.scout_ids, priced)
    code_of = {row.id: code for code, row in cookies.items()}
    plan = demo_stock.plan(dice, sold, stalls, code_of, exact=overdue, forgetful=forgetful)
    _aim(tx, people.admin, season, people.scout_ids, sold, stalls)
    shares: dict[int, list[tuple[int, int, int]]] = {}
    events = [
        *_moves(tx, people, plan, cookies, sold, stalls, shares),
        *_sales(tx, people.cookie_leader, season, sold),
        *_booths(tx, people, stalls, cookies, shares),
        *_payments(tx, dice, people.cookie_leader, sold, overdue),
        *_bank(tx, people.cookie_leader, people.admin, season),
    ]
    for _, _, happen in sorted(events, key=lambda event: event[:2]):
        happen()
    demo_cupboard.order_all(tx, people.cookie_leader, NOW + timedelta(days=3))
    demo_families.mistype(tx, people.cookie_leader, people.scout_ids[-1], NOW.isoformat())
    demo_families.sign_all(tx, people.cookie_leader, season)
    demo_families.remind(tx, people.cookie_leader, season, overdue, NOW.isoformat())
    demo_families.reward(tx, people.admin, season)
    season_days.sum_up(tx, season)
    return people.sign_ins


def _aim(
    tx: apsw.Connection,
    by: Person,
    season: int,
    scout_ids: Sequence[int],
    sold: Sequence[Sale],
    stalls: Sequence[Booth],
) -> None:
    """Goals that some girls are past, some near and some far from; the troop is four fifths on its way."""
    boxes: Counter[int] = Counter()
    others = 0
    for sale in sold:
        if sale.scout_id is not None and sale.status in ("promised", "delivered"):
            boxes[sale.scout_id] += sum(line[1] for line in sale.lines)
        elif sale.scout_id is None:
            others += sum(line[1] for line in sale.lines)
    for number, stall in enumerate(stalls):
        if stall.is_credited:
            for girl, _, share in demo_booths.even_shares(stall.sold, stall.girls, first=number):
                boxes[girl] += share
        else:
            others += sum(stall.sold.values())
    for at, scout_id in enumerate(scout_ids):
        wished = boxes[scout_id] * 100 // REACHED[at % len(REACHED)]
        goals.set_goal(tx, season, scout_id, max(50, -(-wished // 10) * 10), by)
    wished = (sum(boxes.values()) + others) * 100 // TROOP_REACHED
    goals.set_goal(tx, season, None, min(max(500, round(wished, -2)), values.MOST_BOXES), by)


def _moves(
    tx: apsw.Connection,
    people: demo_people.Troop,
    plan: demo_stock.Plan,
    cookies: dict[str, Row],
    sold: Sequence[Sale],
    stalls: Sequence[Booth],
    shares: demo_office.Shares,
) -> list[Event]:
    """Each Saturday's boxes, as Smart Cookies' export of that evening has them; a few hand-outs are written down here alone."""
    by, own = people.cookie_leader, troop.own(tx)
    assert own is not None
    girls = [one["name"] for one in people.sign_ins if one["role"] == "scout"]
    names = demo_office.Names(
        troop=f"Troop {own.number}",
        girls=dict(zip(people.scout_ids, girls, strict=True)),
        cookies={row.id: row.name for row in cookies.values()},
        codes={code: row.id for code, row in cookies.items()},
        share=cookies["CShare"].id,
    )
    known: list[demo_office.Order] = []
    events: list[Event] = []
    for number, day in enumerate(demo_stock.SATURDAYS):
        known = known + demo_office.week(names, plan, number)
        events.append((day, _BOXES, lambda day=day, known=known: demo_office.bring_in(tx, by, names, known, day)))
    for girl, boxes in demo_office.by_hand(plan):
        events.append((demo_stock.SATURDAYS[-1], _BOXES, partial(_hand_out, tx, by, girl, boxes, cookies)))
    known = known + demo_office.returned(names, plan, NOW - timedelta(days=1))

    def last() -> None:
        demo_office.bring_in(tx, by, names, known + demo_office.credited(names, sold, stalls, shares), NOW)

    return [*events, (NOW, _LAST, last)]


def _hand_out(tx: apsw.Connection, by: Person, girl: int, boxes: Mapping[str, int], cookies: dict[str, Row]) -> None:
    lines = [(cookies[code], count) for code, count in boxes.items() if count]
    transfers.move(tx, by, "T2G", lines, scout_id=girl, day=demo_stock.SATURDAYS[-1].isoformat())


def _sales(tx: apsw.Connection, by: Person, season: int, sold: Sequence[Sale]) -> list[Event]:
    return [
        (date.fromisoformat(day), _SALE, lambda batch=list(batch): bulk.record(tx, season, batch, by=by.id))
        for day, batch in groupby(sold, key=lambda sale: sale.ordered_on)
    ]


def _booths(
    tx: apsw.Connection,
    people: demo_people.Troop,
    stalls: Sequence[Booth],
    cookies: dict[str, Row],
    shares: dict[int, list[tuple[int, int, int]]],
) -> list[Event]:
    """Booths held, each closed by one and signed by another; `shares` takes (girl, product, packages) by number of booth."""
    by = people.cookie_leader

    def hold(number: int, stall: Booth, booth_id: int) -> None:
        day = stall.day.isoformat()
        back = {code: boxes - stall.sold[code] for code, boxes in stall.out.items()}
        for kind, boxes in (("TROOP_TO_BOOTH", stall.out), ("BOOTH_TO_TROOP", back)):
            lines = [(cookies[code], count) for code, count in boxes.items() if count]
            transfers.move(tx, by, kind, lines, booth_id=booth_id, day=day)
        closing.close(
            tx,
            by,
            booth_id,
            sold={cookies[code].id: boxes for code, boxes in stall.sold.items()},
            cash_cents=stall.cash_cents,
            card_cents=stall.card_cents,
            reason=stall.reason,
        )
        if stall.is_credited:
            closing.sign(tx, people.admin, booth_id)
            shares[number] = demo_booths.share_out(tx, by, stall, booth_id)
            if NOW - stall.day > timedelta(days=demo_booths.PUT_AWAY_AFTER):
                closing.put_away(tx, by, booth_id)

    events: list[Event] = []
    packed = False
    places = demo_booths.keep_places(tx, by)
    for number, stall in enumerate(stalls):
        booth_id = demo_booths.put_up(tx, by, number, stall, places)
        if stall.sold:
            events.append((stall.day, _BOOTH, lambda all_of_it=(number, stall, booth_id): hold(*all_of_it)))
        elif not packed:
            packed = True
            events.append((NOW, _LAST, lambda booth_id=booth_id: demo_booths.pack(tx, by, booth_id)))
    return events


def _payments(tx: apsw.Connection, dice: Random, by: Person, sold: Sequence[Sale], overdue: int) -> list[Event]:
    """Every Monday families bring the cash of the week, and keep some of it until the next; one brings $96 too little."""
    cash: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for sale in sold:
        if sale.scout_id and sale.collected_cents and sale.payment_method != "card" and sale.status != "cancelled":
            cash[sale.scout_id].append((sale.delivered_on or sale.ordered_on, sale.collected_cents))
    mondays = [IN_STOCK + timedelta(days=1 + 7 * week) for week in range(6)]
    events: list[Event] = []
    for scout_id in sorted(cash):
        paid, total = 0, sum(cents for _, cents in cash[scout_id])
        for day in [*mondays, NOW] if scout_id == overdue else mondays:
            kept = 0 if scout_id == overdue else dice.choice((0, 0, 0, 6_00, 12_00, 20_00, 36_00))
            so_far = sum(cents for taken_on, cents in cash[scout_id] if taken_on <= day.isoformat())
            if scout_id == overdue:
                so_far = min(so_far, total - OVERDUE_CENTS)
            cents = so_far - kept - paid
            if cents <= 0:
                continue
            paid += cents
            method = dice.choices(("cash", "check", "venmo", "card"), (60, 22, 10, 8))[0]
            event = (scout_id, cents, method, day.isoformat())
            events.append((day, _PAYMENT, lambda event=event: _pay(tx, by, *event)))
    return events


def _pay(tx: apsw.Connection, by: Person, scout_id: int, cents: int, method: str, day: str) -> None:
    turn_ins.turn_in(tx, by, scout_id, cents, method, day=day)


def _bank(tx: apsw.Connection, by: Person, other: Person, season: int) -> list[Event]:
    """Every Tuesday two adults bring the cash box to the bank, in as many slips as it takes; the council withdraws once."""

    def sweep() -> None:
        cents = balances.troop_accounts(tx, season)["bank"] * 6 // 10 // 100 * 100
        if cents > 0:
            first = sweeps.rules(tx, season)[0].id
            sweeps.take(tx, by, first, min(cents, values.MOST_CENTS), reference="first withdrawal")

    days = [IN_STOCK + timedelta(days=2 + 7 * week) for week in range(6)]
    brought = [(day, _BANK, partial(demo_bank.bring, tx, by, other, season, day, days[-1])) for day in days]
    return [*brought, (FIRST_SWEEP, _BANK, sweep)]


def _plan_withdrawals(tx: apsw.Connection, by: Person) -> None:
    for due_on, basis, factor, as_of in WITHDRAWALS:
        sweeps.add_rule(tx, by, due_on=due_on, basis=basis, factor=factor, as_of=as_of)
