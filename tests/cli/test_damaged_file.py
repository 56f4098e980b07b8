"""A real server that meets a damaged file at its start: who reads goes on reading, nothing is written, a copy brings it back."""

import json

from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.people import sessions
from gsctracker.ops import demo, standby, start_checks
from gsctracker.ops.copies import keys, making
from tests.running import started


def damage(database, table):
    """Spoil a page of that table in a file that nobody has open."""
    db = Database(database)
    with db.read() as tx:
        page = tx.execute("SELECT max(pageno) FROM dbstat WHERE name = ?", (table,)).get
    db.close()
    with database.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 64)


def test_a_damaged_file_is_read_with_its_reason_until_a_copy_is_put_back(tmp_path):
    """DB-23, Fault 21: it starts, pages say why, nothing is written; `restore` puts the copy back and keeps the damaged file."""
    folder = tmp_path / "data"
    folder.mkdir()
    config = Config(data_dir=folder)
    db = Database(config.database)
    demo.fill(db, scouts=4, sales=60, booths=1)
    keys.ready(config)
    making.make(config, db, kind="manual")
    with db.write() as tx:
        token = sessions.start(tx, tx.execute("SELECT min(id) FROM accounts WHERE role = 'admin'").get)
    db.close()
    damage(config.database, "audit_log")
    spoilt = config.database.read_bytes()
    with started(folder) as server:
        status, _, page = server.get("/sign-in")
        assert status == 200 and b"The database is damaged" in page
        status, _, page = server.get("/sales", Cookie=f"gsct_session={token}")
        assert status == 200 and b"The database is damaged" in page, "who is signed in goes on reading"
        status, _, told = server.get("/health")
        assert status == 503 and "damaged" in json.loads(told)["checks"]["database"]["message"]
        beside = CliRunner().invoke(main, ["restore", "--data-dir", str(folder), "--yes"])
        assert beside.exit_code == 75 and "Stop it first" in beside.output
        assert server.stop() == 0
        assert "The database is damaged" in server.said()
    assert config.database.read_bytes() == spoilt, "nothing was written into it"
    done = CliRunner().invoke(main, ["restore", "--data-dir", str(folder), "--yes"])
    assert done.exit_code == 0 and "are kept in" in done.output, done.output
    assert next(folder.glob("quarantine/*/gsctracker.db")).read_bytes() == spoilt
    start_checks.before_opening(config)
    assert standby.of(config.database) is None
