"""What is looked at before the server starts: each no is one sentence with its remedy, and nothing was made or changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.closing import DAMAGED
from gsctracker.db.connections import open_reader, require_safe_sqlite
from gsctracker.db.rows import many, value
from gsctracker.errors import Conflict
from gsctracker.ops import machine, standby, trusted_clock, volumes
from gsctracker.words import N_

MARKER = ".gsctracker-volume"
LEAST_ROOM_BYTES = 10_000_000


def before_opening(config: Config, demo: bool = False, restoring: bool = False, mountinfo: str | None = None) -> None:
    """Look at the library, the folder, its disk and the database. Raises Conflict with what is wrong and how it is put right; a
    damaged database that can still be read starts, to be read alone.

    A demo may lie where it is forgotten; `restoring` says that a missing database is about to be fetched. `mountinfo` is
    the text of /proc/self/mountinfo unless given.
    """
    require_safe_sqlite()
    volume_is_good(config, volumes.of(_present(config.data_dir), mountinfo), demo)
    folder_is_ours(config.data_dir)
    folder_is_ours(config.database.parent)
    there_is_room(machine.disk_of(config.data_dir)[1], config.data_dir)
    box_is_here(config, restoring)
    if config.database.exists() and config.database.stat().st_size:
        file_is_sound(config.database)


def after_opening(config: Config, db: Database) -> None:
    """Mark the volume with the box it holds, so that an empty one in its place is known for what it is. Raises Conflict where
    the marker names another box.
    """
    with db.read() as tx:
        uid = value(tx, "SELECT uid FROM instance")
    marked = marked_uid(config.data_dir)
    if config.expected_box and config.expected_box != uid:
        raise Conflict(
            N_("EXPECTED_BOX says %(expected)s, but the database here is of box %(found)s. Mount the right volume."),
            "another_box",
            expected=config.expected_box,
            found=uid,
        )
    if marked != uid:  # a first start, or another file was put here on purpose
        scratch = config.data_dir / f"{MARKER}.new"
        scratch.write_text(uid + "\n", encoding="ascii")
        scratch.rename(config.data_dir / MARKER)


def marked_uid(data_dir: Path) -> str | None:
    """The box that the volume was marked with, or None."""
    try:
        return (data_dir / MARKER).read_text(encoding="ascii", errors="replace").strip() or None
    except OSError:
        return None


def volume_is_good(config: Config, volume: volumes.Volume | None, demo: bool = False) -> None:
    """Refuse a disk of another machine, and a volume that goes with the container."""
    if volume is None or config.allow_unsafe_volume:
        return
    if volume.is_network:
        raise Conflict(
            N_(
                "%(folder)s lies on a network disk (%(kind)s), where SQLite's locks do not hold and money can be lost: move DATA_DIR to a"
                " disk of this machine. ALLOW_UNSAFE_VOLUME=yes starts nevertheless, which nobody supports."
            ),
            "network_volume",
            folder=str(config.data_dir),
            kind=volume.kind,
        )
    if volume.is_anonymous and not demo:
        raise Conflict(
            N_(
                "%(folder)s is a Docker volume without a name, which is lost with the container: give it one with"
                " -v gsctracker:%(folder)s. ALLOW_UNSAFE_VOLUME=yes starts nevertheless, which nobody supports."
            ),
            "anonymous_volume",
            folder=str(config.data_dir),
        )


def folder_is_ours(folder: Path) -> None:
    """Make the folder, and refuse one that this user cannot write."""
    us = os.geteuid()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Conflict(
            N_("The folder %(folder)s cannot be made (%(reason)s). Make it for user %(uid)d: %(remedy)s"),
            "no_folder",
            folder=str(folder),
            reason=error.strerror,
            uid=us,
            remedy=f"sudo install -d -m 700 -o {us} -g {os.getegid()} {folder}",
        ) from error
    if machine.is_read_only(folder):
        raise Conflict(
            N_("The disk of %(folder)s can only be read: it is failing, or was mounted so. Look at: dmesg | tail"),
            "read_only_disk",
            folder=str(folder),
        )
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Conflict(
            N_(
                "The folder %(folder)s belongs to user %(owner)d and user %(uid)d cannot write it. Give it away: %(remedy)s"
            ),
            "not_ours",
            folder=str(folder),
            owner=folder.stat().st_uid,
            uid=us,
            remedy=f"sudo chown -R {us}:{os.getegid()} {folder}",
        )


def there_is_room(free_bytes: int, folder: Path) -> None:
    """Refuse a disk on which nothing can be saved."""
    if free_bytes < LEAST_ROOM_BYTES:
        raise Conflict(
            N_("Only %(free)d kB are free on the disk of %(folder)s, it takes %(least)d: make room and start again."),
            "no_space",
            free=free_bytes // 1000,
            least=LEAST_ROOM_BYTES // 1000,
            folder=str(folder),
        )


def box_is_here(config: Config, restoring: bool = False) -> None:
    """Refuse to make an empty database where a troop's should be: a volume that is not mounted, or a file that is gone."""
    if config.database.exists() or restoring:
        return
    marked = marked_uid(config.data_dir)
    if config.expected_box and marked != config.expected_box:
        raise Conflict(
            N_(
                "Box %(uid)s should be in %(folder)s and is not: its volume is not mounted. Mount it, or unset EXPECTED_BOX"
                " for a new troop."
            ),
            "volume_missing",
            uid=config.expected_box,
            folder=str(config.data_dir),
        )
    if marked:
        raise Conflict(
            N_(
                "The database of box %(uid)s is gone from %(path)s. Put back a copy: gsctracker restore. For a new troop,"
                " remove %(marker)s first."
            ),
            "database_missing",
            uid=marked,
            path=str(config.database),
            marker=str(config.data_dir / MARKER),
        )


