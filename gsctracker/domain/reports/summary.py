"""The troop's season in one answer: totals, cookies, girls. Packages and cents."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import Row, many, one
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person


@dataclass(frozen=True)
class Totals:
    """The whole troop. revenue = collected + owed: what the packages cost, what was paid, what customers still owe."""

    boxes: int
    sales_count: int
    revenue_cents: int
    collected_cents: int
    owed_cents: int
    donated_boxes: int


def totals(tx: apsw.Connection, season_id: int, sold: list[Row] | None = None) -> Totals:
    """The troop's totals: every package sold, Cookie Share, shipped and booth ones included.

    `sold` is what `products` gives, for who has asked for it already.
    """
    sold = products(tx, season_id) if sold is None else sold
    orders = one(
        tx,
        """SELECT ifnull(sum(sales), 0) AS sales, ifnull(sum(amount_cents), 0) AS amount,
                  ifnull(sum(collected_cents), 0) AS collected
             FROM order_sums WHERE season_id = :season""",
        season=season_id,
    )
    assert orders is not None
    revenue = sum(row.revenue_cents for row in sold)
    owed = orders.amount - orders.collected  # booths and the office's own records are paid on the spot
    return Totals(
        boxes=sum(row.boxes for row in sold),
        sales_count=orders.sales,
        revenue_cents=revenue,
        collected_cents=revenue - owed,
        owed_cents=owed,
        donated_boxes=sum(row.boxes for row in sold if row.is_virtual),
    )


def products(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Each cookie with packages sold and their price together, in the catalogue's order, unsold ones too."""
    return many(
        tx,
        """SELECT products.id, code, name, colour, is_virtual, ifnull(sold.boxes, 0) AS boxes, ifnull(cents, 0) AS revenue_cents
             FROM products LEFT JOIN (SELECT product_id, boxes, cents FROM troop_sold WHERE season_id = :season) AS sold
               ON product_id = products.id
            WHERE season_id = :season ORDER BY is_virtual, position""",
        season=season_id,
    )


def scouts(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """The girls she may see by packages credited, most first: sales, packages, cents collected and still owed by customers."""
    everybody = roles.allows(by, "sales.all")
    return many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, status,
                  ifnull(sales, 0) AS sales_count, ifnull(credit.boxes, 0) AS total_boxes,
                  ifnull(own.boxes, 0) AS own_boxes,
                  ifnull(collected_cents, 0) AS collected_cents,
                  ifnull(amount_cents - collected_cents, 0) AS owed_cents,
                  goals.boxes AS goal_boxes
             FROM scouts
             LEFT JOIN girls_credited AS credit ON credit.scout_id = scouts.id AND credit.season_id = :season
             LEFT JOIN scout_sales AS own ON own.scout_id = scouts.id AND own.season_id = :season
             LEFT JOIN goals ON goals.scout_id = scouts.id AND goals.season_id = :season
            WHERE (:everybody OR scouts.id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY total_boxes DESC, scouts.id LIMIT 500""",
        season=season_id,
        everybody=everybody,
        account=by.id,
    )


def credit_of(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> list[Row]:
    """What one girl is credited with: (product_id, name, code, colour, channel, boxes)."""
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT product_id, name, code, colour, channel, boxes FROM credited JOIN products ON products.id = product_id
            WHERE credited.season_id = :season AND scout_id = :scout AND boxes <> 0 ORDER BY is_virtual, position, channel""",
        season=season_id,
        scout=scout_id,
    )


def why_credit(
    tx: apsw.Connection,
    season_id: int,
    scout_id: int,
    by: Person,
    product_id: int | None = None,
    before: int = 0,
    limit: int = 50,
) -> list[Row]:
    """The postings behind a girl's credited packages, of one cookie or of all, newest first."""
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT credits.id, entry_id, journal.kind, day, order_id, booth_id, reference, note, reverses, channel, credits.boxes,
                  products.name, code
             FROM credits JOIN journal ON journal.id = entry_id JOIN products ON products.id = product_id
            WHERE journal.season_id = :season AND credits.scout_id = :scout
              AND (:product IS NULL OR credits.product_id = :product) AND (:before = 0 OR credits.id < :before)
            ORDER BY credits.id DESC LIMIT :limit""",
        season=season_id,
        scout=scout_id,
        product=product_id,
        before=before,
        limit=limit,
    )


def per_day(tx: apsw.Connection, season_id: int, by: Person, scout_id: int | None = None) -> list[Row]:
    """Packages sold on each day (day, boxes), oldest first; of one girl, or of the troop where she may see it."""
    if scout_id is None:
        roles.require(by, "sales.all")
    else:
        roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT ordered_on AS day, sum(boxes) AS boxes, count(*) AS sales FROM counted_orders
            WHERE season_id = :season AND (:scout IS NULL OR scout_id = :scout) GROUP BY ordered_on ORDER BY ordered_on""",
        season=season_id,
        scout=scout_id,
    )
