"""A copy unpacked beside the live database and looked at whole: what is given out here can be restored.

Everything that can be wrong with a file is found on the staged copy, which is thrown away at the end. The live database is
only asked whose it is.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import connections, contents, lock, migrate, snapshot, structure
from gsctracker.db.rows import value
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.ops.copies import extras, keys, ledgers, names, replaying, taking_out, unpacking
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Place
from gsctracker.ops.copies.replaying import Shipped
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

FOLDER, PREFIX = "tmp", "staged-"
SPARE_BYTES = 4 << 20
LEFT_BEHIND_AFTER_SECONDS = 600


@dataclass(frozen=True)
class Found:
    """A copy that is listed somewhere, and what was shipped after it where the state of a later minute is meant."""

    place: Place
    manifest: Manifest
    shipped: Shipped | None = None


@dataclass(frozen=True)
class Staged:
    """A database that passed every check, at this program's schema. `instance` is the box it was made on.

    `name` is what people call the copy, `made_at` the instant of the state in it where that is known, `from_schema` the schema
    it came with, `content` the digest of all that the troop wrote in it.
    """

    path: Path
    name: str
    manifest: Manifest | None
    made_at: str | None
    instance: str
    from_schema: int
    content: str
    files: Path | None = None


@contextmanager
def stage(
    config: Config,
    source: Found | Path,
    identities: list[str] | None = None,
    unverified: bool = False,
    adopt: bool = False,
) -> Iterator[Staged]:
    """Unpack and check a copy; it lies there as long as this lasts.

    `identities` are age keys beside those of the box. `unverified` takes a file without a manifest, or with one that no key
    of ours signed; `adopt` a copy of another box. Raises Conflict or NotFound, each fault in its own sentence.
    """
    home, given = config.database.parent / FOLDER, False
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(home)
        own = instance_of(config)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=home) as name:
            folder = Path(name)
            with lock.hold(folder, "lock"):
                file, manifest = _brought(config, source, folder, identities or [])
                if own is not None:
                    _require_trust(file.name, manifest, own, bool(keys.manifest_keys(config)), unverified, adopt)
                elif manifest is None and not unverified:
                    raise _no_manifest(file.name)
                _require_room(folder, 2 * (manifest.database_size if manifest else file.stat().st_size))
                database = folder / f"{_stem(file.name)}.db"
                opens = [*keys.identities(config), *(identities or [])]
                unpacking.unpack(file, database, manifest, opens, unverified)
                came = _looked_at(database, file.name, manifest, own, adopt)
                if isinstance(source, Found) and source.shipped and manifest:
                    came = _brought_on(config, came, manifest, source.shipped, identities or [], unverified)
                came = _brought_up(came)
                if own is None and manifest:
                    beside = source.place if isinstance(source, Found) else file.parent
                    came = replace(came, files=extras.brought(config, beside, manifest, folder, opens))
                given = True
                yield came
    except OSError as error:
        if given:  # what went wrong with it later is not ours to tell
            raise
        raise Conflict(
            N_("No copy can be unpacked in %(folder)s: %(reason)s. The present data is as it was."),
            "cannot_unpack",
            folder=str(home),
            reason=error.strerror or str(error),
        ) from error


def instance_of(config: Config) -> str | None:
    """Which box this is, or None where no troop was set up here or the database cannot say."""
    if not config.database.exists():
        return None
    try:
        reader = connections.open_reader(config.database)
        try:
            return value(reader, "SELECT uid FROM instance WHERE EXISTS (SELECT 1 FROM troop)")
        finally:
            reader.close()
    except apsw.Error:
        return None


def _sweep(home: Path) -> None:
    """Remove what a killed process left: nobody holds its lock, and it is not of this moment."""
    for left in home.glob(f"{PREFIX}*"):
        try:
            if clock.moment().timestamp() - left.stat().st_mtime < LEFT_BEHIND_AFTER_SECONDS:
                continue
            with lock.hold(left, "lock"):
                shutil.rmtree(left)
        except (Conflict, OSError):
            continue


def _brought(config: Config, source: Found | Path, folder: Path, more: list[str]) -> tuple[Path, Manifest | None]:
    """The copy's file on this disk, and its manifest if it has one."""
    if isinstance(source, Found):
        _require_room(folder, source.manifest.size)
        file = folder / source.manifest.file
        source.place.fetch(source.manifest, file)
        return file, source.manifest
    if not source.is_file():
        raise NotFound(N_("There is no file %(name)s."), "no_file", name=str(source))
    if config.database.exists() and source.samefile(config.database):
        raise Conflict(N_("%(name)s is the database in use, not a copy of it."), "is_live", name=source.name)
    if source.suffix == taking_out.TAR:
        _require_room(folder, source.stat().st_size)
        source = taking_out.take_out(source, folder)
    described = source.with_name(_stem(source.name) + names.MANIFEST)
    if not described.is_file():
        return source, None
    with described.open("rb") as written:
        raw = written.read(manifests.LARGEST_BYTES + 1)
    return source, manifests.read(raw, keys.manifest_keys(config, more))


def _stem(file_name: str) -> str:
    """The name without all of its endings: what a manifest is called after."""
    for ending in (".age", ".gz", ".db"):
        file_name = file_name.removesuffix(ending)
    return file_name


def _require_trust(
    name: str, manifest: Manifest | None, own: str, has_keys: bool, unverified: bool, adopt: bool
) -> None:
    if manifest is None:
        if not unverified:
            raise _no_manifest(name)
        return
    if manifest.instance != own and not adopt:
        raise _other_box(name)
    if has_keys and not manifest.proven and not unverified:
        raise Conflict(
            N_("The manifest of %(name)s was not signed with a key of this box. Name that key's file with --key-file, or, if you "
               "trust the copy, ask with --unverified."),
            "manifest_unproven",
            name=name,
        )  # fmt: skip


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise Conflict(
            N_("The disk has too little room for that: %(needed)d bytes are needed, %(free)d are free."),
            "no_space",
            needed=needed + SPARE_BYTES,
            free=free,
        )


