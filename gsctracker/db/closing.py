"""A few bytes beside the database, mapped by every process: closed by hand, closed while its content is replaced, only read, and
its era.

Looking costs no call to the system while the first three are zero. The second byte counts only as long as the process that set
it lives: it holds a lock that the system takes away from a dead process, so a crash leaves nothing closed. The third says why
nothing may be changed (the numbers below); a restart changes nothing about it.
"""

import fcntl
import mmap
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.words import N_

BY_HAND, DAMAGED, NOT_MIGRATED, UNWRITABLE = 1, 2, 3, 4  # why a box is only read; the last is never written down

OPEN = b"\0\0\0"
_BY_HAND, _REPLACING, _ONLY_READ = 0, 1, 2
_ERA = slice(3, 11)
_LENGTH = 11
_PATIENCE_SECONDS = 1.0


class Closing:
    """Whether the database beside which it lies is closed, and for what."""

    def __init__(self, database: Path) -> None:
        self._lock_file = database.with_name(database.name + "-replacing")
        self._path = database.with_name(database.name + "-closed")
        with self._path.open("a+b") as file:
            file.truncate(_LENGTH)
            self._bytes = mmap.mmap(file.fileno(), _LENGTH)  # which keeps a descriptor of its own
        self._here = 0  # what only this process knows, where the disk takes no byte any more

    def is_open(self) -> bool:
        """Whether none of them is set: the only question that is asked for every request."""
        return self._bytes[:3] == OPEN and not self._here

    def why_only_read(self) -> int:
        """The number of the reason for which nothing may be changed; 0 where there is none."""
        return self._bytes[_ONLY_READ] or self._here

    def only_read(self, reason: int) -> None:
        """Nothing may be changed from now on, for that reason; 0 ends it.

        Written by a call to the system: a mapped byte of a disk that turned read-only would end the process.
        """
        self._here = 0
        if self._bytes[_ONLY_READ] == reason:
            return
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.pwrite(descriptor, bytes([reason]), _ONLY_READ)  # the kernel keeps the mapping true to it
            finally:
                os.close(descriptor)
        except OSError:
            self._here = reason

    def is_closed_by_hand(self) -> bool:
        """Whether somebody closed it and has not opened it again; a restart changes nothing about that."""
        return self._bytes[_BY_HAND] != 0

    def close_by_hand(self, closed: bool) -> None:
        """Close it, or open it again."""
        self._bytes[_BY_HAND] = int(closed)
        self._bytes.flush()

    def is_replacing(self) -> bool:
        """Whether a living process is replacing the content now; what a dead one left behind is cleared."""
        if self._bytes[_REPLACING] == 0:
            return False
        descriptor = self._locked(fcntl.LOCK_SH)
        if descriptor is None:
            return True
        self._bytes[_REPLACING] = 0  # before the lock is let go: the next to replace sets it after taking the lock
        os.close(descriptor)
        return False

    def era(self) -> int:
        """A number that differs after the content was replaced."""
        return int.from_bytes(self._bytes[_ERA])

    def begin_era(self) -> None:
        """The content is another one now."""
        self._bytes[_ERA] = os.urandom(8)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """Closed while this lasts. Raises Conflict when another process is replacing the content."""
        until = clock.ticks() + _PATIENCE_SECONDS  # a look of somebody else holds the lock for a moment
        while (descriptor := self._locked(fcntl.LOCK_EX)) is None:
            if clock.ticks() > until:
                raise Conflict(N_("Another copy is being put back at this moment."), "restore_under_way")
            time.sleep(0.01)
        try:
            self._bytes[_REPLACING] = 1
            yield
        finally:
            self._bytes[_REPLACING] = 0
            os.close(descriptor)

    def close(self) -> None:
        """Let go of the file; it stays for the others."""
        self._bytes.close()

    def _locked(self, kind: int) -> int | None:
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor
