"""A season as SQL that PostgreSQL loads: for a troop that outgrows one box, or whoever looks at many troops together.

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
_OF_SEASON = "season_id = :season"
_OF_ENTRY = "entry_id IN (SELECT id FROM journal WHERE season_id = :season)"
TABLES: dict[str, tuple[str, str, str]] = {  # columns, which rows, primary key; parents first
    "troop": ("number name council time_zone", "TRUE", ""),
    "seasons": ("id name year baker status base_proceeds", "id = :season", "id"),
    "products": ("id season_id code name family price_cents packs_per_case is_virtual", _OF_SEASON, "id"),
    "scouts": ("id first_name last_initial level grade status", "TRUE", "id"),
    "goals": ("id season_id scout_id boxes", _OF_SEASON, "id"),
    "booths": ("id season_id type name starts_at ends_at status", _OF_SEASON, "id"),
    "orders": (
        "id season_id source scout_id order_type status payment_method ordered_on delivered_on collected_cents boxes "
        "donated_boxes amount_cents",
        _OF_SEASON,
        "id",
    ),
    "order_lines": (
        "order_id product_id boxes price_cents", "order_id IN (SELECT id FROM orders WHERE season_id = :season)", "order_id, product_id",
    ),
    "places": ("id kind scout_id booth_id", "booth_id IS NULL OR booth_id IN (SELECT id FROM booths WHERE season_id = :season)", "id"),
    "money_accounts": ("id kind scout_id", "TRUE", "id"),
    "journal": ("id season_id kind day recorded_at scout_id order_id booth_id method reverses", _OF_SEASON, "id"),
    "box_moves": ("id entry_id product_id from_place to_place boxes", _OF_ENTRY, "id"),
    "money_entries": ("id entry_id debit credit cents product_id boxes price_cents", _OF_ENTRY, "id"),
    "credits": ("id entry_id scout_id product_id boxes channel", _OF_ENTRY, "id"),
}  # fmt: skip
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
    yield f"BEGIN;\nCREATE SCHEMA {schema};\nSET LOCAL search_path TO {schema};\nSET LOCAL standard_conforming_strings TO on;\n"
    for table, (columns, which, key) in TABLES.items():
        names = columns.split()
        declared = ",\n    ".join(_declared(tx, table, names, key))
        yield f"CREATE TABLE {table} (\n    {declared}\n);\n"
        yield from _rows(tx, table, names, which, season.id)
    for table, (columns, _, _) in TABLES.items():
        for column in columns.split():
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


def _rows(tx: apsw.Connection, table: str, names: list[str], which: str, season_id: int) -> Iterator[str]:
    asked = f"SELECT {', '.join(names)} FROM {table} WHERE {which} ORDER BY 1, 2"
    rows = many(tx, asked, **({"season": season_id} if ":season" in which else {}))
    for start in range(0, len(rows), ROWS_TOGETHER):
        some = rows[start : start + ROWS_TOGETHER]
        values = ",\n".join(f"({', '.join(_value(getattr(row, name)) for name in names)})" for row in some)
        yield f"INSERT INTO {table} ({', '.join(names)}) VALUES\n{values};\n"


def _value(given: object) -> str:
    if given is None:
        return "NULL"
    if isinstance(given, int):
        return str(given)
    return "'" + str(given).replace("'", "''") + "'"
