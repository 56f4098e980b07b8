"""How a connection is opened: each habit on its own line with its reason."""

from pathlib import Path

import apsw

from gsctracker.errors import Conflict
from gsctracker.words import N_

BUSY_MILLISECONDS = 10_000
OLDEST_SAFE_SQLITE = (3, 51, 3)  # before 3.51.3 two connections could corrupt a WAL file (the "WAL-reset" race)


def require_safe_sqlite(version: str | None = None) -> None:
    """Refuse a SQLite library ("3.54.1") that can corrupt a WAL file under two connections."""
    found = version or apsw.sqlite_lib_version()
    if tuple(int(part) for part in found.split(".")) < OLDEST_SAFE_SQLITE:
        raise Conflict(
            N_(
                "SQLite %(found)s can damage the troop's file. Install apsw 3.51.3 or newer: pip install --upgrade apsw"
            ),
            "sqlite_too_old",
            found=found,
        )


def open_writer(path: Path) -> apsw.Connection:
    """The connection that may write, and make the file."""
    writer = apsw.Connection(str(path))
    _settle(writer)
    writer.execute("PRAGMA cache_size = -8000")  # 8 MB, which its own commits leave standing
    writer.execute("PRAGMA journal_mode = WAL")  # readers go on beside the writer
    writer.execute("PRAGMA synchronous = FULL")  # a pulled plug loses no sale that was answered
    writer.execute("PRAGMA journal_size_limit = 67108864")  # the WAL shrinks again after a burst
    return writer


def open_reader(path: Path) -> apsw.Connection:
    """A connection that cannot change the file."""
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    _settle(reader)
    reader.execute("PRAGMA cache_size = -2000")  # there are many, and each commit of the writer empties theirs
    reader.execute("PRAGMA query_only = ON")  # nor make a temporary table by mistake
    return reader


def _settle(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_MILLISECONDS)  # first: the pragmas below can themselves meet a lock
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)  # "a mistyped column" is an error, not a text
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)  # a tampered file cannot call functions
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)  # a statement is not planned anew for each value bound to it
    connection.execute("PRAGMA foreign_keys = ON")  # off unless asked for, on each connection
    connection.execute("PRAGMA recursive_triggers = ON")  # REPLACE fires the append-only triggers too
    connection.execute("PRAGMA cell_size_check = ON")  # damage is met where it is, not later
    connection.execute("PRAGMA mmap_size = 0")  # a stray pointer cannot write into the file
    connection.execute("PRAGMA temp_store = MEMORY")
