"""Reports of what is written down about doing: statements of families, imports, who did what, what is kept of whom."""

from typing import NamedTuple

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, Row, girl
from gsctracker.words import N_

MOST_LINES = 20_000
"""The newest lines of the log that a report holds."""


class Statement(NamedTuple):
    """One family's account: its rows as in the report, oldest first, and the cents it owes after the last of them."""

    scout_id: int
    name: str
    owed_cents: int
    rows: list[Row]


STATEMENT_COLUMNS = (
    Column("scout", N_("Scout")),
    Column("date", N_("Day"), "day"),
    Column("id", N_("Number"), "id"),
    Column("kind", N_("Type")),
    Column("cookie", N_("Cookie")),
    Column("boxes", N_("Packages"), "boxes"),
    Column("amountCents", N_("Amount"), "money"),
    Column("owedCents", N_("Owes after it"), "money"),
    Column("method", N_("How")),
    Column("reference", N_("Reference")),
)


def statements(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each posting on each family's account that she may see, oldest first, with what was owed after it."""
    return STATEMENT_COLUMNS, [row for family in by_family(tx, season, by) for row in family.rows]


def by_family(tx: apsw.Connection, season: int, by: Person) -> list[Statement]:
    """The same, family by family; one on whose account nothing was posted has no statement."""
    roles.require(by, "family.money")
    postings = tx.execute(
        """SELECT family_ledger.scout_id, trim(first_name || ' ' || last_initial), day, family_ledger.entry_id, family_ledger.kind,
                  ifnull(products.name, ''), family_ledger.boxes, cents, ifnull(method, ''), reference
             FROM family_ledger JOIN journal ON journal.id = entry_id JOIN scouts ON scouts.id = family_ledger.scout_id
             LEFT JOIN products ON products.id = family_ledger.product_id
            WHERE family_ledger.season_id = :season
              AND (:everybody OR family_ledger.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY family_ledger.scout_id, family_ledger.entry_id, posting_id""",
        {"season": season, "everybody": roles.allows(by, "money.see"), "account": by.id},
    )
    found: dict[int, Statement] = {}
    for scout_id, name, day, entry_id, kind, cookie, boxes, cents, method, reference in postings:
        before = found.get(scout_id) or Statement(scout_id, name, 0, [])
        owed = before.owed_cents + cents
        before.rows.append((name, day, entry_id, kind, cookie, boxes, cents, owed, method, reference))
        found[scout_id] = before._replace(owed_cents=owed)
    return list(found.values())


def imports(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each file that was brought in: its rows by what became of them."""
    columns = (
        Column("id", N_("Number"), "id"),
        Column("source", N_("System")),
        Column("file", N_("File")),
        Column("state", N_("State")),
        Column("stagedAt", N_("Brought in")),
        Column("by", N_("By")),
        Column("rows", N_("Rows"), "id"),
        Column("new", N_("New"), "id"),
        Column("changed", N_("Changed"), "id"),
        Column("same", N_("Same"), "id"),
        Column("refused", N_("Waiting or refused"), "id"),
    )
    return columns, [
        (
            row.id,
            row.source,
            row.file_name,
            row.state,
            row.staged_at,
            row.first_name or "",
            row.lines,
            row.fresh,
            row.changed,
            row.same,
            row.refused,
        )
        for row in many(
            tx,
            """SELECT import_batches.id, source, file_name, import_batches.state, staged_at, first_name, count(import_rows.id) AS lines,
                      count(import_rows.id) FILTER (WHERE outcome IN ('new', 'ours')) AS fresh,
                      count(import_rows.id) FILTER (WHERE outcome IN ('changed', 'vanished')) AS changed,
                      count(import_rows.id) FILTER (WHERE outcome = 'same') AS same,
                      count(import_rows.id) FILTER (WHERE outcome IN ('conflict', 'refused')) AS refused
                 FROM import_batches LEFT JOIN import_rows ON batch_id = import_batches.id LEFT JOIN accounts ON accounts.id = staged_by
                WHERE season_id = :season GROUP BY import_batches.id ORDER BY import_batches.id""",
            season=season,
        )
    ]


def log(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Who did what to which row, newest first; ids, never a child's name."""
    columns = (
        Column("at", N_("When")),
        Column("id", N_("Number"), "id"),
        Column("who", N_("Who")),
        Column("action", N_("What")),
        Column("subject", N_("Of what")),
        Column("subjectId", N_("Its number"), "id"),
        Column("detail", N_("Detail")),
    )
    return columns, [
        (row.at, row.id, row.first_name or "", row.action, row.subject, row.subject_id, row.detail)
        for row in many(
            tx,
            """SELECT at, audit_log.id, first_name, action, subject, subject_id, detail
                 FROM audit_log LEFT JOIN accounts ON accounts.id = account_id ORDER BY audit_log.id DESC LIMIT :most""",
            most=MOST_LINES,
        )
    ]


def kept_of_whom(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What is kept about each girl, in rows; never what it says."""
    columns = (
        Column("scoutId", N_("Number"), "id"),
        Column("scout", N_("Scout")),
        Column("status", N_("Status")),
        Column("guardians", N_("Adults"), "id"),
        Column("sales", N_("Sales"), "id"),
        Column("customers", N_("Customers by name"), "id"),
        Column("entries", N_("Journal"), "id"),
        Column("shifts", N_("Shifts"), "id"),
        Column("aliases", N_("Hashed names"), "id"),
        Column("account", N_("Own account"), "id"),
    )
    return columns, [
        (
            row.id,
            girl(row.first_name, row.last_initial),
            row.status,
            row.guardians,
            row.sales,
            row.customers,
            row.entries,
            row.shifts,
            row.aliases,
            row.accounts,
        )
        for row in many(
            tx,
            """SELECT scouts.id, first_name, last_initial, status,
                      (SELECT count(*) FROM guardian_scouts WHERE scout_id = scouts.id) AS guardians,
                      (SELECT count(*) FROM orders WHERE scout_id = scouts.id AND season_id = :season) AS sales,
                      (SELECT count(*) FROM orders WHERE scout_id = scouts.id AND season_id = :season AND customer_name <> '') AS customers,
                      (SELECT count(*) FROM journal WHERE scout_id = scouts.id AND season_id = :season) AS entries,
                      (SELECT count(*) FROM shift_sign_ups WHERE scout_id = scouts.id) AS shifts,
                      (SELECT count(*) FROM scout_aliases WHERE scout_id = scouts.id) AS aliases,
                      (SELECT count(*) FROM accounts WHERE scout_id = scouts.id) AS accounts
                 FROM scouts ORDER BY scouts.id""",
            season=season,
        )
    ]


def receipts(tx: apsw.Connection, season: int, by: Person) -> Content:
    """The index of receipts: number, girl, what it is of, who stood there, whether it is signed, confirmed or void."""
    columns = (
        Column("number", N_("Receipt"), "id"),
        Column("date", N_("Day"), "day"),
        Column("scout", N_("Scout")),
        Column("kind", N_("Type")),
        Column("boxes", N_("Packages"), "boxes"),
        Column("amountCents", N_("Amount"), "money"),
        Column("adult", N_("Adult")),
        Column("signedAt", N_("Signed")),
        Column("confirmedAt", N_("Confirmed")),
        Column("state", N_("State"), "word"),
    )
    return columns, [
        (
            row.number,
            row.day,
            girl(row.first_name, row.last_initial),
            row.kind,
            row.boxes,
            row.cents,
            row.adult,
            row.signed_at or "",
            row.confirmed_at or "",
            N_("Void") if row.is_void else N_("Stands"),
        )
        for row in many(
            tx,
            """SELECT number, day, first_name, last_initial, kind, adult, signed_at, confirmed_at,
                      (SELECT sum(boxes) FROM box_moves WHERE box_moves.entry_id = journal.id) AS boxes,
                      (SELECT sum(cents) FROM money_entries WHERE money_entries.entry_id = journal.id) AS cents,
                      EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = journal.id) AS is_void
                 FROM receipts JOIN journal ON journal.id = receipts.entry_id JOIN scouts ON scouts.id = journal.scout_id
                WHERE receipts.season_id = :season ORDER BY number""",
            season=season,
        )
    ]


def unpaid(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each unpaid balance that was reported to the council, and what became of it."""
    columns = (
        Column("scout", N_("Scout")),
        Column("filedOn", N_("Reported on"), "day"),
        Column("amountCents", N_("Amount"), "money"),
        Column("reference", N_("Reference")),
        Column("outcome", N_("Outcome"), "word"),
        Column("settledOn", N_("Settled on"), "day"),
    )
    outcomes = {"accepted": N_("Taken over by the council"), "paid": N_("Paid after all"), "withdrawn": N_("Withdrawn")}
    return columns, [
        (
            girl(row.first_name, row.last_initial),
            row.filed_on,
            row.cents,
            row.reference,
            outcomes.get(row.outcome, N_("Waits for the council")),
            row.settled_on or "",
        )
        for row in many(
            tx,
            """SELECT first_name, last_initial, filed_on, cents, reference, outcome, settled_on
                 FROM unpaid_files JOIN scouts ON scouts.id = scout_id WHERE season_id = :season ORDER BY filed_on, unpaid_files.id""",
            season=season,
        )
    ]
