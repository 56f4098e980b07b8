"""Eight bytes beside the database that change with every commit: read without asking SQLite, seen by every process."""

import mmap
import os
import threading
from pathlib import Path

from gsctracker import clock
from gsctracker.db import connections
from gsctracker.db.rows import value

SECONDS_UNWATCHED = 0.05


class Changes:
    """The mark of the database's present state.

    Every writer of ours makes a new mark after its commit, in a small file that all of our processes map into memory. A
    program that is not ours does not, so SQLite itself is asked as well, a few times a second.
    """

    def __init__(self, database: Path) -> None:
        with database.with_name(database.name + "-changes").open("a+b") as file:
            file.truncate(8)
            self._bytes = mmap.mmap(file.fileno(), 8)  # which keeps a descriptor of its own
        self._watcher = connections.open_reader(database)
        self._watching = threading.Lock()
        self._ask_again = 0.0
        self._last_version = self._version()

    def mark(self) -> None:
        """A commit of ours is in the file. What SQLite counts is taken along, so that nobody marks it a second time."""
        with self._watching:
            self._last_version = self._version()
            self._renew()

    def now(self) -> int:
        """The present mark."""
        if clock.ticks() >= self._ask_again and self._watching.acquire(blocking=False):
            try:
                self._ask_again = clock.ticks() + SECONDS_UNWATCHED
                version = self._version()
                if version != self._last_version:
                    self._last_version = version
                    self._renew()
            finally:
                self._watching.release()
        return int.from_bytes(self._bytes[:])

    def close(self) -> None:
        """Let go of both; the small file stays for the next start."""
        with self._watching:
            self._watcher.close()
        self._bytes.close()

    def _renew(self) -> None:
        self._bytes[:] = os.urandom(8)  # random, so that two processes marking at once cannot make the same mark

    def _version(self) -> int:
        return value(self._watcher, "PRAGMA data_version")
