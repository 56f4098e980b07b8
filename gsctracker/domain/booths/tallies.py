"""The running tally of a booth, as its phones tapped it in. The count at the end is what was sold; the tally shows where they part."""

from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, many, one
from gsctracker.domain.booths import closing
from gsctracker.domain.booths.dividing import Sale
from gsctracker.domain.season import catalogue


class Difference(NamedTuple):
    """One cookie of a closed booth: packages by tally and by count."""

    product: Row
    tallied: int
    counted: int


def packages(tx: apsw.Connection, booth_id: int, except_device: str = "") -> dict[int, int]:
    """Packages tapped in by product id; those of one phone can be left out."""
    rows = many(
        tx,
        """SELECT product_id, sum(boxes) AS boxes FROM booth_tallies
            WHERE booth_id = :booth AND device <> :device GROUP BY product_id""",
        booth=booth_id,
        device=except_device,
    )
    return {row.product_id: row.boxes for row in rows}


def money(tx: apsw.Connection, booth_id: int, except_device: str = "") -> dict[str, int]:
    """Cents tapped in by kind of payment (cash, card, other)."""
    rows = many(
        tx,
        """SELECT pay, sum(cents) AS cents FROM booth_tallies
            WHERE booth_id = :booth AND device <> :device GROUP BY pay""",
        booth=booth_id,
        device=except_device,
    )
    return {"cash": 0, "card": 0, "other": 0} | {row.pay: row.cents for row in rows}


def sales(tx: apsw.Connection, booth_id: int) -> list[Sale]:
    """Every sale that stands, cookie by cookie, as it can be shared out among those who were there at its time."""
    rows = many(
        tx,
        """SELECT happened_at, product_id, boxes FROM standing_booth_sales
             JOIN booth_entry_lines ON entry_id = standing_booth_sales.id
            WHERE booth_id = :booth ORDER BY happened_at, standing_booth_sales.id, product_id""",
        booth=booth_id,
    )
    return [Sale(row.happened_at, row.product_id, row.boxes) for row in rows]


def has_sales(tx: apsw.Connection, booth_id: int) -> bool:
    """Whether any sale was tapped in that stands."""
    return bool(one(tx, "SELECT 1 AS yes FROM standing_booth_sales WHERE booth_id = :booth", booth=booth_id))


def differences(tx: apsw.Connection, booth_id: int) -> list[Difference]:
    """Where the tally and the count of a closed booth part, cookie by cookie; nothing where no phone tapped anything."""
    closed, tallied = closing.find(tx, booth_id), packages(tx, booth_id)
    if closed is None or not tallied:
        return []
    counted = {line.product_id: line.sold for line in closed.lines}
    return [
        Difference(catalogue.find(tx, product), tallied.get(product, 0), counted.get(product, 0))
        for product in sorted(tallied.keys() | counted.keys())
        if tallied.get(product, 0) != counted.get(product, 0)
    ]
