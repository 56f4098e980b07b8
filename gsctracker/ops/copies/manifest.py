"""The manifest: what a copy must hold, written last and signed. A copy without its manifest does not count."""

import dataclasses
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.ops.copies import names
from gsctracker.words import N_

FORMAT = 1
LARGEST_BYTES = 256 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")
KINDS = ("auto", "daily", "manual", "pre-migrate", "pre-restore", "pre-upgrade", "season-end", "stop")


@dataclass(frozen=True)
class Manifest:
    """One copy as its manifest tells it; sizes in bytes, digests SHA-256 in hex.

    `name` has no ending; `file` is the file beside the manifest, `size` and `sha256` are that file's, `gzip_sha256` is the
    compressed stream's (the same where nothing is sealed), `database_*` are the unpacked database's. `tables` is what
    db.contents.summary says, `content` its digest; `generation` is another after each restore; `parent` is the sequence of
    the copy before, 0 for none. `figures` are what some reports said of it: rows and the sum of their numbers. `record` is the newest
    line of who did what that is in it: number, instant, seal. `proven` is True where the signature was made with a key of ours.
    """

    name: str
    file: str
    size: int
    sha256: str
    gzip_sha256: str
    database_size: int
    database_sha256: str
    page_size: int
    instance: str
    sequence: int
    made_at: str
    kind: str
    app_version: str
    schema: int
    sqlite: str
    content: str
    generation: str = ""
    parent: int = 0
    label: str = ""
    sealed_for: tuple[str, ...] = ()
    suspicious: tuple[str, ...] = ()
    tables: dict[str, dict[str, Any]] = field(default_factory=dict, hash=False)
    files: dict[str, Any] | None = field(default=None, hash=False)
    figures: dict[str, list[int]] = field(default_factory=dict, hash=False)
    record: dict[str, Any] = field(default_factory=dict, hash=False)
    proven: bool = field(default=False, compare=False)

    @property
    def is_sealed(self) -> bool:
        """Whether a key is needed to open the file."""
        return self.file.endswith(names.SEALED)


def key_id(key: bytes) -> str:
    """How a manifest names the key that signed it, without telling it."""
    return hashlib.sha256(key).hexdigest()[:16]


def written(manifest: Manifest, key: bytes | None) -> bytes:
    """The manifest as it is kept: JSON, a key a line; signed with `key`, or not at all where there is none."""
    fields = {
        "format": FORMAT,
        "name": manifest.name,
        "file": manifest.file,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "gzipSha256": manifest.gzip_sha256,
        "databaseSize": manifest.database_size,
        "databaseSha256": manifest.database_sha256,
        "pageSize": manifest.page_size,
        "instance": manifest.instance,
        "generation": manifest.generation,
        "sequence": manifest.sequence,
        "parent": manifest.parent,
        "madeAt": manifest.made_at,
        "kind": manifest.kind,
        "label": manifest.label,
        "appVersion": manifest.app_version,
        "schema": manifest.schema,
        "sqlite": manifest.sqlite,
        "sealedFor": list(manifest.sealed_for),
        "suspicious": list(manifest.suspicious),
        "content": manifest.content,
        "files": manifest.files,
        "figures": manifest.figures,
        "record": manifest.record,
        "tables": manifest.tables,
        "keyId": key_id(key) if key else "",
    }
    fields["hmac"] = _signature(fields, key) if key else ""
    lines = ",\n".join(f'"{name}": {json.dumps(value, sort_keys=True)}' for name, value in fields.items())
    return f"{{\n{lines}\n}}\n".encode()


def read(raw: bytes, keys: Iterable[bytes] = ()) -> Manifest:
    """The manifest in these bytes. `proven` says whether one of `keys` signed it.

    Raises Conflict, each in a sentence of its own: too long, no manifest, of a newer format, something missing or impossible
    in it, or changed since it was signed with one of `keys`.
    """
    if len(raw) > LARGEST_BYTES:
        raise Conflict(N_("The manifest is larger than a manifest can be."), "manifest_too_large")
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(fields, dict) or not isinstance(fields.get("format"), int):
        raise _unreadable()
    if fields["format"] > FORMAT:
        raise Conflict(
            N_("The manifest has format %(found)d, made by a newer GSCTracker; this program knows %(ours)d."),
            "manifest_newer",
            found=fields["format"],
            ours=FORMAT,
        )
    found = _parsed(fields)
    signature = str(fields.get("hmac") or "")
    for key in keys:
        if fields.get("keyId") == key_id(key):
            if not hmac.compare_digest(_signature(fields, key).encode(), signature.encode()):
                raise Conflict(
                    N_("The manifest of %(name)s was changed after it was signed."), "manifest_changed", name=found.name
                )
            return dataclasses.replace(found, proven=True)
    return found


