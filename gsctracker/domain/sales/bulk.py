"""Many sales at once, each already as it stands: for whoever makes a whole season, not for whoever sells."""

from collections.abc import Iterable
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import add
from gsctracker.domain.sales import postings, search


class Sale(NamedTuple):
    """A sale as it stands: `lines` are (product id, packages, price in cents), `number` is Digital Cookie's, if it is hers."""

    ordered_at: str
    ordered_on: str
    scout_id: int | None
    order_type: str
    status: str
    payment_method: str
    collected_cents: int
    lines: tuple[tuple[int, int, int], ...]
    customer_name: str = ""
    delivered_on: str | None = None
    number: str | None = None
    notes: str | None = None


def record(tx: apsw.Connection, season_id: int, sales: Iterable[Sale], *, by: int | None) -> int:
    """Write down each sale with what it means for the ledgers, findable by the search; gives how many there were."""
    now, done = clock.now(), 0
    for sale in sales:
        order_id = add(
            tx,
            """INSERT INTO orders (season_id, source, external_number, scout_id, order_type, status, payment_method,
                                   customer_name, notes, ordered_at, ordered_on, delivered_on, collected_cents,
                                   recorded_by, recorded_at)
               VALUES (:season, :source, :number, :scout, :type, :status, :method, :customer, :notes, :at, :on, :delivered,
                       :collected, :by, :now)""",
            season=season_id,
            source="digital-cookie" if sale.number else "manual",
            number=sale.number,
            scout=sale.scout_id,
            type=sale.order_type,
            status=sale.status,
            method=sale.payment_method,
            customer=sale.customer_name,
            notes=sale.notes,
            at=sale.ordered_at,
            on=sale.ordered_on,
            delivered=sale.delivered_on,
            collected=sale.collected_cents,
            by=by,
            now=now,
        )
        tx.executemany(
            "INSERT INTO order_lines (order_id, product_id, boxes, price_cents) VALUES (?, ?, ?, ?)",
            [(order_id, *line) for line in sale.lines],
        )
        postings.bring_up_to_date(tx, order_id, by=by)
        search.index(tx, order_id)
        done += 1
    return done
