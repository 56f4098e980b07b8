"""Fixtures of the attacks on the schema."""

import apsw
import pytest

from gsctracker.db import migrate
from gsctracker.db.rows import many
from tests.db.one_of_each import WORLD, insert


@pytest.fixture(scope="session")
def schema():
    """The tables of a fresh file: name -> its CREATE statement."""
    tx = apsw.Connection(":memory:")
    migrate.bring_up(tx)
    rows = many(tx, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {row.name: row.sql for row in rows if not row.name.startswith("order_search")}


@pytest.fixture
def world(db):
    """A file with one of everything that others point to, and a write that is open."""
    with db.write() as tx:
        for table, row in WORLD.items():
            insert(tx, table, row)
        yield tx
