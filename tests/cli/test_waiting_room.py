"""A real server whose database takes a while to be brought to a newer schema: people are told, and then let in."""

import contextlib
import http.client
import json
import subprocess
import sys
import time

from tests import factories
from tests.running import SECONDS_TO_START, Running, clean_environment, free_port, until_it_is_up

PROGRAM = """
from gsctracker.db import migrate
from gsctracker.db.migrate import Step
slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000000)"
migrate.steps = lambda: [Step(2, "slow", f"CREATE TABLE slow AS {slow} SELECT max(i) FROM n;", "DROP TABLE slow;")]
from gsctracker.cli import main
main()
"""


def first_answer(server, path, **headers):
    """The first answer to that question since it was started: status, headers, body."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return server.get(path, **headers)
        time.sleep(0.01)
    raise AssertionError(server.said())


def test_whoever_comes_while_the_schema_is_changed_is_told_and_let_in_afterwards(tmp_path):
    """DB-19: seconds with a page that says so, in her language, and that looks again by itself."""
    folder = factories.box_in(tmp_path / "data")
    port, said = free_port(), tmp_path / "said"
    command = [sys.executable, "-c", PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(port), "--data-dir", folder]
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=clean_environment()
        )
    server = Running(process, port, said, folder)
    try:
        status, headers, page = first_answer(server, "/sign-in")
        assert status == 503 and b"being brought to version" in page
        assert headers["Refresh"] == headers["Retry-After"] == "3"
        status, _, told = server.get("/api/sales")
        assert (status, json.loads(told)["error"]["code"]) == (503, "maintenance")
        assert b'lang="es"' in server.get("/", Accept_Language="es-MX,es;q=0.9,en;q=0.8")[2]
        until_it_is_up(server)
        assert server.get("/sign-in")[0] == 200
        assert server.stop() == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
