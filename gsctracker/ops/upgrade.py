"""The database to another schema and back, and the rehearsal of it on a copy."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import connections, lock, migrate, snapshot
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_


@dataclass(frozen=True)
class Moved:
    """What was done: `copy` is the file made before, None where nothing had to change or all was only rehearsed.

    `rows` counts the rows of each table afterwards; they were checked, as every page and every reference was.
    """

    from_schema: int
    to_schema: int
    seconds: float
    rows: dict[str, int]
    copy: Path | None


def carry_out(config: Config, target: int | None = None) -> Moved:
    """Take the database to schema `target`, or to the newest, after a copy. Raises Conflict while a server runs on it."""
    _must_be_there(config)
    with lock.hold(config.data_dir), _opened(config.database) as writer:
        before, wanted = migrate.number_of(writer), _wanted(writer, target)
        copy = migrate.copy_before(writer, config.backups) if wanted != before else None
        began = clock.ticks()
        _move(writer, wanted)
        seconds = clock.ticks() - began
    return Moved(before, wanted, seconds, snapshot.check(config.database).rows, copy)


def rehearse(config: Config, target: int | None = None) -> Moved:
    """The same on a copy beside the database, which is thrown away afterwards; the database is only read."""
    _must_be_there(config)
    with tempfile.TemporaryDirectory(prefix=".rehearsal-", dir=config.database.parent) as folder:
        copy = Path(folder) / "rehearsal.db"
        reader = connections.open_reader(config.database)
        try:
            reader.execute("PRAGMA query_only = OFF")  # it is opened for reading only: nothing but the copy is written
            snapshot.copy_out(reader, copy)
        finally:
            reader.close()
        with _opened(copy) as writer:
            before, wanted = migrate.number_of(writer), _wanted(writer, target)
            began = clock.ticks()
            _move(writer, wanted)
            seconds = clock.ticks() - began
        return Moved(before, wanted, seconds, snapshot.check(copy).rows, None)


def _must_be_there(config: Config) -> None:
    if not config.database.exists():
        raise NotFound(
            N_("There is no troop in %(folder)s yet. Start it with: gsctracker serve"),
            "no_database",
            folder=str(config.data_dir),
        )


@contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection]:
    connections.require_safe_sqlite()
    writer = connections.open_writer(path)
    try:
        yield writer
    finally:
        writer.close()


def _wanted(writer: apsw.Connection, target: int | None) -> int:
    """The schema to reach. A newer program's file may be taken down by this one: the way back lies in the file."""
    known = max([migrate.newest(), *(step.number for step in migrate.steps())])
    if target is None:
        migrate.pending(writer)  # refuses what is not ours or newer than this program
        return known
    if target > max(known, migrate.number_of(writer)) or target < migrate.FIRST:
        raise Conflict(
            N_("There is no schema %(target)d: this program knows 1 to %(known)d."),
            "no_such_schema",
            target=target,
            known=known,
        )
    return target


def _move(writer: apsw.Connection, wanted: int) -> None:
    if wanted < migrate.number_of(writer):
        migrate.take_down(writer, wanted)
    else:
        migrate.bring_up(writer, path=[step for step in migrate.steps() if step.number <= wanted])
