"""What copies and restores cost those who write meanwhile, as ratios of one run: python tests/bench/copies.py

A season of some 20 MB, 50 writes a second: how long the slowest hundredth of them took
alone, and beside copies made back to back; how much memory a copy takes; how long a restore keeps writers out, and whether a
reader ever fails. Exits 1 where a target is missed.
"""

import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.errors import Refusal
from gsctracker.ops.copies import finding, keys, making, restoring, staging
from tests import factories
from tests.bench.start_and_memory import megabytes
from tests.running import clean_environment

MEGABYTES = 20
WRITES_A_SECOND = 50
TURNS, SECONDS = 4, 5
MOST_TIMES, MOST_MEMORY_MB, MOST_CLOSED_SECONDS = 3.0, 30.0, 1.0


def main() -> int:
    """Print each figure beside its target; 1 where one is missed."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(data_dir=Path(folder) / "data")
        config.data_dir.mkdir()
        keys.ready(config)
        db = Database(config.database)
        fill(db)
        print(f"database {config.database.stat().st_size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
        alone, beside, copies = [], [], 0
        for _ in range(TURNS):  # in turn, as the machine may have other things to do now and then
            alone += writing(db, config, beside_copies=False)[0]
            more, made = writing(db, config, beside_copies=True)
            beside, copies = beside + more, copies + made
        grown = memory_of_a_copy(config)
        closed, looks, failures = restored_beside_readers(config, db)
        db.close()
    times = percentile(beside) / percentile(alone)
    print(f"writer's p99 alone {percentile(alone) * 1000:.1f} ms, median {percentile(alone, 0.5) * 1000:.1f} ms")
    print(
        f"writer's p99 beside {copies} copies {percentile(beside) * 1000:.1f} ms, median {percentile(beside, 0.5) * 1000:.1f} ms"
    )
    missed = [
        told("writer's p99 beside a copy, times", times, MOST_TIMES),
        told("memory that a copy takes, MB", grown, MOST_MEMORY_MB),
        told("seconds that a restore keeps writers out", closed, MOST_CLOSED_SECONDS),
        told(f"readers that failed in {looks} looks", failures, 0),
    ]
    return int(any(missed))


def told(what: str, figure: float, target: float) -> bool:
    """Print a line; gives whether the target is missed."""
    missed = figure > target
    print(f"{what:<44} {figure:8.2f}   at most {target:g}{'   MISSED' if missed else ''}")
    return missed


def fill(db: Database) -> None:
    """A troop whose audit log makes the file as large as a busy season's."""
    with db.write() as tx:
        factories.set_up(tx)
    number = 0
    while db.path.stat().st_size + db.path.with_name(db.path.name + "-wal").stat().st_size < MEGABYTES * 1_000_000:
        with db.write() as tx:
            for _ in range(500):
                number += 1
                tx.execute(
                    "INSERT INTO audit_log (at, action, subject, subject_id, detail) VALUES (?, 'sale.recorded', 'orders', ?, ?)",
                    (
                        clock.now(),
                        number,
                        f'{{"customer": "Customer {number * 7919 % 100_003}", "boxes": {number % 12}}}',
                    ),
                )
        db._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def writing(db: Database, config: Config, beside_copies: bool) -> tuple[list[float], int]:
    """Seconds of each write, one every 20 ms for a while, counted from when it was due; and how many copies were made beside.

    The copies are made in a thread of the same process, as the box makes them.
    """
    stop, copies = threading.Event(), []

    def copy() -> None:
        while not stop.is_set():
            copies.append(making.make(config, db, kind="manual", force=True))

    copier = threading.Thread(target=copy)
    if beside_copies:
        copier.start()
    took, due = [], time.perf_counter()
    end = due + SECONDS
    while due < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        with db.write() as tx:
            factories.make_scout(tx, "Ava")
        took.append(time.perf_counter() - due)
        due += 1 / WRITES_A_SECOND
    stop.set()
    if beside_copies:
        copier.join()
    return took, len(copies)


def memory_of_a_copy(config: Config) -> float:
    """MB by which a process grows at most while it makes a copy, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.copies", "once", str(config.data_dir)],
        env=clean_environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout)


def once(folder: Path) -> None:
    """One copy; prints by how many MB the most memory held meanwhile was above that before."""
    config = Config(data_dir=folder)
    db = Database(config.database)
    with db.read() as tx:
        list(tx.execute("SELECT count(*) FROM scouts"))
    Path("/proc/self/clear_refs").write_text("5")  # the most it ever held counts from now
    before = megabytes(os.getpid(), "VmRSS")
    making.make(config, db, kind="manual", force=True)
    print(megabytes(os.getpid(), "VmHWM") - before)
    db.close()


def restored_beside_readers(config: Config, db: Database) -> tuple[float, int, int]:
    """Seconds nobody could write while a copy was put back; how often two readers looked, and how often they failed."""
    stop, looks, failures = threading.Event(), [0, 0], []

    def look(which: int) -> None:
        while not stop.is_set():
            try:
                with db.read() as tx:
                    list(tx.execute("SELECT count(*) FROM scouts"))
                looks[which] += 1
            except Exception as error:  # whatever it is, a family would have seen it
                failures.append(error)
            time.sleep(0.005)

    readers = [threading.Thread(target=look, args=(which,)) for which in (0, 1)]
    for each in readers:
        each.start()
    try:
        with staging.stage(config, finding.find(config)) as staged:
            done = restoring.restore(config, db, staged)
    except Refusal as no:
        sys.exit(f"not restored: {no}")
    finally:
        stop.set()
        for each in readers:
            each.join()
    return done.seconds_closed, sum(looks), len(failures)


def percentile(figures: list[float], part: float = 0.99) -> float:
    """The figure that `part` of all do not exceed."""
    return sorted(figures)[math.ceil(part * len(figures)) - 1]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["once", folder]:
            once(Path(folder))
        case _:
            sys.exit(main())
