"""Where a copy is worked on before it counts: DATA_DIR/tmp, what dead runs left there, and whether there is room for more."""

import os
from contextlib import suppress
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import durable, migrate
from gsctracker.errors import Conflict
from gsctracker.ops import machine
from gsctracker.ops.copies import names
from gsctracker.words import N_

FOLDER = "tmp"
OURS = "copy-"
UNDER_WAY = "copy-under-way"
PROBE = f".{OURS}probe"
RESERVE = 64 << 20  # bytes that stay free for the sales that are made meanwhile


def folder_of(config: Config) -> Path:
    """The folder, made if it is not there; on the disk of the data, as renaming wants it."""
    folder = config.data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def say_what_is_made(config: Config, target: Path) -> None:
    """Write down which file the copy is to become, so that the next run knows it for a leftover if this one dies."""
    durable.write_whole(folder_of(config) / UNDER_WAY, f"{target.absolute()}\n".encode())


def sweep(config: Config) -> None:
    """Remove what copies that died left behind: a crash at every copy must not fill the disk. Call it holding the lock.

    Nothing else is touched: a file without a manifest may be one that somebody carried here by hand.
    """
    folder = folder_of(config)
    marker = folder / UNDER_WAY
    if marker.exists():
        target = Path(marker.read_text(encoding="utf-8", errors="replace").strip())
        name = names.parse(target.name)
        if name:
            (target.parent / f".{target.name}.part").unlink(missing_ok=True)
            (target.parent / f".{name.stem}{names.MANIFEST}.part").unlink(missing_ok=True)
            if not (target.parent / (name.stem + names.MANIFEST)).exists():
                target.unlink(missing_ok=True)
        marker.unlink()
    with suppress(OSError):  # a folder that is none is told when the copy is made
        (config.backups / PROBE).unlink(missing_ok=True)
    for part in config.backups.glob(f"{migrate.COPY_BEFORE}*.db.part*"):  # of a migration or a restore that was killed
        part.unlink(missing_ok=True)
    for file in folder.iterdir():
        if file.name.startswith(OURS) or file.name.startswith(f".{OURS}"):
            file.unlink(missing_ok=True)


def require_room(config: Config, target: Path) -> None:
    """A disk that fills up half-way stops the sales too. Raises Conflict, naming the folder and the bytes, before anything is begun."""
    room = folder_of(config)
    database = sum(_size(config.database.with_name(config.database.name + end)) for end in ("", "-wal"))
    wanted = {room: database + RESERVE, target: database // 2}
    for folder in (room, target):
        _require_writable(folder)
    if os.stat(room).st_dev == os.stat(target).st_dev:
        wanted = {room: sum(wanted.values())}
    else:
        wanted[target] += RESERVE
    for folder, needed in wanted.items():
        free = machine.disk_of(folder)[1]
        if free < needed:
            raise Conflict(
                N_("There is no room for a copy in %(folder)s: it takes %(wanted)d MB and %(free)d MB are free."),
                "no_space",
                folder=str(folder),
                wanted=-(-needed // 1_000_000),
                free=free // 1_000_000,
            )


def _require_writable(folder: Path) -> None:
    """Ask the disk itself: permission bits do not know of a file system that turned read-only, nor of no more inodes."""
    probe = folder / PROBE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"?")
        probe.unlink()
    except OSError as error:
        raise Conflict(
            N_("Nothing can be written in %(folder)s: %(reason)s. Free or unlock that folder, or set BACKUP_DIR."),
            "cannot_write",
            folder=str(folder),
            reason=error.strerror or str(error),
        ) from error


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
