"""What belongs to a box beside its database: photos, its settings, its secrets. One archive, named after its content, for as many
copies as it is the same for: made anew only when something in it changed.

Settings and secrets go only into sealed archives; the keys of copies themselves never do: they are on the printed sheet.
"""

import logging
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import durable
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.integrations import age
from gsctracker.ops import secrets
from gsctracker.ops.copies import keys, packing, workroom
from gsctracker.ops.copies.bucket import Bucket
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Folder, Place
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

FOLDER = "files"  # beside the copies, in each place
PHOTOS, SETTINGS = "photos", "gsctracker.env"
LARGEST = 1 << 30
YOUNG_SECONDS = 24 * 3600  # one that a copy is just being made for is not referred to yet
OFFERED = ".from-copy"
REPLACED = ".before-restore"
_NAME = re.compile(r"gsctracker-files-[0-9a-f]{16}\.tar\.gz(\.age)?")

_known: dict[Path, tuple[tuple[Any, ...], dict[str, Any]]] = {}  # by folder: what was looked at, what came of it


def ready(config: Config, place: Folder) -> dict[str, Any] | None:
    """See that the archive of what is there now lies in that place; gives what a manifest says of it, None where nothing is there.

    None too, and a line in the log, where the archive cannot be made: the copy of the money must not hang on a photo. `name`,
    `size` in bytes and `sha256` are the file's, `content` the SHA-256 and `plainSize` the size of the tar in it, `count` how
    many files it holds.
    """
    try:
        return _ready(config, place)
    except (OSError, Refusal) as error:
        logger.error("the files beside the database are in no copy: %s", error, extra={"event": "files_failed"})
        return None


def _ready(config: Config, place: Folder) -> dict[str, Any] | None:
    recipients = keys.recipients(config)
    found = list(_to_keep(config, with_secrets=bool(recipients)))
    if not found:
        return None
    folder = place.folder / FOLDER
    looked_at = (tuple(recipients), *((name, *_stamp(file)) for name, file in found))
    known = _known.get(folder)
    if known and known[0] == looked_at and (folder / known[1]["name"]).exists():
        return known[1]
    plain = workroom.folder_of(config) / f"{workroom.OURS}files.tar"
    _write_tar(plain, found)
    content = packing.digest_of(plain)
    target = folder / f"gsctracker-files-{content[:16]}.tar.gz{'.age' if recipients else ''}"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        packed = plain.with_name(plain.name + ".gz")
        packed.unlink(missing_ok=True)
        packing.compress(plain, packed)
        part = target.with_name(f".{target.name}.part")
        part.unlink(missing_ok=True)
        if recipients:
            age.seal(packed, part, recipients)
        else:
            shutil.copyfile(packed, part)
        durable.settle(part)
        os.replace(part, target)
        durable.settle(folder)
        packed.unlink()
    size = plain.stat().st_size
    plain.unlink()
    told = {
        "name": target.name,
        "size": target.stat().st_size,
        "sha256": packing.digest_of(target),
        "content": content,
        "plainSize": size,
        "count": len(found),
    }
    _known[folder] = (looked_at, told)
    return told


def bring(config: Config, there: Bucket, copy: Manifest) -> None:
    """Bring the archive that a copy of BACKUP_DIR refers to into the bucket, if it is not there. A missing one is logged."""
    name = (copy.files or {}).get("name", "")
    if not _NAME.fullmatch(name) or not name.endswith(".age"):
        return
    if name in there.names_in(FOLDER):
        return
    file = config.backups / FOLDER / name
    if not file.exists():
        logger.warning("the files of %s are not here any more", copy.name, extra={"event": "files_missing"})
        return
    there.claim(copy.instance)
    there.put_file(file, f"{FOLDER}/{name}", packing.digest_of(file), copy.instance)


