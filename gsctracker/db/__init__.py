"""The one SQLite file: many readers that cannot write, one writer that takes its turn."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

import apsw

from gsctracker import clock
from gsctracker.db import connections, migrate, timing
from gsctracker.db.changes import Basis, Changes
from gsctracker.db.closing import DAMAGED, NOT_MIGRATED, UNWRITABLE, Closing
from gsctracker.db.limits import end_long_statements
from gsctracker.db.tables import EVERY, READING, Changed, Tables
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.db")

PATIENCE_SECONDS = 10


_of_this_process: WeakSet["Database"] = WeakSet()


def _leave_to_the_parent() -> None:
    for database in _of_this_process:
        database.forked = True


os.register_at_fork(after_in_child=_leave_to_the_parent)


class Busy(Exception):
    """Nothing could be written now. Each kind below has a `code` and a `sentence` of its own."""

    code = "busy"
    sentence = N_("The box is busy with other changes. Try again in a moment.")


class TooLong(Busy):
    """One statement of a write took so long that it was ended, and the write undone: others wait for the turn."""

    code = "too_long"
    sentence = N_("That took too long and was stopped: nothing of it was saved. Try again, with less at a time.")


class NoRoom(Busy):
    """The disk is full. What was being written was undone; the next write tries again."""

    code = "no_room"
    sentence = N_(
        "The disk of the box is full: nothing of this was saved. Reading goes on; free some room and try again."
    )


class Closed(Busy):
    """Nobody may write while the content is replaced by a copy."""

    code = "maintenance"
    sentence = N_("A copy is being put back at this moment. Try again in a minute.")


class OnlyRead(Closed):
    """Nothing may be changed until somebody put right why: `Database.why_only_read`."""

    code = "read_only"
    sentence = N_("Nothing can be changed at the moment, only read. What you just sent was not saved.")


class Unwritable(OnlyRead):
    """The disk does not let itself be written to. The next write tries again."""

    sentence = N_(
        "The disk of the box can only be read: nothing of this was saved. It may be worn out, or has to be mounted anew."
    )


class Reading:
    """What is read while something is made that is to be kept."""

    def __init__(self, moment: int) -> None:
        self.moment = moment
        self.tables: frozenset[str] = frozenset()

    @property
    def basis(self) -> Basis:
        """What it stands on, once it is made."""
        return Basis(self.moment, self.tables)


class Database:
    """The troop's file. `read()` and `write()` are the only ways in."""

    def __init__(self, path: Path, backups: Path | None = None, as_it_is: bool = False) -> None:
        """Open the file, made from schema.sql if it is not there, brought up to this program's schema if it is older.

        An older file is copied into the folder `backups` first; `as_it_is` leaves it older. Raises Conflict where the file is
        another program's or newer than this one, where that copy cannot be made, or where bringing it up failed and the copy
        was put back.
        """
        connections.require_safe_sqlite()
        self.path = path
        self._turn = threading.Lock()
        self._thread = threading.local()
        self._unwritable = False  # what the last write met
        self.busy = 0  # how often nobody could write because another did
        self.forked = False  # in a child of fork: SQLite's locks are the parent's, and writing here damages the file
        _of_this_process.add(self)
        self._readers: list[apsw.Connection] = []
        self._writer = connections.open_writer(path)
        try:
            if not as_it_is:
                migrate.bring_up(self._writer, backups=backups)
        except BaseException:
            self._writer.close()
            raise
        end_long_statements(self._writer)
        self._changed = Changed(self._writer)
        self._changes = Changes(path, self._writer)
        self._closing = Closing(path)

    @contextmanager
    def read(self) -> Iterator[apsw.Connection]:
        """A connection that cannot write and sees one state of the file for as long as it is held."""
        if self.forked:
            raise RuntimeError("the database was opened before this process was forked: open it anew")
        tx = self._reader()
        if tx.in_transaction:  # a reading inside a reading sees the same state
            yield tx
            return
        tx.execute("BEGIN")
        try:
            yield tx
        except (apsw.CorruptError, apsw.NotADBError):
            self._look_for_damage()
            raise
        finally:
            if tx.in_transaction:  # a disk that gives back nothing ends it by itself
                tx.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[apsw.Connection]:
        """The writer, inside one transaction: committed at the end, undone by any exception.

        Raises Busy when the turn does not come in PATIENCE_SECONDS, Closed while a copy takes the content's place, OnlyRead
        where nothing may be changed, NoRoom or Unwritable where the disk refuses, TooLong for a statement without end.
        """
        if self.forked:
            raise RuntimeError("the database was opened before this process was forked: open it anew")
        if getattr(self._thread, "writing", False):
            raise RuntimeError("a write is under way in this thread: pass its tx on")
        asked = clock.ticks()
        has_turn = self._turn.acquire(timeout=PATIENCE_SECONDS)
        timing.waited(asked)
        if not has_turn:
            self.busy += 1
            raise Busy
        self._thread.writing = True
        try:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except apsw.BusyError as busy:
                self.busy += 1
                raise Busy from busy
            except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.IOError) as error:
                self._unwritable = True
                raise Unwritable from error
            try:
                # asked with the file's lock held: whoever replaces the content has it once after closing
                if not self._closing.is_open():
                    self._require_allowed()
                self._changes.look()  # nobody else can write from here on
                self._changed.begin()
                yield self._writer
                self._writer.execute("COMMIT")
                self._unwritable = False
                self._changes.mark(self._changed.since())
            except BaseException as error:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                self._explain(error)
                raise
        finally:
            self._thread.writing = False
            self._turn.release()

    def _require_allowed(self) -> None:
        if getattr(self._thread, "replacing", False):
            return
        if self._closing.is_replacing():
            raise Closed
        why = self._closing.why_only_read()
        if why and (why == DAMAGED or not getattr(self._thread, "noting", False)):
            raise OnlyRead

    def _explain(self, error: BaseException) -> None:
        """Raise what a person can be told instead of what SQLite says; do nothing about what is none of SQLite's."""
        match error:
            case apsw.FullError():
                raise NoRoom from error
            case apsw.InterruptError():
                raise TooLong from error
            case apsw.ReadOnlyError() | apsw.IOError():
                self._unwritable = True
                raise Unwritable from error
            case apsw.CorruptError() | apsw.NotADBError():
                self._look_for_damage()

    def _look_for_damage(self) -> None:
        """Whether it is our file that is damaged, and not one that was read beside it: writing on would spread it."""
        try:
            reader = connections.open_reader(self.path)
            try:
                sound = reader.execute("PRAGMA quick_check(1)").get == "ok"
            finally:
                reader.close()
        except apsw.Error:
            sound = False
        if not sound:
            logger.error("the database is damaged: it is only read from now on", extra={"event": "corrupt"})
            self._closing.only_read(DAMAGED)

    def generation(self) -> int:
        """A number that differs after any commit to the file, by this process or another; costs about a microsecond."""
        self._look_now_and_then()
        return self._changes.now()

    @contextmanager
    def recalling(self) -> Iterator[Reading]:
        """Whatever this thread reads while this lasts is the basis of something that is kept: `Reading.basis` afterwards."""
        self._look_now_and_then()
        reading = Reading(self._changes.moment())
        self._reader()
        heard: Tables = self._thread.tables
        outside, heard.met = heard.met, set()
        try:
            yield reading
        finally:
            reading.tables |= heard.since()
            heard.met = None if outside is None else outside | reading.tables

    def also_read(self, basis: Basis) -> None:
        """What is being read now stands on that basis as well: something kept was used again."""
        self._reader()
        heard: Tables = self._thread.tables
        if heard.met is not None:
            heard.met |= basis.tables

    def holds(self, basis: Basis) -> bool:
        """Whether what was read then would be read again now."""
        self._look_now_and_then()
        return self._changes.holds(basis)

    def _look_now_and_then(self) -> None:
        if self._changes.is_due() and self._turn.acquire(blocking=False):
            try:
                self._changes.look()
            finally:
                self._turn.release()

    def is_open(self) -> bool:
        """Whether everybody may do everything here; costs less than a microsecond."""
        return self._closing.is_open()

    def why_only_read(self) -> int:
        """The number of the reason (db.closing) for which nothing may be changed; 0 where there is none."""
        return self._closing.why_only_read() or (UNWRITABLE if self._unwritable else 0)

    def is_writable(self) -> bool:
        """Whether nothing speaks against writing; costs less than a microsecond."""
        return self._closing.is_open() and not self._unwritable

    def only_read(self, reason: int) -> None:
        """Let nothing be changed any more, for all processes; 0 ends it."""
        self._closing.only_read(reason)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """While this lasts this thread may write though the box is only read, if its file is sound: who signs in, and out."""
        self._thread.noting = True
        try:
            yield
        finally:
            self._thread.noting = False

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
            self._changes.mark(frozenset({EVERY}))
            self._closing.begin_era()
            if self._closing.why_only_read() in (DAMAGED, NOT_MIGRATED):  # that was the content before
                self._closing.only_read(0)
            with suppress(
                apsw.Error
            ):  # it is done already: a disk too full to fold it in now changes nothing about that
                self._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def era(self) -> int:
        """A number that differs after a restore, by this process or another; for what is kept longer than one generation."""
        return self._closing.era()

    def open_connections(self) -> int:
        """How many connections this process holds: the writer and one reader for each thread that read."""
        return 1 + len(self._readers)

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
            reader = connections.open_reader(self.path)
            self._thread.tables = Tables(reader, READING)
            self._thread.reader = reader
            self._readers.append(reader)
        return reader
