"""From a database file to the compressed file of a copy, and back as the proof of it: 64 KiB at a time."""

import hashlib
import os
import zlib
from pathlib import Path

from gsctracker.db import durable
from gsctracker.errors import Conflict
from gsctracker.words import N_

CHUNK = 64 * 1024
LEVEL = 6
_GZIP = 31  # zlib's word for a gzip stream; it writes no name and no time, so equal content is equal bytes


def compress(source: Path, target: Path) -> tuple[str, str]:
    """Write `source` as gzip into the new file `target`; gives the SHA-256 of what went in and of what came out.

    Streamed, so that a board with little memory makes it too; on the disk when this returns.
    """
    plain, packed, squeeze = hashlib.sha256(), hashlib.sha256(), zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    with source.open("rb") as reading, open(target, "xb", opener=_for_its_owner) as writing:
        while part := reading.read(CHUNK):
            plain.update(part)
            out = squeeze.compress(part)
            packed.update(out)
            writing.write(out)
        out = squeeze.flush()
        packed.update(out)
        writing.write(out)
    durable.settle_in_parts(target)
    return plain.hexdigest(), packed.hexdigest()


def read_back(packed: Path, sha256: str, database_sha256: str, database_size: int) -> None:
    """Read the file from the disk, not from memory, inflate it and compare: a worn card or bad memory shows here, not in need.

    Raises Conflict where a single bit differs, where it was cut, or where it is empty (which gzip itself lets pass).
    """
    drop_from_memory(packed)
    inflate = zlib.decompressobj(_GZIP)
    seen, plain, size = hashlib.sha256(), hashlib.sha256(), 0
    try:
        with packed.open("rb") as reading:
            while part := reading.read(CHUNK):
                seen.update(part)
                while part:
                    out = inflate.decompress(part, CHUNK)
                    plain.update(out)
                    size += len(out)
                    part = inflate.unconsumed_tail
                if size > database_size:
                    break
            out = inflate.flush()
            plain.update(out)
            size += len(out)
    except (zlib.error, OSError) as error:
        raise _reads_otherwise(packed, str(error)) from error
    if (seen.hexdigest(), plain.hexdigest(), size) != (sha256, database_sha256, database_size) or not inflate.eof:
        raise _reads_otherwise(packed, "other bytes")


def digest_of(file: Path) -> str:
    """SHA-256 of a file, as the disk holds it."""
    drop_from_memory(file)
    digest = hashlib.sha256()
    with file.open("rb") as reading:
        while part := reading.read(CHUNK):
            digest.update(part)
    return digest.hexdigest()


def drop_from_memory(file: Path) -> None:
    """Have the next reading come from the disk: the kernel would give back what we wrote, whatever the card kept of it."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _reads_otherwise(packed: Path, reason: str) -> Conflict:
    return Conflict(
        N_(
            "The copy %(name)s reads back otherwise than it was written (%(reason)s): the disk may be worn out. "
            "It was thrown away."
        ),
        "reads_otherwise",
        name=packed.name.removeprefix(".").removesuffix(".part"),
        reason=reason,
    )