def prune(place: Place) -> list[str]:
    """Remove the archives of a place that no copy there refers to; gives their names. One made within a day stays."""
    there = _all_of(place)  # before the copies: what comes meanwhile is then not taken for what nobody wants
    copies, broken = place.looked_through() if there else ([], [])
    if broken:  # nobody knows what a manifest refers to that cannot be read
        return []
    wanted = {(copy.files or {}).get("name") for copy in copies}
    gone = []
    for name in sorted(there - wanted):
        if isinstance(place, Folder):
            file = place.folder / FOLDER / name
            if clock.moment().timestamp() - file.stat().st_mtime < YOUNG_SECONDS:
                continue
            file.unlink()
        elif isinstance(place, Bucket):
            place.drop(f"{FOLDER}/{name}")
        gone.append(name)
    return gone


def brought(config: Config, place: Place | Path, manifest: Manifest, into: Path, identities: list[str]) -> Path | None:
    """The tar that goes with a copy, opened and compared, in the folder `into`; None where there is none, or it cannot be had.

    `place` is where the copy lies, or the folder of its file. What is wrong is logged: the database is worth restoring without.
    """
    told = manifest.files
    if not told:
        return None
    try:
        return _opened(place, told, into, identities)
    except (Refusal, OSError, zlib.error) as no:
        logger.warning("the files beside the database stay away: %s", no, extra={"event": "files_missing"})
        return None


def put_back(config: Config, tar: Path) -> list[str]:
    """Lay what is in the tar where it belongs in an empty box; gives names of what was there already and is otherwise.

    Secrets are replaced, the old ones kept beside as `.before-restore`: this box had just made them, and what is in the database
    needs the copy's. Settings and photos that are there stay; the copy's lie beside as `.from-copy`.
    """
    otherwise = []
    for name, raw in _contents(tar):
        target = config.data_dir / name
        if target.exists():
            if target.read_bytes() == raw:
                continue
            otherwise.append(name)
            if name.startswith(secrets.FOLDER):
                os.replace(target, target.with_name(target.name + REPLACED))
            else:
                target = target.with_name(target.name + OFFERED)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.write_whole(target, raw)
    logger.info("the files beside the database are back", extra={"event": "files_restored", "otherwise": otherwise})
    return otherwise


def look(config: Config, place: Place, copy: Manifest, folder: Path) -> list[str]:
    """Lay the files that go with a copy of that place out in a new folder; gives their names. Raises NotFound where it has none, or they
    cannot be had.
    """
    if not copy.files:
        raise NotFound(N_("No files go with that copy."), "no_files")
    with tempfile.TemporaryDirectory(prefix=workroom.OURS, dir=workroom.folder_of(config)) as scratch:
        tar = _opened(place, copy.files, Path(scratch), keys.identities(config))
        return lay_out(tar, folder)


def lay_out(tar: Path, folder: Path) -> list[str]:
    """Write what is in the tar into a new folder, to be looked at; gives the names."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(N_("%(folder)s is not empty."), "not_empty", folder=str(folder))
    names = []
    for name, raw in _contents(tar):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.write_whole(target, raw)
        names.append(name)
    return names


def _to_keep(config: Config, with_secrets: bool) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file, in the order of the names."""
    photos = config.data_dir / PHOTOS
    kept = [(f"{PHOTOS}/{file.relative_to(photos)}", file) for file in photos.rglob("*") if file.is_file()]
    if with_secrets:
        kept.append((SETTINGS, config.data_dir / SETTINGS))
        folder = secrets.folder_of(config.data_dir)
        kept += [(f"{secrets.FOLDER}/{file.name}", file) for file in folder.glob("*") if not _is_of_copies(file.name)]
    return iter(sorted((name, file) for name, file in kept if file.is_file() and not file.is_symlink()))


