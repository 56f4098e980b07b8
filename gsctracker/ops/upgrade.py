"""The database to another schema and back, and the rehearsal of it on a copy; what a start makes of one that fails."""

import contextlib
import logging
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database, connections, lock, migrate, snapshot
from gsctracker.db.closing import DAMAGED, NOT_MIGRATED
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.ops import box_record, standby
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.upgrade")


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


def opened(config: Config) -> Database:
    """The box's database, made if it is not there and brought up to this program's schema if it is older.

    Where that fails the data is as it was before, and the box is only read until another version, or `gsctracker migrate`,
    succeeds: this version does not try again by itself. A damaged file is left as it is. Raises Conflict where the file is not
    ours, is newer, or where no copy can be made before.
    """
    if standby.is_refused_by(config.database) or _is_damaged(config.database):
        return Database(config.database, as_it_is=True)
    plain = _plain_copies(config)
    try:
        db = Database(config.database, config.backups)
    except Conflict as no:
        if no.code == "file_is_newer":
            raise _newer(config, no) from no
        if no.code not in ("migration_failed", migrate.STOPPED):
            raise
        version = __version__ if no.code == "migration_failed" else ""  # a full disk is no fault of the version
        standby.enter(config.database, NOT_MIGRATED, str(no), version)
        return Database(config.database, as_it_is=True)
    standby.leave(config.database, NOT_MIGRATED)
    if _plain_copies(config) != plain:
        box_record.note(db, "box.migrated", schema=migrate.newest())
        _make_proper(config, db)
    return db


def _is_damaged(database: Path) -> bool:
    known = standby.of(database)
    return known is not None and known.reason == standby.NAMES[DAMAGED]


def is_due(config: Config) -> bool:
    """Whether the database is one of ours that a start will bring to a newer schema."""
    if not config.database.exists() or standby.is_refused_by(config.database) or _is_damaged(config.database):
        return False
    try:
        with contextlib.closing(connections.open_reader(config.database)) as reader:
            return bool(migrate.pending(reader))
    except (Conflict, apsw.Error):
        return False  # whatever it is, opening it says so


def carry_out(config: Config, target: int | None = None) -> Moved:
    """Take the database to schema `target`, or to the newest, after a copy; all steps or none. Raises Conflict while a server
    runs on it, or with the step that failed.
    """
    _must_be_there(config)
    with lock.hold(config.data_dir):
        with _opened(config.database) as writer:
            before = migrate.number_of(writer)
            try:
                wanted = _wanted(writer, target)
            except Conflict as no:
                raise (_newer(config, no) if no.code == "file_is_newer" else no) from no
            copy = migrate.copy_before(writer, config.backups) if wanted != before else None
            began = clock.ticks()
            with migrate.all_or_nothing(writer, copy):
                _move(writer, wanted)
            seconds = clock.ticks() - began
        standby.leave(config.database, NOT_MIGRATED)
        if copy:
            box_record.note_beside(config, "box.migrated", before=before, schema=wanted)
            copy = _proper(config, copy)
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


def _newer(config: Config, no: Conflict) -> Conflict:
    """The same refusal, with the copy made before the upgrade by its name, where one lies here that this program can read."""
    name = _copy_before_upgrade(config, int(str(no.params["ours"])))
    if name is None:
        return no
    return Conflict(
        N_(
            "%(reason)s Or put back the copy made before the upgrade, and lose what came after it: gsctracker restore %(copy)s"
        ),
        no.code,
        reason=str(no),
        copy=name,
    )


def _copy_before_upgrade(config: Config, ours: int) -> str | None:
    from gsctracker.ops.copies import places

    for copy in places.local(config).backwards():
        if copy.kind == "pre-migrate" and copy.schema <= ours:
            return copy.name
    for plain in sorted(_plain_copies(config), reverse=True):
        named = re.match(re.escape(migrate.COPY_BEFORE) + r"(\d+)-", plain.name)
        if named and int(named[1]) <= ours:
            return f"{plain} --unverified"
    return None


def _plain_copies(config: Config) -> set[Path]:
    return set(config.backups.glob(f"{migrate.COPY_BEFORE}*.db"))


def _proper(config: Config, plain: Path) -> Path:
    """The plain copy as a proper one, pinned; the plain one where that cannot be made now: the next copy tries again."""
    with contextlib.closing(Database(config.database, as_it_is=True)) as db:
        made = _make_proper(config, db)
    return made if made and not plain.exists() else plain


def _make_proper(config: Config, db: Database) -> Path | None:
    """Files that migrations left as proper copies; gives the newest of them. An upgrade never hangs on it: what fails is logged."""
    from gsctracker.ops.copies import making

    try:
        made = making.adopt(config, db)
    except (Refusal, Busy, OSError, apsw.Error) as error:
        logger.warning("the copy made before is not packed yet: %s", error, extra={"event": "copy_waits"})
        return None
    return config.backups / made[-1].file if made else None
