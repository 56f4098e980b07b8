"""A copy that somebody brings along: its files as they were sent, and the key as it was typed or scanned."""

import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import apsw

from gsctracker.config import Config
from gsctracker.db import Busy, Database
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid, NotFound, Refusal
from gsctracker.ops import machine
from gsctracker.ops.copies import extras, finding, names, taking_out, workroom
from gsctracker.ops.copies.places import Place
from gsctracker.ops.copies.staging import Found
from gsctracker.words import N_

PREFIX = "offered-"
MOST_FILES = 4
TIMES_ON_THE_DISK = 4  # as it came in, as it was taken apart, as a file of its own, as what is in that
LONGEST_KEY_TEXT = 10_000
_KEY = re.compile(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")
_AT_ONCE = 1 << 16


def room(config: Config) -> Path:
    """A new folder for what is brought along; whoever asks for it removes it."""
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=workroom.folder_of(config)))


def most_bytes(config: Config, db: Database, code: str) -> int:
    """How large a copy may be that whoever knows this set-up code sends: what the settings say and the disk has room for; 0 where the
    code is not right, or the box cannot be asked.
    """
    try:
        with db.read() as tx:
            troop.require_setup_code(tx, code)
        free = machine.disk_of(workroom.folder_of(config))[1] - workroom.RESERVE
    except (Refusal, Busy, apsw.Error, OSError):
        return 0
    return max(0, min(config.restore_upload_mb * 1_000_000, free // TIMES_ON_THE_DISK))


def keep(sent: Iterable[tuple[str, BinaryIO]], folder: Path) -> Path:
    """Write the files that were sent (name, content) into `folder`, a few bytes at a time; gives the copy among them.

    They are a copy and its manifest, perhaps with the archive of files that goes with them, a copy alone, or the .tar of all that the
    box hands out. Raises Invalid where there is not exactly one copy among them.
    """
    copies, described = [], []
    for number, (name, content) in enumerate(sent):
        if number >= MOST_FILES:
            raise Invalid(N_("Those are too many files: one copy and its manifest are wanted."), "too_many_files")
        file = folder / _harmless(name)
        with file.open("wb") as target:
            shutil.copyfileobj(content, target, _AT_ONCE)
        if file.suffix == taking_out.TAR:
            packed = file
            try:
                file = taking_out.take_out(packed, folder)
            finally:
                packed.unlink()
            described += [folder / (names.parse(file.name).stem + names.MANIFEST)]  # type: ignore[union-attr]  # it is named as one
            copies.append(file)
        elif file.suffix == names.MANIFEST:
            described.append(file)
        elif extras.is_archive(file.name):
            continue  # it lies beside the copy, where whoever restores that looks for it
        else:
            copies.append(file)
    if len(copies) != 1 or len(described) > 1:
        raise Invalid(
            N_(
                "Choose the copy (gsctracker-....db.gz.age or .tar) and, unless it is a .tar, the .json of the same name."
            ),
            "no_copy_chosen",
        )
    if described:
        stem = copies[0].name
        for ending in (".age", ".gz", ".db"):
            stem = stem.removesuffix(ending)
        if described[0].stem != stem:
            raise Invalid(
                N_("%(manifest)s is not the manifest of %(copy)s: both have the same name."),
                "other_manifest",
                manifest=described[0].name,
                copy=copies[0].name,
            )
    return copies[0]


def keys_in(text: str) -> tuple[str, ...]:
    """The age keys in what was typed, pasted or scanned, whatever spaces, line ends and small letters are in it.

    Raises Invalid where something was typed and no key is in it.
    """
    found = _KEY.findall("".join(text[:LONGEST_KEY_TEXT].split()).upper())
    if text.strip() and not found:
        sentence = N_(
            "There is no whole key in this: it begins with AGE-SECRET-KEY-1 and has 74 letters and digits, as printed on the sheet."
        )
        raise Invalid(sentence, "no_key", {"key": sentence})
    return tuple(dict.fromkeys(found))


def newest(config: Config, place: Place, alone: bool = False) -> Found:
    """The newest good copy of a place and, unless it is wanted `alone`, what was shipped after it; for a box that has nothing
    yet. Raises NotFound.
    """
    good = [each for each in place.listed() if not each.suspicious and each.kind != "pre-restore"]
    if not good:
        raise NotFound(N_("There is no copy in %(place)s."), "no_copy", place=place.name)
    copy = max(good, key=lambda each: each.sequence)
    return Found(place, copy, None if alone else finding.shipped_after(config, copy))


def _harmless(name: str) -> str:
    """The last part of a name as a browser told it, with nothing in it that a folder would mind."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^A-Za-z0-9._-]", "_", last)[-80:].lstrip(".") or "copy"
