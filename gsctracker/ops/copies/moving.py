"""Putting a file in the place of a database that cannot be opened or is not there: renames, finished after a kill.

What is to happen is written down before the first rename. Whoever finds that note, holding the folder's lock, does the rest;
so a kill leaves the old files or the new one, never neither. The old files are kept in `quarantine/`.
"""

import json
import os
from pathlib import Path

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import durable, lock

NOTE = "restore-under-way.json"
QUARANTINE = "quarantine"
_OLD = ("", "-wal", "-shm")


def put_in_place(config: Config, staged: Path) -> Path:
    """Make the single file `staged` the database; gives the folder where the old files are, if there were any.

    Call it holding the folder's lock, with no connection open and no server running.
    """
    new = _new(config)
    os.replace(staged, new)
    durable.settle(new)
    durable.settle(new.parent)
    stamp = clock.now().replace("-", "").replace(":", "")
    kept = config.database.parent / QUARANTINE / stamp
    while kept.exists():  # two in one second
        kept = kept.with_name(kept.name + "-again")
    durable.write_whole(config.data_dir / NOTE, json.dumps({"quarantine": str(kept)}).encode())
    finish(config)
    return kept


def finish(config: Config) -> bool:
    """Do the rest of a replacement that was killed; gives whether there was one. Call it holding the folder's lock."""
    note, new = config.data_dir / NOTE, _new(config)
    if not note.exists():
        new.unlink(missing_ok=True)  # killed before it was written down: nothing has happened
        return False
    kept = Path(json.loads(note.read_bytes())["quarantine"])
    if new.exists():
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        for ending in _OLD:
            old = config.database.with_name(config.database.name + ending)
            if old.exists():
                os.replace(old, kept / old.name)
        durable.settle(kept)
        os.replace(new, config.database)
        durable.settle(config.database.parent)
    note.unlink()
    durable.settle(note.parent)
    return True


def finish_if_pending(config: Config) -> None:
    """What every command asks before it opens the database. Raises Conflict while the restore is still being done."""
    if (config.data_dir / NOTE).exists():
        with lock.hold(config.data_dir):
            finish(config)


def _new(config: Config) -> Path:
    return config.database.with_name(config.database.name + "-new")
