#!/usr/bin/env python3
"""Uses a box for an hour as a busy troop would, and says whether its memory and open files stay flat.

Usage: soak.py [--minutes 60] [--rate 20] [--scouts 25 --sales 6000 --booths 60] [--out rows.jsonl]
Fills an empty folder with the example troop, starts a box over it and asks it for pages, calls and sales. Once a minute everybody
connects anew and a row is printed: resident memory of the box (MB), its open files and threads, the database (MB), requests, errors,
p95 (ms). Ends with a verdict; exit 1 where something grew. Talks to nothing but its own box.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import client
import engine
import load
import procs
from against_demo import filled_target, free_port, wait

HERE = Path(__file__).parent
COLUMNS = ("minute", "rss MB", "files", "threads", "database MB", "requests", "errors", "p95 ms")
WARMING = 0.2
"""The share of the run in which caches fill and threads start; it is shown and not judged."""

MOST_GROWTH = 0.05
"""Of the memory, between the first and the last quarter of what is judged."""

MORE_FILES = 4


def main():
    """Run it; 0 where all stayed flat and nothing failed."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    scenario = json.loads((HERE / "scenarios.json").read_text())["soak"]
    ap.add_argument("--minutes", type=int, default=scenario["seconds"] // 60)
    ap.add_argument("--rate", type=float, default=scenario["rate"], help="requests a second")
    for name, number in (("scouts", 25), ("sales", 6000), ("booths", 60)):
        ap.add_argument(f"--{name}", type=int, default=number)
    ap.add_argument("--out", help="append every row to this JSON-lines file")
    a = ap.parse_args()
    program = [sys.executable, "-m", "gsctracker"]
    with tempfile.TemporaryDirectory() as folder:
        place, port = ["--data-dir", f"{folder}/data"], free_port()
        sizes = [f"--{name}={getattr(a, name)}" for name in ("scouts", "sales", "booths")]
        made = subprocess.run([*program, "demo", "--yes", "--json", *sizes, *place], check=True, stdout=subprocess.PIPE)
        target = client.Target(filled_target(json.loads(made.stdout)["signIns"], port))
        with Path(folder, "said").open("wb") as said:
            words = ["serve", "--host", "127.0.0.1", "--port", str(port), *place]
            box = subprocess.Popen([*program, *words], stdout=said, stderr=said)
        try:
            wait(f"http://127.0.0.1:{port}/health", box)
            rows = soak(target, box.pid, Path(folder, "data", "gsctracker.db"), scenario | vars(a))
        finally:
            box.terminate()
            box.wait(60)
    found = verdict(rows)
    print("\n".join(found) if found else f"Flat: {summed_up(rows)}")
    return 1 if found else 0


def soak(target, pid, database, spec):
    """A row for every minute of the load; each is printed as it comes."""
    names = [name for name in spec["mix"] if name in target.ops]
    groups = {target.ops[name].group for name in names}
    sessions = load.open_sessions(target, groups, spec["users"])
    load.smoke(target, sessions, [target.ops[name] for name in names])
    print("| " + " | ".join(COLUMNS) + " |\n|" + " --- |" * len(COLUMNS), flush=True)
    rows = []
    for minute in range(1, spec["minutes"] + 1):
        began = time.monotonic()
        users = engine.Engine(target, sessions, spec["users"], seed=random.Random(minute).random())
        try:
            users.open_loop(spec["mix"], spec["rate"], 0.0, 58.0)
        finally:
            users.close()
        rows.append(row(minute, pid, database, users.stats))
        print("| " + " | ".join(str(rows[-1][name]) for name in COLUMNS) + " |", flush=True)
        if spec["out"]:
            with open(spec["out"], "a") as kept:
                kept.write(json.dumps(rows[-1]) + "\n")
        time.sleep(max(0.0, 60.0 - (time.monotonic() - began)))
    return rows


def row(minute, pid, database, stats):
    """What the box holds after a minute, and how it answered in it."""
    return {
        "minute": minute,
        "rss MB": round(procs.memory(pid)[0] / 2**20, 1),
        "files": sum(len(os.listdir(f"/proc/{one}/fd")) for one in procs.tree(pid)),
        "threads": sum(len(os.listdir(f"/proc/{one}/task")) for one in procs.tree(pid)),
        "database MB": round(sum(one.stat().st_size for one in database.parent.glob(f"{database.name}*")) / 2**20, 1),
        "requests": len(stats.resp) + stats.unfinished,
        "errors": stats.errors + stats.unfinished,
        "p95 ms": load.ms(stats.resp, 95),
    }


def quarters(rows, column):
    """(median of the first quarter, median of the last) of a column, once the box is warm; all of it where there is little."""
    judged = [each[column] for each in rows[int(len(rows) * WARMING) :]]
    share = max(1, len(judged) // 4)
    return statistics.median(judged[:share]), statistics.median(judged[-share:])


def verdict(rows):
    """What is not as it should be, in sentences; nothing where memory, files and threads stayed flat and nothing failed."""
    found = []
    before, after = quarters(rows, "rss MB")
    if after > before * (1 + MOST_GROWTH):
        found.append(f"Memory grew by {after / before - 1:.1%}: from {before} to {after} MB.")
    for column in ("files", "threads"):
        before, after = quarters(rows, column)
        if after > before + MORE_FILES:
            found.append(f"Open {column} grew from {before} to {after}.")
    if failed := sum(each["errors"] for each in rows):
        found.append(f"{failed} of {sum(each['requests'] for each in rows)} requests failed.")
    return found


def summed_up(rows):
    """The run in one line."""
    before, after = quarters(rows, "rss MB")
    asked = sum(each["requests"] for each in rows)
    files = quarters(rows, "files")
    memory = f"memory {before} to {after} MB ({after / before - 1:+.1%})"
    return f"{len(rows)} minutes, {asked} requests, {memory}, open files {files[0]} to {files[1]}."


if __name__ == "__main__":
    sys.exit(main())
