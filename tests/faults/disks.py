"""A process whose disk is slow, or loses what was not waited for: `python -m tests.faults.disks slow|forgetful DATABASE FOLDER SEED`.

SQLite is given a disk of the test's own beneath it. The forgetful one puts into FOLDER only what SQLite waited for: what would be
on the disk if the plug were pulled.
"""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

import apsw

from gsctracker.db import Database
from tests import factories

SLOW_SECONDS = 0.2
FAMILIES, SALES = 8, 3


class Forgetful(apsw.VFSFile):
    """A file whose bytes are kept in `folder` once somebody waited for them."""

    folder: Path
    gone: ClassVar[set[str]] = set()  # names taken out of a folder that nobody waited for yet

    def __init__(self, below: str, name: Any, flags: Any) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._kept = self.folder / Path(path or "unnamed").name
        self._pending: list[tuple[int, bytes | None]] = []
        super().__init__(below, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Written, not yet kept."""
        super().xWrite(data, offset)
        self._pending.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        """Cut, not yet kept."""
        super().xTruncate(newsize)
        self._pending.append((newsize, None))

    def xSync(self, flags: int) -> None:
        """Kept; with the first waiting for a new file SQLite waits for the names in its folder too."""
        super().xSync(flags)
        if not self._kept.exists():
            for name in self.gone:
                (self.folder / name).unlink(missing_ok=True)
            self.gone.clear()
        descriptor = os.open(self._kept, os.O_RDWR | os.O_CREAT)
        for offset, data in self._pending:
            if data is None:
                os.ftruncate(descriptor, offset)
            else:
                os.pwrite(descriptor, data, offset)
        os.close(descriptor)
        self._pending.clear()


class Slow(apsw.VFSFile):
    """A file of a worn card."""

    def xSync(self, flags: int) -> None:
        """It takes its time."""
        time.sleep(SLOW_SECONDS)
        super().xSync(flags)


class Disk(apsw.VFS):
    """The disk of this machine, its files of another make."""

    def __init__(self, make: type[apsw.VFSFile]) -> None:
        self._make = make
        super().__init__("beneath", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:
        """A file of that make."""
        return self._make("unix", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Its name is gone, once the folder was waited for."""
        super().xDelete(filename, syncdir)
        Forgetful.gone.add(Path(filename).name)


def forgetful(database: Path, folder: Path, seed: int) -> None:
    """Girls join one after the other; each is told when she is in. Killed after a while, in the middle of somebody."""
    Forgetful.folder = folder
    disk = Disk(Forgetful)
    db = Database(database)
    with db.write() as tx:
        factories.set_up(tx)
    dice = random.Random(seed)
    for number in range(1, dice.randint(20, 90)):
        with db.write() as tx:
            factories.make_scout(tx, "Ava")
        print(number, flush=True)
        if number % 17 == 0:
            db._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
    with db.write() as tx:
        factories.make_scout(tx, "Bea")
        del disk
        os.kill(os.getpid(), signal.SIGKILL)


def slow(database: Path, *_: Any) -> None:
    """Many write at once, others read; prints how many writes were answered and the longest a reader waited, in seconds."""
    disk = Disk(Slow)
    db = Database(database)
    with db.write() as tx:
        factories.set_up(tx)
    answered, waited, stop = [], [], threading.Event()

    def sell() -> None:
        for _ in range(SALES):
            with db.write() as tx:
                factories.make_scout(tx, "Ava")
            answered.append(1)

    def look() -> None:
        while not stop.is_set():
            began = time.monotonic()
            with db.read() as tx:
                list(tx.execute("SELECT count(*) FROM scouts"))
            waited.append(time.monotonic() - began)
            time.sleep(0.01)

    reader = threading.Thread(target=look)
    reader.start()
    families = [threading.Thread(target=sell) for _ in range(FAMILIES)]
    for each in families:
        each.start()
    for each in families:
        each.join()
    stop.set()
    reader.join()
    print(len(answered), max(waited))
    db.close()
    del disk


if __name__ == "__main__":
    which, home, kept, number = sys.argv[1:]
    {"slow": slow, "forgetful": forgetful}[which](Path(home), Path(kept), int(number))
