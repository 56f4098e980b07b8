"""One writer, readers that cannot write, and a counter that also sees other programs."""

import subprocess
import sys
import threading
import time

import apsw
import pytest

from gsctracker import db as db_package
from gsctracker.db import Busy, Database, connections
from gsctracker.db.changes import SECONDS_UNWATCHED
from gsctracker.db.rows import many, value
from gsctracker.errors import Conflict

ADD_HOUSEHOLD = "INSERT INTO households (name, created_at) VALUES ('A', '2026-01-01T00:00:00Z')"


def households(tx):
    return value(tx, "SELECT count(*) FROM households")


def test_a_reader_cannot_write(db):
    """DB-22: a connection for reading refuses to change the file, whatever it is told."""
    with db.read() as tx:
        with pytest.raises(apsw.ReadOnlyError):
            tx.execute(ADD_HOUSEHOLD)
        tx.execute("PRAGMA query_only = OFF")
        with pytest.raises(apsw.ReadOnlyError):
            tx.execute(ADD_HOUSEHOLD)


def test_one_reading_sees_one_state(db):
    with db.read() as tx:
        before = households(tx)
        with db.write() as writer:
            writer.execute(ADD_HOUSEHOLD)
        assert households(tx) == before
    with db.read() as tx:
        assert households(tx) == before + 1


def test_an_exception_undoes_the_whole_write(db):
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        tx.execute(ADD_HOUSEHOLD)
        raise ZeroDivisionError
    with db.read() as tx:
        assert households(tx) == 0


def test_a_write_inside_a_write_is_an_error_not_a_deadlock(db):
    with db.write(), pytest.raises(RuntimeError, match="pass its tx on"), db.write():
        pass


def test_writers_take_turns(db):
    def add():
        for _ in range(20):
            with db.write() as tx:
                tx.execute(ADD_HOUSEHOLD)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.read() as tx:
        assert households(tx) == 160


def test_a_long_report_keeps_nobody_from_writing_and_sees_one_moment(db):
    """PERF-24: no replica is needed: who reads holds no lock that a writer waits for, and what is written meanwhile is not seen."""
    with db.read() as tx:
        before = households(tx)

        def add():
            for _ in range(50):
                with db.write() as other:
                    other.execute(ADD_HOUSEHOLD)

        writes = threading.Thread(target=add)
        writes.start()
        writes.join(60)
        assert not writes.is_alive()
        assert households(tx) == before
    with db.read() as tx:
        assert households(tx) == before + 50


def test_whoever_waits_too_long_for_her_turn_is_told_so(db, monkeypatch):
    monkeypatch.setattr(db_package, "PATIENCE_SECONDS", 0.05)
    told = []

    def wait():
        try:
            with db.write():
                pass
        except Busy as busy:
            told.append(busy)

    with db.write():
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert len(told) == 1


def test_connections_are_a_writer_and_a_reader_for_each_thread(db):
    """DB-08: never more than threads + 1."""

    def read():
        for _ in range(5):
            with db.read() as tx:
                households(tx)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.open_connections() == 4 + 1


def test_the_generation_stays_while_nothing_is_written(db):
    first = db.generation()
    with db.read() as tx:
        households(tx)
    assert db.generation() == first


def test_the_generation_sees_our_own_commits_and_no_rolled_back_ones(db):
    first = db.generation()
    with db.write() as tx:
        tx.execute(ADD_HOUSEHOLD)
    second = db.generation()
    assert second != first
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        tx.execute(ADD_HOUSEHOLD)
        raise ZeroDivisionError
    assert db.generation() == second


def test_the_generation_sees_another_programs_commit(db):
    """PERF-08: a write by the command beside the server is noticed."""
    first = db.generation()
    program = f"""
from pathlib import Path
from gsctracker.db import Database
other = Database(Path({str(db.path)!r}))
with other.write() as tx:
    tx.execute({ADD_HOUSEHOLD!r})
other.close()
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert db.generation() != first
    with db.read() as tx:
        assert households(tx) == 1


def test_a_commit_of_ours_is_marked_once(db):
    with db.write() as tx:
        tx.execute(ADD_HOUSEHOLD)
    after = db.generation()
    time.sleep(2 * SECONDS_UNWATCHED)
    assert db.generation() == after


def test_the_generation_sees_a_program_that_is_not_ours(db):
    """PERF-08: SQLite itself is asked a few times a second, so that no commit stays unseen."""
    first = db.generation()
    program = f"""
import apsw
apsw.Connection({str(db.path)!r}).execute({ADD_HOUSEHOLD!r})
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    time.sleep(2 * SECONDS_UNWATCHED)
    assert db.generation() != first


def test_the_writer_waits_for_the_disk(db):
    with db.write() as tx:
        assert tx.pragma("synchronous") == 2  # FULL
        assert tx.pragma("journal_mode") == "wal"
        assert tx.pragma("foreign_keys") == 1


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.7.0"])
def test_a_sqlite_that_can_corrupt_the_file_is_refused(version):
    with pytest.raises(Conflict, match=r"apsw 3\.51\.3 or newer"):
        connections.require_safe_sqlite(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.54.1", "4.0.0"])
def test_a_safe_sqlite_is_taken(version):
    assert connections.require_safe_sqlite(version) is None


def test_a_mistyped_column_is_an_error_not_a_text(db):
    with db.read() as tx, pytest.raises(apsw.SQLError):
        many(tx, 'SELECT "no such column" FROM households')


def test_a_closed_database_leaves_no_wal_behind(tmp_path):
    database = Database(tmp_path / "x.db")
    with database.write() as tx:
        tx.execute(ADD_HOUSEHOLD)
    with database.read() as tx:
        households(tx)
    database.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.db", "x.db-changes", "x.db-closed"]
