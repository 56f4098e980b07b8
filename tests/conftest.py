"""Fixtures: a real file in every test, and the people who act in it."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from gsctracker.db import Database
from gsctracker.domain.people.roles import Person
from tests import factories

pytest_plugins = ["tests.buckets"]


@pytest.fixture(autouse=True)
def english_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands speak English here, whatever the developer's console speaks."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty box."""
    database = Database(tmp_path / "gsctracker.db")
    yield database
    database.close()


@pytest.fixture
def box(db: Database) -> Database:
    """A box that was set up: Troop 1234 with ABC's line-up of 2025-26 and an admin."""
    with db.write() as tx:
        factories.set_up(tx)
    return db


@pytest.fixture
def tx(box: Database) -> Iterator[apsw.Connection]:
    """One write that is still open, in a box that was set up."""
    with box.write() as tx:
        yield tx


@pytest.fixture
def admin() -> Person:
    """The admin that the set-up made."""
    return Person(id=1, role="admin", first_name="Olga")
