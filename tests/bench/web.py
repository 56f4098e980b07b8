"""What a request costs, as ratios to a bare waitress and Flask hello in the same run. Needs wrk.

    python -m tests.bench.web [--seconds 5] [--sales 6000] [--connections 32]

Prints requests per second and CPU microseconds per request of the server's process, each beside hello's.
"""

import argparse
import logging
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

THREADS = 4
COOKIES = ("Thin Mints", "Trefoils", "Adventurefuls", "Samoas")


class Measured(NamedTuple):
    """One line of the table."""

    name: str
    per_second: float
    cpu_microseconds: float
    errors: int


def hello() -> None:
    """Serve the least that Flask can say."""
    import flask
    import waitress

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = flask.Flask("hello")

    @app.get("/")
    def say() -> str:
        return "hello"

    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=THREADS, connection_limit=800, ident=None)


def tracker() -> None:
    """Serve the app over the folder named, as `gsctracker serve` does."""
    from gsctracker import log
    from gsctracker.config import Config
    from gsctracker.db import Database
    from gsctracker.web import server
    from gsctracker.web.app import create_app

    log.start("info")
    folder = Path(sys.argv[3])
    app = create_app(Config(data_dir=folder), Database(folder / "gsctracker.db"), secrets.token_hex(20))
    server.run(app.wsgi_app, server.listen("127.0.0.1", int(sys.argv[2])), THREADS, ready=lambda: None)


def fill(folder: Path, sales: int) -> str:
    """A season of 25 girls and that many sales; gives a leader's session."""
    from gsctracker.db import Database
    from gsctracker.domain.people import passwords, scouts, sessions
    from gsctracker.domain.sales import orders
    from gsctracker.domain.season import troop

    db = Database(folder / "gsctracker.db")
    password_hash = passwords.hashed("a jar of cookies")
    with db.write() as tx:
        account = troop.set_up(
            tx,
            number="1234",
            name="Bench",
            council="Bench",
            baker="lbb",
            year=2026,
            time_zone="America/Chicago",
            email="ana@example.org",
            first_name="Ana",
            last_name="",
            password_hash=password_hash,
        )
        token = sessions.start(tx, account, "bench")
        by = sessions.resume(tx, token)
        assert by is not None
        girls = [scouts.add_scout(tx, f"Girl{n}", "X", by=by) for n in range(25)]
    for start in range(0, sales, 500):
        with db.write() as tx:
            for n in range(start, min(start + 500, sales)):
                item = orders.Item(COOKIES[n % 4], n % 6 + 1)
                orders.take(
                    tx,
                    by,
                    [item],
                    customer_name=f"Customer {n % 997}",
                    scout_id=girls[n % 25],
                    day=f"2026-02-{n % 27 + 1:02}",
                )
    db.close()
    return token


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(
    name: str, pid: int, address: str, asked: argparse.Namespace, token: str = "", script: str = ""
) -> Measured:
    """Drive one address for some seconds."""
    command = ["wrk", "-t1", f"-c{asked.connections}", f"-d{asked.seconds}s"]
    if token:
        command += ["-H", f"Cookie: gsct_session={token}"]
    if script:
        with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as lua:
            lua.write(script)
        command += ["-s", lua.name]
    subprocess.run([*command[:3], "-d1s", *command[4:], address], capture_output=True, check=True)
    before = cpu_seconds(pid)
    said = subprocess.run([*command, address], capture_output=True, check=True, text=True).stdout
    used = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", said)[1])
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return Measured(name, per_second, used / count * 1e6, int(wrong[1]) if wrong else 0)


LIST_NOT_KEPT = """
local n = 0
request = function() n = n + 1; return wrk.format("GET", "/api/sales?_=" .. n) end
"""
NEW_SALE = """
wrk.method = "POST"
wrk.body = '{"cookieType":"Thin Mints","quantity":2,"customerName":"Test Customer"}'
wrk.headers["Content-Type"] = "application/json"
"""
KNOWN = """
wrk.headers["If-None-Match"] = "*"
"""


def main() -> None:
    """Start both servers, measure each call, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--sales", type=int, default=6000)
    parser.add_argument("--connections", type=int, default=32)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        token = fill(Path(name), asked.sales)
        started = [
            subprocess.Popen([sys.executable, "-m", "tests.bench.web", kind, port, name], stdout=subprocess.DEVNULL)
            for kind, port in (("hello", "38101"), ("tracker", "38102"))
        ]
        try:
            time.sleep(3)
            bare, ours = (one.pid for one in started)
            at = "http://127.0.0.1:38102"
            first = measure("hello", bare, "http://127.0.0.1:38101/", asked)
            found = [
                first,
                measure("summary, kept", ours, f"{at}/api/troops/1/summary", asked, token),
                measure("summary, 304", ours, f"{at}/api/troops/1/summary", asked, token, KNOWN),
                measure("sales list, kept", ours, f"{at}/api/sales", asked, token),
                measure("sales list, not kept", ours, f"{at}/api/sales", asked, token, LIST_NOT_KEPT),
                measure("me", ours, f"{at}/api/auth/me", asked, token),
                measure("new sale", ours, f"{at}/api/sales", asked, token, NEW_SALE),
            ]
        finally:
            for one in started:
                one.terminate()
                one.wait()
    print(f"{'call':22} {'req/s':>8} {'ratio':>6} {'CPU us':>8} {'ratio':>6} {'errors':>6}")
    for one in found:
        print(
            f"{one.name:22} {one.per_second:8.0f} {one.per_second / first.per_second:6.2f} "
            f"{one.cpu_microseconds:8.0f} {one.cpu_microseconds / first.cpu_microseconds:6.2f} {one.errors:6}"
        )


if __name__ == "__main__":
    {"hello": hello, "tracker": tracker}.get(sys.argv[1] if len(sys.argv) > 1 else "", main)()
