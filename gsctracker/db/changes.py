"""What changed, and when: eight bytes beside the database that every process sees, and here the tables of each commit."""

import mmap
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.db.tables import EVERY

SECONDS_UNWATCHED = 0.05


@dataclass(frozen=True, slots=True)
class Basis:
    """What something was read from: the tables, and the moment (`Changes.moment`) before they were read."""

    moment: int
    tables: frozenset[str]


class Changes:
    """The mark of the database's present state, and since which moment each table is as it is.

    Every writer of ours makes a new mark after its commit, in a small file that all of our processes map into memory. A
    program that is not ours does not, so SQLite itself is asked as well, a few times a second. Which tables another process
    changed nobody knows: then all may have.
    """

    def __init__(self, database: Path, writer: apsw.Connection) -> None:
        with database.with_name(database.name + "-changes").open("a+b") as file:
            file.truncate(8)
            self._bytes = mmap.mmap(file.fileno(), 8)  # which keeps a descriptor of its own
        self._writer = writer
        self._noticing = threading.Lock()
        self._marked = self._bytes[:]
        self._moment = self._all_changed = 0
        self._changed: dict[str, int] = {}
        self._ask_again = 0.0
        self._version = self._present_version()

    def mark(self, tables: frozenset[str]) -> None:
        """A commit of ours that changed no other tables is in the file. Call it in the turn of that commit."""
        with self._noticing:
            self._take_notice()
            self._moment += 1
            if EVERY in tables:
                self._all_changed = self._moment
            for table in tables:
                self._changed[table] = self._moment
            self._renew()

    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return clock.ticks() >= self._ask_again

    def look(self) -> None:
        """Ask SQLite whether a program that is not ours wrote. Call it with the turn: what we write ourselves does not count."""
        self._ask_again = clock.ticks() + SECONDS_UNWATCHED
        version = self._present_version()
        if version != self._version:
            self._version = version
            with self._noticing:
                self._all_may_have_changed()
                self._renew()

    def now(self) -> int:
        """The present mark."""
        return int.from_bytes(self._bytes[:])

    def moment(self) -> int:
        """A number that grows with each change: ask before reading what is to be kept."""
        if self._bytes[:] != self._marked:
            with self._noticing:
                self._take_notice()
        return self._moment

    def holds(self, basis: Basis) -> bool:
        """Whether no table of it has changed since its moment."""
        if self.moment() == basis.moment:
            return True
        if EVERY in basis.tables or self._all_changed > basis.moment:
            return False
        return all(self._changed.get(name, 0) <= basis.moment for name in basis.tables)

    def close(self) -> None:
        """Let go of the small file; it stays for the next start."""
        self._bytes.close()

    def _take_notice(self) -> None:
        if self._bytes[:] != self._marked:
            self._marked = self._bytes[:]
            self._all_may_have_changed()

    def _all_may_have_changed(self) -> None:
        self._moment += 1
        self._all_changed = self._moment

    def _renew(self) -> None:
        self._marked = os.urandom(8)  # random, so that two processes marking at once cannot make the same mark
        self._bytes[:] = self._marked

    def _present_version(self) -> int:
        return value(self._writer, "PRAGMA data_version")
