"""gsctracker smoke: the calls that must work, made against a real server, and seen to fail where one does not."""

import hashlib
import http.server
import json
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.db import Database
from gsctracker.domain.people import passwords
from tests import factories
from tests.running import clean_environment, started

PASSWORD = "three tables at noon"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smoke") / "data"
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx, password_hash=passwords.hashed(PASSWORD))
    db.close()
    with started(folder) as server:
        yield server


def smoke(running, *arguments, said=""):
    command = [sys.executable, "-m", "gsctracker", "smoke", "--data-dir", str(running.folder), *arguments]
    told = clean_environment(PORT=str(running.port), HOST="127.0.0.1")
    return subprocess.run(command, env=told, input=said, capture_output=True, text=True, timeout=60)


def rows(running):
    db = Database(running.folder / "gsctracker.db")
    try:
        with db.read() as tx:
            tables = [name for (name,) in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {name: tx.execute(f'SELECT count(*) FROM "{name}"').get for name in tables}
    finally:
        db.close()


def test_a_box_that_is_up_passes_and_nothing_stays_of_it(running):
    """DEP-25, TEST-19: signed out, and with one write that is taken back."""
    before = rows(running)
    done = smoke(running, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["ok"] and {"it is well", "the first page", "a change can be written"} <= {
        each["name"] for each in found["calls"]
    }
    assert sum(each["milliseconds"] for each in found["calls"]) < 30_000
    assert rows(running) == before


def test_somebody_signs_in_looks_and_signs_out(running):
    """DEP-25: the session that is begun is ended."""
    done = smoke(running, "--email", "olga@example.org", "--password-stdin", said=PASSWORD + "\n")
    assert done.returncode == 0, done.stdout
    assert "signing out" in done.stdout and PASSWORD not in done.stdout + done.stderr
    assert rows(running)["sessions"] == 0
    wrong = smoke(running, "--email", "olga@example.org", "--password-stdin", said="not hers\n")
    assert wrong.returncode == 1 and "signing in answers 401" in wrong.stdout


class Nonsense(http.server.BaseHTTPRequestHandler):
    """A server that says yes to everything."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


def test_another_server_fails_and_so_does_none():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nonsense) as other:
        threading.Thread(target=other.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{other.server_port}"
        ended = CliRunner().invoke(main, ["smoke", address])
        assert ended.exit_code == 1
        for name in ("it is well", "strangers see nothing", "the first page"):
            assert name in ended.stderr
        other.shutdown()
    ended = CliRunner().invoke(main, ["smoke", address])
    assert ended.exit_code == 1 and "no answer" in ended.stdout


@pytest.mark.parametrize("address", ["cookies", "file:///etc/passwd", "http://box/with/path", "http://"])
def test_what_is_no_address_is_refused(address):
    ended = CliRunner().invoke(main, ["smoke", address])
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "not the address of a box" in ended.stderr


def test_a_file_of_another_version_is_not_touched(running):
    """The write that is tried leaves the file's number as it was."""
    database = running.folder / "gsctracker.db"
    head = hashlib.sha256(database.read_bytes()[:100]).hexdigest()
    smoke(running)
    assert hashlib.sha256(database.read_bytes()[:100]).hexdigest() == head
