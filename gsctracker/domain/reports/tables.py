"""The reports that each page has and that can be taken away as a file: what they are called, their columns, their rows.

A row is a tuple in the order of the columns: money in cents, boxes whole packages, days `2026-02-14`, text as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances, council, turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import differences, summary, typing_list
from gsctracker.domain.sales import listing
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import NotFound
from gsctracker.words import N_

_MANY = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in JSON, its heading (to be translated), and its kind.

    Kinds: text, day, boxes, money (its key ends in `Cents`), id (a number that is not added up), word (a marked sentence or
    several (sentence, params), to be translated). `is_name` says that the heading is a name and not to be translated.
    """

    key: str
    title: str
    kind: str = "text"
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A report as it is now."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]


Make = Callable[[apsw.Connection, int, Person], tuple[tuple[Column, ...], Sequence[tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be asked for: its name in commands and addresses, its title, who may, how it is made."""

    name: str
    title: str
    permission: str
    make: Make


def reports() -> list[Report]:
    """Every report, in the order in which they are offered."""
    return list(_REPORTS.values())


def make(tx: apsw.Connection, name: str, by: Person, season_id: int | None = None) -> Table:
    """A report of the current season, or the one named. Raises NotFound for a name nobody knows, NotAllowed."""
    report = _REPORTS.get(name)
    if report is None:
        raise NotFound(
            N_("There is no report called %(name)s. There are: %(names)s."),
            "no_such_report",
            name=name[:60],
            names=", ".join(_REPORTS),
        )
    roles.require(by, "exports")
    roles.require(by, report.permission)
    columns, rows = report.make(tx, seasons.current(tx).id if season_id is None else season_id, by)
    return Table(name, report.title, columns, rows)


def _girl(first: str | None, initial: str | None) -> str:
    return f"{first or ''} {initial or ''}".strip()


def _cookie_columns(products: list[Row]) -> tuple[Column, ...]:
    return tuple(Column(product.code, product.name, "boxes", is_name=True) for product in products)


def _scouts(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
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
        *_cookie_columns(products),
        Column("totalBoxes", N_("Packages"), "boxes"),
        Column("goalBoxes", N_("Goal"), "boxes"),
        Column("collectedCents", N_("Collected"), "money"),
        Column("owedCents", N_("Customers owe"), "money"),
    )
    rows: list[tuple[Any, ...]] = [
        (
            girl.scout_id,
            _girl(girl.first_name, girl.last_initial),
            girl.sales_count,
            *(credited.get((girl.scout_id, product.id), 0) for product in products),
            girl.total_boxes,
            girl.goal_boxes,
            girl.collected_cents,
            girl.owed_cents,
        )
        for girl in summary.scouts(tx, season, by)
    ]
    return columns, rows


def _sales(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
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
        *_cookie_columns(products),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
        Column("collectedCents", N_("Collected"), "money"),
    )
    rows: list[tuple[Any, ...]] = []
    after = None
    while page := listing.page(tx, by, season, listing.Filter(), after, _MANY):
        lines = listing.cookies(tx, [sale.id for sale in page])
        for sale in page:
            boxes = {line.code: line.boxes for line in lines[sale.id]}
            rows.append(
                (
                    sale.ordered_on,
                    sale.id,
                    sale.external_number or "",
                    _girl(sale.scout_first_name, sale.scout_last_initial),
                    sale.customer_name,
                    sale.order_type,
                    sale.status,
                    sale.payment_method,
                    *(boxes.get(product.code, 0) for product in products),
                    sale.boxes,
                    sale.amount_cents,
                    sale.collected_cents,
                )
            )
        after = listing.After(page[-1].ordered_at, page[-1].id)
    return columns, rows


def _products(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("code", N_("Code")),
        Column("name", N_("Cookie")),
        Column("boxes", N_("Packages sold"), "boxes"),
        Column("revenueCents", N_("Amount"), "money"),
    )
    return columns, [(row.code, row.name, row.boxes, row.revenue_cents) for row in summary.products(tx, season)]


def _stock(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
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
            row.booth_name or _girl(row.scout_first_name, row.scout_last_initial),
            row.code,
            row.name,
            row.boxes,
            row.boxes * row.price_cents,
        )
        for row in stock.on_hand(tx, season, by)
    ]


def _balances(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("scout", N_("Scout")),
        Column("goodsCents", N_("Boxes taken"), "money"),
        Column("paidCents", N_("Handed in"), "money"),
        Column("boxesHeldCents", N_("Boxes she still holds"), "money"),
        Column("cashHeldCents", N_("Cash she still holds"), "money"),
        Column("customersOweCents", N_("Customers owe"), "money"),
        Column("writtenOffCents", N_("Taken over by the council"), "money"),
        Column("balanceCents", N_("Owes the troop"), "money"),
    )
    return columns, [
        (
            _girl(row.first_name, row.last_initial),
            row.goods_cents,
            row.paid_cents,
            row.boxes_held_cents,
            row.cash_held_cents,
            row.customers_owe_cents,
            row.written_off_cents,
            row.balance_cents,
        )
        for row in balances.families(tx, season, by)
    ]


def _payments(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("date", N_("Day"), "day"),
        Column("id", N_("Number"), "id"),
        Column("kind", N_("Type")),
        Column("scout", N_("Scout")),
        Column("method", N_("Payment")),
        Column("reference", N_("Reference")),
        Column("takenBack", N_("Taken back"), "id"),
        Column("amountCents", N_("Amount"), "money"),
    )
    rows: list[tuple[Any, ...]] = []
    before = 0
    while page := turn_ins.recent(tx, season, by, before=before, limit=_MANY):
        rows += [
            (
                row.day,
                row.id,
                row.kind,
                _girl(row.scout_first_name, row.scout_last_initial),
                row.method or "",
                row.reference,
                row.reverses or row.reversed_by,
                -row.cents if row.reverses else row.cents,
            )
            for row in page
        ]
        before = page[-1].id
    return columns, rows


def _council(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("item", N_("Item"), "word"),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
    )
    now = council.statement(tx, season)
    return columns, [
        (N_("Charged by the council"), now.packages, now.charged_cents),
        (N_("Proceeds of the troop"), now.packages - now.exempt_packages, -now.proceeds_cents),
        (N_("Card money the council holds"), None, -now.card_cents),
        (N_("Withdrawn by the council"), None, -now.swept_cents),
        (N_("Family debts the council took over"), None, -now.taken_over_cents),
        (N_("Still due to the council"), None, now.due_cents),
    ]


def _differences(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("scout", N_("Scout")),
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("digitalCookie", N_("In Digital Cookie"), "boxes"),
        Column("office", N_("In the back office"), "boxes"),
        Column("credited", N_("Credited here"), "boxes"),
        Column("onHand", N_("With her"), "boxes"),
        Column("difference", N_("Difference"), "boxes"),
        Column("why", N_("Why"), "word"),
    )
    return columns, [
        (
            _girl(line.first_name, line.last_initial),
            line.code,
            line.name,
            line.digital_cookie,
            line.office,
            line.credited,
            line.on_hand,
            line.gap,
            tuple((part.message, part.params) for part in line.parts),
        )
        for line in differences.page(tx, season, by).lines
    ]


def _to_type(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
    columns = (
        Column("office", N_("System")),
        Column("scout", N_("Scout")),
        Column("cookie", N_("Cookie")),
        Column("boxes", N_("Packages"), "boxes"),
        Column("typed", N_("Typed already"), "boxes"),
        Column("what", N_("What to type"), "word"),
    )
    return columns, [
        (
            item.office,
            _girl(item.first_name, item.last_initial),
            item.product,
            item.boxes,
            item.typed,
            ((item.sentence.message, item.sentence.params),),
        )
        for item in typing_list.page(tx, season, by)
    ]


def _journal(tx: apsw.Connection, season: int, by: Person) -> tuple[tuple[Column, ...], list[tuple[Any, ...]]]:
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
    found = many(
        tx,
        """SELECT journal.id, day, kind, first_name, last_initial, order_id, booths.name AS booth, reference, note, reverses,
                  (SELECT sum(boxes) FROM box_moves WHERE entry_id = journal.id) AS moved,
                  (SELECT sum(boxes) FROM credits WHERE entry_id = journal.id) AS credited,
                  (SELECT sum(cents) FROM money_entries WHERE entry_id = journal.id) AS cents
             FROM journal LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = booth_id
            WHERE journal.season_id = :season ORDER BY journal.id""",
        season=season,
    )
    return columns, [
        (
            row.day,
            row.id,
            row.kind,
            _girl(row.first_name, row.last_initial),
            row.order_id,
            row.booth or "",
            row.moved,
            row.credited,
            row.cents,
            row.reference,
            row.note,
            row.reverses,
        )
        for row in found
    ]


_REPORTS = {
    report.name: report
    for report in (
        Report("scouts", N_("Packages by scout and cookie"), "scouts.see", _scouts),
        Report("sales", N_("Sales"), "sales.all", _sales),
        Report("products", N_("Cookies sold"), "sales.all", _products),
        Report("stock", N_("Where every box is"), "stock.see", _stock),
        Report("balances", N_("What families owe"), "money.see", _balances),
        Report("payments", N_("Payments, deposits and withdrawals"), "money.see", _payments),
        Report("differences", N_("What does not agree"), "differences", _differences),
        Report("to-type", N_("What to type tonight"), "differences", _to_type),
        Report("council", N_("Statement with the council"), "money.see", _council),
        Report("journal", N_("Everything that was recorded"), "money.see", _journal),
    )
}
