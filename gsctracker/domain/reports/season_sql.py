"""A season as SQL that PostgreSQL's psql loads: for a troop that outgrows one box, or whoever looks at many troops together.

Every file makes a schema of its own, named after the troop and the season, so that many lie beside each other in one database.
It holds what was sold, moved, paid and credited, the girls by first name and initial. It holds no customer's name or address,
no account, no note and nothing of the box: what is not needed to add things up stays at home. Money is in cents.
"""

import re
from collections.abc import Iterator

import apsw

from gsctracker.db.rows import many
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict
from gsctracker.words import N_

ROWS_TOGETHER = 500
_WRITTEN = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
TABLES = {  # which rows of it, and its primary key; parents first
    "troop": ("SELECT number, name, council, time_zone FROM troop", ""),
    "seasons": ("SELECT id, name, year, baker, status, base_proceeds FROM seasons WHERE id = :season", "id"),
    "products": (
        """SELECT id, season_id, code, name, family, price_cents, packs_per_case, is_virtual FROM products
            WHERE season_id = :season ORDER BY id""",
        "id",
    ),
    "scouts": ("SELECT id, first_name, last_initial, level, grade, status FROM scouts ORDER BY id", "id"),
    "goals": ("SELECT id, season_id, scout_id, boxes FROM goals WHERE season_id = :season ORDER BY id", "id"),
    "booths": (
        "SELECT id, season_id, type, name, starts_at, ends_at, status FROM booths WHERE season_id = :season ORDER BY id",
        "id",
    ),
    "orders": (
        """SELECT id, season_id, source, scout_id, order_type, status, payment_method, ordered_on, delivered_on, collected_cents,
                  boxes, donated_boxes, amount_cents FROM orders WHERE season_id = :season ORDER BY id""",
        "id",
    ),
    "order_lines": (
        """SELECT order_id, product_id, boxes, price_cents FROM order_lines
            WHERE order_id IN (SELECT id FROM orders WHERE season_id = :season) ORDER BY order_id, product_id""",
        "order_id, product_id",
    ),
    "places": (
        """SELECT id, kind, scout_id, booth_id FROM places
            WHERE booth_id IS NULL OR booth_id IN (SELECT id FROM booths WHERE season_id = :season) ORDER BY id""",
        "id",
    ),
    "money_accounts": ("SELECT id, kind, scout_id FROM money_accounts ORDER BY id", "id"),
    "journal": (
        """SELECT id, season_id, kind, day, recorded_at, scout_id, order_id, booth_id, method, reverses FROM journal
            WHERE season_id = :season ORDER BY id""",
        "id",
    ),
    "box_moves": (
        """SELECT id, entry_id, product_id, from_place, to_place, boxes FROM box_moves
            WHERE entry_id IN (SELECT id FROM journal WHERE season_id = :season) ORDER BY id""",
        "id",
    ),
    "money_entries": (
        """SELECT id, entry_id, debit, credit, cents, product_id, boxes, price_cents FROM money_entries
            WHERE entry_id IN (SELECT id FROM journal WHERE season_id = :season) ORDER BY id""",
        "id",
    ),
    "credits": (
        """SELECT id, entry_id, scout_id, product_id, boxes, channel FROM credits
            WHERE entry_id IN (SELECT id FROM journal WHERE season_id = :season) ORDER BY id""",
        "id",
    ),
}
_PARENTS = {
    "season_id": "seasons", "product_id": "products", "scout_id": "scouts", "booth_id": "booths", "order_id": "orders",
    "entry_id": "journal", "reverses": "journal", "from_place": "places", "to_place": "places", "debit": "money_accounts",
    "credit": "money_accounts",
}  # fmt: skip


def written(tx: apsw.Connection, by: Person) -> Iterator[str]:
    """The current season's statements, a few hundred rows in each; run in one transaction, or not at all. Raises NotAllowed."""
    for permission in ("exports", "money.see", "sales.all"):
        roles.require(by, permission)
    own, season = troop.own(tx), seasons.current(tx)
    if own is None:
        raise Conflict(N_("There is no troop in this box yet."), "no_troop")
    schema = "troop_" + re.sub(r"[^a-z0-9]+", "_", f"{own.number}_{season.year}".lower()).strip("_")
    yield f"BEGIN;\nCREATE SCHEMA {schema};\nSET LOCAL search_path TO {schema};\n"
    for table, (asked, key) in TABLES.items():
        declared = ",\n    ".join(_declared(tx, table, _columns(asked), key))
        yield f"CREATE TABLE {table} (\n    {declared}\n);\n"
        yield from _rows(tx, table, asked, season.id)
    for table, (asked, _) in TABLES.items():
        for column in _columns(asked):
            if column in _PARENTS:
                yield f"ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {_PARENTS[column]} (id);\n"
    yield "COMMIT;\n"


def taken_away(tx: apsw.Connection, by: Person | None) -> None:
    """Write down that the season left the box as SQL; `by` None: at the console."""
    audit.note(tx, by.id if by else None, "report.taken_away", "report", None, report="season", type="sql")


def _declared(tx: apsw.Connection, table: str, names: list[str], key: str) -> list[str]:
    """The lines of a table's declaration."""
    known = {
        row.name: row
        for row in many(tx, 'SELECT name, type, "notnull" AS is_needed FROM pragma_table_info(:t)', t=table)
    }
    found = []
    for name in names:
        kind = "bigint" if known[name].type == "INTEGER" else "text"
        kind = "date" if name == "day" or name.endswith("_on") else "timestamptz" if name.endswith("_at") else kind
        found.append(f"{name} {kind}{' NOT NULL' if known[name].is_needed else ''}")
    return [*found, f"PRIMARY KEY ({key})"] if key else found


def _columns(asked: str) -> list[str]:
    """The names of the columns that a statement of TABLES gives."""
    return re.split(r",\s+", asked.removeprefix("SELECT ").partition(" FROM ")[0])


def _rows(tx: apsw.Connection, table: str, asked: str, season_id: int) -> Iterator[str]:
    names = _columns(asked)
    rows = many(tx, asked, **({"season": season_id} if ":season" in asked else {}))
    yield f"COPY {table} ({', '.join(names)}) FROM stdin;\n"
    for start in range(0, len(rows), ROWS_TOGETHER):
        some = rows[start : start + ROWS_TOGETHER]
        yield "".join("\t".join(_cell(getattr(row, name)) for name in names) + "\n" for row in some)
    yield "\\.\n"


def _cell(given: object) -> str:
    """A value as COPY reads it: what would end a cell, a row or the table is written with a backslash."""
    return "\\N" if given is None else str(given).translate(_WRITTEN)
