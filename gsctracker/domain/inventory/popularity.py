"""Which cookies sell: how so many packages are best mixed, by our own sales once they say something, else by the baker's figures."""

from collections.abc import Mapping
from typing import NamedTuple

import apsw

from gsctracker.db.rows import many, value
from gsctracker.domain.season import catalogue, seasons

ENOUGH = 200
"""So many packages sold are enough to go by one's own figures."""

BAKERS = {
    "lbb": {
        "mint": 278, "caramel-coconut": 208, "peanut-butter-patty": 142, "rocky-road": 99, "brownie-caramel": 69,
        "shortbread": 65, "lemon": 61, "peanut-butter-sandwich": 47, "gluten-free": 31,
    },
    "abc": {
        "mint": 300, "caramel-coconut": 210, "peanut-butter-patty": 130, "peanut-butter-sandwich": 75, "shortbread": 75,
        "rocky-road": 75, "lemon": 70, "brownie-caramel": 60, "gluten-free": 25,
    },
}  # fmt: skip
"""Packages in a thousand, by kind of cookie."""


class Mix(NamedTuple):
    """Packages by product id, and whose figures they follow: `own`, `before` (our last season's) or `baker`."""

    boxes: dict[int, int]
    by: str


def suggested(tx: apsw.Connection, season_id: int, boxes: int) -> Mix:
    """So many packages, mixed as they sell, to the last one; a cookie that nobody has figures of gets none."""
    season = seasons.find(tx, season_id)
    cookies = [row for row in catalogue.products(tx, season_id) if row.is_active and not row.is_virtual]
    shares: Mapping[str, int]
    by, shares = "own", _sold(tx, season_id)
    if sum(shares.values()) < ENOUGH:
        by, shares = "before", _sold(tx, value(tx, _BEFORE, season=season_id) or 0)
    if sum(shares.values()) < ENOUGH:
        by, shares = "baker", BAKERS[season.baker]
    weights = {row.id: max(shares.get(row.family, 0), 0) for row in cookies}
    return Mix(_divided(boxes, weights), by)


_BEFORE = "SELECT max(id) FROM seasons WHERE id < :season"


def _sold(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    found = many(
        tx,
        """SELECT family, sum(boxes) AS boxes FROM troop_sold JOIN products ON products.id = product_id
            WHERE troop_sold.season_id = :season AND is_virtual = 0 GROUP BY family""",
        season=season_id,
    )
    return {row.family: row.boxes for row in found}


def _divided(boxes: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Whole packages that come to `boxes`: rounded down, and the rest to the largest remainders."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    given = {product: boxes * weight // whole for product, weight in weights.items()}
    rest = sorted(weights, key=lambda product: (-(boxes * weights[product] % whole), product))
    for product in rest[: boxes - sum(given.values())]:
        given[product] += 1
    return given
