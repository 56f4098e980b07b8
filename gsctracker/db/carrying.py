"""Preparing a copy to take the live file's place: what the box remembers of itself goes along, the page size is the same."""

from pathlib import Path

import apsw

from gsctracker.db import connections
from gsctracker.db.rows import many, run

CARRIED = (
    "job_runs", "copy_runs", "restore_runs", "drill_runs", "incidents", "incident_lines", "roll_ups", "mishaps",
)  # fmt: skip
"""Tables whose rows are true whatever state the troop's data is taken back to."""


def carry_over(writer: apsw.Connection, live: Path) -> None:
    """Give the file behind `writer` the rows of CARRIED as they stand in the file `live`, in place of its own."""
    writer.execute("ATTACH :file AS live", {"file": str(live)})
    try:
        writer.execute("BEGIN IMMEDIATE")
        try:
            shared = {table: names for table in CARRIED if (names := _shared_columns(writer, table))}
            for table in reversed(shared):  # what refers to others goes first and comes last
                run(writer, f'DELETE FROM main."{table}"')
            for table, names in shared.items():
                run(writer, f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM live."{table}"')
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:  # a full disk ends it by itself
                writer.execute("ROLLBACK")
            raise
    finally:
        writer.execute("DETACH live")


def make_one_file(path: Path, page_size: int | None) -> None:
    """Fold the WAL of a file nobody else uses into it, and give it pages of `page_size` bytes if it has others."""
    writer = apsw.Connection(str(path))
    try:
        writer.set_busy_timeout(connections.BUSY_MILLISECONDS)
        writer.execute("PRAGMA journal_mode = DELETE")
        if page_size and writer.pragma("page_size") != page_size:
            writer.pragma("page_size", page_size)
            writer.execute("VACUUM")
    finally:
        writer.close()


def page_size_of(path: Path) -> int:
    """The page size of a database file, in bytes."""
    reader = connections.open_reader(path)
    try:
        return reader.pragma("page_size")
    finally:
        reader.close()


def _shared_columns(writer: apsw.Connection, table: str) -> str:
    """The columns that both files have, quoted; none where the live file is of a time before this table."""
    columns = many(
        writer,
        """SELECT name FROM pragma_table_info(:table, 'main')
            WHERE name IN (SELECT name FROM pragma_table_info(:table, 'live')) ORDER BY cid""",
        table=table,
    )
    return ", ".join('"' + column.name.replace('"', '""') + '"' for column in columns)
