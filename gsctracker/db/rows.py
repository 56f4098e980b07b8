"""One row, many rows, or a change: the three things a statement can be for."""

import json
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import apsw

from gsctracker import clock
from gsctracker.db import timing


class Row(SimpleNamespace):
    """A row read from the database: its columns are its attributes."""

    def __getattr__(self, name: str) -> Any:  # only reached for a column the statement did not name
        raise AttributeError(f"the statement has no column {name!r}")


def ids(these: Iterable[int]) -> str:
    """Numbers of rows as one value, for `id IN (SELECT value FROM json_each(:these))`.

    Written into the statement each list would be a statement of its own, prepared for once: dearer than what it asks.
    """
    return json.dumps(list(these))


def _rows(cursor: apsw.Cursor) -> list[Row]:
    names: list[str] | None = None
    found = []
    for values in cursor:
        if names is None:
            names = [column[0] for column in cursor.get_description()]
        found.append(Row(**dict(zip(names, values, strict=True))))
    return found


def many(tx: apsw.Connection, sql: str, **values: object) -> list[Row]:
    """All rows of the statement."""
    began = clock.ticks()
    found = _rows(tx.execute(sql, values))
    timing.note(timing.READ, sql, began)
    return found


def one(tx: apsw.Connection, sql: str, **values: object) -> Row | None:
    """The first row of the statement, or None."""
    began = clock.ticks()
    cursor = tx.execute(sql, values)
    first = cursor.fetchone()
    timing.note(timing.READ, sql, began)
    if first is None:
        return None
    # the description is gone once the last row was read, so it is taken from the statement's own columns
    return Row(**dict(zip([c[0] for c in cursor.description], first, strict=True)))


def value(tx: apsw.Connection, sql: str, **values: object) -> Any:
    """The first column of the first row, or None."""
    began = clock.ticks()
    first = tx.execute(sql, values).fetchone()
    timing.note(timing.READ, sql, began)
    return None if first is None else first[0]


def run(tx: apsw.Connection, sql: str, **values: object) -> int:
    """Carry out a change; gives how many rows it touched."""
    began = clock.ticks()
    tx.execute(sql, values)
    timing.note(timing.WRITE, sql, began)
    return tx.changes()


def add(tx: apsw.Connection, sql: str, **values: object) -> int:
    """Carry out an INSERT; gives the new row's id."""
    began = clock.ticks()
    tx.execute(sql, values)
    timing.note(timing.WRITE, sql, began)
    return tx.last_insert_rowid()
