"""Two database files of one schema, side by side: what stands in one and not in the other, table by table."""

from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker.db import connections
from gsctracker.db.contents import BOX_TABLES
from gsctracker.db.rows import many, value


@dataclass(frozen=True)
class Difference:
    """How the first file's table differs from the second's, in rows: only in the first, only in the second, in both but not alike."""

    only_here: int
    only_there: int
    changed: int


def between(here: Path, there: Path) -> dict[str, Difference]:
    """The tables of the troop that differ, by name. Rows are told apart by their primary key; reads both files whole."""
    reader = connections.open_reader(here)
    try:
        reader.execute("ATTACH :file AS there", {"file": str(there)})
        reader.execute("BEGIN")
        known = many(
            reader,
            """SELECT name FROM pragma_table_list AS mine
                WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
                  AND name IN (SELECT name FROM pragma_table_list WHERE schema = 'there' AND type = 'table') ORDER BY name""",
        )
        found = {each.name: _of(reader, each.name) for each in known if each.name not in BOX_TABLES}
        return {name: one for name, one in found.items() if one != Difference(0, 0, 0)}
    finally:
        reader.close()


def _of(reader: apsw.Connection, table: str) -> Difference:
    columns = many(reader, "SELECT name, pk FROM pragma_table_info(:table) ORDER BY cid", table=table)
    keys = [column.name for column in sorted(columns, key=lambda each: each.pk) if column.pk] or ["rowid"]
    same_key = " AND ".join(f"a.{_quoted(key)} IS b.{_quoted(key)}" for key in keys)
    same_row = " AND ".join(f"a.{_quoted(column.name)} IS b.{_quoted(column.name)}" for column in columns)
    mine, theirs = f"main.{_quoted(table)}", f"there.{_quoted(table)}"
    return Difference(
        value(reader, f"SELECT count(*) FROM {mine} a WHERE NOT EXISTS (SELECT 1 FROM {theirs} b WHERE {same_key})"),
        value(reader, f"SELECT count(*) FROM {theirs} b WHERE NOT EXISTS (SELECT 1 FROM {mine} a WHERE {same_key})"),
        value(reader, f"SELECT count(*) FROM {mine} a JOIN {theirs} b ON {same_key} WHERE NOT ({same_row})"),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
