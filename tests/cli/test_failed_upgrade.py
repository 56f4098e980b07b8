"""A real server whose upgrade fails: it starts, reads, and says why, on pages, in /health and on the console."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops import demo, standby
from tests.running import Running, clean_environment, free_port, until_it_is_up

PROGRAM = """
from gsctracker.db import migrate
from gsctracker.db.migrate import Step
migrate.steps = lambda: [
    Step(2, "good", "ALTER TABLE scouts ADD COLUMN nickname TEXT;", "ALTER TABLE scouts DROP COLUMN nickname;"),
    Step(3, "bad", "DELETE FROM households;", "SELECT 1;"),
]
from gsctracker.cli import main
main()
"""


@pytest.fixture
def server(tmp_path: Path):
    """It runs over a small season, with a program whose second step breaks it."""
    folder = tmp_path / "data"
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    demo.fill(db, scouts=4, sales=20, booths=1)
    db.close()
    port, said = free_port(), tmp_path / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                PROGRAM,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--data-dir",
                str(folder),
            ],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=clean_environment(),
        )
    running = Running(process, port, said, folder)
    try:
        until_it_is_up(running)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_it_starts_reads_and_says_why(server):
    """Fault 66: old data, read-only notice, exit 0 at the end; the state outlasts the restart."""
    status, _, page = server.get("/sign-in")
    assert status == 200 and b"The upgrade to GSCTracker" in page and b"0003_bad" in page
    status, _, told = server.get("/health")
    assert status == 503
    assert "0003_bad" in json.loads(told)["checks"]["database"]["message"]
    assert server.stop() == 0
    assert "The upgrade to GSCTracker" in server.said()
    config = Config(data_dir=server.folder)
    assert standby.of(config.database).reason == "not_migrated"
    old = Database(config.database)
    with old.read() as tx:
        assert tx.execute("SELECT count(*) FROM scouts").get == 4
        assert tx.execute("SELECT count(*) FROM pragma_table_info('scouts') WHERE name = 'nickname'").get == 0
    old.close()
