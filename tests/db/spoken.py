"""What is really said to SQLite: a recorder for statements, and a reader for what SQLite will do about them."""

import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import apsw

import gsctracker.db
from gsctracker.db import connections
from gsctracker.db.rows import many


@dataclass
class Recorder:
    """Each statement that was carried out, with the functions of ours that asked for it; and how many in all."""

    origins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spoken: list[str] = field(default_factory=list)
    with_values: dict[str, object] = field(default_factory=dict)

    def hear(self, cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        """apsw calls this before each statement; True lets it go on."""
        self.origins[sql].add(asked_by())
        self.spoken.append(sql)
        self.with_values.setdefault(sql, bindings)
        return True


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record every statement of the databases that are opened while this lasts."""
    recorder, settle, limit = Recorder(), connections._settle, gsctracker.db.end_long_statements

    def settle_and_listen(connection: apsw.Connection) -> None:
        settle(connection)
        connection.exec_trace = recorder.hear

    connections._settle = settle_and_listen
    gsctracker.db.end_long_statements = lambda _: None  # it would listen in our place: a connection has one listener
    try:
        yield recorder
    finally:
        connections._settle, gsctracker.db.end_long_statements = settle, limit


def asked_by() -> str:
    """The function of the program, `sales/listing.page`, on whose behalf rows or apsw is at work."""
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("gsctracker.") and name not in ("gsctracker.db.rows", "gsctracker.db.tables"):
            code = frame.f_code.co_name
            return f"{name.removeprefix('gsctracker.').removeprefix('domain.').replace('.', '/')}.{code}"
        frame = frame.f_back
    return "a test"


@dataclass(frozen=True)
class Plan:
    """What a statement, with the triggers it fires, reads: tables and indexes it goes through whole, and indexes it uses."""

    whole: frozenset[str]
    used: frozenset[str]


def plan_of(tx: apsw.Connection, sql: str, bindings: object = None) -> Plan:
    """Read the program SQLite makes of a statement; triggers are in it, which EXPLAIN QUERY PLAN leaves out.

    A cursor that is set to the first or last row and then stepped goes through its whole table, unless the step ends early;
    a cursor that is set by a key reads only what it looks for.
    """
    trees = {
        row.rootpage: row for row in many(tx, "SELECT rootpage, name, tbl_name FROM sqlite_schema WHERE rootpage > 0")
    }
    whole, used, opened, begun = set(), set(), {}, set()
    for row in tx.execute(f"EXPLAIN {sql}", bindings):
        address, opcode, p1, p2 = row[:4]
        if address == 0:  # a trigger's program begins
            opened, begun = {}, set()
        if opcode in ("OpenRead", "ReopenIdx") or (opcode == "OpenWrite" and p2 in trees):
            opened[p1] = trees.get(p2)
            if opcode != "OpenWrite" and trees.get(p2):
                used.add(trees[p2].name)
        elif opcode in ("OpenEphemeral", "OpenAutoindex", "OpenPseudo", "SorterOpen"):
            opened[p1] = None
        elif opcode in ("Rewind", "Last"):
            begun.add(p1)
        elif opcode in ("IdxGE", "IdxGT", "IdxLE", "IdxLT"):
            begun.discard(p1)  # it ends at a key: a range, not the whole
        elif opcode in ("Next", "Prev") and p1 in begun and opened.get(p1):
            whole.add(opened[p1].tbl_name)
    return Plan(frozenset(whole), frozenset(used))


def query_plan(tx: apsw.Connection, sql: str, bindings: object = None) -> list[str]:
    """The lines of EXPLAIN QUERY PLAN."""
    return [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]
