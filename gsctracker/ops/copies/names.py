"""How the files of a copy are called: gsctracker-20260214T020000Z-00000042.db.gz, .age added when sealed, .json the manifest."""

import re
from dataclasses import dataclass

COPY, SEALED, MANIFEST = ".db.gz", ".db.gz.age", ".json"

_NAME = re.compile(r"(gsctracker-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{8}))(\.db\.gz|\.db\.gz\.age|\.json)?")


@dataclass(frozen=True)
class Name:
    """A name taken apart: `stem` is all but the ending, `made_at` an instant, `ending` one of ours or empty."""

    stem: str
    made_at: str
    sequence: int
    ending: str


def stem(made_at: str, sequence: int) -> str:
    """The name without an ending of the copy number `sequence` made at the instant `made_at`."""
    return f"gsctracker-{made_at.replace('-', '').replace(':', '')}-{sequence:08}"


def parse(file_name: str) -> Name | None:
    """The parts of a file's name (no folder), or None where it is not called as a copy or a manifest is."""
    found = _NAME.fullmatch(file_name)
    if not found:
        return None
    whole, year, month, day, hour, minute, second, sequence, ending = found.groups()
    return Name(whole, f"{year}-{month}-{day}T{hour}:{minute}:{second}Z", int(sequence), ending or "")
