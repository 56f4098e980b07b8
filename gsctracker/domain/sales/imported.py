"""Orders as Digital Cookie's files say them: what is known of them, and writing down what a newer file says.

Nobody edits such an order here; a file, or taking a file back, is the only thing that changes it. Packages and cents.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import add, many, run
from gsctracker.domain.sales import postings, search

Line = tuple[int, int, int]
"""Product id, packages, price in cents."""


class Order(NamedTuple):
    """An order as it should stand. `lines` are sorted by product; scout_id None is the troop's own site."""

    number: str
    scout_id: int | None
    order_type: str
    status: str
    payment_method: str
    collected_cents: int
    ordered_at: str
    ordered_on: str
    lines: tuple[Line, ...] = ()

    @property
    def boxes(self) -> int:
        """Its packages, donated ones too."""
        return sum(boxes for _, boxes, _ in self.lines)


def known(tx: apsw.Connection, season_id: int) -> dict[str, Order]:
    """Every order of Digital Cookie in the season by its number, in two statements."""
    lines: dict[int, list[Line]] = {}
    for order_id, *line in tx.execute(
        """SELECT order_id, product_id, order_lines.boxes, price_cents FROM order_lines JOIN orders ON orders.id = order_id
            WHERE season_id = ? AND source = 'digital-cookie' ORDER BY order_id, product_id""",
        (season_id,),
    ):
        lines.setdefault(order_id, []).append(tuple(line))
    return {
        row.external_number: Order(
            row.external_number,
            row.scout_id,
            row.order_type,
            row.status,
            row.payment_method,
            row.collected_cents,
            row.ordered_at,
            row.ordered_on,
            tuple(lines.get(row.id, ())),
        )
        for row in many(
            tx,
            """SELECT id, external_number, scout_id, order_type, status, payment_method, collected_cents, ordered_at, ordered_on
                 FROM orders WHERE season_id = :season AND source = 'digital-cookie'""",
            season=season_id,
        )
    }


def write(
    tx: apsw.Connection, season_id: int, orders: Sequence[Order], *, by: int | None, batch_id: int | None = None
) -> None:
    """Make these orders stand as said, new or changed, with what they mean for the ledgers."""
    ids = {
        row.external_number: row.id
        for row in many(
            tx,
            "SELECT id, external_number FROM orders WHERE season_id = :season AND source = 'digital-cookie'",
            season=season_id,
        )
    }
    for order in orders:
        order_id = ids.get(order.number)
        if order_id is None:
            order_id = ids[order.number] = _insert(tx, season_id, order, by)
        else:
            _update(tx, order_id, order)
        tx.executemany(
            "INSERT INTO order_lines (order_id, product_id, boxes, price_cents) VALUES (?, ?, ?, ?)",
            [(order_id, *line) for line in order.lines],
        )
        postings.bring_up_to_date(tx, order_id, by=by, batch_id=batch_id)
        search.index(tx, order_id)


def cancel(tx: apsw.Connection, season_id: int, numbers: Sequence[str], *, by: int | None) -> None:
    """Take orders out of every sum: the file that brought them was taken back. Their rows stay."""
    for number in numbers:
        for row in many(
            tx,
            """SELECT id FROM orders
                WHERE season_id = :season AND source = 'digital-cookie' AND external_number = :number""",
            season=season_id,
            number=number,
        ):
            run(tx, "UPDATE orders SET status = 'cancelled', version = version + 1 WHERE id = :id", id=row.id)
            postings.bring_up_to_date(tx, row.id, by=by)


def _insert(tx: apsw.Connection, season_id: int, order: Order, by: int | None) -> int:
    return add(
        tx,
        """INSERT INTO orders (season_id, source, external_number, scout_id, order_type, status, payment_method,
                               collected_cents, ordered_at, ordered_on, recorded_by, recorded_at)
           VALUES (:season, 'digital-cookie', :number, :scout, :type, :status, :method, :collected, :at, :on, :by, :now)""",
        season=season_id,
        number=order.number,
        by=by,
        now=clock.now(),
        **_columns(order),
    )


def _update(tx: apsw.Connection, order_id: int, order: Order) -> None:
    run(tx, "DELETE FROM order_lines WHERE order_id = :id", id=order_id)
    run(
        tx,
        """UPDATE orders SET scout_id = :scout, order_type = :type, status = :status, payment_method = :method,
                  collected_cents = :collected, ordered_at = :at, ordered_on = :on, version = version + 1 WHERE id = :id""",
        id=order_id,
        **_columns(order),
    )


def _columns(order: Order) -> dict[str, Any]:
    """What a file may say otherwise the next time."""
    return {
        "scout": order.scout_id,
        "type": order.order_type,
        "status": order.status,
        "method": order.payment_method,
        "collected": order.collected_cents,
        "at": order.ordered_at,
        "on": order.ordered_on,
    }
