"""A copy that is made while somebody works, and the look at whether a copy is whole."""

import stat

import apsw
import pytest

from gsctracker.db import Database, connections, snapshot
from gsctracker.db.rows import value
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict
from tests import factories


@pytest.fixture
def writer(box):
    connection = connections.open_writer(box.path)
    yield connection
    connection.close()


def test_a_copy_holds_everything_and_is_for_its_owner_alone(box, writer, tmp_path):
    copy = tmp_path / "copies" / "x.db"
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
    snapshot.copy_out(writer, copy)
    found = snapshot.check(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir()] == ["x.db"]
    assert found.schema == 1
    assert (found.rows["scouts"], found.rows["products"]) == (1, 10)
    with box.read() as tx:
        assert all(value(tx, f'SELECT count(*) FROM "{table}"') == rows for table, rows in found.rows.items())


def test_a_copy_is_one_state_and_can_be_opened_as_a_box(box, writer, tmp_path):
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
        snapshot.copy_out(writer, tmp_path / "x.db")  # a girl who is not saved yet is not in it
    assert snapshot.check(tmp_path / "x.db").rows["scouts"] == 0
    again = Database(tmp_path / "x.db")
    with again.read() as tx:
        found = troop.own(tx).number
    again.close()
    assert found == "1234"


def test_what_a_killed_copy_left_is_no_obstacle_and_an_older_copy_is_never_replaced(writer, tmp_path):
    copy = tmp_path / "x.db"
    copy.with_name("x.db.part").write_bytes(b"half")
    snapshot.copy_out(writer, copy)
    before = copy.read_bytes()
    with pytest.raises(Conflict, match="File exists"):
        snapshot.copy_out(writer, copy)
    assert copy.read_bytes() == before
    assert not copy.with_name("x.db.part").exists()


def test_a_copy_that_cannot_be_made_says_why_and_leaves_nothing(writer, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Conflict, match=r"No copy can be made in .*file/copies: Not a directory\."):
        snapshot.copy_out(writer, tmp_path / "file" / "copies" / "x.db")


@pytest.mark.parametrize("spoilt", ["page", "head", "short", "text", "empty"])
def test_a_damaged_copy_is_refused_in_one_sentence(writer, tmp_path, spoilt):
    copy = tmp_path / "x.db"
    snapshot.copy_out(writer, copy)
    whole = copy.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    copy.write_bytes(
        {
            "page": whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :],
            "head": b"?" * 100 + whole[100:],
            "short": whole[: len(whole) // 2],
            "text": b"a letter to the council",
            "empty": b"",
        }[spoilt]
    )
    with pytest.raises(
        Conflict, match=r"^(The copy x\.db is damaged: .*|x\.db is not a copy of a GSCTracker database)\.$"
    ):
        snapshot.check(copy)


def test_a_copy_with_orphans_or_of_another_program_is_refused(writer, tmp_path):
    copy, theirs = tmp_path / "x.db", tmp_path / "y.db"
    snapshot.copy_out(writer, copy)
    for path, sql in (
        (copy, "INSERT INTO scouts (household_id, first_name, created_at) VALUES (99, 'Ana', '2026-01-01T00:00:00Z')"),
        (theirs, "CREATE TABLE theirs (a)"),
    ):
        spoiling = apsw.Connection(str(path))
        spoiling.execute(sql)
        spoiling.close()
    with pytest.raises(Conflict, match="1 rows belong to nothing, the first in scouts"):
        snapshot.check(copy)
    with pytest.raises(Conflict, match=r"y\.db is not a copy of a GSCTracker database"):
        snapshot.check(theirs)
