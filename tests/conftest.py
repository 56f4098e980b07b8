"""Fixtures: a real file in every test, and the people who act in it."""

import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from gsctracker.db import Database
from gsctracker.domain.people.roles import Person
from tests import factories

pytest_plugins = ["tests.buckets", "tests.compiled_templates"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Beside other workers files with slow tests come first, then those with many: at the end none waits long for another."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        many = Counter(item.path for item in items)
        items.sort(key=lambda item: (item.path not in slow, -many[item.path]))


def pytest_collection_finish() -> None:
    """What was loaded by now stays: the collector need not walk through all of it again and again during the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def english_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands speak English here, whatever the developer's console speaks."""
    monkeypatch.setenv("LANGUAGE", "en")


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty box, made once: each test opens a copy of its own."""
    path = tmp_path_factory.mktemp("empty") / "gsctracker.db"
    Database(path).close()
    return path


@pytest.fixture(scope="session")
def set_up_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a box that was set up, made once likewise."""
    path = tmp_path_factory.mktemp("set-up") / "gsctracker.db"
    shutil.copy(empty_file, path)
    database = Database(path)
    with database.write() as tx:
        factories.set_up(tx)
    database.close()
    return path


@pytest.fixture
def db(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty box; where the test comes to `box` below, the file of that."""
    made = "set_up_file" if "set_up_file" in request.fixturenames else "empty_file"
    shutil.copy(request.getfixturevalue(made), tmp_path / "gsctracker.db")
    database = Database(tmp_path / "gsctracker.db")
    yield database
    database.close()


@pytest.fixture
def box(set_up_file: Path, db: Database) -> Database:
    """A box that was set up: Troop 1234 with ABC's line-up of 2025-26 and an admin."""
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
