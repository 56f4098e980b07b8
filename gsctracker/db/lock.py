"""One at a time: a lock file beside the data, held for as long as the server runs or a copy is made."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.words import N_

NAME = "gsctracker.lock"
SERVER = N_("Another GSCTracker server (process %(process)s) is already running on %(folder)s. Stop it first.")


@contextmanager
def hold(folder: Path, name: str = NAME, sentence: str = SERVER, code: str = "already_running") -> Iterator[None]:
    """Hold the lock `name` of the folder; between processes and between threads of one.

    Raises Conflict with `sentence` when somebody else holds it; in it stand %(process)s, %(since)s (an instant) and %(folder)s.
    The lock is a file of its own: opening and closing the database file would drop SQLite's locks on it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process, since = _holder(descriptor)
            raise Conflict(sentence, code, process=process, since=since, folder=str(folder)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {clock.now()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> tuple[str, str]:
    """Its process number and when it began, a question mark for what is not written there (yet)."""
    words = os.pread(descriptor, 60, 0).decode("ascii", "replace").split()
    number, began, *_ = (*words, "?", "?")
    return number, began
