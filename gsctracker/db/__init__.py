"""The one SQLite file: many readers that cannot write, one writer that takes its turn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from gsctracker.db import connections, migrate
from gsctracker.db.changes import Changes
from gsctracker.db.closing import Closing

PATIENCE_SECONDS = 10


class Busy(Exception):
    """Somebody else has been writing for longer than we are willing to wait."""


class Closed(Busy):
    """Nobody may write while the content is replaced by a copy."""


class Database:
    """The troop's file. `read()` and `write()` are the only ways in."""

    def __init__(self, path: Path, backups: Path | None = None) -> None:
        """Open the file, made from schema.sql if it is not there, brought up to this program's schema if it is older.

        An older file is copied into the folder `backups` first. Raises Conflict where the file is another program's or newer
        than this one, or where that copy cannot be made.
        """
        connections.require_safe_sqlite()
        self.path = path
        self._turn = threading.Lock()
        self._thread = threading.local()
        self._readers: list[apsw.Connection] = []
        self._writer = connections.open_writer(path)
        try:
            migrate.bring_up(self._writer, backups=backups)
        except BaseException:
            self._writer.close()
            raise
        self._changes = Changes(path)
        self._closing = Closing(path)

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """A connection that cannot write and sees one state of the file for as long as it is held."""
        tx = self._reader()
        if tx.in_transaction:  # a reading inside a reading sees the same state
            yield tx
            return
        tx.execute("BEGIN")
        try:
            yield tx
        finally:
            tx.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[apsw.Connection]:
        """The writer, inside one transaction: committed at the end, undone by any exception.

        Raises Busy when the turn does not come in PATIENCE_SECONDS, Closed while a copy takes the content's place.
        """
        if getattr(self._thread, "writing", False):
            raise RuntimeError("a write is under way in this thread: pass its tx on")
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise Busy
        self._thread.writing = True
        try:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except apsw.BusyError as busy:
                raise Busy from busy
            try:
                # asked with the file's lock held: whoever replaces the content has it once after closing
                if self._closing.is_replacing() and not getattr(self._thread, "replacing", False):
                    raise Closed
                yield self._writer
                self._writer.execute("COMMIT")
                self._changes.mark()
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        finally:
            self._thread.writing = False
            self._turn.release()

    def generation(self) -> int:
        """A number that differs after any commit to the file, by this process or another; costs less than a microsecond."""
        return self._changes.now()

    def is_open(self) -> bool:
        """Whether everybody may do everything here; costs less than a microsecond."""
        return self._closing.is_open()

    def is_closed_by_hand(self) -> bool:
        """Whether the operator closed the box."""
        return self._closing.is_closed_by_hand()

    def is_being_replaced(self) -> bool:
        """Whether a copy is taking the content's place now, by this process or another."""
        return self._closing.is_replacing()

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """While this lasts only this thread may write; who was writing before has finished, who comes meets Closed.

        Readers of all processes go on. Raises Conflict where a copy is being put back already, Busy where a writer does not end.
        """
        with self._closing.replacing():
            self._thread.replacing = True
            try:
                with self.write():
                    pass  # the turn was ours once after closing: every answered write is in the file
                yield
            finally:
                self._thread.replacing = False

    def replace_with(self, source: Path) -> None:
        """Put the content of the database file `source` in the place of ours, in one transaction: all of it or nothing.

        Only inside `replacing`. Everybody's connections go on; the next reading sees the new content. The page sizes must be
        the same. Raises apsw.FullError where the disk has no room, and then nothing has changed.
        """
        if not getattr(self._thread, "replacing", False):
            raise RuntimeError("the content is replaced only while the others are kept from writing")
        with self._turn:
            copy = connections.open_reader(source)
            try:
                with self._writer.backup("main", copy, "main") as copying:
                    copying.step(-1)
            finally:
                copy.close()
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._changes.mark()
            self._closing.begin_era()
            self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def era(self) -> int:
        """A number that differs after a restore, by this process or another; for what is kept longer than one generation."""
        return self._closing.era()

    def open_connections(self) -> int:
        """How many connections this process holds: the writer, the watcher and one reader for each thread that read."""
        return 2 + len(self._readers)

    def close(self) -> None:
        """Close every connection; the last one out folds the WAL into the file."""
        for reader in self._readers:
            reader.close()
        self._readers.clear()
        self._changes.close()
        self._closing.close()
        self._writer.close()

    def _reader(self) -> apsw.Connection:
        reader: apsw.Connection | None = getattr(self._thread, "reader", None)
        if reader is None:
            reader = self._thread.reader = connections.open_reader(self.path)
            self._readers.append(reader)
        return reader
