"""The reports that pages have and that can be taken away as a file: which there are, who may have which."""

import apsw

from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import (
    season_days,
    tables_of_booths,
    tables_of_boxes,
    tables_of_care,
    tables_of_money,
    tables_of_offices,
    tables_of_records,
    tables_of_rewards,
    tables_of_sales,
    tables_of_season,
    tables_of_supply,
)
from gsctracker.domain.reports.columns import Report, Table
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from gsctracker.words import N_

_GROUPS = (
    (
        N_("Money"),
        (
            Report("balances", N_("What families owe"), "family.money", tables_of_money.balances),
            Report("statements", N_("Statement of each family"), "family.money", tables_of_records.statements),
            Report("payments", N_("Payments, deposits and withdrawals"), "family.money", tables_of_money.payments),
            Report("receipts", N_("Index of receipts"), "money.see", tables_of_records.receipts),
            Report("unpaid", N_("Unpaid balances reported to the council"), "money.see", tables_of_records.unpaid),
            Report("council", N_("Statement with the council"), "money.see", tables_of_money.council),
            Report("withdrawals", N_("Withdrawals of the council"), "money.see", tables_of_season.withdrawals),
            Report("proceeds", N_("What the troop keeps"), "money.see", tables_of_rewards.proceeds),
        ),
    ),
    (
        N_("Stock"),
        (
            Report("stock", N_("Where every box is"), "family.see", tables_of_boxes.stock),
            Report("pick-list", N_("What to pack for whom"), "sales.all", tables_of_supply.pick_list),
            Report("initial-order", N_("Initial order, girl by girl"), "stock.see", tables_of_boxes.initial_order),
            Report(
                "cupboard-orders", N_("Orders to the cupboard"), "stock.see", tables_of_boxes.orders_to_the_cupboard
            ),
            Report("order-suggestion", N_("What to order next"), "stock.see", tables_of_supply.suggestion),
        ),
    ),
    (
        N_("Girls and credit"),
        (
            Report("scouts", N_("Packages by scout and cookie"), "family.see", tables_of_sales.scouts),
            Report("goals", N_("Goals and how far they are"), "sales.all", tables_of_season.goals),
            Report("credit", N_("Credit of each girl by booth and channel"), "sales.all", tables_of_sales.credit),
            Report("rewards", N_("Rewards of each girl"), "family.see", tables_of_rewards.rewards),
            Report("rewards-order", N_("Rewards to order"), "sales.all", tables_of_rewards.to_order),
            Report("ladder", N_("The reward ladder"), "sales.all", tables_of_rewards.ladder),
        ),
    ),
    (
        N_("Sales and booths"),
        (
            Report("today", N_("What waits today"), "sales.all", tables_of_season.today),
            Report("sales", N_("Sales"), "family.see", tables_of_sales.sales),
            Report("products", N_("Cookies sold"), "sales.all", tables_of_sales.products),
            Report("sell-through", N_("How each cookie sells"), "sales.all", tables_of_supply.sell_through),
            Report("booths", N_("Booths and what they took"), "sales.all", tables_of_booths.booths),
            Report("season-days", N_("Each day of each season"), "sales.all", season_days.table),
        ),
    ),
    (
        N_("Official systems"),
        (
            Report("differences", N_("What does not agree"), "differences", tables_of_offices.differences),
            Report("to-type", N_("What to type tonight"), "differences", tables_of_offices.to_type),
            Report("cookie-share", N_("Cookie Share from three sides"), "differences", tables_of_offices.cookie_share),
            Report("imports", N_("Files that were brought in"), "imports", tables_of_records.imports),
        ),
    ),
    (
        N_("Archive"),
        (
            Report("last-check", N_("The last check"), "money.see", tables_of_season.last_check),
            Report("season-review", N_("Review of the season"), "season.manage", tables_of_care.review),
            Report("journal", N_("Everything that was recorded"), "money.see", tables_of_boxes.journal),
            Report("log", N_("Who did what"), "people.manage", tables_of_records.log),
            Report("kept", N_("What is kept of whom"), "people.manage", tables_of_records.kept_of_whom),
            Report("trials", N_("Trials of the program"), "operate", tables_of_care.newest_trial),
        ),
    ),
)
"""By what one wants to know, and in the order in which they are offered."""

_REPORTS = {report.name: report for _, reports_of_group in _GROUPS for report in reports_of_group}


def reports(by: Person) -> list[Report]:
    """Every report that she may have, in the order in which they are offered."""
    return [report for _, some in groups(by) for report in some]


def groups(by: Person) -> list[tuple[str, list[Report]]]:
    """The same by what one wants to know: (title, reports); a group of which she may have none is left out."""
    found = [(title, [report for report in some if _may(by, report)]) for title, some in _GROUPS]
    return [(title, some) for title, some in found if some]


def _may(by: Person, report: Report) -> bool:
    return all(roles.allows(by, one) for one in ("exports", report.permission))


def make(tx: apsw.Connection, name: str, by: Person, season_id: int | None = None) -> Table:
    """A report of the current season, or the one named; a family's holds its own girls alone.

    Raises NotFound for a name nobody knows, NotAllowed.
    """
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


def taken_away(tx: apsw.Connection, table: Table, file_type: str, by: Person | None) -> None:
    """Write down that a report left the box as a file of that type; `by` None: at the console."""
    audit.note(
        tx,
        by.id if by else None,
        "report.taken_away",
        "report",
        None,
        report=table.name,
        type=file_type,
        rows=len(table.rows),
    )
