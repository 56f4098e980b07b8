"""A process whose children do one job each and are killed in the middle: `python -m tests.faults.killer`, a JSON line a job.

A job is `{"job": "copy", "config": {...}, "now": instant or null, "seconds": 0.1}` or `"site": [place, which]`. A place is where
a function of the program is called or returns, or calls something; without either the job runs to its end, and with `"watch": true`
its places are told: watched it takes many times as long. Nothing of SQLite is open in this process, so a fork is a fresh one.
"""

import functools
import json
import os
import signal
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import boto3  # noqa: F401  # loaded once here, not in every child

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, connections, migrate
from gsctracker.db.migrate import Step
from gsctracker.errors import Refusal
from gsctracker.integrations.s3 import Patience
from gsctracker.ops.copies import finding, making, restoring, retention, staging, uploading

PROGRAM = str(Path(clock.__file__).parent)
QUICK = Patience(attempts=1, connect=5, read=10)
STEPS = [
    Step(
        2,
        "notes",
        """CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
           INSERT INTO notes (text) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             SELECT 'note ' || i FROM n;""",
        "DROP TABLE notes;",
    ),
    Step(
        3,
        "longer_notes",
        """CREATE TABLE longer (id INTEGER PRIMARY KEY, text TEXT NOT NULL, length INTEGER NOT NULL) STRICT;
           INSERT INTO longer SELECT id, text || text, 2 * length(text) FROM notes;
           DROP TABLE notes; ALTER TABLE longer RENAME TO notes;""",
        """CREATE TABLE shorter (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
           INSERT INTO shorter SELECT id, substr(text, 1, length / 2) FROM notes;
           DROP TABLE notes; ALTER TABLE shorter RENAME TO notes;""",
    ),
]


def copy(config: Config, db: Database, _: dict[str, Any]) -> None:
    """A copy, whether something changed or not."""
    making.make(config, db, kind="manual", force=True)


def prune(config: Config, db: Database, _: dict[str, Any]) -> None:
    """Whatever may go goes."""
    retention.prune(config, db, patience=QUICK)


def upload(config: Config, db: Database, _: dict[str, Any]) -> None:
    """Everything off the box."""
    uploading.catch_up(config, db, at_once=True, patience=QUICK)


def restore(config: Config, db: Database, asked: dict[str, Any]) -> None:
    """The copy that was named comes back."""
    with staging.stage(config, finding.find(config, asked["source"])) as staged:
        restoring.restore(config, db, staged)


def climb(config: Config) -> None:
    """Two migrations, with the copy before them."""
    writer = connections.open_writer(config.database)
    migrate.bring_up(writer, path=STEPS, backups=config.backups)
    writer.close()


JOBS = {"copy": copy, "prune": prune, "upload": upload, "restore": restore}


def run(asked: dict[str, Any]) -> None:
    """Do the job in this process."""
    if asked.get("now"):
        stands_at = datetime.fromisoformat(asked["now"])
        clock.moment = lambda: stands_at
    config = Config(**{**asked["config"], "data_dir": Path(asked["config"]["data_dir"])})
    if asked["job"] == "climb":
        climb(config)
        return
    db = Database(config.database)
    JOBS[asked["job"]](config, db, asked)
    db.close()


@functools.cache
def name_of(code: CodeType) -> str | None:
    """The function of the program, or None where it is of something else. Remembered: a job comes by a million times."""
    return f"{Path(code.co_filename).stem}.{code.co_name}" if code.co_filename.startswith(PROGRAM) else None


def place_of(frame: FrameType, event: str, argument: Any) -> str | None:
    """Where in the program this is, or None where it is somewhere else."""
    name = name_of(frame.f_code)
    if name is None:
        return None
    return f"{event} {name} {getattr(argument, '__name__', '')}" if event.startswith("c_") else f"{event} {name}"


def child(asked: dict[str, Any], tell: int) -> None:
    """The job, watched; never returns."""
    seen: Counter[str] = Counter()
    site, which = asked.get("site") or (None, 0)

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        place = place_of(frame, event, argument)
        if place:
            seen[place] += 1
            if place == site and seen[place] == which:
                os.kill(os.getpid(), signal.SIGKILL)

    said = ""
    began = time.perf_counter()
    if site or asked.get("watch"):
        sys.setprofile(watch)
    try:
        run(asked)
    except Refusal as no:
        said = str(no)
    except BaseException as error:
        said = f"failed: {error!r}"
    sys.setprofile(None)
    took = time.perf_counter() - began
    os.write(tell, json.dumps({"said": said, "took": took, "places": {} if site else seen}).encode())
    os._exit(0)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork, perhaps kill, and say how it ended."""
    listen, tell = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(listen)
        child(asked, tell)
    os.close(tell)
    if "seconds" in asked:
        time.sleep(asked["seconds"])
        os.kill(number, signal.SIGKILL)
    raw = b""
    while part := os.read(listen, 1 << 16):
        raw += part
    os.close(listen)
    killed = os.WIFSIGNALED(os.waitpid(number, 0)[1])
    return {"killed": killed} | (json.loads(raw) if raw else {"said": "", "took": 0.0, "places": {}})


if __name__ == "__main__":
    os.umask(0o077)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
