"""A shipment: what was written since a copy, in one file of readable rows, and the signed note beside it that makes it count."""

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
from gsctracker.ops.copies.manifest import key_id
from gsctracker.words import N_

FORMAT = 1
ROWS, SEALED, NOTE = ".rows.gz", ".rows.gz.age", ".json"
FOLDER = "shipments"
LARGEST_NOTE = 64 * 1024
LARGEST_ROWS = 20_000_000  # bytes of readable rows; more than that is a copy

_NAME = re.compile(
    r"(gsctracker-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{8})-(\d{4,6}))(\.rows\.gz|\.rows\.gz\.age|\.json)"
)


@dataclass(frozen=True)
class Name:
    """A file's name taken apart: `made_at` an instant, `sequence` the copy's that it goes on from, `number` its own there."""

    stem: str
    made_at: str
    sequence: int
    number: int
    ending: str


@dataclass(frozen=True)
class Shipment:
    """One shipment as its note tells it; sizes in bytes, digests SHA-256 in hex.

    `parent` is the name of the copy it goes on from. It holds all that was written between that and `made_at`, so none
    needs another. `content` is the digest of all that the troop had written then. `audit_id` and `journal_id` are the highest
    numbers in it. `tables` counts the rows of each table that differs: `written` and `gone`.
    """

    name: str
    file: str
    size: int
    sha256: str
    rows_size: int
    rows_sha256: str
    parent: str
    number: int
    made_at: str
    instance: str
    generation: str
    schema: int
    app_version: str
    content: str
    audit_id: int
    journal_id: int
    tables: dict[str, dict[str, int]] = field(default_factory=dict, hash=False)
    proven: bool = field(default=False, compare=False)


def stem(made_at: str, sequence: int, number: int) -> str:
    """The name without an ending of the shipment `number` of the copy `sequence`."""
    return f"gsctracker-{made_at.replace('-', '').replace(':', '')}-{sequence:08}-{number:04}"


def parse(file_name: str) -> Name | None:
    """The parts of a file's name (no folder), or None where it is not called as a shipment is."""
    found = _NAME.fullmatch(file_name)
    if not found:
        return None
    whole, year, month, day, hour, minute, second, sequence, number, ending = found.groups()
    made_at = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    return Name(whole, made_at, int(sequence), int(number), ending)


def written(shipment: Shipment, key: bytes | None) -> bytes:
    """The note as it is kept: JSON, a key a line; signed with `key`, or not at all where there is none."""
    fields = {_camel(name): value for name, value in vars(shipment).items() if name != "proven"}
    fields = {"format": FORMAT} | fields | {"keyId": key_id(key) if key else ""}
    fields["hmac"] = _signature(fields, key) if key else ""
    lines = ",\n".join(f'"{name}": {json.dumps(value, sort_keys=True)}' for name, value in fields.items())
    return f"{{\n{lines}\n}}\n".encode()


def read(raw: bytes, keys: Iterable[bytes] = ()) -> Shipment:
    """The shipment that this note tells of; `proven` says whether one of `keys` signed it. Raises Conflict for a note that is none."""
    try:
        fields = json.loads(raw) if len(raw) <= LARGEST_NOTE else None
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            raise ValueError
        said = {each.name: fields[_camel(each.name)] for each in dataclasses.fields(Shipment) if each.name != "proven"}
        found = Shipment(**said)
        _require_sense(found)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Conflict(N_("That is not the note of a shipment."), "not_a_shipment") from None
    for key in keys:
        if fields.get("keyId") == key_id(key):
            if not hmac.compare_digest(_signature(fields, key).encode(), str(fields.get("hmac")).encode()):
                raise Conflict(
                    N_("The note of %(name)s was changed after it was signed."), "shipment_changed", name=found.name
                )
            return dataclasses.replace(found, proven=True)
    return found


def _require_sense(found: Shipment) -> None:
    name = parse(found.file)
    numbers = (found.size, found.rows_size, found.number, found.schema, found.audit_id, found.journal_id)
    digests = (found.sha256, found.rows_sha256, found.content)
    if (
        name is None
        or (name.stem, name.made_at, name.number) != (found.name, found.made_at, found.number)
        or not clock.is_instant(found.made_at)
        or not all(type(each) is int and 0 <= each < 1 << 62 for each in numbers)
        or found.rows_size > LARGEST_ROWS
        or not all(isinstance(each, str) and re.fullmatch(r"[0-9a-f]{64}", each) for each in digests)
        or not all(
            isinstance(each, str) and len(each) <= 80 for each in (found.parent, found.instance, found.generation)
        )
        or not isinstance(found.tables, dict)
    ):
        raise ValueError


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _signature(fields: dict[str, Any], key: bytes) -> str:
    signed = {name: value for name, value in fields.items() if name != "hmac"}
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
