#!/usr/bin/env python3
"""The table of docs/performance.md, in one go: a full season and ten times that, beside a bare waitress and Flask.

Usage: table.py [--runs 3] [--seconds 20] [--scales 1,10] [--out runs.jsonl] [--anyway]
Takes about a quarter of an hour for each run and scale, and wants the machine for itself: it does not begin on a busy one unless told
--anyway. The table goes to standard output as Markdown; every single run is kept in --out, for report.py.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from against_demo import filled_target, free_port, wait

HERE = Path(__file__).parent
PROGRAM = [sys.executable, "-m", "gsctracker"]
BUSY = 1.0
SEASON = {"scouts": 25, "sales": 6000, "booths": 60}
LOADS = (  # what load.py is told: the four scenarios, the literal script, both sizes of a troop on a busy night
    ("read-heavy", "-s", "read-heavy"),
    ("read-heavy 200", "-s", "read-heavy", "--users", "200"),
    ("mixed", "-s", "mixed"),
    ("mixed 200", "-s", "mixed", "--users", "200"),
    ("write-heavy", "-s", "write-heavy"),
    ("peak", "-s", "peak"),
    ("most reads", "-s", "max-read"),
    ("most mixed", "-s", "max-mixed"),
)
BARE_LOADS = (LOADS[0], LOADS[2], *LOADS[4:7])
PHASES = (("phases", "-s", "phases"),)  # 10, 50, 100 arrivals a second, far too many, and 10 again
EACH = (("each call", "-s", "one"),)  # one person alone: what is allowed stands beside it
SCRIPT = (("literal script 100", "-s", "k6"), ("literal script 200", "-s", "k6", "--users", "200"))
BARE = """
import sys, threading, apsw, flask, waitress
app, turn = flask.Flask("bare"), threading.Lock()
said = {"items": ["x" * 40] * 20}
file = apsw.Connection(sys.argv[2])
file.execute("PRAGMA journal_mode = WAL")
file.execute("PRAGMA synchronous = FULL")
file.execute("CREATE TABLE sales (id INTEGER PRIMARY KEY, said TEXT)")
app.get("/hello")(lambda: flask.jsonify(said))

@app.post("/sale")
def sale():
    with turn:
        file.execute("INSERT INTO sales (said) VALUES (?)", (flask.request.get_data(as_text=True),))
    return flask.jsonify(said), 201

waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4, connection_limit=800)
"""
"""What Flask and waitress cost by themselves: every answer is the same few words, and a sale is one row, durably."""

BARE_TARGET = {
    "name": "bare",
    "users": {"scout": [{"email": "nobody"}]},
    "default_group": "scout",
    "login": [],
    "ops": {
        **{name: {"path": "/hello", "contains": "items"} for name in ("sales_list", "summary", "booths", "inventory")},
        "create_sale": {"method": "POST", "path": "/sale", "expect": 201, "body": '{"quantity":2}'},
    },
}


def main():
    """Measure all, print the table."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--runs", type=int, default=3, help="of each; the table has the medians")
    ap.add_argument("--seconds", type=float, default=20, help="of each run")
    ap.add_argument("--scales", default="1,10", help="how many times a full season")
    ap.add_argument("--port", type=int, default=free_port(), help="of the boxes; else one that nobody has")
    ap.add_argument("--out", default="runs.jsonl")
    ap.add_argument("--anyway", action="store_true", help="on a busy machine too; the figures say little then")
    a = ap.parse_args()
    if os.getloadavg()[0] > BUSY and not a.anyway:
        raise SystemExit(
            f"The machine is busy ({os.getloadavg()[0]:.1f}): wait until it is below {BUSY}, or say --anyway."
        )
    Path(a.out).unlink(missing_ok=True)
    with bare(a.port) as (target, process):
        measure(a, target, process, "bare", BARE_LOADS)
    for scale in map(int, a.scales.split(",")):
        with season(a.port, scale) as (target, process):
            measure(a, target, process, f"season x{scale}", LOADS + (SCRIPT + PHASES + EACH if scale == 1 else ()))
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores shared by server and generator, {a.runs} runs of each."
    )
    sys.stdout.flush()
    subprocess.run([sys.executable, str(HERE / "report.py"), a.out, "--keep", str(a.runs)], check=True)


def measure(a, target, process, label, loads):
    """Put each of these loads on a server; what fails is told and the rest goes on."""
    for name, *told in loads:
        seconds = [] if {"k6", "phases", "one"} & set(told) else ["--seconds", str(a.seconds)]
        words = [*told, *seconds, "--runs", str(a.runs), "--proc", f"app={process.pid}", "--out", a.out]
        said = [sys.executable, str(HERE / "load.py"), str(target), *words, "--label", f"{label}, {name}"]
        done = subprocess.run(said, stdout=sys.stderr)
        if done.returncode:
            print(f"table: {label}, {name} ended with {done.returncode}", file=sys.stderr)


@contextmanager
def season(port, scale):
    """A box with so many times the example season; gives its target file and its process."""
    with tempfile.TemporaryDirectory() as folder:
        place = ["--data-dir", f"{folder}/data"]
        sizes = [f"--{name}={number * scale}" for name, number in SEASON.items()]
        made = subprocess.run([*PROGRAM, "demo", "--yes", "--json", *sizes, *place], check=True, stdout=subprocess.PIPE)
        target = Path(folder, "target.json")
        target.write_text(json.dumps(filled_target(json.loads(made.stdout)["signIns"], port)))
        command = [*PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(port), *place]
        with served(command, f"http://127.0.0.1:{port}/health") as process:
            yield target, process


@contextmanager
def bare(port):
    """Waitress and Flask with next to nothing behind them; gives the target file and the process."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "target.json")
        target.write_text(json.dumps(BARE_TARGET | {"base_url": f"http://127.0.0.1:{port}"}))
        with served(
            [sys.executable, "-c", BARE, str(port), f"{folder}/bare.db"], f"http://127.0.0.1:{port}/hello"
        ) as process:
            yield target, process


@contextmanager
def served(command, address):
    """The process of a server that answers at the address; ended at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(address, process)
        yield process
    finally:
        process.terminate()
        process.wait(60)


if __name__ == "__main__":
    main()
