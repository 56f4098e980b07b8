"""What differs between two states of the database, as lines a person can read: a table, a key, and the row as it is now.

One line is one row, as JSON: `{"table": "orders", "key": {"id": 7}, "row": {...}}`; a row that is gone has `"row": null`. Bytes
stand as `{"hex": "..."}`. Lines put into the older state give the newer one.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apsw

from gsctracker.db.contents import BOX_TABLES
from gsctracker.db.rows import many
from gsctracker.errors import Conflict
from gsctracker.words import N_

BEFORE = "before"  # what the older file is attached as
LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class Table:
    """A table of the troop: the columns that tell its rows apart, and all that are written down."""

    name: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


def tables(connection: apsw.Connection) -> dict[str, Table]:
    """Every table of the troop in the main file, by name; not what the box notes about itself."""
    known = many(
        connection,
        """SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name""",
    )
    return {each.name: _table(connection, each.name) for each in known if each.name not in BOX_TABLES}


def write(reader: apsw.Connection, line: Callable[[str], object]) -> dict[str, dict[str, int]]:
    """Give `line` each row of the main file that the file attached as BEFORE has not or has otherwise, and each that is gone.

    Gives, for the tables that differ, how many rows are `written` and how many `gone`. Call it inside one transaction.
    """
    counted = {}
    for table in tables(reader).values():
        written = gone = 0
        for values in reader.execute(_new_or_other(table)):
            row = dict(zip(table.columns, map(_shown, values), strict=True))
            line(_line(table, {key: row[key] for key in table.keys}, row))
            written += 1
        for values in reader.execute(_gone(table)):
            line(_line(table, dict(zip(table.keys, map(_shown, values), strict=True)), None))
            gone += 1
        if written or gone:
            counted[table.name] = {"written": written, "gone": gone}
    return counted


def put_in(writer: apsw.Connection, lines: Callable[[], Iterable[bytes]]) -> dict[str, dict[str, int]]:
    """Bring the main file into the state that the lines tell of; `lines` is asked twice, once to clear and once to write.

    Call it in one transaction, with triggers and references asleep. Gives what `write` gave. Raises Conflict for a line that
    is none, or that does not fit the file.
    """
    known = tables(writer)
    counted: dict[str, dict[str, int]] = {}
    for table, key, row in _parsed(known, lines()):
        quoted, which = _quoted(table.name), " AND ".join(f"{_quoted(name)} = ?" for name in table.keys)
        writer.execute(f"DELETE FROM main.{quoted} WHERE {which}", [key[name] for name in table.keys])
        count = counted.setdefault(table.name, {"written": 0, "gone": 0})
        count["gone" if row is None else "written"] += 1
    for table, _, row in _parsed(known, lines()):
        if row is not None:
            quoted, names = _quoted(table.name), ", ".join(map(_quoted, table.columns))
            marks = ", ".join("?" for _ in table.columns)
            given = [row[name] for name in table.columns]
            writer.execute(f"INSERT INTO main.{quoted} ({names}) VALUES ({marks})", given)
    return counted


def _parsed(
    known: dict[str, Table], lines: Iterable[bytes]
) -> Iterator[tuple[Table, dict[str, Any], dict[str, Any] | None]]:
    for raw in lines:
        try:
            said = json.loads(raw)
            table, key, row = known[said["table"]], said["key"], said["row"]
            if set(key) != set(table.keys) or (row is not None and set(row) != set(table.columns)):
                raise ValueError
            yield table, _meant(key), None if row is None else _meant(row)
        except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
            raise Conflict(N_("A line of the shipment is none, or does not fit this copy."), "line_wrong") from None


def _table(connection: apsw.Connection, name: str) -> Table:
    columns = many(connection, "SELECT name, pk FROM pragma_table_info(:name) ORDER BY cid", name=name)
    keys = tuple(column.name for column in sorted(columns, key=lambda each: each.pk) if column.pk)
    all_of_them = tuple(column.name for column in columns)
    return Table(name, keys, all_of_them) if keys else Table(name, ("rowid",), ("rowid", *all_of_them))


def _new_or_other(table: Table) -> str:
    # compared letter by letter: a column that knows no capitals would hide that a name was written anew
    other = " OR ".join(f"a.{_quoted(name)} COLLATE BINARY IS NOT b.{_quoted(name)}" for name in table.columns)
    shown = ", ".join(f"a.{_quoted(name)}" for name in table.columns)
    quoted, same, first = _quoted(table.name), _same(table), _quoted(table.keys[0])
    return f"""SELECT {shown} FROM main.{quoted} a LEFT JOIN {BEFORE}.{quoted} b ON {same}
                WHERE b.{first} IS NULL OR {other}"""


def _gone(table: Table) -> str:
    shown = ", ".join(f"b.{_quoted(name)}" for name in table.keys)
    quoted, same = _quoted(table.name), _same(table)
    return f"""SELECT {shown} FROM {BEFORE}.{quoted} b
                WHERE NOT EXISTS (SELECT 1 FROM main.{quoted} a WHERE {same})"""


def _same(table: Table) -> str:
    return " AND ".join(f"a.{_quoted(key)} = b.{_quoted(key)}" for key in table.keys)


def _line(table: Table, key: dict[str, Any], row: dict[str, Any] | None) -> str:
    return json.dumps({"table": table.name, "key": key, "row": row}, ensure_ascii=False)


def _shown(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _meant(values: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes.fromhex(value["hex"]) if isinstance(value, dict) else value for name, value in values.items()}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