def _looked_at(database: Path, name: str, manifest: Manifest | None, own: str | None, adopt: bool) -> Staged:
    try:
        if database.with_name(database.name + "-wal").exists():
            connections.open_writer(database).close()  # folds it in
        return _as_it_came(database, name, manifest, own, adopt)
    except (apsw.Error, UnicodeDecodeError) as error:  # a damaged page may hold what is no text
        raise _damaged(name, error) from error


def _brought_on(
    config: Config, came: Staged, copy: Manifest, shipped: Shipped, identities: list[str], unverified: bool
) -> Staged:
    """The copy in the state of the minute in which that was shipped; as it was where that cannot be had and nobody asked for it."""
    try:
        made = replaying.put_in(config, came.path, copy, shipped, identities, unverified)
    except (apsw.Error, UnicodeDecodeError, Refusal) as error:
        if not shipped.is_asked_for:
            logger.warning("what was shipped after %s cannot be used: %s", came.name, error)
            return came
        if isinstance(error, Refusal):
            raise
        raise _damaged(came.name, error) from error
    return replace(came, name=made.name, made_at=made.made_at)


def _brought_up(came: Staged) -> Staged:
    """At this program's schema, and built as this program builds."""
    try:
        if came.from_schema < migrate.newest():
            writer = connections.open_writer(came.path)
            try:
                migrate.bring_up(writer)
            finally:
                writer.close()
            snapshot.check(came.path)
        found = _as_it_is_now(came.path, came)
        if came.manifest and came.name != came.manifest.name:
            replaying.make_findable(came.path)  # what was shipped are rows; the index of words is made of them
        return found
    except (apsw.Error, UnicodeDecodeError) as error:
        raise _damaged(came.name, error) from error


def _damaged(name: str, error: Exception) -> Conflict:
    return Conflict(
        N_("What is in %(name)s is damaged: %(reason)s."), "copy_damaged", name=name, reason=str(error).rstrip(".")
    )


def _as_it_came(database: Path, name: str, manifest: Manifest | None, own: str | None, adopt: bool) -> Staged:
    reader = connections.open_reader(database)
    try:
        if value(reader, "SELECT count(*) FROM sqlite_schema") == 0:
            raise Conflict(N_("The database in %(name)s has no tables: it is empty."), "copy_empty", name=name)
        _require_ours(reader, name, manifest)
        snapshot.check(database)
        if manifest:
            _compare(contents.summary(reader), manifest, name)
        instance = value(reader, "SELECT uid FROM instance")
        if own is not None and instance != own and not adopt:
            raise _other_box(name)
        return Staged(
            path=database,
            name=manifest.name if manifest else name,
            manifest=manifest,
            made_at=manifest.made_at if manifest else None,
            instance=instance,
            from_schema=migrate.number_of(reader),
            content="",
        )
    finally:
        reader.close()


def _as_it_is_now(database: Path, found: Staged) -> Staged:
    reader = connections.open_reader(database)
    try:
        strange = structure.strange(reader)
        if strange:
            raise Conflict(
                N_("The database in %(name)s is not built as this program builds one: %(what)s."),
                "strange_structure",
                name=found.name,
                what=", ".join(strange[:5]),
            )
        wrong = [] if found.manifest else ledgers.out_of_balance(reader)  # a manifest speaks for its content
        if wrong:
            raise Conflict(
                N_("The content of %(name)s cannot be right. %(what)s"),
                "out_of_balance",
                name=found.name,
                what=wrong[0],
            )
        digest = contents.content(contents.summary(reader))
    finally:
        reader.close()
    return Staged(**vars(found) | {"content": digest})


def _require_ours(reader: apsw.Connection, name: str, manifest: Manifest | None) -> None:
    if reader.pragma("application_id") != snapshot.APPLICATION_ID:
        raise Conflict(
            N_("The database in %(name)s is another program's, not GSCTracker's."), "not_our_copy", name=name
        )
    schema, ours = migrate.number_of(reader), migrate.newest()
    if schema > ours:
        raise Conflict(
            N_("%(name)s was written by a newer GSCTracker (%(version)s, schema %(schema)d); this one knows schema %(ours)d. "
               "Install that version, then restore."),
            "copy_is_newer",
            name=name,
            version=manifest.app_version if manifest else "?",
            schema=schema,
            ours=ours,
        )  # fmt: skip
    if schema < migrate.FIRST:
        raise Conflict(N_("The database in %(name)s has no schema number."), "not_our_copy", name=name)


def _compare(found: dict[str, dict], manifest: Manifest, name: str) -> None:
    """Integrity is not enough: a mix of two states can be sound on every page."""
    for table in sorted(found.keys() | manifest.tables.keys()):
        if found.get(table) != manifest.tables.get(table):
            raise Conflict(
                N_("The content of %(name)s is not what its manifest says: the table %(table)s differs."),
                "content_differs",
                name=name,
                table=table,
            )
    if contents.content(found) != manifest.content:
        raise Conflict(N_("What is in %(name)s is not what its manifest says."), "content_differs", name=name)


def _no_manifest(name: str) -> Conflict:
    return Conflict(
        N_(
            "%(name)s has no manifest beside it, so nobody can say what it should hold. If you trust it, ask with --unverified."
        ),
        "no_manifest",
        name=name,
    )


def _other_box(name: str) -> Conflict:
    return Conflict(
        N_("%(name)s is the copy of another box. To give up this box's data for it, ask with --adopt."),
        "other_instance",
        name=name,
    )
