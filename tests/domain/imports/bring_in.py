"""From the cells of a file to the ledgers, as a door does it: read, understood, staged, applied."""

import hashlib
import json

import export_files

from gsctracker.domain.imports import applying, batches, staging
from gsctracker.domain.reports import summary
from gsctracker.domain.season import seasons
from gsctracker.integrations import spreadsheets


def content_of(headings, rows):
    """The bytes of a workbook."""
    return export_files.workbook(headings, rows)


def stage(tx, by, content, *, source="", name="export.xlsx", scout_id=None, mapping=None):
    """Stage the bytes of a file; gives the batch's id."""
    parsed = staging.understand(tx, spreadsheets.read(content, name), source, mapping)
    return staging.stage(tx, by, parsed.source, parsed, name, hashlib.sha256(content).hexdigest(), scout_id)


def orders(*changes, headings=export_files.TROOP_HEADINGS):
    """The bytes of a troop's "All Order Data": an order per argument, what differs from AN_ORDER."""
    return content_of(headings, [export_files.AN_ORDER | change for change in changes])


def caregiver(*rows):
    """The bytes of a caregiver's export of completed orders."""
    plain = {"Order Date": 46053, "Order Type": "In-Person Delivery", "Order Status": "completed"}
    return export_files.workbook(
        export_files.CAREGIVER_HEADINGS, [plain | row for row in rows], "ORDER EXPORT FOR PARENTS"
    )


def report(*rows):
    """The bytes of ReportExport.xlsx."""
    plain = {
        "CShareVirtual": "FALSE",
        "IncludedInIO": "N",
        "OrderTypeDesc": "T2G",
        "OrderDate": "01/25/2026 11:20:42 AM",
    }
    return content_of(export_files.REPORT_HEADINGS, [plain | row for row in rows])


def grid(*rows):
    """The bytes of CookieOrders.xlsx."""
    return content_of(export_files.GRID_HEADINGS, [{"DATE": "2026/02/01"} | row for row in rows])


COOKIE_IDS = {"CD": 1, "PBP": 2, "TRE": 3, "TM": 4, "PBS": 5, "LEM": 34, "CShare": 37, "ADV": 48, "CCC": 52, "EXP": 56}


def transfers(*rows):
    """The bytes of Smart Cookies' JSON; a row is a dict with type, number, to, from, cookies by code, and other fields."""
    found = []
    for row in rows:
        more = {name: row[name] for name in row if name not in ("type", "number", "cookies")}
        cookies = [{"id": COOKIE_IDS.get(code, code), "quantity": boxes} for code, boxes in row["cookies"].items()]
        found.append(
            {
                "date": "2026/02/01",
                "order_number": row["number"],
                "transfer_type": row["type"],
                "cookies": cookies,
                "total_cases": sum(row["cookies"].values()),
                **more,
            }
        )
    return json.dumps({"orders": found}).encode()


TOTAL = "Total Packages (Includes Donate & Gift)"
SITE = {"Girl First Name": "Troop1234", "Girl Last Name": "Site"}
"""What says in a troop's file that an order is of the troop's own site."""


def hand_out(number="0016491", to="Ana Rivera", **more):
    """A T2G of Smart Cookies."""
    return {"type": "T2G", "number": number, "from": "Troop 1234", "to": to, "cookies": {"TM": 12}} | more


def pick_up(number="0016400", **cookies):
    """A C2T of Smart Cookies."""
    return {
        "type": "C2T(P)",
        "number": number,
        "from": "Cupboard",
        "to": "Troop 1234",
        "cookies": cookies or {"TM": 48},
    }


def apply(tx, by, content, **how):
    """Stage and apply; gives the batch's id."""
    batch_id = stage(tx, by, content, **how)
    applying.apply(tx, by, batch_id)
    return batch_id


def counts(tx, batch_id):
    """Rows by outcome, those that there are."""
    return {outcome: n for outcome, n in batches.preview(tx, batch_id).counts.items() if n}


def reasons(tx, batch_id, outcome=None):
    """The sentences of a batch's rows."""
    return [str(note) for row in batches.lines(tx, batch_id, outcome) for note in row.reasons]


def totals(tx):
    """The troop's totals."""
    return summary.totals(tx, seasons.current(tx).id)


def ledgers(tx):
    """Every row of the three ledgers and of the sales, to be compared byte by byte."""
    tables = (
        "journal",
        "box_moves",
        "money_entries",
        "credits",
        "orders",
        "order_lines",
        "office_lines",
        "external_entries",
    )
    return {table: tx.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def shelf(tx, place=2):
    """Boxes by cookie code at a place (the troop's shelf)."""
    return dict(
        tx.execute(
            "SELECT code, boxes FROM boxes_at JOIN products ON products.id = product_id WHERE place_id = ? AND boxes <> 0",
            (place,),
        ).fetchall()
    )


def home(tx, scout_id):
    """Boxes by cookie code at a girl's home."""
    return shelf(tx, tx.execute("SELECT id FROM places WHERE scout_id = ?", (scout_id,)).fetchone()[0])


def credit(tx, scout_id):
    """Packages credited to a girl by channel."""
    return dict(
        tx.execute(
            "SELECT channel, sum(boxes) FROM credited WHERE scout_id = ? GROUP BY channel HAVING sum(boxes) <> 0",
            (scout_id,),
        )
    )


def owes(tx, scout_id):
    """Cents that her family owes the troop."""
    return tx.execute("SELECT balance_cents FROM family_balances WHERE scout_id = ?", (scout_id,)).fetchone()[0]


def account(tx, number):
    """Cents on one of the troop's own accounts (journal.CARD_CLEARING and so on)."""
    found = tx.execute("SELECT cents FROM account_balances WHERE account_id = ?", (number,)).fetchone()
    return found[0] if found else 0
