"""What past booths sold, and what the troop sells now: the figures that packing, forecasts and hints are made from."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.season import troop

WEEK = 7
MOST_BOOTHS = 2_000


class Held(NamedTuple):
    """A booth that was closed: where, on which weekday (Monday is 0) and hour of the troop's clock, how long, what it sold."""

    id: int
    starts_at: str
    where: str
    weekday: int
    hour: int
    minutes: int
    sold: dict[int, int]

    @property
    def boxes(self) -> int:
        """Packages from the table, all cookies together."""
        return sum(self.sold.values())


def facts(tx: apsw.Connection, booth: Row) -> Held:
    """When and where a booth is, as past ones are compared with it; nothing sold."""
    own = troop.own(tx)
    zone = ZoneInfo(own.time_zone if own else "UTC")
    start, end = (datetime.fromisoformat(at).astimezone(zone) for at in (booth.starts_at, booth.ends_at))
    where = f"site {booth.site_id}" if booth.site_id else (booth.address or booth.name).casefold()
    minutes = int((end - start).total_seconds()) // 60
    return Held(booth.id, booth.starts_at, where, start.weekday(), start.hour, minutes, {})


def held(tx: apsw.Connection, season_id: int, before: str = "9999") -> list[Held]:
    """Closed booths that began before an instant, oldest first, with the boxes they sold."""
    found: dict[int, Held] = {}
    for row in many(
        tx,
        """SELECT booths.id, starts_at, ends_at, booths.name, address, site_id, product_id, boxes
             FROM booths JOIN booth_sold ON booth_id = booths.id JOIN products ON products.id = product_id AND is_virtual = 0
            WHERE booths.season_id = :season AND starts_at < :before AND boxes > 0
            ORDER BY starts_at, booths.id LIMIT :most""",
        season=season_id,
        before=before,
        most=MOST_BOOTHS * 12,
    ):
        found.setdefault(row.id, facts(tx, row)).sold[row.product_id] = row.boxes
    return list(found.values())


def trending(tx: apsw.Connection, season_id: int, until: str, limit: int = 10) -> list[Row]:
    """What sold in the seven days up to and with a day, most boxes first: (product_id, code, name, boxes, at_booths)."""
    since = (date.fromisoformat(until) - timedelta(days=WEEK - 1)).isoformat()
    return many(
        tx,
        """SELECT products.id AS product_id, code, name, sum(week.boxes) AS boxes, sum(at_booths) AS at_booths
             FROM (SELECT product_id, order_lines.boxes, 0 AS at_booths
                     FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                    WHERE season_id = :season AND ordered_on BETWEEN :since AND :until
                    UNION ALL
                   SELECT product_id, booth_sold.boxes, booth_sold.boxes FROM booth_sold
                    WHERE booth_id IN (SELECT booth_id FROM standing_entries
                                        WHERE season_id = :season AND kind = 'booth_sale' AND day BETWEEN :since AND :until)) AS week
             JOIN products ON products.id = product_id
            GROUP BY products.id ORDER BY boxes DESC, position, products.id LIMIT :limit""",
        season=season_id,
        since=since,
        until=until,
        limit=limit,
    )


def together(tx: apsw.Connection, season_id: int, product_id: int, limit: int = 3) -> list[Row]:
    """Cookies that customers took with this one: (product_id, code, name, sales with both, sales with this one)."""
    return many(
        tx,
        """SELECT products.id AS product_id, code, name, count(*) AS both,
                  (SELECT count(*) FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                    WHERE season_id = :season AND product_id = :product) AS sales
             FROM counted_orders JOIN order_lines AS this ON this.order_id = counted_orders.id AND this.product_id = :product
             JOIN order_lines AS other ON other.order_id = this.order_id AND other.product_id <> this.product_id
             JOIN products ON products.id = other.product_id AND is_virtual = 0
            WHERE counted_orders.season_id = :season
            GROUP BY products.id ORDER BY both DESC, position, products.id LIMIT :limit""",
        season=season_id,
        product=product_id,
        limit=limit,
    )
