"""A booth's day: what to pack, closing it by its count, two signatures, and the girls' credit."""

from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta, field

from gsctracker import values
from gsctracker.domain.booths import attendance, booths, closing, crediting, history, packing
from gsctracker.domain.booths.cash import MOST_PIECES, REASONS, Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.booths.dividing import WAYS, Sale
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.people import roles
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import NotFound
from gsctracker.web.access import allow
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Cents, Id, Listing, Word, listing
from gsctracker.web.remembered import remembered
from gsctracker.words import N_

bp = Blueprint("booth_day_calls", __name__, url_prefix="/api/troops/<troop:tid>/booths")

Boxes = Annotated[int, Meta(ge=0, le=values.MOST_BOXES)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Instant = Annotated[str, Meta(min_length=20, max_length=20)]


class CountedCookie(Ask, frozen=True):
    """What the table held of one cookie at the end; `brought` only where it was not what was packed."""

    product: Word
    remaining: Boxes
    damaged: Boxes = 0
    donated: Boxes = 0
    brought: Boxes | None = None


class Tally(Ask, frozen=True):
    """Cookie Share by tally."""

    product: Word
    quantity: Boxes


class Closing(Ask, frozen=True):
    """The end of a booth: boxes, Cookie Share, cash with the float in it or by denomination (cents to pieces), and the rest."""

    counts: Annotated[list[CountedCookie], Meta(max_length=40)]
    share: Annotated[list[Tally], Meta(max_length=5)] = field(default_factory=list)
    start_cents: Cents = 0
    end_cents: Cents = 0
    drops_cents: Cents = 0
    checks_cents: Cents = 0
    cards_cents: Cents = 0
    apps_cents: Cents = 0
    cash: Annotated[dict[str, Annotated[int, Meta(ge=0, le=MOST_PIECES)]], Meta(max_length=20)] = field(
        default_factory=dict
    )
    reason: Literal[tuple(REASONS)] | None = None
    note: Annotated[str, Meta(max_length=500)] = ""
    onward_booth_id: Id | None = None


class Midcount(Ask, frozen=True):
    """What is left at a change of shift; now, where no instant is said."""

    items: Annotated[list[Tally], Meta(min_length=1, max_length=40)]
    counted_at: Instant | None = None


class Why(Ask, frozen=True):
    """A reason."""

    reason: Reason


class Minutes(Ask, frozen=True):
    """A girl's minutes at the booth."""

    scout_id: Id
    minutes: Annotated[int, Meta(ge=0, le=crediting.MOST_MINUTES)]


class Handed(Ask, frozen=True):
    """So many packages of a cookie for a girl, by hand."""

    scout_id: Id
    product: Word
    quantity: Boxes


class Sold(Ask, frozen=True):
    """One sale as it was tapped in."""

    at: Instant
    product: Word
    quantity: Annotated[int, Meta(ge=1, le=values.MOST_BOXES)]


class Division(Ask, frozen=True):
    """How a booth is shared out; without `girls` by what was checked in or signed up."""

    way: Literal[WAYS]
    girls: Annotated[list[Minutes], Meta(max_length=500)] | None = None
    hand: Annotated[list[Handed], Meta(max_length=5000)] = field(default_factory=list)
    sales: Annotated[list[Sold], Meta(max_length=crediting.MOST_SALES)] = field(default_factory=list)


class Closed(Answer, frozen=True):
    """A closed booth, in cents; `varianceCents` below zero is short."""

    booth_id: int
    status: str
    expected_cents: int
    collected_cents: int
    variance_cents: int
    sold_boxes: int
    is_signed: bool


class Given(Answer, frozen=True):
    """Packages of one cookie."""

    code: str
    boxes: int


class GirlsShare(Answer, frozen=True):
    """One girl's share and its why; fractions of packages as text (92/5)."""

    scout_id: int
    boxes: int
    items: list[Given]
    ideal: str
    carry_before: str
    carry_after: str
    minutes: int | None = None


class Credited(Answer, frozen=True):
    """What girls were credited with at a booth."""

    booth_id: int
    way: str
    sold_boxes: int
    girls: list[GirlsShare]


class Suggested(Answer, frozen=True):
    """So many boxes of a cookie to take, the same in whole cases, and what the shelf has."""

    code: str
    product: str
    boxes: int
    cases: int
    on_shelf: int


class Trend(Answer, frozen=True):
    """What sold of a cookie in seven days, and how much of it at booths."""

    code: str
    product: str
    boxes: int
    at_booths: int


@bp.get("/<id:booth_id>/packing")
@allow("stock.see")
@call()
def suggestion(tx, booth_id: int) -> Listing[Suggested]:
    """What to take of each cookie, in the baker's order."""
    booth = booths.look_at(tx, g.by, booth_id)
    rows = remembered("restock", (booth_id, None, g.generation), lambda: packing.suggest(tx, booth))
    return listing([Suggested(r.product.code, r.product.name, r.boxes, r.cases, r.on_shelf) for r in rows])


@bp.get("/trending")
@allow("stock.see")
@call()
def trending(tx) -> Listing[Trend]:
    """What sells this week, most boxes first; up to a quarter of an hour old."""
    season, today = seasons.current(tx), troop.today(tx)
    rows = remembered("trending", (season.id, today, "all"), lambda: history.trending(tx, season.id, today, 20))
    return listing([Trend(row.code, row.name, row.boxes, row.at_booths) for row in rows])


@bp.get("/<id:booth_id>/closing")
@allow("family.see")
@call()
def closed(tx, booth_id: int) -> Closed:
    """What was counted at the end."""
    booths.look_at(tx, g.by, booth_id)
    if not roles.allows(g.by, "stock.see") and not closing.may_count(tx, g.by, booth_id):
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    return _closed(tx, booth_id)


@bp.post("/<id:booth_id>/closing")
@allow("family.see")
@call(201, refuses=(409,))
def close(tx, booth_id: int, body: Closing) -> Closed:
    """Close a booth; sold = brought - remaining - damaged - given away. The same again from another adult: her signature."""
    booth = booths.look_at(tx, g.by, booth_id)
    pieces = {
        values.whole("cash", denomination, 1, 100_00): number for denomination, number in body.cash.items() if number
    }
    booth_credits.close(
        tx,
        g.by,
        booth_id,
        {
            _product(tx, booth, one.product): Count(one.remaining, one.damaged, one.donated, one.brought)
            for one in body.counts
        },
        Money(body.start_cents, body.end_cents, body.drops_cents, body.checks_cents, body.cards_cents, body.apps_cents),
        share={_product(tx, booth, one.product): one.quantity for one in body.share if one.quantity},
        pieces=pieces,
        reason=body.reason,
        note=body.note,
        onward_booth_id=body.onward_booth_id,
    )
    return _closed(tx, booth_id)


@bp.post("/<id:booth_id>/closing/sign")
@allow("family.see")
@call(refuses=(409,))
def sign(tx, booth_id: int) -> Closed:
    """The second adult signs."""
    booths.look_at(tx, g.by, booth_id)
    closing.sign(tx, g.by, booth_id)
    return _closed(tx, booth_id)


@bp.post("/<id:booth_id>/closing/reopen")
@allow("stock.move")
@call(204, refuses=(409,))
def reopen(tx, booth_id: int, body: Why) -> None:
    """Open a booth again: its credit is taken back first."""
    booth_credits.reopen(tx, g.by, booth_id, body.reason)


@bp.post("/<id:booth_id>/midcounts")
@allow("family.see")
@call(204, refuses=(409,))
def count_midway(tx, booth_id: int, body: Midcount) -> None:
    """Write down what is left at a change of shift."""
    booth = booths.look_at(tx, g.by, booth_id)
    left = {_product(tx, booth, one.product): one.quantity for one in body.items}
    attendance.count_midway(tx, g.by, booth_id, left, body.counted_at)


@bp.get("/<id:booth_id>/credit")
@allow("stock.see")
@call()
def credited(tx, booth_id: int) -> Credited:
    """What girls were credited with, and why."""
    booths.look_at(tx, g.by, booth_id)
    return _credited(tx, booth_id)


@bp.post("/<id:booth_id>/credit")
@allow("stock.move")
@call(201, refuses=(409,))
def credit(tx, booth_id: int, body: Division) -> Credited:
    """Share a booth out among its girls."""
    booth = booths.look_at(tx, g.by, booth_id)
    booth_credits.credit(
        tx,
        g.by,
        booth_id,
        body.way,
        weights=None if body.girls is None else {one.scout_id: one.minutes for one in body.girls},
        hand={(one.scout_id, _product(tx, booth, one.product)): one.quantity for one in body.hand},
        sales=[
            Sale(values.instant("at", one.at), _product(tx, booth, one.product), one.quantity) for one in body.sales
        ],
    )
    return _credited(tx, booth_id)


@bp.post("/<id:booth_id>/credit/take-back")
@allow("stock.move")
@call(204, refuses=(409,))
def take_back(tx, booth_id: int, body: Why) -> None:
    """Take a booth's credit back."""
    booth_credits.take_back(tx, g.by, booth_id, body.reason)


def _product(tx, booth, said: str) -> int:
    found = catalogue.recognise(tx, booth.season_id, said) or catalogue.named(tx, booth.season_id, said)
    return found.id


def _closed(tx, booth_id: int) -> Closed:
    found = closing.find(tx, booth_id)
    if found is None:
        raise NotFound(N_("This booth is not closed yet."), "not_closed")
    return Closed(
        booth_id=booth_id,
        status=booths.find(tx, booth_id).status,
        expected_cents=found.expected_cents,
        collected_cents=found.collected_cents,
        variance_cents=found.variance_cents,
        sold_boxes=sum(crediting.sold(tx, booth_id).values()),
        is_signed=found.signed_by is not None,
    )


def _credited(tx, booth_id: int) -> Credited:
    found = crediting.of_booth(tx, booth_id)
    if found is None:
        raise NotFound(N_("This booth is not credited yet."), "not_credited")
    codes = {one.id: one.code for one in catalogue.products(tx, booths.find(tx, booth_id).season_id)}
    return Credited(
        booth_id=booth_id,
        way=found.way or "hand",
        sold_boxes=sum(crediting.sold(tx, booth_id).values()),
        girls=[
            GirlsShare(
                scout_id=girl.scout_id,
                boxes=girl.boxes,
                items=[Given(codes[product], boxes) for product, boxes in girl.given.items()],
                ideal=str(girl.ideal),
                carry_before=str(girl.carry_before),
                carry_after=str(girl.carry_after),
                minutes=girl.minutes,
            )
            for girl in found.girls
        ],
    )
