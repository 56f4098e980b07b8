"""Each minute, what was written since the last copy, as readable rows: so that a restore reaches any minute, not only a copy's.

A shipment holds everything since its copy, so the newest one is enough. Where nothing was written nothing is read. They lie in
BACKUP_DIR/shipments for a day; where a bucket is set they are brought there as well, sealed.
"""

import logging
import os
import shutil
import weakref
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database, connections, contents, durable, lock, migrate, row_changes
from gsctracker.errors import Conflict
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Patience
from gsctracker.ops import machine
from gsctracker.ops.copies import (
    history,
    keys,
    last_copy,
    making,
    packing,
    shipment,
    shipments_away,
    workroom,
)
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.replaying import Shipped
from gsctracker.ops.copies.shipment import Shipment
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

LOCK = "shipment.lock"
UNDER_WAY = N_("A shipment is under way since %(since)s (process %(process)s).")
OURS = "rows-"
KEPT = timedelta(hours=24)
MOST, MOST_BYTES = 1500, 200_000_000

_seen: "weakref.WeakKeyDictionary[Database, int]" = weakref.WeakKeyDictionary()


class _NeedsCopy(Exception):
    """There is no copy to go on from, or it lies too far back."""


class _Unchanged(Exception):
    """Nothing was written since the last shipment, or since the copy."""


def ship(config: Config, db: Database, patience: Patience | None = None) -> str | None:
    """Write down what was written since the last copy, and bring it off the box where a bucket is set.

    Gives what was done as a sentence, None where nothing was to do or somebody else is at it. Where there is no copy to go on
    from (the first start, a restore, an upgrade), or too much was written since, a copy is made instead. Raises Conflict where
    nothing can be written down; that a bucket cannot be reached is logged, counted by how old the unprotected rows are, and
    tried again.
    """
    mark = db.generation()  # before the look: what is written meanwhile is seen the next time
    if _seen.get(db) == mark:
        return None
    try:
        with lock.hold(config.data_dir, LOCK, UNDER_WAY, "shipment_under_way"):
            said = _ship(config, db)
            if shipments_away.bring(config, db, newest(config), stems(config), patience):
                _seen[db] = mark
            return said
    except Conflict as no:
        if no.code in ("shipment_under_way", "copy_under_way"):
            return None
        raise


def newest(config: Config) -> Shipment | None:
    """The last shipment of the last copy, or None where there is none."""
    found = last_copy.found(config)
    return _newest_of(config, found[1]) if found else None


def _newest_of(config: Config, copy: Manifest) -> Shipment | None:
    """The last shipment of that copy that counts: its note and its file are both there, the file with the right size."""
    folder, proving = folder_of(config), keys.manifest_keys(config)
    for name in reversed(stems(config)):
        if name.sequence != copy.sequence:
            continue
        try:
            one = shipment.read((folder / (name.stem + shipment.NOTE)).read_bytes(), proving)
            if one.parent == copy.name and (folder / one.file).stat().st_size == one.size:
                return one
        except (OSError, Conflict):
            continue
    return None


def stems(config: Config) -> list[shipment.Name]:
    """The names of the notes on this disk, by the number of the copy and their own."""
    folder = folder_of(config)
    parsed = (shipment.parse(file.name) for file in (folder.iterdir() if folder.is_dir() else ()))
    notes = [name for name in parsed if name and name.ending == shipment.NOTE]
    return sorted(notes, key=lambda name: (name.sequence, name.number))


def fetched_here(config: Config, name: shipment.Name) -> Shipped:
    """A shipment of this disk for whoever puts it into its copy."""
    folder = folder_of(config)

    def fetch(made: Shipment, into: Path) -> None:
        shutil.copyfile(folder / made.file, into)

    return Shipped((folder / (name.stem + shipment.NOTE)).read_bytes(), fetch)


def folder_of(config: Config) -> Path:
    """Where shipments lie on this disk."""
    return config.backups / shipment.FOLDER


def prune(config: Config) -> int:
    """Remove shipments older than a day, and the oldest beyond MOST or MOST_BYTES; gives how many. Never the very last one.

    One that is dated after now was made under another clock: it goes by number and bytes alone.
    """
    folder, known = folder_of(config), stems(config)
    oldest = clock.instant(clock.moment() - KEPT)
    kept, size, gone = 0, 0, 0
    for name in reversed(known):
        files = [folder / (name.stem + ending) for ending in (shipment.NOTE, shipment.ROWS, shipment.SEALED)]
        size += sum(file.stat().st_size for file in files if file.exists())
        if kept and (name.made_at < oldest or kept >= MOST or size > MOST_BYTES):
            for file in files:  # the note first: half a shipment does not count
                file.unlink(missing_ok=True)
            gone += 1
        else:
            kept += 1
    return gone


