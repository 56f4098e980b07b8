"""Reports of girls, sales and cookies."""

from typing import Any

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary
from gsctracker.domain.reports.columns import Column, Content, Row, cookie_columns, girl
from gsctracker.domain.sales import listing
from gsctracker.domain.season import catalogue
from gsctracker.words import N_


def scouts(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each girl: her sales, packages credited by cookie, goal, and what her customers paid and owe."""
    products = catalogue.products(tx, season)
    credited = {
        (row.scout_id, row.product_id): row.boxes
        for row in many(
            tx,
            "SELECT scout_id, product_id, sum(boxes) AS boxes FROM credited WHERE season_id = :season GROUP BY 1, 2",
            season=season,
        )
    }
    columns = (
        Column("scoutId", N_("Number"), "id"),
        Column("scout", N_("Scout")),
        Column("sales", N_("Sales"), "boxes"),
        *cookie_columns(products),
        Column("totalBoxes", N_("Packages"), "boxes"),
        Column("goalBoxes", N_("Goal"), "boxes"),
        Column("collectedCents", N_("Collected"), "money"),
        Column("owedCents", N_("Customers owe"), "money"),
    )
    rows: list[Row] = [
        (
            one.scout_id,
            girl(one.first_name, one.last_initial),
            one.sales_count,
            *(credited.get((one.scout_id, product.id), 0) for product in products),
            one.total_boxes,
            one.goal_boxes,
            one.collected_cents,
            one.owed_cents,
        )
        for one in summary.scouts(tx, season, by)
    ]
    return columns, rows


def credit(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each girl's packages by channel, booths one by one: what must appear in the back office, booth dividers included."""
    products = catalogue.products(tx, season)
    columns = (
        Column("scoutId", N_("Number"), "id"),
        Column("scout", N_("Scout")),
        Column("channel", N_("Channel")),
        Column("boothId", N_("Booth's number"), "id"),
        Column("booth", N_("Booth")),
        Column("day", N_("Day"), "day"),
        *cookie_columns(products),
        Column("totalBoxes", N_("Packages"), "boxes"),
    )
    found: dict[tuple[Any, ...], dict[int, int]] = {}
    for row in many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, channel, booths.id AS booth_id, booths.name AS booth,
                  CASE WHEN booths.id IS NOT NULL THEN day END AS day, product_id, sum(boxes) AS boxes
             FROM journal CROSS JOIN credits ON entry_id = journal.id JOIN scouts ON scouts.id = credits.scout_id
             LEFT JOIN booths ON booths.id = booth_id
            WHERE journal.season_id = :season GROUP BY scouts.id, channel, booths.id, product_id HAVING sum(boxes) <> 0
            ORDER BY scouts.id, channel, booths.starts_at, booths.id""",
        season=season,
    ):
        name = girl(row.first_name, row.last_initial)
        key = (row.scout_id, name, row.channel, row.booth_id, row.booth or "", row.day)
        found.setdefault(key, {})[row.product_id] = row.boxes
    return columns, [
        (*key, *(boxes.get(product.id, 0) for product in products), sum(boxes.values())) for key, boxes in found.items()
    ]


def sales(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each sale: who, what, how it was paid; newest first."""
    products = catalogue.products(tx, season)
    columns = (
        Column("date", N_("Day"), "day"),
        Column("id", N_("Number"), "id"),
        Column("orderNumber", N_("Order number")),
        Column("scout", N_("Scout")),
        Column("customer", N_("Customer")),
        Column("orderType", N_("Type")),
        Column("status", N_("Status")),
        Column("paymentMethod", N_("Payment")),
        *cookie_columns(products),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
        Column("collectedCents", N_("Collected"), "money"),
    )
    return columns, listing.with_cookies(tx, by, season, [product.id for product in products])


def products(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each cookie: packages sold and what they came to."""
    columns = (
        Column("code", N_("Code")),
        Column("name", N_("Cookie")),
        Column("boxes", N_("Packages sold"), "boxes"),
        Column("revenueCents", N_("Amount"), "money"),
    )
    return columns, [(row.code, row.name, row.boxes, row.revenue_cents) for row in summary.products(tx, season)]
