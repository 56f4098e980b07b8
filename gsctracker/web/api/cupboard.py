"""Orders to the cupboard, what was loaded of them, and the claims that came of it."""

from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta

from gsctracker import values
from gsctracker.domain.inventory import claims, cupboard_orders, cupboard_receipts, transfers
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, CookieAndCount, Day, Id, Listing, PageAsk

bp = Blueprint("cupboard_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class OrderedItem(Answer, frozen=True):
    """One cookie of an order: packages wished, ordered (an initial order fills its cases), received, damaged among those."""

    code: str
    product: str
    wished: int
    ordered: int
    received: int
    damaged: int
    difference: int


class CupboardOrder(Answer, frozen=True):
    """An order to the cupboard or the council, and how far it is."""

    id: int
    kind: str
    state: str
    items: list[OrderedItem]
    ordered_boxes: int
    received_boxes: int
    open_claims: int
    version: int
    cupboard: str | None = None
    reference: str | None = None
    note: str | None = None
    cut_off_on: str | None = None
    cut_off_time: str | None = None
    pick_up_on: str | None = None
    placed_on: str | None = None
    cancelled_on: str | None = None
    no_show_on: str | None = None


class NewCupboardOrder(Ask, frozen=True):
    """What is asked of the cupboard; a draft unless `place` says that it was sent."""

    kind: Literal[cupboard_orders.KINDS]
    items: Annotated[list[CookieAndCount], Meta(min_length=1, max_length=transfers.MOST_LINES)]
    cupboard: Annotated[str, Meta(max_length=80)] = ""
    reference: Annotated[str, Meta(max_length=80)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    cut_off_on: Day | None = None
    cut_off_time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    pick_up_on: Day | None = None
    place: bool = False


class LoadedItem(CookieAndCount, frozen=True):
    """So many boxes or cases that were loaded, and how many boxes among them cannot be sold."""

    damaged_boxes: Annotated[int, Meta(ge=0, le=values.MOST_BOXES)] = 0


class NewReceipt(Ask, frozen=True):
    """What was loaded, as two people counted it. Unless the rest comes later, each difference becomes a claim."""

    items: Annotated[list[LoadedItem], Meta(min_length=1, max_length=transfers.MOST_LINES)]
    counted_by: Annotated[str, Meta(min_length=1, max_length=80)]
    checked_by: Annotated[str, Meta(min_length=1, max_length=80)]
    rest_comes_later: bool = False
    reference: Annotated[str, Meta(max_length=80)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    date: Day | None = None
    version: Id | None = None


class Claim(Answer, frozen=True):
    """What the council is asked about boxes that were missing, too many or damaged."""

    id: int
    order_id: int
    kind: str
    code: str
    product: str
    boxes: int
    worth_cents: int
    state: str
    told_on: str | None = None
    told_reference: str | None = None
    outcome: str | None = None
    settled_on: str | None = None


class Received(Answer, frozen=True):
    """A receipt: the entry of its pick-up, the order as it is now, and the order's claims."""

    id: int
    transfer_id: int
    order: CupboardOrder
    claims: list[Claim]


@bp.get("/cupboard-orders")
@allow("stock.see")
@call(kept=True)
def orders(tx, query: PageAsk) -> Listing[CupboardOrder]:
    """The season's orders to the cupboard."""
    rows = cupboard_orders.page(tx, seasons.current(tx).id, g.by)
    return cursors.part(rows, query, lambda row: (row.id,), _order)


@bp.post("/cupboard-orders")
@allow("stock.move")
@call(201)
def draft(tx, body: NewCupboardOrder) -> CupboardOrder:
    """Write an order, and place it if it was sent."""
    order_id = cupboard_orders.draft(
        tx,
        g.by,
        body.kind,
        transfers.read_lines(tx, [(item.product, item.quantity, item.unit_type) for item in body.items]),
        cupboard=body.cupboard,
        reference=body.reference,
        note=body.note,
        cut_off_on=body.cut_off_on and body.cut_off_on.isoformat(),
        cut_off_time=body.cut_off_time,
        pick_up_on=body.pick_up_on and body.pick_up_on.isoformat(),
    )
    if body.place:
        cupboard_orders.place(tx, order_id, g.by)
    return _order(cupboard_orders.find(tx, order_id, g.by))


@bp.get("/cupboard-orders/<id:order_id>")
@allow("stock.see")
@call(kept=True)
def order(tx, order_id: int) -> CupboardOrder:
    """One order to the cupboard."""
    return _order(cupboard_orders.find(tx, order_id, g.by))


@bp.post("/cupboard-orders/<id:order_id>/place")
@allow("stock.move")
@call(200)
def place(tx, order_id: int) -> CupboardOrder:
    """The draft was sent to the council."""
    cupboard_orders.place(tx, order_id, g.by)
    return _order(cupboard_orders.find(tx, order_id, g.by))


@bp.post("/cupboard-orders/<id:order_id>/receipts")
@allow("stock.move")
@call(201)
def receive(tx, order_id: int, body: NewReceipt) -> Received:
    """Write down what was loaded: the boxes move onto the troop's shelf."""
    lines = transfers.read_lines(tx, [(item.product, item.quantity, item.unit_type) for item in body.items])
    damaged: dict[int, int] = {}
    for (product, _), item in zip(lines, body.items, strict=True):
        damaged[product.id] = damaged.get(product.id, 0) + item.damaged_boxes
    receipt_id = cupboard_receipts.receive(
        tx,
        g.by,
        order_id,
        lines,
        counted_by=body.counted_by,
        checked_by=body.checked_by,
        damaged={product_id: boxes for product_id, boxes in damaged.items() if boxes},
        rest_comes_later=body.rest_comes_later,
        day=body.date and body.date.isoformat(),
        reference=body.reference,
        note=body.note,
        version=body.version,
    )
    entry_id = cupboard_receipts.of_order(tx, order_id)[-1].entry_id
    found = cupboard_orders.find(tx, order_id, g.by)
    asked = [_claim(row) for row in claims.page(tx, found.season_id, g.by, order_id)]
    return Received(id=receipt_id, transfer_id=entry_id, order=_order(found), claims=asked)


@bp.get("/claims")
@allow("stock.see")
@call(kept=True)
def all_claims(tx, query: PageAsk) -> Listing[Claim]:
    """The season's claims to the council."""
    return cursors.part(claims.page(tx, seasons.current(tx).id, g.by), query, lambda row: (row.id,), _claim)


def _order(row) -> CupboardOrder:
    return CupboardOrder(
        id=row.id,
        kind=row.kind,
        state=row.state,
        items=[
            OrderedItem(one.code, one.name, one.wished, one.ordered, one.received, one.damaged, one.difference)
            for one in row.lines
        ],
        ordered_boxes=row.ordered,
        received_boxes=row.received,
        open_claims=row.open_claims,
        version=row.version,
        cupboard=row.cupboard or None,
        reference=row.reference or None,
        note=row.note or None,
        cut_off_on=row.cut_off_on,
        cut_off_time=row.cut_off_time,
        pick_up_on=row.pick_up_on,
        placed_on=row.placed_on,
        cancelled_on=row.cancelled_on,
        no_show_on=row.no_show_on,
    )


def _claim(row) -> Claim:
    return Claim(
        id=row.id,
        order_id=row.order_id,
        kind=row.kind,
        code=row.code,
        product=row.name,
        boxes=row.boxes,
        worth_cents=row.worth_cents,
        state=row.state,
        told_on=row.told_on,
        told_reference=row.told_reference or None,
        outcome=row.outcome,
        settled_on=row.settled_on,
    )
