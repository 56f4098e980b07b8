"""Where the boxes are, and moving them."""

from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta

from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, CookieAndCount, Day, Id, Listing, PageAsk

bp = Blueprint("stock_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Holding(Answer, frozen=True):
    """So many boxes of one cookie at one place; below zero says that an earlier move was not recorded."""

    place_id: int
    place: str
    product_id: int
    code: str
    product: str
    boxes: int
    scout_id: int | None = None
    scout_first_name: str | None = None
    booth_id: int | None = None
    booth_name: str | None = None


class NewTransfer(Ask, frozen=True):
    """Boxes that move. With `onLiability` false a girl carries them for the troop and owes nothing."""

    kind: Literal[transfers.KINDS]
    items: Annotated[list[CookieAndCount], Meta(min_length=1, max_length=transfers.MOST_LINES)]
    scout_id: Id | None = None
    to_scout_id: Id | None = None
    booth_id: Id | None = None
    on_liability: bool = True
    reference: Annotated[str, Meta(max_length=80)] = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    date: Day | None = None


class MovedItem(Answer, frozen=True):
    """So many boxes of one cookie."""

    code: str
    product: str
    boxes: int


class Moved(Answer, frozen=True):
    """What moved: the entry's number, and boxes by cookie."""

    id: int
    kind: str
    items: list[MovedItem]
    scout_id: int | None = None
    to_scout_id: int | None = None
    booth_id: int | None = None
    reference: str | None = None


@bp.get("/inventory")
@allow("family.see")
@call(kept=True)
def inventory(tx, query: PageAsk) -> Listing[Holding]:
    """Boxes by place and cookie; a family sees what its own girls hold."""
    rows = stock.on_hand(tx, seasons.current(tx).id, g.by)
    return cursors.part(rows, query, lambda row: (row.place_id, row.product_id), _holding)


@bp.post("/transfers")
@allow("stock.move")
@call(201)
def move(tx, body: NewTransfer) -> Moved:
    """Move boxes: pick up, hand out, take back, swap with another troop, write off."""
    lines = transfers.read_lines(tx, [(item.product, item.quantity, item.unit_type) for item in body.items])
    entry_id = transfers.move(
        tx,
        g.by,
        body.kind,
        lines,
        scout_id=body.scout_id,
        to_scout_id=body.to_scout_id,
        booth_id=body.booth_id,
        on_liability=body.on_liability,
        reference=body.reference,
        note=body.note,
        day=body.date and body.date.isoformat(),
    )
    return Moved(
        id=entry_id,
        kind=body.kind,
        items=[MovedItem(product.code, product.name, boxes) for product, boxes in lines],
        scout_id=body.scout_id,
        to_scout_id=body.to_scout_id,
        booth_id=body.booth_id,
        reference=body.reference or None,
    )


def _holding(row) -> Holding:
    return Holding(
        place_id=row.place_id,
        place=row.place,
        product_id=row.product_id,
        code=row.code,
        product=row.name,
        boxes=row.boxes,
        scout_id=row.scout_id,
        scout_first_name=row.scout_first_name,
        booth_id=row.booth_id,
        booth_name=row.booth_name,
    )
