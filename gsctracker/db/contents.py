"""What is in a database file: rows, highest ids, sums and a digest for each table; one digest of all that the troop wrote."""

import hashlib
import re
from collections.abc import Collection
from typing import Any

import apsw

from gsctracker.db.rows import Row, many, value

BOX_TABLES = frozenset(
    {
        "job_runs", "copy_runs", "restore_runs", "drill_runs", "sessions", "once_answers", "known_devices",
        "password_resets", "roll_ups", "mishaps",
    }
)  # fmt: skip
"""The box's own: how it looked after itself. A change in them alone is no reason for another copy."""

APPEND_ONLY = ("audit_log", "journal", "box_moves", "money_entries", "credits", "counts", "count_lines")
"""Tables that never lose a row in a season; the audit log does after years."""

ROUTINE = (
    "box.started", "box.stopped", "box.migrated", "config.changed", "copy.made", "copy.failed", "copy.removed", "drill.made",
    "job.asked",
)  # fmt: skip
"""Lines of the audit log that are the box's own in the same way: they go along with the next copy and cause none."""

ROWS_AT_ONCE = 500  # of a table, put together by SQLite: little memory, and other threads run meanwhile
_ADDED_UP = re.compile(r"(^|_)(cents|boxes)$")


def summary(connection: apsw.Connection, only: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """For each table its rows, its highest id (0 where it has none), the sum of each column of cents or boxes, its digest.

    `only` names the tables that are asked for, unset all. The digest is a SHA-256 in hex over every value of every row in
    the order of the primary key, but the ROUTINE lines of the audit log; two files with the same digest have the same table.
    Reads the whole file, once; call it inside one transaction.
    """
    tables = many(
        connection,
        """SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name""",
    )
    return {table.name: _table(connection, table.name) for table in tables if only is None or table.name in only}


def content(found: dict[str, dict[str, Any]]) -> str:
    """One digest over all tables of a summary that are the troop's: the same as long as nothing was written but the box's own."""
    digest = hashlib.sha256()
    for name in sorted(set(found) - BOX_TABLES):
        digest.update(f"{name}\t{found[name]['digest']}\n".encode())
    return digest.hexdigest()


def _table(connection: apsw.Connection, name: str) -> dict[str, Any]:
    columns = many(connection, "SELECT name, type, pk FROM pragma_table_info(:name) ORDER BY cid", name=name)
    summed = [column.name for column in columns if column.type == "INTEGER" and _ADDED_UP.search(column.name)]
    keys = [column.name for column in sorted(columns, key=lambda each: each.pk) if column.pk]
    numbered = len(keys) == 1 and next(each.type for each in columns if each.pk) == "INTEGER"
    quoted = _quoted(name)
    asked = ["count(*)", f"coalesce(max({_quoted(keys[0])}), 0)" if numbered else "0"]
    asked += [f"coalesce(sum({_quoted(column)}), 0)" for column in summed]
    figures = ", ".join(asked)
    rows, highest, *sums = next(connection.execute(f"SELECT {figures} FROM {quoted}"))
    return {
        "rows": rows,
        "maxId": highest,
        "sums": dict(zip(summed, sums, strict=True)),
        "digest": _digest(connection, name, columns, keys or ["rowid"]),
    }


def _digest(connection: apsw.Connection, name: str, columns: list[Row], keys: list[str]) -> str:
    """SHA-256 over the table: the names of its columns, then every value with its length before it.

    SQLite puts ROWS_AT_ONCE rows together in one step, so that a long table costs neither memory nor the turn of others.
    """
    digest = hashlib.sha256("\t".join(column.name for column in columns).encode())
    ordered = ", ".join(_quoted(key) for key in keys)
    line = " || ".join(_written(column) for column in columns)
    source = _quoted(name)
    if name == "audit_log":
        source = f"(SELECT * FROM {source} WHERE action NOT IN ({', '.join(map(repr, ROUTINE))}))"
    after = ""
    known: dict[str, Any] = {}
    while True:
        rows = f"FROM {source} {after} ORDER BY {ordered} LIMIT {ROWS_AT_ONCE}"
        together = "CAST(group_concat(line, x'0a') AS BLOB)"  # bytes: whatever somebody's file holds as text
        written = value(connection, f"SELECT {together} FROM (SELECT {line} AS line {rows})", **known)
        if written is None:
            return digest.hexdigest()
        digest.update(written)
        digest.update(b"\n")
        backwards = ", ".join(f"{_quoted(key)} DESC" for key in keys)
        last = f"SELECT {ordered} FROM (SELECT {ordered} {rows}) ORDER BY {backwards} LIMIT 1"
        found = next(connection.execute(last, known))
        known = {f"k{place}": part for place, part in enumerate(found)}
        after = f"WHERE ({ordered}) > ({', '.join(f':{place}' for place in known)})"


def _written(column: Row) -> str:
    """A value as SQL writes it for the digest: its length, a colon and itself; a dash for nothing."""
    name = _quoted(column.name)
    shown = f"hex({name})" if column.type == "BLOB" else name
    return f"coalesce(octet_length({name}) || ':' || {shown}, '-')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
