"""How much of each cookie to take to a booth: how many boxes in all, and in which mix."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, closing, history, states
from gsctracker.domain.booths.history import Held
from gsctracker.domain.inventory import transfers
from gsctracker.domain.journal import TROOP
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict
from gsctracker.words import N_

OWN_FROM = 200
"""Boxes sold from which on the troop's own figures say which cookies are popular."""
OF_PLACE, OF_SIMILAR = Fraction(60, 100), Fraction(40, 100)
"""What sold at this place weighs 60, what sold at similar booths 40."""
SPARE = Fraction(115, 100)
BOXES_AN_HOUR = 30
NEAR_HOURS = 2
LEAST_TESTS = 3
LEAST_FOR_A_CASE = 5

_POPULAR = {
    "lbb": {
        "mint": 278, "caramel-coconut": 208, "peanut-butter-patty": 142, "rocky-road": 99, "brownie-caramel": 69,
        "shortbread": 65, "lemon": 61, "peanut-butter-sandwich": 47, "gluten-free": 31,
    },
    "abc": {
        "mint": 300, "caramel-coconut": 210, "peanut-butter-patty": 130, "peanut-butter-sandwich": 75, "shortbread": 75,
        "rocky-road": 75, "lemon": 70, "brownie-caramel": 60, "gluten-free": 25,
    },
}  # fmt: skip
"""What customers of each baker want, in thousandths, by family of cookie."""
_NEW_COOKIE = 50


class Forecast(NamedTuple):
    """Boxes that a booth may sell, and how well such a forecast did: mean error in boxes, its own and that of the naive guess.

    `is_shown` is False where it was worse than guessing "as many as the last booth", or could not be tested.
    """

    boxes: int
    error: Fraction | None
    naive_error: Fraction | None
    tests: int

    @property
    def is_shown(self) -> bool:
        """Whether it was tested and was no worse than the naive guess."""
        return self.error is not None and self.naive_error is not None and self.error <= self.naive_error


class Suggestion(NamedTuple):
    """So many boxes of one cookie to take; `cases` is the same in whole cases, `on_shelf` what there is."""

    product: Row
    boxes: int
    cases: int
    on_shelf: int


def popularity(tx: apsw.Connection, season_id: int) -> dict[int, Fraction]:
    """Each cookie's part of what customers want: by the troop's own sales from 200 boxes on, before that by the bakers'."""
    sold = {
        row.product_id: row.boxes
        for row in many(tx, "SELECT product_id, boxes FROM troop_sold WHERE season_id = :season", season=season_id)
    }
    offered = [one for one in catalogue.products(tx, season_id) if not one.is_virtual and one.is_active]
    weights = {one.id: sold.get(one.id, 0) for one in offered}
    if sum(weights.values()) < OWN_FROM:
        said = _POPULAR[seasons.find(tx, season_id).baker]
        weights = {one.id: said.get(one.family, _NEW_COOKIE) for one in offered}
    return _parts(weights)


def mix(tx: apsw.Connection, booth: Row) -> dict[int, Fraction]:
    """Each cookie's part of the load: 60 from this place at this hour, 40 from similar booths; popularity where one is lacking."""
    this, past = history.facts(tx, booth), history.held(tx, booth.season_id, booth.starts_at)
    here = [one for one in past if one.where == this.where]
    here = [one for one in here if abs(one.hour - this.hour) <= NEAR_HOURS] or here
    alike = [one for one in past if one.where != this.where and _is_alike(one, this)]
    usual = popularity(tx, booth.season_id)
    own, similar = _parts(_summed(here)) or usual, _parts(_summed(alike)) or usual
    return {
        product: OF_PLACE * own.get(product, Fraction(0)) + OF_SIMILAR * similar.get(product, Fraction(0))
        for product in {*usual} | ({*own, *similar} & {*usual})
    }


