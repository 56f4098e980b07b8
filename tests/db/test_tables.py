"""Which tables were read or changed: SQLite announces them, and what is kept stands or falls with them."""

import subprocess
import sys

import apsw
import pytest

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.changes import Basis
from gsctracker.db.tables import CHANGING, EVERY, MOST_STATEMENTS, READING, SELDOM, Changed, Tables
from tests import factories
from tests.running import clean_environment


@pytest.fixture
def connection():
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA recursive_triggers = ON")
    connection.execute(
        """CREATE TABLE girls (id INTEGER PRIMARY KEY, name TEXT);
           CREATE TABLE boxes (girl INTEGER REFERENCES girls ON DELETE CASCADE, n INTEGER);
           CREATE TABLE sums (girl INTEGER PRIMARY KEY, n INTEGER) WITHOUT ROWID;
           CREATE TRIGGER add_up AFTER INSERT ON boxes BEGIN
               INSERT OR REPLACE INTO sums VALUES (new.girl, new.n); END;
           CREATE VIEW sold AS SELECT name, n FROM girls JOIN sums ON sums.girl = girls.id;
           CREATE VIRTUAL TABLE words USING fts5 (word)"""
    )
    yield connection
    connection.close()


def met(heard, connection, sql, values=()):
    """The tables that one statement meets."""
    heard.met = None
    connection.execute(sql, values).fetchall()
    return heard.since()


def test_a_view_is_read_from_the_tables_behind_it(connection):
    heard = Tables(connection, READING)

    assert {"girls", "sums"} <= met(heard, connection, "SELECT name FROM sold")
    assert "sums" in met(heard, connection, "SELECT count(*) FROM sums")
    assert "boxes" in met(heard, connection, "SELECT name FROM girls WHERE EXISTS (SELECT 1 FROM boxes)")
    assert "words" in met(heard, connection, "SELECT rowid FROM words WHERE words MATCH ?", ("thin",))
    assert "boxes" not in met(heard, connection, "SELECT name FROM sold")


def test_a_change_counts_with_what_triggers_and_foreign_keys_make_of_it(connection):
    heard = Tables(connection, CHANGING)

    assert met(heard, connection, "SELECT * FROM girls") == set()
    assert met(heard, connection, "INSERT INTO girls VALUES (1, 'Ava')") == {"girls"}
    assert met(heard, connection, "INSERT INTO boxes VALUES (?, ?)", (1, 2)) == {"boxes", "sums"}
    assert met(heard, connection, "DELETE FROM girls") >= {"girls", "boxes"}
    assert "words" in met(heard, connection, "INSERT INTO words VALUES ('thin mints')")


def test_a_statement_used_again_is_known_by_its_text(connection):
    heard = Tables(connection, CHANGING)

    for girl in range(3):
        assert met(heard, connection, "INSERT INTO girls VALUES (?, 'Ava')", (girl,)) == {"girls"}


def test_ever_new_statements_take_no_more_room_and_what_is_used_stays_known(connection):
    heard = Tables(connection, READING)
    for number in range(3 * MOST_STATEMENTS):
        assert met(heard, connection, f"SELECT name FROM girls WHERE id IN ({number})") == {"girls"}
        assert met(heard, connection, "SELECT n FROM boxes WHERE girl = ?", (number,)) == {"boxes"}

    assert len(heard._of_statement) + len(heard._of_older) <= 2 * MOST_STATEMENTS


def test_a_statement_that_was_not_seen_being_prepared_counts_as_all(connection):
    connection.execute("SELECT name FROM girls WHERE id = ?", (1,))
    heard = Tables(connection, READING)
    heard._announced = None

    connection.authorizer = None  # as if it had been taken from the statements that stand ready
    assert met(heard, connection, "SELECT name FROM girls WHERE id = ?", (1,)) == {EVERY}
    heard.met = None
    assert heard.since() == {EVERY}


def test_a_change_of_the_schema_counts_as_all(connection):
    heard = Tables(connection, CHANGING)

    assert EVERY in met(heard, connection, "CREATE TABLE booths (id INTEGER)")
    assert EVERY in met(heard, connection, "DROP TABLE booths")


def test_every_cascade_of_the_schema_is_announced(db):
    """What goes with a guardian or an account must not go on being shown from a kept answer."""
    with db.read() as tx:
        cascades = {
            (parent, child[0])
            for child in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
            for _, _, parent, _, _, _, on_delete, _ in tx.execute(
                "SELECT * FROM pragma_foreign_key_list(?)", (child[0],)
            ).fetchall()
            if on_delete in ("CASCADE", "SET NULL", "SET DEFAULT")
        }
    assert ("accounts", "sessions") in cascades
    for parent, child in sorted(cascades):
        with db.write() as tx:
            tx.execute(f"DELETE FROM {parent} WHERE rowid = -1")  # its program is what is announced, rows or none
            assert child in db._changed.met, (parent, child)


