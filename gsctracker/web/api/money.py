"""What each family owes, and money it hands in."""

from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta

from gsctracker import values
from gsctracker.domain.money import balances, receipts, turn_ins
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Day, Id, Listing, PageAsk
from gsctracker.web.errors import say
from gsctracker.web.locale import money
from gsctracker.words import N_

PAID_AHEAD = N_("That is more than the family owes: %(amount)s stand on its account as paid ahead.")

bp = Blueprint("money_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Balance(Answer, frozen=True):
    """What a girl's family owes the troop: boxes and cash still held, and what customers still owe, less write-offs."""

    scout_id: int
    first_name: str
    last_name: str
    balance_cents: int
    boxes_held_cents: int
    cash_held_cents: int
    customers_owe_cents: int
    written_off_cents: int
    paid_cents: int


class NewPayment(Ask, frozen=True):
    """Money a family hands in. More than it owes is written down as paid ahead; with `paysAhead` false it is refused instead."""

    scout_id: Id
    amount_cents: Annotated[int, Meta(ge=1, le=values.MOST_CENTS)]
    method: Literal[turn_ins.METHODS]
    reference: Annotated[str, Meta(max_length=80)] = ""
    date: Day | None = None
    pays_ahead: bool = True


class Payment(Answer, frozen=True):
    """Money that was handed in, and what the family owes after it; where that is less than nothing, how much it paid ahead
    and a sentence that says so."""

    id: int
    scout_id: int
    amount_cents: int
    method: str
    balance_cents: int
    reference: str | None = None
    ahead_cents: int = 0
    warning: str | None = None


@bp.get("/balances")
@allow("family.money")
@call(kept=True)
def families(tx, query: PageAsk) -> Listing[Balance]:
    """What each family owes; a family sees its own girls."""
    rows = balances.families(tx, seasons.current(tx).id, g.by)
    return cursors.part(rows, query, lambda row: (row.scout_id,), _balance)


@bp.post("/payments")
@allow("money.record")
@call(201, refuses=(409,))
def turn_in(tx, body: NewPayment) -> Payment:
    """Record money that a family hands in."""
    day = body.date and body.date.isoformat()
    if not body.pays_ahead:
        receipts.must_owe(tx, body.scout_id, body.amount_cents)
    entry_id = turn_ins.turn_in(
        tx, g.by, body.scout_id, body.amount_cents, body.method, reference=body.reference, day=day
    )
    family = balances.family(tx, seasons.current(tx).id, body.scout_id, g.by)
    return Payment(
        id=entry_id,
        scout_id=body.scout_id,
        amount_cents=body.amount_cents,
        method=body.method,
        balance_cents=family.balance_cents,
        reference=body.reference or None,
        ahead_cents=max(-family.balance_cents, 0),
        warning=say(PAID_AHEAD, {"amount": money(-family.balance_cents)}) if family.balance_cents < 0 else None,
    )


def _balance(row) -> Balance:
    return Balance(
        scout_id=row.scout_id,
        first_name=row.first_name,
        last_name=row.last_initial,
        balance_cents=row.balance_cents,
        boxes_held_cents=row.boxes_held_cents,
        cash_held_cents=row.cash_held_cents,
        customers_owe_cents=row.customers_owe_cents,
        written_off_cents=row.written_off_cents,
        paid_cents=row.paid_cents,
    )