def forecast(tx: apsw.Connection, booth: Row) -> Forecast:
    """Boxes needed, from past booths of the same weekday by the hour; tested on each past booth with what was known before it."""
    this, past = history.facts(tx, booth), history.held(tx, booth.season_id, booth.starts_at)
    errors, naive = [], []
    for number in range(1, len(past)):
        guess = _guess(past[number], past[:number])
        if guess is None:
            continue
        errors.append(abs(guess - past[number].boxes))
        naive.append(abs(Fraction(past[number - 1].boxes) - past[number].boxes))
    tested = len(errors) >= LEAST_TESTS
    guess = _guess(this, past)
    if guess is None:
        guess = Fraction(past[-1].boxes) if past else Fraction(BOXES_AN_HOUR * this.minutes, 60)
    return Forecast(
        round(guess),
        sum(errors, Fraction(0)) / len(errors) if tested else None,
        sum(naive, Fraction(0)) / len(naive) if tested else None,
        len(errors),
    )


def total(tx: apsw.Connection, booth: Row) -> int:
    """Boxes to take in all, some to spare: by the forecast where it is good enough, else as many as the last booth sold."""
    found = forecast(tx, booth)
    past = history.held(tx, booth.season_id, booth.starts_at)
    boxes = found.boxes if found.is_shown or not past else past[-1].boxes
    return round(boxes * SPARE)


def suggest(tx: apsw.Connection, booth: Row, boxes: int | None = None) -> list[Suggestion]:
    """What to take of each cookie in the baker's column order: `boxes` in all (None: as `total`), never more than the shelf has."""
    boxes = total(tx, booth) if boxes is None else values.boxes("total", boxes, 0)
    parts = mix(tx, booth)
    shelf = {
        row.product_id: row.boxes
        for row in many(
            tx,
            "SELECT product_id, sum(boxes) AS boxes FROM box_steps WHERE place_id = :place GROUP BY product_id",
            place=TROOP,
        )
    }
    found = []
    for product in catalogue.products(tx, booth.season_id):
        if product.is_virtual or not (product.is_active or shelf.get(product.id, 0) > 0):
            continue
        wanted = round(boxes * parts.get(product.id, Fraction(0)))
        there = max(0, shelf.get(product.id, 0))
        found.append(Suggestion(product, min(wanted, there), in_cases(wanted, product.packs_per_case), there))
    return found


def in_cases(boxes: int, packs_per_case: int = 12) -> int:
    """Whole cases for so many boxes: none for fewer than five, else rounded up."""
    return 0 if boxes < LEAST_FOR_A_CASE else -(-boxes // packs_per_case)


def load(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    lines: Sequence[tuple[Row, int]],
    *,
    from_cupboard: bool = False,
    reference: str = "",
    day: str | None = None,
) -> int:
    """Load boxes out for a booth; gives the entry's id. The booth then counts as packed; the same again is a top-up.

    `from_cupboard`: they are picked up from the council's cupboard that day, so they come onto the shelf first. `day`: none
    is today.
    """
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    if booth.status not in closing.BEFORE_CLOSING:
        raise Conflict(N_("Boxes are packed for a booth that is still to come or open."), "not_open")
    if from_cupboard:
        transfers.move(tx, by, "C2T", lines, reference=reference, day=day)
    entry_id = transfers.move(tx, by, "TROOP_TO_BOOTH", lines, booth_id=booth_id, reference=reference, day=day)
    if booth.status == "scheduled":
        states.follow(tx, booth_id, "packed")
    audit.note(tx, by.id, "booth.packed", "booth", booth_id)
    return entry_id


def _is_alike(one: Held, this: Held) -> bool:
    return one.weekday == this.weekday or abs(one.hour - this.hour) <= NEAR_HOURS


def _guess(this: Held, past: Sequence[Held]) -> Fraction | None:
    same = [one for one in past if one.weekday == this.weekday and one.minutes]
    minutes = sum(one.minutes for one in same)
    return Fraction(sum(one.boxes for one in same) * this.minutes, minutes) if minutes else None


def _summed(past: Sequence[Held]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in past:
        for product, boxes in one.sold.items():
            found[product] = found.get(product, 0) + boxes
    return found


def _parts(weights: Mapping[int, int]) -> dict[int, Fraction]:
    together = sum(weights.values())
    return {product: Fraction(n, together) for product, n in weights.items()} if together else {}
