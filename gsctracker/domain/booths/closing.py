"""Closing a booth: what was sold follows from the counts, what the cash should be follows from what was sold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, one, run
from gsctracker.domain import audit, journal
from gsctracker.domain.booths import booths
from gsctracker.domain.journal import (
    CARD_CLEARING,
    CASH_BOX,
    COUNCIL_ACCOUNT,
    CUSTOMER,
    OVER_SHORT,
    STOCK,
    Boxes,
    Cents,
    Credit,
    goods,
)
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid
from gsctracker.words import N_


@dataclass(frozen=True)
class Result:
    """A closed booth in packages and cents; `variance_cents` below zero is short."""

    sold: dict[int, int]
    expected_cents: int
    collected_cents: int

    @property
    def variance_cents(self) -> int:
        """What the booth took more (or, below zero, less) than it should have."""
        return self.collected_cents - self.expected_cents


def close(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    *,
    sold: Mapping[int, int],
    cash_cents: int,
    card_cents: int = 0,
    reason: str = "",
) -> Result:
    """Post what a booth sold (product id to packages, Cookie Share too) and what it took, float left out.

    The difference goes to over and short with its reason, never to a girl. Raises Conflict when closed before.
    """
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    if booth.status != "scheduled":
        raise Conflict(N_("This booth was closed before."), "already_closed")
    lines = [(catalogue.find(tx, product_id), values.boxes("sold", boxes, 0)) for product_id, boxes in sold.items()]
    for product, _ in lines:
        if product.season_id != booth.season_id:
            raise Invalid(N_("%(name)s belongs to another season."), "other_season", name=product.name)
    lines = [(product, boxes) for product, boxes in lines if boxes]
    expected = sum(product.price_cents * boxes for product, boxes in lines)
    result = Result(
        {product.id: boxes for product, boxes in lines},
        expected,
        values.cents("cashCents", cash_cents) + values.cents("cardCents", card_cents),
    )
    reason = values.text("reason", reason, 500)
    if result.variance_cents and not reason:
        sentence = N_("The cash does not match what was sold. Say why, as far as you know.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    place = journal.place_of_booth(tx, booth_id)
    journal.post(
        tx,
        booth.season_id,
        "booth_sale",
        troop.day_of(tx, booth.starts_at),
        by=by.id,
        booth_id=booth_id,
        note=reason,
        custody=[Boxes(product.id, boxes, place, CUSTOMER) for product, boxes in lines if not product.is_virtual],
        liability=_takings(lines, result, card_cents),
    )
    run(tx, "UPDATE booths SET status = 'closed' WHERE id = :id", id=booth_id)
    audit.note(tx, by.id, "booth.closed", "booth", booth_id, variance=result.variance_cents)
    return result


def credit(tx: apsw.Connection, by: Person, booth_id: int, shares: Sequence[tuple[int, int, int]]) -> int:
    """Credit girls with what a booth sold: (scout id, product id, packages); gives the entry's id.

    Raises Conflict when it was credited before, Invalid for more than the booth sold (schema.sql refuses that too).
    """
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    if one(tx, "SELECT 1 AS yes FROM standing_entries WHERE booth_id = :id AND kind = 'booth_credit'", id=booth_id):
        raise Conflict(N_("This booth was credited before. Take that back first."), "already_credited")
    _no_more_than_sold(tx, booth_id, shares)
    return journal.post(
        tx,
        booth.season_id,
        "booth_credit",
        troop.day_of(tx, booth.starts_at),
        by=by.id,
        booth_id=booth_id,
        credit=[Credit(scout, product, boxes, "booth") for scout, product, boxes in shares if boxes],
    )


def _no_more_than_sold(tx: apsw.Connection, booth_id: int, shares: Sequence[tuple[int, int, int]]) -> None:
    rows = many(tx, "SELECT product_id, boxes FROM booth_sold WHERE booth_id = :id", id=booth_id)
    left = {row.product_id: row.boxes for row in rows}
    for scout_id, product_id, boxes in shares:
        scouts.must_be_on_roster(tx, scout_id)
        left[product_id] = left.get(product_id, 0) - values.boxes("boxes", boxes, 0)
        if left[product_id] < 0:
            name = catalogue.find(tx, product_id).name
            raise Invalid(N_("The booth sold fewer %(name)s than are shared out."), "more_than_sold", name=name)
    if not any(boxes for _, _, boxes in shares):
        sentence = N_("Enter at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})


def _takings(lines: list[tuple[Row, int]], result: Result, card_cents: int) -> list[Cents]:
    """Everything sold is charged to the cash box; cards and the variance then come out of it."""
    postings = [
        goods(CASH_BOX, COUNCIL_ACCOUNT if product.is_virtual else STOCK, product.id, boxes, product.price_cents)
        for product, boxes in lines
    ]
    if card_cents:
        postings.append(Cents(CARD_CLEARING, CASH_BOX, card_cents))
    if result.variance_cents < 0:
        postings.append(Cents(OVER_SHORT, CASH_BOX, -result.variance_cents))
    elif result.variance_cents > 0:
        postings.append(Cents(CASH_BOX, OVER_SHORT, result.variance_cents))
    return postings