def _is_of_copies(name: str) -> bool:
    return name.startswith(("backup_", ".")) or name.endswith((REPLACED, ".part"))


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _write_tar(target: Path, found: list[tuple[str, Path]]) -> None:
    """The same bytes for the same content: no times, no owners."""
    target.unlink(missing_ok=True)
    with tarfile.open(target, "x", format=tarfile.PAX_FORMAT) as tar:
        for name, file in found:
            with file.open("rb") as reading:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = os.fstat(reading.fileno()).st_size, 0o600
                tar.addfile(entry, reading)
    target.chmod(0o600)


def _all_of(place: Place) -> set[str]:
    if isinstance(place, Folder):
        folder = place.folder / FOLDER
        found = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    elif isinstance(place, Bucket):
        found = place.names_in(FOLDER)
    else:
        found = []
    return {name for name in found if _NAME.fullmatch(name)}


def is_archive(file_name: str) -> bool:
    """Whether a file is called as such an archive is."""
    return bool(_NAME.fullmatch(file_name))


def fetched(place: Place | Path, told: dict[str, Any], into: Path) -> Path:
    """The archive that a manifest tells of, as it lies in that place or folder; one of a bucket is written into the folder `into`.

    Raises NotFound where it is missing, Conflict where it is not what the manifest says.
    """
    name = told.get("name")
    if not isinstance(name, str) or not is_archive(name):
        raise _wrong(str(name))
    file = into / name
    if isinstance(place, Bucket):
        place.fetch_file(f"{FOLDER}/{name}", file, LARGEST)
    else:
        folder = place.folder if isinstance(place, Folder) else place
        assert isinstance(folder, Path)  # a place is a folder or a bucket
        source = next((each for each in (folder / FOLDER / name, folder / name) if each.is_file()), None)
        if source is None:
            raise NotFound(N_("%(name)s is missing."), "files_missing", name=name)
        file = source
    if packing.digest_of(file) != told.get("sha256"):
        raise _wrong(name)
    return file


def _opened(place: Place | Path, told: dict[str, Any], into: Path, identities: list[str]) -> Path:
    size, wanted = (told.get(each) for each in ("plainSize", "content"))
    if not isinstance(size, int) or not 0 < size <= LARGEST:
        raise _wrong(str(told.get("name")))
    file = packed = fetched(place, told, into)
    if age.is_sealed(file):
        packed = into / "files.tar.gz"
        age.unseal(file, packed, identities, LARGEST)
    tar = into / "files.tar"
    _inflate(packed, tar, size)
    if packing.digest_of(tar) != wanted:
        raise _wrong(file.name)
    return tar


def _inflate(packed: Path, target: Path, size: int) -> None:
    inflate = zlib.decompressobj(31)
    written = 0
    with packed.open("rb") as reading, target.open("xb") as writing:
        while part := reading.read(packing.CHUNK):
            while part and not inflate.eof:
                out = inflate.decompress(part, packing.CHUNK)
                written += writing.write(out)
                if written > size:
                    raise _wrong(packed.name)
                part = inflate.unconsumed_tail


def _contents(tar: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(tar, "r:") as reading:
        for entry in reading:
            held = reading.extractfile(entry) if entry.isreg() else None
            if held is None or not _may_be_written(entry.name):
                raise _wrong(entry.name)
            yield entry.name, held.read()


def _may_be_written(name: str) -> bool:
    parts = name.split("/")
    if "" in parts or ".." in parts or "." in parts or not name.isprintable():
        return False
    if parts[0] == PHOTOS:
        return len(parts) > 1
    return name == SETTINGS or (parts[0] == secrets.FOLDER and len(parts) == 2 and not _is_of_copies(parts[1]))


def _wrong(name: str) -> Conflict:
    return Conflict(N_("%(name)s is not what the manifest says."), "files_wrong", name=name)


def same(config: Config, place: Folder, last: Manifest) -> bool:
    """Whether what is there now is what that copy refers to."""
    told = ready(config, place)
    return (told or {}).get("content") == (last.files or {}).get("content")
