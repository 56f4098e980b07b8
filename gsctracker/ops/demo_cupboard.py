"""The pretend season's orders to the cupboard: every pick-up was ordered, two came a case short, one is still a draft."""

from datetime import date, timedelta

import apsw

from gsctracker.db.rows import Row
from gsctracker.domain.inventory import claims, cupboard_orders, cupboard_receipts, girl_wishes, history
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop

CUPBOARD = "Cupboard Hillside"
SHORT = {1: "credited", 3: ""}
"""Pick-ups that were a case of Thin Mints short, and what the council said of it so far."""

_WISHED_LESS = 5  # an initial order fills its cases


def order_all(tx: apsw.Connection, by: Person, next_day: date) -> None:
    """Give each pick-up in the ledger its order, and draft the next for `next_day`."""
    season = seasons.current(tx).id
    cookies = {row.name: row for row in catalogue.products(tx, season)}
    for number, pick_up in enumerate(reversed(cupboard_receipts.unclaimed(tx, season))):
        loaded = [(cookies[line.name], line.boxes) for line in history.find(tx, pick_up.id, by).lines]
        day = date.fromisoformat(pick_up.day)
        lines = [(cookie, _wished(number, cookie, boxes)) for cookie, boxes in loaded]
        if number == 0:
            order = _draft(tx, by, [], day, "initial", pick_up.reference)
            _wish(tx, by, order, lines)
        else:
            order = _draft(tx, by, lines, day, "planned", pick_up.reference)
        cupboard_orders.place(tx, order, by, day=_no_later(tx, day - timedelta(days=2)))
        cupboard_receipts.recognise(tx, by, order, pick_up.id, counted_by="Robin", checked_by="Sam from the cupboard")
        for claim in claims.page(tx, season, by, order):
            _answer(tx, by, claim.id, day, SHORT.get(number, ""))
    newest = [(cookie, cookie.packs_per_case * 2) for cookie in cookies.values() if cookie.code in ("TM", "CD", "LEM")]
    _draft(tx, by, newest, next_day, "planned", "")


def _draft(tx: apsw.Connection, by: Person, lines: list[tuple[Row, int]], day: date, kind: str, reference: str) -> int:
    return cupboard_orders.draft(
        tx,
        by,
        kind,
        lines,
        cupboard=CUPBOARD,
        reference=reference,
        cut_off_on=(day - timedelta(days=1)).isoformat(),
        pick_up_on=day.isoformat(),
    )


def _wish(tx: apsw.Connection, by: Person, order_id: int, lines: list[tuple[Row, int]]) -> None:
    """Divide what was wished among the girls, some more and some less; what is left is for booths."""
    girls = [row.key for row in girl_wishes.grid(tx, order_id, by).rows if row.scout]
    wishes: dict[str, dict[int, int]] = {key: {} for key in (*girls, "booths")}
    for at, (cookie, boxes) in enumerate(lines):
        left = boxes
        for number, key in enumerate(girls):
            mine = min(left, boxes * ((number * 5 + at * 3) % 7) // (6 * len(girls)))
            wishes[key][cookie.id], left = mine, left - mine
        wishes["booths"][cookie.id] = left
    girl_wishes.keep(tx, order_id, by, wishes)


def _wished(number: int, cookie: Row, boxes: int) -> int:
    if number == 0:
        return max(boxes - _WISHED_LESS, 1)
    return boxes + cookie.packs_per_case if number in SHORT and cookie.code == "TM" else boxes


def _answer(tx: apsw.Connection, by: Person, claim_id: int, day: date, outcome: str) -> None:
    if outcome:
        claims.tell(tx, claim_id, by, day=_no_later(tx, day), reference="Mail to the product team")
        answered = _no_later(tx, day + timedelta(days=4))
        claims.settle(tx, claim_id, by, outcome, day=answered, note="On the next statement.")


def _no_later(tx: apsw.Connection, day: date) -> str:
    """The day, but not one that is still to come where the box stands."""
    return min(day.isoformat(), troop.today(tx))
