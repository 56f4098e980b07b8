"""What one connection may take from the others: time, and the file itself."""

import os
import subprocess
import sys
import textwrap

import pytest

from gsctracker.db import TooLong, limits
from gsctracker.db.rows import value
from tests import factories

WITHOUT_END = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_statement_without_end_is_ended_and_the_next_write_works(db):
    """Fault 51: the writer's turn belongs to everybody; what was written before it in the same write is undone."""
    limits.end_long_statements(db._writer, 0.2)
    with pytest.raises(TooLong), db.write() as tx:
        factories.set_up(tx)
        tx.execute(WITHOUT_END).fetchall()
    with db.read() as tx:
        assert tx.execute("SELECT count(*) FROM troop").get == 0
    with db.write() as tx:
        factories.set_up(tx)


def test_a_writer_has_five_seconds_for_each_statement(db):
    """Fault 51: the connection that the server writes with has the limit."""
    assert limits.SECONDS == 5.0
    assert db._writer.exec_trace is not None


def test_many_short_statements_may_take_as_long_as_they_need(db):
    limits.end_long_statements(db._writer, 0.1)
    with db.write() as tx:
        factories.set_up(tx)
        for number in range(1500):
            factories.make_scout(tx, f"Girl {number}")
        assert value(tx, "SELECT count(*) FROM scouts") == 1500


def test_a_connection_is_never_used_in_a_child_of_fork(tmp_path):
    """Fault 53: its locks are its parent's. It is refused before SQLite is asked."""
    program = """
        import os, sys
        from pathlib import Path
        from gsctracker.db import Database
        db = Database(Path(sys.argv[1]))
        child = os.fork()
        if child == 0:
            try:
                with db.read() as tx:
                    tx.execute("SELECT 1").get
            except RuntimeError:
                pass
            else:
                os._exit(1)
            try:
                with db.write() as tx:
                    pass
            except RuntimeError:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        with db.write() as tx:
            tx.execute("SELECT 1").get
        print("fine")
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program), str(tmp_path / "x.db")],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDEVMODE": "0"},
    )
    assert "fine" in done.stdout, done.stderr


def test_nothing_opens_the_live_file_but_sqlite(tmp_path):
    """Fault 52: closing any other descriptor of it drops SQLite's locks. A server's life is listened to, sound by sound."""
    program = """
        import sys
        from pathlib import Path
        folder = Path(sys.argv[1])
        live = {str(folder / ("gsctracker.db" + end)) for end in ("", "-wal", "-shm")}
        wrong = []
        def hear(event, arguments):
            if event == "open" and str(arguments[0]) in live:
                wrong.append(arguments[0])
            if event.startswith("sqlite3."):
                wrong.append(event)
        sys.addaudithook(hear)
        from gsctracker.config import Config
        from gsctracker.db import Database
        from gsctracker.domain.people import sessions
        from gsctracker.ops import start_checks
        from gsctracker.ops.copies import finding, restoring, staging
        from gsctracker.ops.timetable import running, timetable
        from gsctracker.web.app import create_app
        from tests import factories
        config = Config(data_dir=folder)
        start_checks.before_opening(config)
        db = Database(config.database)
        with db.write() as tx:
            factories.set_up(tx)
            person = factories.make_person(tx, "admin")
            token = sessions.start(tx, person.id, "test")
        web = create_app(config, db, "a secret for tests, forty characters long").test_client()
        web.set_cookie("gsct_session", token)
        for path in ("/", "/health", "/metrics", "/sales", "/api/troops/1/summary", "/jobs"):
            web.get(path)
        for job in timetable(config):
            running.run_job(config, db, job)
        with staging.stage(config, finding.find(config)) as staged:
            restoring.restore(config, db, staged)
        db.close()
        print(wrong or "nothing")
    """
    folder = tmp_path / "data"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1:] == ["nothing"], done.stdout + done.stderr


def test_a_reader_has_no_such_limit(db):
    """A long export holds nobody up: readers and the writer go on beside it."""
    limits.end_long_statements(db._writer, 0.01)
    counting = (
        "WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 300000) SELECT max(n) FROM up"
    )
    with pytest.raises(TooLong), db.write() as tx:
        tx.execute(counting).fetchall()
    with db.read() as tx:
        assert tx.execute(counting).get == 300000
