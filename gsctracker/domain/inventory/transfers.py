"""Boxes move: cupboard pick-ups, hand-outs, returns, troop to troop, booths, damage and loss. One verb: `move`."""

from collections.abc import Sequence
from typing import Any

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, one
from gsctracker.domain import audit, journal
from gsctracker.domain.journal import (
    COUNCIL,
    COUNCIL_ACCOUNT,
    DAMAGED,
    DONATED,
    LOSSES,
    LOST,
    OTHER_TROOP,
    STOCK,
    TROOP,
    Boxes,
    Cents,
    goods,
)
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

KINDS = (
    "C2T", "T2C", "T2G", "G2T", "G2G", "T2T_IN", "T2T_OUT", "TROOP_TO_BOOTH", "BOOTH_TO_TROOP",
    "DAMAGED", "REPLACED", "LOST", "FOUND", "TROOP_GIFT",
)  # fmt: skip
_NEEDS_SCOUT = ("T2G", "G2T", "G2G")
_NEEDS_BOOTH = ("TROOP_TO_BOOTH", "BOOTH_TO_TROOP")
_OF_A_HOLDER = ("DAMAGED", "LOST", "FOUND")
MOST_LINES = 40

Line = tuple[Row, int]
"""A product and so many packages of it."""


def move(
    tx: apsw.Connection,
    by: Person,
    kind: str,
    lines: Sequence[Line],
    *,
    scout_id: int | None = None,
    to_scout_id: int | None = None,
    booth_id: int | None = None,
    on_liability: bool = True,
    reference: str = "",
    note: str = "",
    day: str | None = None,
) -> int:
    """Move packages and, where the debt goes with them, cents; gives the entry's id.

    With `on_liability` False (for T2G, G2T and G2G) a girl carries the boxes for the troop: they are with her, but she owes
    nothing for them. DAMAGED, LOST and FOUND concern the troop's shelf unless a scout or booth is named. Boxes may go below
    zero at a place: that is a sign that an earlier move is missing, and is shown as one.
    """
    roles.require(by, "stock.move")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    _check(tx, kind, season, scout_id, to_scout_id, booth_id)
    day = values.day("date", day) if day else troop.today(tx)
    if kind == "T2C" and (season.returns_until is None or day > season.returns_until):
        sentence = N_("The council takes no boxes back on that day. The last day for returns stands in the settings.")
        raise Conflict(sentence, "no_returns")
    entry_id = post(
        tx,
        season.id,
        kind,
        day,
        [(product.id, boxes, product.price_cents) for product, boxes in checked(lines)],
        by=by.id,
        scout_id=scout_id,
        to_scout_id=to_scout_id,
        booth_id=booth_id,
        on_liability=on_liability,
        reference=values.line("reference", reference, 80),
        note=values.text("note", note, 500),
    )
    audit.note(tx, by.id, f"stock.{kind}", "journal", entry_id)
    return entry_id


def post(
    tx: apsw.Connection,
    season_id: int,
    kind: str,
    day: str,
    lines: Sequence[tuple[int, int, int]],
    *,
    by: int | None,
    scout_id: int | None = None,
    to_scout_id: int | None = None,
    booth_id: int | None = None,
    on_liability: bool = True,
    **about: Any,
) -> int:
    """Write the entry of a move without asking who may; lines are (product id, packages, price in cents)."""
    holder = _holder(tx, scout_id, booth_id)
    if kind == "G2G":
        assert to_scout_id is not None
        ways = [(holder, journal.place_of_scout(tx, to_scout_id))]
    else:
        ways = _ways(kind, holder)
    debt = _debt(tx, kind, scout_id, to_scout_id) if on_liability or kind not in _NEEDS_SCOUT else None
    custody = [Boxes(product, boxes, start, end) for product, boxes, _ in lines for start, end in ways]
    liability: list[Cents] = [goods(*debt, product, boxes, price) for product, boxes, price in lines] if debt else []
    return journal.post(
        tx,
        season_id,
        kind,
        day,
        by=by,
        custody=custody,
        liability=liability,
        scout_id=scout_id,
        booth_id=booth_id,
        **about,
    )


def take_back(tx: apsw.Connection, entry_id: int, by: Person, note: str = "") -> int:
    """Reverse a move made by mistake; gives the mirroring entry's id."""
    roles.require(by, "stock.move")
    entry = one(tx, "SELECT kind, season_id FROM journal WHERE id = :id", id=entry_id)
    if entry is None or entry.kind not in KINDS:
        raise NotFound(N_("There is no such move."), "no_such_move")
    seasons.require_open(seasons.find(tx, entry.season_id), by)
    if one(tx, "SELECT 1 AS yes FROM cupboard_held WHERE entry_id = :id", id=entry_id):
        sentence = N_("This pick-up is a receipt of an order to the cupboard. Take it back on the page of the order.")
        raise Conflict(sentence, "receipt_of_an_order")
    mirror = journal.reverse(tx, entry_id, by=by.id, note=values.text("note", note, 500))
    audit.note(tx, by.id, "stock.taken_back", "journal", entry_id)
    return mirror