def file_is_sound(path: Path) -> None:
    """See whether the database is whole. What SQLite can still read is opened to be read alone from now on: going on writing would
    carry the damage into every copy. Where it is whole again (it was put right, or another file lies there) that ends.

    Raises Conflict with the way to restore where nobody could read it.
    """
    known = standby.of(path)
    was_damaged = known is not None and known.reason == standby.NAMES[DAMAGED]
    found = ""
    try:
        reader = open_reader(path)
        try:
            found = _damage(reader, thoroughly=was_damaged)
            if found:
                value(reader, "SELECT uid FROM instance JOIN troop ON troop.id = 1")
                many(reader, "SELECT name FROM sqlite_schema")
                can_be_read = value(reader, "SELECT count(*) FROM accounts") > 0
        finally:
            reader.close()
    except (apsw.NotADBError, apsw.CorruptError) as error:
        found, can_be_read = found or str(error), False
    except apsw.Error:
        return  # whatever else it is, opening it says so
    if not found:
        standby.leave(path, DAMAGED)
        return
    found = " ".join(found.split())[:200].rstrip(".")
    if not can_be_read:
        raise Conflict(
            N_("The database %(path)s is damaged (%(found)s). Put back the newest copy: gsctracker restore"),
            "database_damaged",
            path=str(path),
            found=found,
        )
    if not was_damaged:
        standby.enter(path, DAMAGED, found)


def _damage(reader: apsw.Connection, thoroughly: bool) -> str:
    """What is wrong, or nothing. What once was found damaged is believed to be whole only after every page, index and reference was
    looked at.
    """
    if not thoroughly:
        said = str(value(reader, "PRAGMA quick_check(1)"))
    else:
        said = str(value(reader, "PRAGMA integrity_check(1)"))
        if said == "ok" and value(reader, "SELECT count(*) FROM pragma_foreign_key_check"):
            said = "rows belong to nothing"
    return "" if said == "ok" else said


def doubts(config: Config, db: Database, demo: bool = False) -> Iterator[str]:
    """What does not stop the start but an operator should know, each in a sentence."""
    volume = volumes.of(config.data_dir)
    if volume and volume.is_forgetful and not demo:
        yield f"The data lies in {volume.point} ({volume.kind}), which is lost with this machine or container."
    try:
        with db.read() as tx:
            known = trusted_clock.newest_known(tx)
    except (apsw.CorruptError, apsw.NotADBError):
        return  # a damaged file was told of already
    if not trusted_clock.is_plausible(clock.moment(), known):
        yield (
            f"The clock says {clock.now()}, which cannot be right: the box already knew {clock.instant(known)}. "
            "Work that goes by dates waits until it can be believed."
        )


def _present(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
