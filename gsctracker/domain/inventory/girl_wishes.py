"""What the girls wish of the initial order, and what the troop adds for booths: the order's cookies are their sum, in whole cases."""

from collections.abc import Mapping
from typing import NamedTuple

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, run
from gsctracker.domain import audit
from gsctracker.domain.inventory import cupboard_orders
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

EXTRAS = ("booths", "other")
FEW = 5
"""Fewer packages than these are hardly worth opening a case for."""


class Wishes(NamedTuple):
    """One row of the grid: its key (`girl-7`, `booths`, `other`), the girl (None: an extra), packages by product id."""

    key: str
    scout: Row | None
    boxes: dict[int, int]

    @property
    def together(self) -> int:
        """All packages of the row."""
        return sum(self.boxes.values())


class Together(NamedTuple):
    """One cookie of the order: packages wished, ordered in whole cases, the cases, and what is over for the shelf."""

    wished: int
    ordered: int
    cases: int
    over: int


class Grid(NamedTuple):
    """The order, its cookies in the baker's order, a row for each girl and extra, and the sums by product id."""

    order: Row
    products: list[Row]
    rows: list[Wishes]
    sums: dict[int, Together]

    @property
    def all(self) -> Together:
        """The sums of all cookies."""
        found = list(self.sums.values())
        return Together(*(sum(one[at] for one in found) for at in range(4)))


def grid(tx: apsw.Connection, order_id: int, by: Person) -> Grid:
    """Who wishes what. Cookies of an order that was written without wishes stand with `other`. Raises NotFound."""
    order = cupboard_orders.find(tx, order_id, by)
    if order.kind != "initial":
        raise NotFound(N_("Only an initial order has the girls' wishes."), "no_wishes_here")
    boxes = _kept(tx, order_id)
    if not boxes and order.lines:
        boxes["other"] = {line.product_id: line.wished for line in order.lines if line.wished}
    used = {product for row in boxes.values() for product in row}
    products = [
        row
        for row in catalogue.products(tx, order.season_id)
        if not row.is_virtual and (row.is_active or row.id in used)
    ]
    girls = many(
        tx,
        """SELECT id, first_name, last_initial FROM scouts
            WHERE status = 'active' OR id IN (SELECT scout_id FROM cupboard_wishes WHERE order_id = :order)
            ORDER BY first_name, last_initial, id""",
        order=order_id,
    )
    rows = [Wishes(f"girl-{girl.id}", girl, boxes.get(f"girl-{girl.id}", {})) for girl in girls]
    rows += [Wishes(extra, None, boxes.get(extra, {})) for extra in EXTRAS]
    return Grid(order, products, rows, {product.id: _together(product, rows) for product in products})


def keep(
    tx: apsw.Connection,
    order_id: int,
    by: Person,
    wishes: Mapping[str, Mapping[int, int]],
    version: int | None = None,
) -> None:
    """Write the rows that are given (key to packages by product id); the others stay, and the order is summed anew.

    Raises NotFound for a row or cookie that is not in the grid, Conflict where the order is no draft any more or was
    changed since `version`, Invalid for too many packages.
    """
    order = cupboard_orders.in_hand(tx, order_id, by, version)
    before = grid(tx, order_id, by)
    if order.state != "draft":
        raise Conflict(
            N_("This order was placed. Make it a draft again before you change its cookies."), "order_was_placed"
        )
    products = {product.id: product for product in before.products}
    now = {row.key: row.boxes for row in before.rows}
    for key, boxes in wishes.items():
        if key not in now or not set(boxes) <= set(products):
            raise NotFound(N_("There is no such row of wishes."), "no_such_row")
        now[key] = {product: values.boxes("quantity", n, least=0) for product, n in boxes.items()}
    sums = [(products[one], sum(row.get(one, 0) for row in now.values())) for one in products]
    if any(wished > values.MOST_BOXES for _, wished in sums):
        sentence = N_("That is more than a whole season holds.")
        raise Invalid(sentence, "too_many_boxes", {"items": sentence})
    run(tx, "DELETE FROM cupboard_wishes WHERE order_id = :order", order=order_id)
    tx.executemany(
        "INSERT INTO cupboard_wishes (order_id, scout_id, extra, product_id, boxes) VALUES (?, ?, ?, ?, ?)",
        [
            (order_id, *_of_key(key), product, boxes)
            for key, row in now.items()
            for product, boxes in row.items()
            if boxes
        ],
    )
    cupboard_orders.sum_up(tx, order_id, [line for line in sums if line[1]])
    audit.note(tx, by.id, "cupboard_order.wished", "cupboard_order", order_id)


def _kept(tx: apsw.Connection, order_id: int) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for row in many(
        tx, "SELECT scout_id, extra, product_id, boxes FROM cupboard_wishes WHERE order_id = :order", order=order_id
    ):
        found.setdefault(row.extra or f"girl-{row.scout_id}", {})[row.product_id] = row.boxes
    return found


def _of_key(key: str) -> tuple[int | None, str | None]:
    return (None, key) if key in EXTRAS else (int(key.removeprefix("girl-")), None)


def _together(product: Row, rows: list[Wishes]) -> Together:
    wished = sum(row.boxes.get(product.id, 0) for row in rows)
    cases = -(-wished // product.packs_per_case)
    ordered = cases * product.packs_per_case
    return Together(wished, ordered, cases, ordered - wished)
