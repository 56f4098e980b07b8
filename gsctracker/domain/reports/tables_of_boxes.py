"""Reports of places and of everything that was recorded."""

import apsw

from gsctracker.domain.inventory import claims, cupboard_orders, girl_wishes, popularity
from gsctracker.domain.inventory import stock as shelves
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, cookie_columns, girl
from gsctracker.words import N_


def stock(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each place and cookie: packages and what they are worth."""
    columns = (
        Column("place", N_("Place")),
        Column("name", N_("Whose")),
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("boxes", N_("Packages"), "boxes"),
        Column("valueCents", N_("At their price"), "money"),
    )
    return columns, [
        (
            row.place,
            row.booth_name or girl(row.scout_first_name, row.scout_last_initial),
            row.code,
            row.name,
            row.boxes,
            row.boxes * row.price_cents,
        )
        for row in shelves.on_hand(tx, season, by)
    ]


def orders_to_the_cupboard(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each order to the cupboard and cookie: packages ordered, received and damaged, and what claims came of it."""
    columns = (
        Column("orderId", N_("Order"), "id"),
        Column("kind", N_("Type")),
        Column("state", N_("State")),
        Column("pickUpOn", N_("Pick-up day"), "day"),
        Column("cupboard", N_("Cupboard")),
        Column("reference", N_("Reference")),
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("ordered", N_("Ordered"), "boxes"),
        Column("received", N_("Received"), "boxes"),
        Column("difference", N_("Difference"), "boxes"),
        Column("damaged", N_("Damaged"), "boxes"),
        Column("openClaimCents", N_("Claims that wait"), "money"),
    )
    waiting: dict[tuple[int, int], int] = {}
    for claim in claims.page(tx, season, by):
        if claim.state != "settled":
            key = (claim.order_id, claim.product_id)
            waiting[key] = waiting.get(key, 0) + claim.worth_cents
    return columns, [
        (
            order.id,
            order.kind,
            order.state,
            order.pick_up_on,
            order.cupboard,
            order.reference,
            line.code,
            line.name,
            line.ordered,
            line.received,
            line.difference,
            line.damaged,
            waiting.get((order.id, line.product_id), 0),
        )
        for order in reversed(cupboard_orders.page(tx, season, by))
        for line in order.lines
    ]


_EXTRAS = {"booths": N_("For booths"), "other": N_("Other packages")}


def initial_order(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What each girl and the troop wish of the initial order, the sum in whole cases, and as many packages mixed as they sell."""
    head = (Column("row", N_("Row"), "word"), Column("scout", N_("Scout")))
    total = Column("together", N_("Together"), "boxes")
    order = next(
        (one for one in cupboard_orders.page(tx, season, by) if one.kind == "initial" and one.state != "cancelled"),
        None,
    )
    if order is None:
        return (*head, total), []
    grid = girl_wishes.grid(tx, order.id, by)
    mix = popularity.suggested(tx, season, grid.all.ordered).boxes
    rows = [
        (
            N_("Wishes of a girl") if row.scout else _EXTRAS[row.key],
            girl(row.scout.first_name, row.scout.last_initial) if row.scout else "",
            *(row.boxes.get(product.id, 0) for product in grid.products),
            row.together,
        )
        for row in grid.rows
    ]
    for at, name in enumerate((N_("Together"), N_("Ordered"), N_("Cases"), N_("Over, for the shelf"))):
        rows.append((name, "", *(grid.sums[product.id][at] for product in grid.products), grid.all[at]))
    suggested = [mix.get(product.id, 0) for product in grid.products]
    rows.append((N_("Suggested mix"), "", *suggested, sum(suggested)))
    return (*head, *cookie_columns(grid.products), total), rows


def journal(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each entry of the journal, oldest first."""
    columns = (
        Column("date", N_("Day"), "day"),
        Column("id", N_("Number"), "id"),
        Column("kind", N_("Type")),
        Column("scout", N_("Scout")),
        Column("saleId", N_("Sale"), "id"),
        Column("booth", N_("Booth")),
        Column("boxesMoved", N_("Packages moved"), "boxes"),
        Column("boxesCredited", N_("Packages credited"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
        Column("reference", N_("Reference")),
        Column("note", N_("Note")),
        Column("reverses", N_("Takes back"), "id"),
    )
    # tuples as the columns have them, straight from SQLite: an object for each entry would cost more than reading it
    return columns, tx.execute(
        """SELECT day, journal.id, kind, trim(ifnull(first_name, '') || ' ' || ifnull(last_initial, '')), order_id,
                  ifnull(booths.name, ''),
                  (SELECT sum(boxes) FROM box_moves WHERE entry_id = journal.id),
                  (SELECT sum(boxes) FROM credits WHERE entry_id = journal.id),
                  (SELECT sum(cents) FROM money_entries WHERE entry_id = journal.id), reference, note, reverses
             FROM journal LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = booth_id
            WHERE journal.season_id = :season ORDER BY journal.id""",
        {"season": season},
    ).fetchall()
