"""Buyers' names and addresses: third persons' data, kept only as long as a sale is on its way."""

import apsw

from gsctracker.db.rows import many, run
from gsctracker.domain.sales import search

_BLANK = """UPDATE orders SET customer_name = '', customer_email = NULL, customer_phone = NULL, customer_address = NULL, notes = NULL"""
_KNOWN = """(customer_name <> '' OR customer_email IS NOT NULL OR customer_phone IS NOT NULL OR customer_address IS NOT NULL
             OR notes IS NOT NULL)"""


def forget_delivered(tx: apsw.Connection, before: str) -> int:
    """Drop who bought, and the notes, of sales that were handed over or cancelled before that day; gives how many sales."""
    return _forget(
        tx,
        """(delivered_on < :before OR (status = 'cancelled' AND ordered_on < :before)
            OR (delivered_on IS NULL AND status = 'delivered' AND ordered_on < :before))""",
        before=before,
    )


def forget_of(tx: apsw.Connection, scout_id: int) -> int:
    """Drop who bought from a girl, and make her sales findable by no name any more; gives how many sales."""
    gone = _forget(tx, "scout_id = :scout", scout=scout_id)
    for order in many(tx, "SELECT id FROM orders WHERE scout_id = :scout", scout=scout_id):
        search.index(tx, order.id)
    search.settle(tx)
    return gone


def _forget(tx: apsw.Connection, which: str, **values: object) -> int:
    found = many(tx, f"SELECT id FROM orders WHERE {_KNOWN} AND {which}", **values)
    for order in found:
        run(tx, f"{_BLANK} WHERE id = :id", id=order.id)
        search.index(tx, order.id)
    if found:
        search.settle(tx)
    return len(found)
