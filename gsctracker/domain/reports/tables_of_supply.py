"""Reports for the shelf: what to pack for whom, what to order, and how each cookie sells."""

from datetime import date, timedelta

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.booths import hours
from gsctracker.domain.inventory import popularity, stock
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, Row, cookie_columns, girl
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.words import N_

WEEKS = 2
"""The next weeks' sales are taken to be those of as many weeks before."""


def pick_list(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each girl's sales that are promised and not delivered, cookie by cookie; nothing that is shipped or donated."""
    products = [one for one in catalogue.products(tx, season) if not one.is_virtual]
    columns = (
        Column("scout", N_("Scout")),
        Column("orderId", N_("Sale"), "id"),
        Column("customer", N_("Customer")),
        Column("date", N_("Day"), "day"),
        *cookie_columns(products),
        Column("boxes", N_("Packages"), "boxes"),
        Column("owedCents", N_("To collect"), "money"),
    )
    rows: dict[int, tuple[Row, dict[int, int]]] = {}
    for line in many(
        tx,
        """SELECT orders.id, ordered_on, customer_name, first_name, last_initial, amount_cents - collected_cents AS owed,
                  product_id, order_lines.boxes
             FROM orders JOIN order_lines ON order_id = orders.id JOIN products ON products.id = product_id
             LEFT JOIN scouts ON scouts.id = orders.scout_id
            WHERE orders.season_id = :season AND orders.status = 'promised' AND order_type NOT IN ('shipped', 'donation') AND is_virtual = 0
            ORDER BY orders.scout_id, ordered_on, orders.id""",
        season=season,
    ):
        head = (girl(line.first_name, line.last_initial), line.id, line.customer_name, line.ordered_on, line.owed)
        rows.setdefault(line.id, (head, {}))[1][line.product_id] = line.boxes
    return columns, [
        (*head[:4], *(boxes.get(one.id, 0) for one in products), sum(boxes.values()), head[4])
        for head, boxes in rows.values()
    ]


def suggestion(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each cookie: packages that left the shelf in the last two weeks, on hand, on their way, and what to order in cases.

    The shelf is expected to give as much in the next two weeks as in the last; what is promised from it comes on top.
    """
    columns = (
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("leftBoxes", N_("Left the shelf in two weeks"), "boxes"),
        Column("onHandBoxes", N_("On the shelf"), "boxes"),
        Column("comingBoxes", N_("Ordered, to come"), "boxes"),
        Column("promisedBoxes", N_("Promised from the shelf"), "boxes"),
        Column("orderBoxes", N_("To order"), "boxes"),
        Column("orderCases", N_("Cases"), "boxes"),
        Column("runsOutOn", N_("Runs out on"), "day"),
    )
    now = date.fromisoformat(troop.day_of(tx, hours.present(tx)))
    since = (now - timedelta(weeks=WEEKS)).isoformat()
    figures = {
        row.product_id: row
        for row in many(
            tx,
            """SELECT products.id AS product_id,
                      ifnull((SELECT sum(CASE WHEN from_place = 2 THEN boxes ELSE -boxes END)
                                FROM box_moves JOIN journal ON journal.id = entry_id
                               WHERE product_id = products.id AND 2 IN (from_place, to_place) AND day > :since
                                 AND kind NOT IN ('C2T', 'T2C', 'T2T_IN', 'REPLACED')), 0) AS left_shelf,
                      ifnull((SELECT sum(cupboard_order_lines.boxes) FROM cupboard_order_lines
                                JOIN cupboard_states ON cupboard_states.order_id = cupboard_order_lines.order_id
                               WHERE product_id = products.id AND state = 'placed'), 0) AS coming,
                      ifnull((SELECT sum(order_lines.boxes) FROM order_lines JOIN orders ON orders.id = order_id
                               WHERE product_id = products.id AND status = 'promised' AND scout_id IS NULL
                                 AND order_type NOT IN ('shipped', 'donation')), 0) AS promised
                 FROM products WHERE season_id = :season AND is_virtual = 0""",
            season=season,
            since=since,
        )
    }
    rows = []
    for cookie in stock.everywhere(tx, season):
        found = figures[cookie.product_id]
        needed = max(found.left_shelf, 0) + found.promised - cookie.troop - found.coming
        cases = -(-needed // cookie.packs_per_case) if needed > 0 else 0
        days = max(cookie.troop - found.promised, 0) * 7 * WEEKS // found.left_shelf if found.left_shelf > 0 else None
        rows.append(
            (
                cookie.code,
                cookie.name,
                found.left_shelf,
                cookie.troop,
                found.coming,
                found.promised,
                cases * cookie.packs_per_case,
                cases,
                (now + timedelta(days=days)).isoformat() if days is not None and days < 400 else "",
            )
        )
    return columns, rows


def sell_through(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each cookie: packages received, sold, its share of a thousand sold, the baker's share, and how much of it is gone."""
    columns = (
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("receivedBoxes", N_("Received"), "boxes"),
        Column("soldBoxes", N_("Packages sold"), "boxes"),
        Column("share", N_("Of a thousand sold"), "id"),
        Column("bakersShare", N_("Of a thousand elsewhere"), "id"),
        Column("withCustomersBoxes", N_("With customers"), "boxes"),
        Column("sellThrough", N_("Per cent of the received"), "id"),
    )
    sold = {
        row.product_id: row.boxes
        for row in many(tx, "SELECT product_id, boxes FROM troop_sold WHERE season_id = :season", season=season)
    }
    everywhere = stock.everywhere(tx, season)
    together = sum(sold.get(one.product_id, 0) for one in everywhere)
    elsewhere = popularity.BAKERS[seasons.find(tx, season).baker]
    family = {one.id: one.family for one in catalogue.products(tx, season)}
    return columns, [
        (
            one.code,
            one.name,
            one.received,
            sold.get(one.product_id, 0),
            sold.get(one.product_id, 0) * 1000 // together if together else 0,
            elsewhere.get(family[one.product_id], 0),
            one.customers,
            one.customers * 100 // one.received if one.received > 0 else None,
        )
        for one in everywhere
    ]
