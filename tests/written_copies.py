"""Copies as the box writes them, made here by hand for whoever has to read them: a file, and a manifest beside it."""

import gzip
import hashlib
import json
import subprocess
from pathlib import Path

import apsw


def write_copy(database: Path, folder: Path, sealed_for: str | None = None, **changed: object) -> Path:
    """A copy of that database in `folder`, sealed for an age recipient if one is given; gives the copy's file.

    `changed` replaces lines of the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "snapshot.db"
    source = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    source.execute("VACUUM INTO ?", (str(plain),))
    uid = source.execute("SELECT uid FROM instance").fetchone()[0]
    schema = source.pragma("user_version")
    source.close()
    raw = plain.read_bytes()
    plain.unlink()
    return write_as_copy(raw, folder, sealed_for, instance=uid, schema=schema, **changed)


def write_as_copy(raw: bytes, folder: Path, sealed_for: str | None = None, **changed: object) -> Path:
    """The same of any bytes, whatever they are."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "gsctracker-20260214T020000Z-00000042"
    packed = gzip.compress(raw, mtime=0)
    copy = folder / f"{name}.db.gz"
    copy.write_bytes(packed)
    if sealed_for:
        sealed = folder / f"{name}.db.gz.age"
        subprocess.run(["age", "-r", sealed_for, "-o", sealed, copy], check=True)
        copy.unlink()
        copy = sealed
    written = {
        "format": 1,
        "name": name,
        "file": copy.name,
        "size": copy.stat().st_size,
        "sha256": hashlib.sha256(copy.read_bytes()).hexdigest(),
        "gzipSha256": hashlib.sha256(packed).hexdigest(),
        "databaseSize": len(raw),
        "databaseSha256": hashlib.sha256(raw).hexdigest(),
        "pageSize": 4096,
        "sequence": 42,
        "madeAt": "2026-02-14T02:00:00Z",
        "kind": "daily",
        "label": "",
    } | changed
    (folder / f"{name}.json").write_text(json.dumps(written, indent=2) + "\n")
    return copy


def renew_manifest(copy: Path) -> None:
    """Write the copy's own size and sha256 into its manifest: what is inside is then the only thing that tells."""
    manifest = copy.with_name(copy.name.split(".")[0] + ".json")
    written = json.loads(manifest.read_text()) | {
        "size": copy.stat().st_size,
        "sha256": hashlib.sha256(copy.read_bytes()).hexdigest(),
        "gzipSha256": hashlib.sha256(copy.read_bytes()).hexdigest(),
    }
    manifest.write_text(json.dumps(written, indent=2) + "\n")
