"""Receipts of what passed between the troop and its families."""

from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta

from gsctracker.domain.money import receipts
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Id, Listing, PageAsk

bp = Blueprint("receipt_calls", __name__, url_prefix="/api/troops/<troop:tid>/receipts")
MOST = 10_000


class Receipt(Answer, frozen=True):
    """A hand-out (T2G), a return (G2T) or a payment, with its number; void ones stay and say why."""

    id: int
    number: int
    kind: str
    scout_id: int
    date: str
    boxes: int
    amount_cents: int
    is_signed: bool
    is_confirmed: bool
    is_void: bool
    void_reason: str | None = None


class ReceiptsAsk(PageAsk, frozen=True):
    """Which receipts: of one girl, or of all she may see."""

    scout_id: Id | None = None


class Why(Ask, frozen=True):
    """Why a receipt is void."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


@bp.get("")
@allow("family.money")
@call(kept=True)
def book(tx, query: ReceiptsAsk) -> Listing[Receipt]:
    """The season's receipts; a family sees its own."""
    rows = receipts.recent(tx, seasons.current(tx).id, g.by, query.scout_id, limit=MOST)[::-1]
    return cursors.part(rows, query, lambda row: (row.number,), _receipt)


@bp.get("/<id:receipt_id>")
@allow("family.money")
@call()
def one(tx, receipt_id: int) -> Receipt:
    """One receipt."""
    return _receipt(receipts.find(tx, receipt_id, g.by))


@bp.post("/<id:receipt_id>/confirm")
@allow("family.money")
@call(refuses=(409,))
def confirm(tx, receipt_id: int) -> Receipt:
    """An adult of the family confirms it with her own account."""
    receipts.confirm(tx, receipt_id, g.by)
    return _receipt(receipts.find(tx, receipt_id, g.by))


@bp.post("/<id:receipt_id>/void")
@allow("money.record")
@call(refuses=(409,))
def void(tx, receipt_id: int, body: Why) -> Receipt:
    """Void it and take back what it is for."""
    receipts.void(tx, receipt_id, g.by, body.reason)
    return _receipt(receipts.find(tx, receipt_id, g.by))


def _receipt(row) -> Receipt:
    return Receipt(
        id=row.id,
        number=row.number,
        kind=row.kind,
        scout_id=row.scout_id,
        date=row.day,
        boxes=row.boxes,
        amount_cents=row.cents,
        is_signed=bool(row.signature),
        is_confirmed=bool(row.confirmed_by),
        is_void=bool(row.void_entry_id),
        void_reason=row.void_reason,
    )