def test_what_was_read_stands_until_one_of_its_tables_changes(db):
    with db.write() as tx:
        factories.set_up(tx)
    with db.recalling() as reading, db.read() as tx:
        tx.execute("SELECT count(*) FROM scouts").fetchall()

    with db.write() as tx:
        tx.execute("UPDATE troop SET name = 'Another'")
    assert db.holds(reading.basis)
    with db.write() as tx:
        factories.make_scout(tx, "Ava")
    assert not db.holds(reading.basis)


def test_what_may_have_been_read_from_anywhere_falls_with_every_change(db):
    with db.write() as tx:
        factories.set_up(tx)
    anywhere = Basis(db._changes.moment(), frozenset({EVERY}))
    assert db.holds(anywhere)
    with db.write() as tx:
        tx.execute("UPDATE troop SET name = 'Another'")
    assert not db.holds(anywhere)


def test_a_change_between_the_moment_and_the_reading_is_taken_for_one_after_it(db):
    with db.write() as tx:
        factories.set_up(tx)
    with db.recalling() as reading:
        with db.write() as tx:
            factories.make_scout(tx, "Ava")
        with db.read() as tx:
            tx.execute("SELECT count(*) FROM scouts").fetchall()

    assert not db.holds(reading.basis)


def test_a_write_that_was_undone_changes_nothing(db):
    with db.write() as tx:
        factories.set_up(tx)
    with db.recalling() as reading, db.read() as tx:
        tx.execute("SELECT count(*) FROM scouts").fetchall()

    with pytest.raises(ZeroDivisionError), db.write() as tx:
        factories.make_scout(tx, "Ava")
        raise ZeroDivisionError
    with db.write():
        pass
    assert db.holds(reading.basis)


def test_what_stands_on_something_kept_falls_with_it(db):
    with db.recalling() as inside, db.read() as tx:
        tx.execute("SELECT count(*) FROM scouts").fetchall()
    with db.recalling() as outside:
        db.also_read(inside.basis)
        with db.recalling(), db.read() as tx:
            tx.execute("SELECT count(*) FROM troop").fetchall()

    assert {"scouts", "troop"} <= outside.tables


@pytest.mark.parametrize("ours", [True, False])
def test_what_another_process_writes_may_be_anything(db, ours):
    """DB-10: a commit of the command, and of a program that is not ours."""
    with db.write() as tx:
        factories.set_up(tx)
    with db.recalling() as reading, db.read() as tx:
        tx.execute("SELECT count(*) FROM scouts").fetchall()
    if ours:
        other = Database(db.path)
        with other.write() as tx:
            tx.execute("UPDATE troop SET name = 'Another'")
        other.close()
    else:
        program = f"import apsw; apsw.Connection({str(db.path)!r}).execute(\"UPDATE troop SET name = 'Another'\")"
        subprocess.run([sys.executable, "-c", program], env=clean_environment(), check=True)

    until = clock.ticks() + 30
    while db.holds(reading.basis) and clock.ticks() < until:
        pass
    assert not db.holds(reading.basis)


def test_a_strangers_commit_is_not_taken_for_ours(db):
    """It came between two looks, and a commit of ours right after it: the look at the beginning of ours finds it."""
    with db.write() as tx:
        factories.set_up(tx)
    stranger = apsw.Connection(str(db.path))
    with db.recalling() as reading, db.read() as tx:
        tx.execute("SELECT count(*) FROM scouts").fetchall()
    db._changes._ask_again = clock.ticks() + 3600  # no look by the clock comes to help
    stranger.execute("UPDATE troop SET name = 'Another'")
    stranger.close()
    with db.write() as tx:
        tx.execute("UPDATE seasons SET name = name")

    assert not db.holds(reading.basis)


def test_what_a_trigger_changes_now_and_then_counts_only_where_it_did(connection):
    """A girl's own sale is credited by the same statement as a booth's; the list of booths stands through it."""
    connection.execute(
        """CREATE TABLE booth_sums (id INTEGER PRIMARY KEY, n INTEGER);
           CREATE TRIGGER of_a_booth AFTER INSERT ON girls WHEN new.name = 'booth' BEGIN
               INSERT INTO booth_sums VALUES (new.id, 1) ON CONFLICT DO UPDATE SET n = n + 1; END"""
    )
    heard = Changed(connection)

    def changed(values):
        heard.begin()
        connection.execute("INSERT INTO girls VALUES (?, ?)", values).fetchall()
        return heard.since()

    assert changed((1, "Ava")) == {"girls"}
    assert changed((2, "booth")) == {"girls", "booth_sums"}
    assert changed((3, "Bea")) == {"girls"}
    heard.begin()
    connection.execute("DELETE FROM booth_sums")  # nobody's trigger: SQLite empties it without a word about its rows
    assert heard.since() == {"booth_sums"}


def test_what_is_seldom_changed_has_rowids(db):
    """SQLite's update hook says nothing of other tables."""
    with db.read() as tx:
        for table in SELDOM:
            assert tx.execute(f"SELECT count(rowid) FROM {table}").fetchall()
