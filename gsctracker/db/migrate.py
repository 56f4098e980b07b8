"""A fresh file from schema.sql; an older file step by step; each step with its way back."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import apsw

from gsctracker import __version__, clock
from gsctracker.db import connections, snapshot
from gsctracker.db.rows import many, one, run, value
from gsctracker.db.snapshot import APPLICATION_ID
from gsctracker.errors import Conflict
from gsctracker.words import N_

DOWN = "\n-- down\n"
COPY_BEFORE = "pre-migrate-schema-"  # how the file made before a migration begins
BREAKS, STOPPED = "migration_breaks", "migration_stopped"
_NOT_OF_THE_STEP = (
    apsw.FullError,
    apsw.BusyError,
    apsw.IOError,
    apsw.ReadOnlyError,
    apsw.InterruptError,
    apsw.NoMemError,
)
FIRST = 1  # the schema number of the first released file


@dataclass(frozen=True)
class Step:
    """One numbered migration: the SQL that goes up, the SQL that goes down again."""

    number: int
    name: str
    up: str
    down: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the step as it was written."""
        return hashlib.sha256((self.up + DOWN + self.down).encode()).hexdigest()


def schema_sql() -> str:
    """The whole database as this program knows it."""
    return resources.files("gsctracker").joinpath("schema.sql").read_text(encoding="utf-8")


def steps(folder: Path | None = None) -> list[Step]:
    """The migrations in order. Each file has its way up, a line `-- down`, and its way down."""
    place = folder or resources.files("gsctracker").joinpath("migrations")
    found: list[Step] = []
    if not place.is_dir():  # no folder is made for no migration
        return found
    for file in sorted(place.iterdir(), key=lambda entry: entry.name):
        named = re.fullmatch(r"(\d{4})_(\w+)\.sql", file.name)
        if named:
            up, _, down = file.read_text(encoding="utf-8").partition(DOWN)
            found.append(Step(int(named[1]), named[2], up, down))
    return found


def number_of(tx: apsw.Connection) -> int:
    """The schema number of the file."""
    return tx.pragma("user_version")


def bring_up(
    writer: apsw.Connection, sql: str | None = None, path: list[Step] | None = None, backups: Path | None = None
) -> Path | None:
    """Make an empty file, or take an older one to the newest schema, one transaction a step; gives the copy made before.

    The copy lies in the folder `backups`; no copy is made where no folder is named. Raises Conflict for another program's
    file, a newer file, a step that was edited after it was carried out, or a copy that cannot be made. Where a step fails the
    copy is put back, so that of several steps none is left (migration_failed, migration_stopped).
    """
    path = steps() if path is None else path
    if _is_empty(writer):
        _make(writer, sql or schema_sql(), path)
        return None
    ahead = pending(writer, sql, path)
    copy = copy_before(writer, backups) if ahead and backups else None
    with all_or_nothing(writer, copy):
        for step in ahead:
            _change(writer, step.up, step.number, f"{step.number:04}_{step.name}", step)
    return copy


@contextmanager
def all_or_nothing(writer: apsw.Connection, copy: Path | None) -> Iterator[None]:
    """Steps that fail in here leave the file as it was: what `copy` holds is put back in one transaction, if there is one.

    Raises Conflict with what failed and the name of the copy: migration_failed would fail again, migration_stopped (a full
    disk, a lock) perhaps not.
    """
    before = number_of(writer)
    try:
        yield
    except Conflict as no:
        if copy is None or no.code not in (BREAKS, STOPPED):
            raise
        if number_of(writer) != before:
            _put_back(writer, copy)
        raise Conflict(
            N_("%(reason)s The data is as it was before; the copy made first is %(copy)s."),
            "migration_failed" if no.code == BREAKS else STOPPED,
            reason=str(no),
            copy=str(copy),
        ) from no


def _put_back(writer: apsw.Connection, copy: Path) -> None:
    source = connections.open_reader(copy)
    try:
        with writer.backup("main", source, "main") as copying:
            copying.step(-1)
    finally:
        source.close()
    writer.execute("PRAGMA journal_mode = WAL")


def pending(writer: apsw.Connection, sql: str | None = None, path: list[Step] | None = None) -> list[Step]:
    """The steps that a file which is not empty still has before it. Raises Conflict as `bring_up` does."""
    path = steps() if path is None else path
    if writer.pragma("application_id") != APPLICATION_ID:
        raise Conflict(N_("This file is not a GSCTracker database."), "not_our_file")
    _refuse_newer(writer, sql or schema_sql(), path)
    _refuse_edited(writer, path)
    return [step for step in path if step.number > number_of(writer)]


def copy_before(writer: apsw.Connection, backups: Path) -> Path:
    """A checked copy in the folder `backups`, named so that nobody takes it for one of the nightly copies.

    Raises Conflict, with what to do about it, where the copy cannot be made or is not sound.
    """
    name = f"{COPY_BEFORE}{number_of(writer)}-{clock.now().replace('-', '').replace(':', '')}"
    copy = backups / f"{name}.db"
    again = 1
    while copy.exists():
        again += 1
        copy = backups / f"{name}-{again}.db"
    try:
        snapshot.copy_out(writer, copy)
        snapshot.check(copy)
    except Conflict as no:
        raise Conflict(
            N_(
                "The database has to be changed for this version, and the copy to be made before that failed. %(reason)s "
                "Nothing was changed. Free or unlock that folder, or name another one with BACKUP_DIR, and start again."
            ),
            "no_copy_before",
            reason=str(no),
        ) from no
    return copy