def _check(
    tx: apsw.Connection, kind: str, season: Row, scout_id: int | None, to_scout_id: int | None, booth_id: int | None
) -> None:
    values.choice("kind", kind, KINDS)
    if scout_id is not None and (booth_id is not None or kind not in (*_NEEDS_SCOUT, *_OF_A_HOLDER)):
        sentence = N_("This move concerns no girl.")
        raise Invalid(sentence, "no_scout_here", {"scoutId": sentence})
    if booth_id is not None and kind not in (*_NEEDS_BOOTH, *_OF_A_HOLDER):
        sentence = N_("This move concerns no booth.")
        raise Invalid(sentence, "no_booth_here", {"boothId": sentence})
    if scout_id is not None:
        scouts.must_be_on_roster(tx, scout_id)
    elif kind in _NEEDS_SCOUT:
        sentence = N_("Choose the girl.")
        raise Invalid(sentence, "scout_needed", {"scoutId": sentence})
    if booth_id is None and kind in _NEEDS_BOOTH:
        sentence = N_("Choose the booth.")
        raise Invalid(sentence, "booth_needed", {"boothId": sentence})
    if booth_id is not None and not one(
        tx, "SELECT 1 AS yes FROM booths WHERE id = :id AND season_id = :season", id=booth_id, season=season.id
    ):
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    if kind == "G2G":
        if to_scout_id is None or to_scout_id == scout_id:
            sentence = N_("Choose two different girls.")
            raise Invalid(sentence, "scout_needed", {"toScoutId": sentence})
        scouts.must_be_on_roster(tx, to_scout_id)


def checked(lines: Sequence[Line]) -> list[Line]:
    """Lines that can be moved: some, not too many, of cookies that come in boxes. Raises Invalid."""
    if not lines:
        sentence = N_("Enter at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})
    if len(lines) > MOST_LINES:
        sentence = N_("A move has at most %(n)d lines.")
        raise Invalid(sentence, "too_many_items", {"items": (sentence, {"n": MOST_LINES})}, n=MOST_LINES)
    for product, boxes in lines:
        values.boxes("quantity", boxes)
        if product.is_virtual:
            sentence = N_("%(name)s has no boxes to move: it is donated without being handled.")
            raise Invalid(sentence, "virtual_cookie", {"items": (sentence, {"name": product.name})}, name=product.name)
    return list(lines)


def read_lines(tx: apsw.Connection, items: Sequence[tuple[str, int, str]]) -> list[Line]:
    """Turn (any name of a cookie, quantity, boxes or cases) into lines for `move`."""
    season = seasons.current(tx)
    found = []
    for said, quantity, unit in items[: MOST_LINES + 1]:
        product = catalogue.recognise(tx, season.id, said) or catalogue.named(tx, season.id, said)
        unit_type = values.choice("unitType", unit, ("boxes", "cases"))
        found.append((product, catalogue.packages(product, values.boxes("quantity", quantity), unit_type)))
    return found


def _holder(tx: apsw.Connection, scout_id: int | None, booth_id: int | None) -> int:
    if scout_id is not None:
        return journal.place_of_scout(tx, scout_id)
    if booth_id is not None:
        return journal.place_of_booth(tx, booth_id)
    return TROOP


def _ways(kind: str, holder: int) -> list[tuple[int, int]]:
    return {
        "C2T": [(COUNCIL, TROOP)],
        "T2C": [(TROOP, COUNCIL)],
        "T2T_IN": [(OTHER_TROOP, TROOP)],
        "T2T_OUT": [(TROOP, OTHER_TROOP)],
        "T2G": [(TROOP, holder)],
        "G2T": [(holder, TROOP)],
        "TROOP_TO_BOOTH": [(TROOP, holder)],
        "BOOTH_TO_TROOP": [(holder, TROOP)],
        "DAMAGED": [(holder, DAMAGED)],
        "REPLACED": [(DAMAGED, COUNCIL), (COUNCIL, TROOP)],
        "LOST": [(holder, LOST)],
        "FOUND": [(LOST, holder)],
        "TROOP_GIFT": [(TROOP, DONATED)],
    }[kind]


def _debt(tx: apsw.Connection, kind: str, scout_id: int | None, to_scout_id: int | None) -> tuple[int, int] | None:
    """The accounts debited and credited with the boxes' price, or None where no debt moves."""
    match kind:
        case "C2T" | "T2T_IN":
            return STOCK, COUNCIL_ACCOUNT
        case "T2C" | "T2T_OUT":
            return COUNCIL_ACCOUNT, STOCK
        case "T2G":
            assert scout_id is not None
            return journal.account_of_scout(tx, scout_id), STOCK
        case "G2T":
            assert scout_id is not None
            return STOCK, journal.account_of_scout(tx, scout_id)
        case "G2G":
            assert scout_id is not None and to_scout_id is not None
            return journal.account_of_scout(tx, to_scout_id), journal.account_of_scout(tx, scout_id)
        case "LOST" if scout_id is None:  # what a girl loses she still owes; what the troop loses is the troop's loss
            return LOSSES, STOCK
        case "TROOP_GIFT":  # the troop gives boxes of its own shelf and pays for them
            return LOSSES, STOCK
        case "FOUND" if scout_id is None:
            return STOCK, LOSSES
        case _:
            return None
