"""Having jobs killed at moments that nobody chose, and what must be true after each."""

import dataclasses
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gsctracker.config import Config
from gsctracker.db import connections, contents
from gsctracker.db.rows import value
from gsctracker.ops.copies import places, verifying, workroom
from gsctracker.ops.copies.places import Place
from tests.running import clean_environment

WRITTEN_BY_RESTORES = contents.BOX_TABLES | {"audit_log", "instance", "invitations"}
WORKED_WITH = {"last-copy.db", "last-copy.db.json"}
PASSED_ON = (
    "data_dir", "backup_dir", "backup_recipient", "s3_backup_bucket", "s3_endpoint_url", "aws_access_key_id",
    "aws_secret_access_key", "backup_s3_prefix",
)  # fmt: skip


class Killer:
    """The process of `killer.py`: asks it for jobs, whole or killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.killed = 0

    def ask(self, job: str, config: Config, **more: Any) -> dict[str, Any]:
        """Have a job done, killed at `site` or after `seconds` where one is given."""
        known = {each.name for each in dataclasses.fields(config)}
        told = {name: getattr(config, name) for name in PASSED_ON if name in known and getattr(config, name)}
        asked = {"job": job, "config": told, **more}
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(asked, default=str) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        assert not found["said"].startswith("failed"), found["said"]
        self.killed += found["killed"]
        return found


@contextmanager
def killer() -> Iterator[Killer]:
    """The process, ready; ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.killer"],
        cwd=Path(__file__).parents[2],
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Killer(process)
    finally:
        assert process.stdin and process.stdout
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


def moments(whole: dict[str, Any], times: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """So many random moments of a job that was watched to its end: half at a place in the program, half by the clock."""
    sites = sorted(whole["places"])
    for number in range(times):
        if number % 2:
            yield {"seconds": dice.uniform(0, whole["took"] / 2)}  # watched it takes longer
        else:
            site = dice.choice(sites)
            yield {"site": [site, dice.randint(1, whole["places"][site])]}


def content_of(database: Path, mode: str = "wal") -> dict[str, str]:
    """What the troop wrote, table by table, in a file that is sound and in that journal mode."""
    reader = connections.open_reader(database)
    try:
        reader.execute("BEGIN")
        assert value(reader, "PRAGMA integrity_check") == "ok"
        assert value(reader, "PRAGMA journal_mode") == mode
        assert not list(reader.execute("PRAGMA foreign_key_check"))
        found = contents.summary(reader)
        return {name: each["digest"] for name, each in found.items() if name not in WRITTEN_BY_RESTORES}
    finally:
        reader.close()


class Proof:
    """Sees to it that what is listed can be restored; looks once at the same bytes."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._seen: set[tuple[str, str, str]] = set()

    def require_restorable(self, where: Place | None = None) -> list[str]:
        """Stage whatever is listed in that place, the box's own unless another is named; gives the names."""
        place = where or places.local(self._config)
        listed = place.listed()
        fresh = []
        for each in listed:
            mark = (place.name, each.name, self._mark(place, each.file, each.name))
            if mark not in self._seen or not mark[2]:
                fresh.append(each)
                self._seen.add(mark)
        for result in verifying.verify(self._config, [_Only(place, fresh)]):
            assert result.ok, result
        return [each.name for each in listed]

    def _mark(self, place: Place, file: str, name: str) -> str:
        folder = getattr(place, "folder", None)
        if folder is None:
            return name  # nobody writes over an object
        raw = (folder / file).read_bytes() + (folder / f"{name}.json").read_bytes()
        return hashlib.sha256(raw).hexdigest()


class _Only:
    """A place as if only these copies were there."""

    def __init__(self, place: Place, only: list[Any]) -> None:
        self._only = only
        self.name, self.fetch = place.name, place.fetch

    def looked_through(self) -> tuple[list[Any], list[tuple[str, str]]]:
        return self._only, []


def require_tidy(config: Config) -> None:
    """Nothing lies about but copies, their manifests, and what the box works with."""
    listed = places.local(config).listed()
    wanted = {made.file for made in listed} | {f"{made.name}.json" for made in listed}
    found = {file.name for file in config.backups.iterdir()}
    assert found == wanted, found ^ wanted
    for left in workroom.folder_of(config).glob("staged-*"):
        os.utime(left, (1, 1))  # as if ten minutes had gone by: whose owner is dead may go then
    for copy in listed[-1:]:
        assert all(result.ok for result in verifying.verify(config, [_Only(places.local(config), [copy])]))
    left_over = {file.name for file in workroom.folder_of(config).iterdir()}
    assert left_over <= WORKED_WITH, left_over
