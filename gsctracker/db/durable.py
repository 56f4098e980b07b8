"""On the disk, not only in memory: what a pulled plug cannot take back once these return."""

import os
from pathlib import Path

PART = 256 * 1024  # bytes


def settle(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk. Never for the live database: closing it drops locks."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle_in_parts(path: Path) -> None:
    """As `settle`, for a large file of our own beside a database in use: a commit there waits for a part, never for all of it.

    Each part is written over itself through a descriptor that waits for the disk, which unlike msync leaves other threads be.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_DSYNC)
    try:
        start = 0
        while part := os.pread(descriptor, PART, start):
            start += os.pwrite(descriptor, part, start)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, raw: bytes) -> None:
    """Write a small file for its owner alone, whole or not at all; what stood there before stays until then."""
    part = path.with_name(f".{path.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    settle(path.parent)
