"""Which tables the statements of a connection read, or change: SQLite says so itself when it prepares them."""

from typing import Any

import apsw

EVERY = "*"
"""Stands for all tables: of a statement that was not seen while it was prepared, or that changes the schema."""

MOST_STATEMENTS = 500
"""Texts that are known at least: several times as many as apsw keeps prepared. Most stay the same; each mix of filters is one more."""

READING = frozenset({apsw.SQLITE_READ})
CHANGING = frozenset({apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE})
_NO_TABLES = frozenset(
    {
        apsw.SQLITE_READ,
        apsw.SQLITE_SELECT,
        apsw.SQLITE_FUNCTION,
        apsw.SQLITE_RECURSIVE,
        apsw.SQLITE_TRANSACTION,
        apsw.SQLITE_SAVEPOINT,
        apsw.SQLITE_PRAGMA,
    }
)


SELDOM = frozenset({"booth_sums"})
"""Tables that triggers of busy tables change now and then: then they count as changed where a row of theirs was. Each must have rowids:
of others SQLite's update hook says nothing."""

_PERHAPS = {f"{table}?": table for table in SELDOM}


class Tables:
    """Listens to one connection. Views, triggers and foreign keys are counted by the tables behind them.

    A prepared statement is used again without being announced, so its tables are known by its text. What is counted may be too
    much (an UPDATE that met no row), never too little.
    """

    def __init__(self, connection: apsw.Connection, actions: frozenset[int]) -> None:
        self.met: set[str] | None = None
        self._actions = actions
        self._of_statement: dict[str, frozenset[str]] = {}
        self._of_older: dict[str, frozenset[str]] = {}
        self._announced: set[str] | None = None  # since a statement last began
        self._earlier = connection.exec_trace
        connection.authorizer = self._announce
        connection.exec_trace = self._begins

    def since(self) -> frozenset[str]:
        """The tables met since `met` was last emptied (None): all, where not one statement was heard of."""
        return frozenset({EVERY} if self.met is None else self.met)

    def _announce(
        self, action: int, name: str | None, _more: str | None, _database: str | None, cause: str | None
    ) -> int:
        if self._announced is None:
            self._announced = set()
        if action in self._actions:
            self._announced.add(self._called(name or EVERY, cause))
        elif action not in _NO_TABLES:
            self._announced.add(EVERY)
        return apsw.SQLITE_OK

    def _called(self, table: str, _cause: str | None) -> str:
        return table

    def _begins(self, cursor: apsw.Cursor, sql: str, bindings: Any) -> bool:
        tables = self._of_statement.get(sql)
        if tables is None:
            tables = self._recalled(sql)
        self._announced = None
        if self.met is None:
            self.met = set()
        self.met |= tables
        return self._earlier(cursor, sql, bindings) if self._earlier else True

    def _recalled(self, sql: str) -> frozenset[str]:
        """The tables of a statement that was used long ago, or is new. Whatever was not used for long is forgotten in the end."""
        tables = self._of_older.get(sql)
        if tables is None:
            tables = frozenset({EVERY} if self._announced is None else self._announced)
        if len(self._of_statement) >= MOST_STATEMENTS:
            self._of_older, self._of_statement = self._of_statement, {}
        self._of_statement[sql] = tables
        return tables


class Changed(Tables):
    """Listens to the writer, from `begin` to `since`."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection, CHANGING)
        self._rows_of: set[str] = set()
        connection.set_update_hook(self._row)

    def begin(self) -> None:
        """Nothing is changed yet."""
        self.met = None
        self._rows_of.clear()

    def since(self) -> frozenset[str]:
        """The tables changed since `begin`: all, where not one statement was heard of."""
        met = super().since()
        return met - _PERHAPS.keys() | {_PERHAPS[name] for name in met & _PERHAPS.keys()} & self._rows_of

    def _called(self, table: str, cause: str | None) -> str:
        return f"{table}?" if cause and table in SELDOM else table  # the cause is a trigger

    def _row(self, _kind: int, _database: str, table: str, _rowid: int) -> None:
        self._rows_of.add(table)
