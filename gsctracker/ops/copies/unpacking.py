"""From the file that was offered to a plain database file beside ours: unsealed, inflated with a cap, compared on the way.

The live database is not touched here, and what came out is not believed yet: `staging` looks into it.
"""

import hashlib
import shutil
import zlib
from pathlib import Path

from gsctracker.errors import Conflict
from gsctracker.integrations import age
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.shipment import Shipment
from gsctracker.words import N_

LARGEST_DATABASE = 1 << 30
AT_ONCE = 1 << 16
GZIP, SQLITE = b"\x1f\x8b", b"SQLite format 3\0"


def unpack(source: Path, target: Path, manifest: Manifest | None, identities: list[str], unverified: bool) -> None:
    """Write the database that lies in `source` into the new file `target`, in whose folder there is room for what comes between.

    With a manifest every size and digest on the way must be as it says. Without one a plain database file is taken as well,
    if `unverified`. Raises Conflict in a sentence of its own for: empty, cut, changed, no copy at all, sealed for another key,
    damaged, something behind its end, larger than it may be.
    """
    size = source.stat().st_size
    if size == 0:
        raise Conflict(N_("%(name)s is empty: no copy was ever written into it."), "copy_empty", name=source.name)
    if manifest:
        _require(source, manifest.size, manifest.sha256)
    compressed = source
    if age.is_sealed(source):
        compressed = target.with_name(target.name + ".gz")
        age.unseal(source, compressed, identities, LARGEST_DATABASE)
        if manifest and _digest(compressed) != manifest.gzip_sha256:
            raise _other_content(source.name)
    start = _start(compressed)
    if start.startswith(GZIP):
        _inflate(compressed, target, source.name, manifest.database_size if manifest else LARGEST_DATABASE)
    elif start == SQLITE and manifest is None:
        _take_plain(compressed, target, source, unverified)
    else:
        raise Conflict(
            N_("%(name)s is not a copy: it is neither compressed nor sealed nor a database."),
            "not_a_copy",
            name=source.name,
        )
    if compressed != source:
        compressed.unlink()
    if manifest and (target.stat().st_size != manifest.database_size or _digest(target) != manifest.database_sha256):
        raise _other_content(source.name)


def unpack_rows(source: Path, target: Path, told: Shipment, identities: list[str]) -> None:
    """Write the rows of the shipment that lies in `source` into the new file `target`. Raises Conflict as `unpack` does."""
    _require(source, told.size, told.sha256)
    compressed = source
    if age.is_sealed(source):
        compressed = target.with_name(target.name + ".gz")
        age.unseal(source, compressed, identities, told.rows_size + (1 << 20))
    try:
        if told.rows_size == 0:
            target.touch(mode=0o600)
        else:
            _inflate(compressed, target, source.name, told.rows_size)
    finally:
        if compressed != source:
            compressed.unlink(missing_ok=True)
    if _digest(target) != told.rows_sha256:
        raise _other_content(source.name)


def _require(source: Path, size: int, sha256: str) -> None:
    found = source.stat().st_size
    if found != size:
        raise Conflict(
            N_("%(name)s has %(size)d bytes, its manifest says %(wanted)d."),
            "copy_cut",
            name=source.name,
            size=found,
            wanted=size,
        )
    if _digest(source) != sha256:
        raise Conflict(
            N_("%(name)s was changed or damaged after it was made: its SHA-256 is not the manifest's."),
            "copy_changed",
            name=source.name,
        )


def _inflate(source: Path, target: Path, name: str, at_most: int) -> None:
    """gzip to plain. zlib hands out bytes before it has seen the end, so nothing counts until the end was right."""
    unpacker = zlib.decompressobj(wbits=31)
    left = at_most
    with source.open("rb") as packed, target.open("xb") as plain:
        while not unpacker.eof:
            part = packed.read(AT_ONCE)
            if not part:
                raise Conflict(N_("%(name)s is cut off: its end is missing."), "copy_cut", name=name)
            while part and not unpacker.eof:
                try:
                    out = unpacker.decompress(part, AT_ONCE)
                except zlib.error as error:
                    raise Conflict(
                        N_("%(name)s is damaged: it cannot be unpacked."), "copy_damaged", name=name
                    ) from error
                left -= len(out)
                if left < 0:
                    raise Conflict(
                        N_("%(name)s unpacks to more than the %(most)d bytes it may hold."),
                        "too_large",
                        name=name,
                        most=at_most,
                    )
                plain.write(out)
                part = unpacker.unconsumed_tail
        if unpacker.unused_data or packed.read(1):
            raise Conflict(N_("%(name)s has something behind its end."), "copy_has_more", name=name)


def _take_plain(source: Path, target: Path, offered: Path, unverified: bool) -> None:
    if not unverified:
        raise Conflict(
            N_("%(name)s is a plain database without a manifest. If you trust it, ask with --unverified."),
            "no_manifest",
            name=offered.name,
        )
    if source.stat().st_size > LARGEST_DATABASE:
        raise Conflict(
            N_("%(name)s is larger than the %(most)d bytes it may have."),
            "too_large",
            name=offered.name,
            most=LARGEST_DATABASE,
        )
    shutil.copyfile(source, target)
    beside = offered.with_name(offered.name + "-wal")
    if source == offered and beside.exists():  # its newest rows stand there
        shutil.copyfile(beside, target.with_name(target.name + "-wal"))


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(SQLITE))[: len(SQLITE)]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _other_content(name: str) -> Conflict:
    return Conflict(N_("What is in %(name)s is not what its manifest says."), "content_differs", name=name)
