"""What is in the .tar that the box hands out: a copy, its manifest, and the archive of files that goes with them."""

import shutil
import tarfile
from pathlib import Path

from gsctracker.errors import Conflict
from gsctracker.ops.copies import extras, names
from gsctracker.ops.copies import manifest as manifests
from gsctracker.words import N_

TAR = ".tar"
MOST_MEMBERS = 8
_AT_ONCE = 1 << 16


def take_out(packed: Path, folder: Path) -> Path:
    """Write the copy that lies in the .tar into `folder`, its manifest and its archive of files beside it; gives the copy.

    Nothing else in it is looked at, and no name leads out of the folder. Raises Conflict where it is damaged, or holds no copy
    with its manifest.
    """
    found: dict[str, Path] = {}
    try:
        with tarfile.open(packed, "r:") as tar:
            for number, member in enumerate(tar):
                if number >= MOST_MEMBERS:
                    break
                part = _part(member)
                content = tar.extractfile(member) if part else None
                if content is None:
                    continue
                found[part] = folder / member.name
                with found[part].open("wb") as target:
                    shutil.copyfileobj(content, target, _AT_ONCE)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise Conflict(N_("%(name)s is damaged: it cannot be unpacked."), "copy_damaged", name=packed.name) from error
    if not {"copy", "manifest"} <= found.keys() or _stem(found["copy"]) != _stem(found["manifest"]):
        raise Conflict(N_("In %(name)s there is no copy with its manifest."), "not_a_copy", name=packed.name)
    return found["copy"]


def _part(member: tarfile.TarInfo) -> str:
    """What a member is by its name: copy, manifest or files; empty where it is nothing of ours."""
    if not member.isfile():
        return ""
    if extras.is_archive(member.name):
        return "files" if member.size <= extras.LARGEST else ""
    name = names.parse(member.name)
    if name is None or not name.ending:
        return ""
    if name.ending != names.MANIFEST:
        return "copy"
    return "manifest" if member.size <= manifests.LARGEST_BYTES else ""


def _stem(file: Path) -> str:
    name = names.parse(file.name)
    assert name  # it was known by its name
    return name.stem