def take_down(writer: apsw.Connection, target: int) -> None:
    """Undo steps with the SQL kept in the file until it has schema number `target`."""
    kept = many(
        writer,
        "SELECT version, name, down_sql FROM schema_migrations WHERE version > :target ORDER BY version DESC",
        target=target,
    )
    if any(not row.down_sql for row in kept):
        raise Conflict(N_("There is no way back to schema %(target)d."), "no_way_back", target=target)
    for row in kept:
        _change(writer, row.down_sql, row.version - 1, row.name, None)


def newest(sql: str | None = None) -> int:
    """The schema number that this program was written for."""
    named = re.search(r"PRAGMA user_version = (\d+);", sql or schema_sql())
    if not named:
        raise ValueError("schema.sql does not say its user_version")
    return int(named[1])


def _is_empty(writer: apsw.Connection) -> bool:
    return value(writer, "SELECT count(*) FROM sqlite_schema") == 0


def _make(writer: apsw.Connection, sql: str, path: list[Step]) -> None:
    writer.execute("BEGIN IMMEDIATE")
    try:
        if _is_empty(writer):  # two programs may have come to the empty file together
            _do_all(writer, sql)
            _record(writer, FIRST, "first", "", "")
            for step in path:  # a fresh file knows the way back as well as one that came the long way
                _record(writer, step.number, f"{step.number:04}_{step.name}", step.checksum, step.down)
        writer.execute("COMMIT")
    except BaseException:
        if writer.in_transaction:  # a full disk ends it by itself
            writer.execute("ROLLBACK")
        raise


def _refuse_newer(writer: apsw.Connection, sql: str, path: list[Step]) -> None:
    found, ours = number_of(writer), max([newest(sql), *(step.number for step in path)])
    if found > ours:
        raise Conflict(
            N_(
                "This file has schema %(found)d, made by a newer GSCTracker (%(version)s); this program knows %(ours)d. "
                "Install GSCTracker %(version)s or newer. To stay with this one, take the data back: "
                "gsctracker migrate --to %(ours)d"
            ),
            "file_is_newer",
            found=found,
            ours=ours,
            version=_written_by(writer) or "?",
        )


def _written_by(writer: apsw.Connection) -> str:
    """The version of the program that changed the file last; empty where it does not say."""
    try:
        return value(writer, "SELECT program FROM schema_migrations ORDER BY version DESC LIMIT 1") or ""
    except apsw.SQLError:  # a file of the future may keep it elsewhere
        return ""


def _refuse_edited(writer: apsw.Connection, path: list[Step]) -> None:
    for step in path:
        row = one(writer, "SELECT checksum FROM schema_migrations WHERE version = :n ", n=step.number)
        if row and row.checksum != step.checksum:
            raise Conflict(
                N_("Migration %(number)04d was changed after this file went through it."),
                "migration_edited",
                number=step.number,
            )


def _change(writer: apsw.Connection, sql: str, number: int, name: str, step: Step | None) -> None:
    # foreign keys are switched off so that a table can be rebuilt, and checked whole before the commit
    writer.execute("PRAGMA foreign_keys = OFF")
    writer.execute("BEGIN IMMEDIATE")
    try:
        if step and number_of(writer) >= number:  # another program of ours came first
            writer.execute("ROLLBACK")
            return
        _do_all(writer, sql)
        if step:
            _record(writer, number, name, step.checksum, step.down)
        else:
            run(writer, "DELETE FROM schema_migrations WHERE version > :number", number=number)
        writer.pragma("user_version", number)
        if many(writer, "PRAGMA foreign_key_check"):
            raise Conflict(N_("Migration %(name)s leaves rows that belong to nothing."), BREAKS, name=name)
        writer.execute("COMMIT")
    except BaseException as error:
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        if isinstance(error, apsw.Error):
            raise Conflict(
                N_("Migration %(name)s failed: %(reason)s."),
                STOPPED if isinstance(error, _NOT_OF_THE_STEP) else BREAKS,
                name=name,
                reason=str(error).rstrip("."),
            ) from error
        raise
    finally:
        writer.execute("PRAGMA foreign_keys = ON")


def _do_all(writer: apsw.Connection, sql: str) -> None:
    for _ in writer.execute(sql):  # a statement that gives rows would hold up those after it
        pass


def _record(writer: apsw.Connection, version: int, name: str, checksum: str, down: str) -> None:
    run(
        writer,
        """INSERT INTO schema_migrations (version, name, checksum, down_sql, program, applied_at)
           VALUES (:version, :name, :checksum, :down, :program, :now)""",
        program=__version__,
        version=version,
        name=name,
        checksum=checksum,
        down=down,
        now=clock.now(),
    )