def _signature(fields: dict[str, Any], key: bytes) -> str:
    signed = {name: value for name, value in fields.items() if name != "hmac"}
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _parsed(fields: dict[str, Any]) -> Manifest:
    name = names.parse(_text(fields, "name", 80))
    if name is None or name.ending:
        raise _wrong("name")
    file = _text(fields, "file", 80)
    if file not in (name.stem + names.COPY, name.stem + names.SEALED):
        raise _wrong("file")
    if _number(fields, "sequence", 1) != name.sequence or fields.get("madeAt") != name.made_at:
        raise _wrong("sequence")
    if not clock.is_instant(name.made_at):
        raise _wrong("madeAt")
    kind = _text(fields, "kind", 20)
    if kind not in KINDS:
        raise _wrong("kind")
    files = fields.get("files")
    if files is not None and not isinstance(files, dict):
        raise _wrong("files")
    return Manifest(
        name=name.stem,
        file=file,
        size=_number(fields, "size", 1),
        sha256=_digest(fields, "sha256"),
        gzip_sha256=_digest(fields, "gzipSha256"),
        database_size=_number(fields, "databaseSize", 512),
        database_sha256=_digest(fields, "databaseSha256"),
        page_size=_number(fields, "pageSize", 512),
        instance=_text(fields, "instance", 64),
        generation=_text(fields, "generation", 64),
        sequence=name.sequence,
        made_at=name.made_at,
        kind=kind,
        app_version=_text(fields, "appVersion", 40),
        schema=_number(fields, "schema", 1),
        sqlite=_text(fields, "sqlite", 40),
        content=_digest(fields, "content"),
        parent=_number(fields, "parent", 0),
        label=_text(fields, "label", 80),
        sealed_for=_texts(fields, "sealedFor"),
        suspicious=_texts(fields, "suspicious"),
        tables=_tables(fields),
        files=files,
        figures=_figures(fields),
        record=_record(fields),
    )


def _text(fields: dict[str, Any], name: str, longest: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > longest:
        raise _wrong(name)
    return value


def _texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(name)
    return tuple(value)


def _number(fields: dict[str, Any], name: str, lowest: int) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value < 1 << 62:
        raise _wrong(name)
    return value


def _digest(fields: dict[str, Any], name: str) -> str:
    value = _text(fields, name, 64)
    if not _DIGEST.fullmatch(value):
        raise _wrong(name)
    return value


def _tables(fields: dict[str, Any]) -> dict[str, dict[str, Any]]:
    tables = fields.get("tables")
    if not isinstance(tables, dict) or not tables:
        raise _wrong("tables")
    for facts in tables.values():
        if not isinstance(facts, dict) or not isinstance(facts.get("sums"), dict):
            raise _wrong("tables")
        _number(facts, "rows", 0)
        _number(facts, "maxId", 0)
        _digest(facts, "digest")
    return tables


def _figures(fields: dict[str, Any]) -> dict[str, list[int]]:
    """Copies of before there were figures have none."""
    figures = fields.get("figures", {})
    if not isinstance(figures, dict) or not all(
        isinstance(each, list) and all(type(number) is int for number in each) for each in figures.values()
    ):
        raise _wrong("figures")
    return figures


def _record(fields: dict[str, Any]) -> dict[str, Any]:
    """Copies of before it was told, or without a line, have none."""
    record = fields.get("record", {})
    if not isinstance(record, dict):
        raise _wrong("record")
    if record:
        _number(record, "line", 1)
        _text(record, "at", 20)
        _text(record, "seal", 64)
    return record


def _unreadable() -> Conflict:
    return Conflict(N_("That is not a manifest of a GSCTracker copy."), "not_a_manifest")


def _wrong(name: str) -> Conflict:
    return Conflict(N_("The manifest has no good value for %(field)s."), "manifest_wrong", field=name)
