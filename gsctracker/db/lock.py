"""One server on one file: a lock beside the data, held for as long as the server runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gsctracker.errors import Conflict
from gsctracker.words import N_

NAME = "gsctracker.lock"


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises Conflict when another server holds it.

    The lock is a file of its own: opening and closing the database file would drop SQLite's locks on it.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                N_("Another GSCTracker server (process %(process)s) is already running on %(folder)s. Stop it first."),
                "already_running",
                process=_holder(descriptor),
                folder=str(data_dir),
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "?"
