"""Reports of what families owe, of money that changed hands, and of the council's account."""

import apsw

from gsctracker.domain.money import balances as accounts
from gsctracker.domain.money import council as councils
from gsctracker.domain.money import turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, Row, girl
from gsctracker.words import N_

_MANY = 1000


def balances(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each family's account, and what it is made of."""
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
            girl(row.first_name, row.last_initial),
            row.goods_cents,
            row.paid_cents,
            row.boxes_held_cents,
            row.cash_held_cents,
            row.customers_owe_cents,
            row.written_off_cents,
            row.balance_cents,
        )
        for row in accounts.families(tx, season, by)
    ]


def payments(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Payments, deposits and withdrawals, newest first; a family its own. What takes an entry back is below zero."""
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
    rows: list[Row] = []
    for scout_id in (None,) if roles.allows(by, "money.see") else sorted(by.scout_ids):
        rows += _paid(tx, season, by, scout_id)
    return columns, rows


def _paid(tx: apsw.Connection, season: int, by: Person, scout_id: int | None) -> list[Row]:
    rows: list[Row] = []
    before = 0
    while page := turn_ins.recent(tx, season, by, scout_id, before, _MANY):
        rows += [
            (
                row.day,
                row.id,
                row.kind,
                girl(row.scout_first_name, row.scout_last_initial),
                row.method or "",
                row.reference,
                row.reverses or row.reversed_by,
                -row.cents if row.reverses else row.cents,
            )
            for row in page
        ]
        before = page[-1].id
    return rows


def council(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What the council charges, what the troop keeps, what is still due."""
    columns = (
        Column("item", N_("Item"), "word"),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
    )
    now = councils.statement(tx, season)
    return columns, [
        (N_("Charged by the council"), now.packages, now.charged_cents),
        (N_("Proceeds of the troop"), now.packages - now.exempt_packages, -now.proceeds_cents),
        (N_("Card money the council holds"), None, -now.card_cents),
        (N_("Withdrawn by the council"), None, -now.swept_cents),
        (N_("Family debts the council took over"), None, -now.taken_over_cents),
        (N_("Still due to the council"), None, now.due_cents),
    ]