def _ship(config: Config, db: Database) -> str | None:
    room = workroom.folder_of(config)
    for left in room.glob(f"{OURS}*"):  # by one who was killed
        left.unlink(missing_ok=True)
    if machine.disk_of(room)[1] < workroom.RESERVE:
        raise Conflict(N_("There is no room for a shipment in %(folder)s."), "no_space", folder=str(room))
    plain = room / f"{OURS}now"
    try:
        made = _written(config, db, plain)
    except _Unchanged:
        return None
    except _NeedsCopy:
        return _copied(config, db)
    finally:
        plain.unlink(missing_ok=True)
    prune(config)
    rows = sum(each["written"] + each["gone"] for each in made.tables.values())
    logger.info("shipment made", extra={"event": "shipment", "shipment": made.name, "rows": rows})
    return f"{made.name}: {rows} rows that were written since the last copy."


def _copied(config: Config, db: Database) -> str | None:
    made = making.make(config, db, "auto", force=True)
    return f"{made.name} was made and checked: there was none that the minutes could go on from." if made else None


def _written(config: Config, db: Database, plain: Path) -> Shipment:
    """The readable rows in the file `plain`, then packed in their place. Raises _NeedsCopy, _Unchanged."""
    found = last_copy.found(config)
    if found is None:
        raise _NeedsCopy
    file, parent = found
    reader = connections.open_reader(db.path)
    try:
        reader.execute(f"ATTACH :file AS {row_changes.BEFORE}", {"file": str(file)})
        reader.execute("BEGIN")
        draft = _drawn_up(config, reader, parent, plain)
        if last_copy.found(config) != found:  # another copy took its place meanwhile
            raise _Unchanged
        return _packed(config, plain, draft)
    finally:
        reader.close()


def _drawn_up(config: Config, reader: apsw.Connection, parent: Manifest, plain: Path) -> Shipment:
    instance, generation = history.whose(reader)  # the first look: from here on it is one state
    made_at, schema = clock.now(), migrate.number_of(reader)
    if (instance, generation, schema) != (parent.instance, parent.generation, parent.schema):
        raise _NeedsCopy
    with plain.open("x", encoding="utf-8") as out:
        size = 0

        def line(text: str) -> None:
            nonlocal size
            out.write(text + "\n")
            size += len(text.encode()) + 1
            if size > shipment.LARGEST_ROWS:
                raise _NeedsCopy

        tables = row_changes.write(reader, line)
    digests = parent.tables | contents.summary(reader, only=tables)
    content = contents.content(digests)
    before = _newest_of(config, parent)
    if content == (before or parent).content:
        raise _Unchanged
    number = 1 + max((name.number for name in stems(config) if name.sequence == parent.sequence), default=0)
    return Shipment(
        name=shipment.stem(made_at, parent.sequence, number), file="", size=0, sha256="", rows_size=0, rows_sha256="",
        parent=parent.name, number=number, made_at=made_at, instance=instance, generation=generation, schema=schema,
        app_version=__version__, content=content, audit_id=digests["audit_log"]["maxId"],
        journal_id=digests["journal"]["maxId"], tables=tables,
    )  # fmt: skip


def _packed(config: Config, plain: Path, draft: Shipment) -> Shipment:
    """Compressed, read back, sealed for BACKUP_RECIPIENT if there is one, put in its folder; the note last."""
    folder = folder_of(config)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows_size = plain.stat().st_size
    packed, sealed = plain.with_name(f"{OURS}{draft.name}"), plain.with_name(f"{OURS}{draft.name}.sealed")
    try:
        rows_sha256, sha256 = packing.compress(plain, packed)
        packing.read_back(packed, sha256, rows_sha256, rows_size)
        finished = packed
        if config.backup_recipient:
            age.seal(packed, sealed, keys.recipients(config))
            finished, sha256 = sealed, packing.digest_of(sealed)
        made = replace(
            draft,
            file=draft.name + (shipment.ROWS if finished == packed else shipment.SEALED),
            size=finished.stat().st_size,
            sha256=sha256,
            rows_size=rows_size,
            rows_sha256=rows_sha256,
        )
        _moved(finished, folder / made.file)
        durable.write_whole(folder / (made.name + shipment.NOTE), shipment.written(made, keys.signing_key(config)))
        return made
    finally:
        packed.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)


def _moved(file: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(file, part)  # BACKUP_DIR may be another disk
    durable.settle(part)
    os.replace(part, target)
    durable.settle(target.parent)
