"""A box, a copy of it from before a change, and a key: for whoever calls restore.sh."""

import subprocess

import pytest

from gsctracker.db import Database
from gsctracker.domain.people import sessions
from tests import factories
from tests.script_calls import AFTER, BEFORE, name_troop
from tests.written_copies import write_copy


@pytest.fixture
def home(tmp_path):
    """A box whose troop was renamed after a copy was made, with somebody signed in at that time."""
    folder = tmp_path / "data"
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
        tx.execute("UPDATE troop SET name = ?", (BEFORE,))
        sessions.start(tx, 1)
    db.close()
    return folder


@pytest.fixture
def copy(home, tmp_path):
    """A whole copy of it with its manifest; the box has gone on since."""
    made = write_copy(home / "gsctracker.db", tmp_path / "copies")
    name_troop(home / "gsctracker.db", AFTER)
    return made


@pytest.fixture
def key(tmp_path):
    """An age key: the file it lies in, and whom one seals for."""
    file = tmp_path / "key.txt"
    said = subprocess.run(["age-keygen", "-o", file], capture_output=True, text=True, check=True)
    return file, said.stderr.split()[-1]
