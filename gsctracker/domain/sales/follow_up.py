"""Customers to come back to: online orders to approve, boxes to deliver, and whom to thank."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import one, run
from gsctracker.domain import audit
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import listing, orders
from gsctracker.errors import Conflict
from gsctracker.words import N_

STATES = ("needs_approval", "to_deliver", "to_thank")
"""What `listing.Filter.status` is asked for; in the order in which a season asks for it."""


def counts(tx: apsw.Connection, by: Person, season_id: int) -> dict[str, int]:
    """How many sales she may see wait for each of STATES: as many as the list has."""
    return {state: listing.count(tx, by, season_id, listing.Filter(status=state)) for state in STATES}


def is_thanked(tx: apsw.Connection, order_id: int) -> bool:
    """Whether somebody thanked its customer."""
    return one(tx, "SELECT 1 AS yes FROM order_thanks WHERE order_id = :id", id=order_id) is not None


def thank(tx: apsw.Connection, order_id: int, by: Person) -> None:
    """Its customer was thanked. Raises NotFound, Conflict where she has not got her boxes or was thanked before."""
    if orders.find(tx, order_id, by).status != "delivered":
        raise Conflict(N_("Thank the customer once she has her boxes."), "not_delivered")
    if is_thanked(tx, order_id):
        raise Conflict(N_("This customer was thanked before."), "thanked_before")
    run(
        tx,
        "INSERT INTO order_thanks (order_id, thanked_at, thanked_by) VALUES (:id, :now, :by)",
        id=order_id,
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "sale.thanked", "order", order_id)
