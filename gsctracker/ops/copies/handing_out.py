"""A copy for a person to take away: one .tar of the copy, sealed where the box can seal, the manifest that describes it, and the
archive of photos, settings and secrets that goes with it.
"""

import dataclasses
import io
import logging
import tarfile
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Refusal
from gsctracker.integrations import age
from gsctracker.ops.copies import extras, keys, making, names, packing
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.staging import Found
from gsctracker.ops.copies.taking_out import TAR
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")


def pack(config: Config, found: Found, folder: Path) -> Path:
    """Write the .tar of a copy into `folder`, and give it; what else was needed on the way is removed.

    What is plain is sealed first, as everything that leaves the box; where there is no key it stays plain. Files that are not there
    any more stay away: the copy is worth having without them. Raises NotFound or Conflict where the copy is gone or damaged.
    """
    copy = found.manifest
    file = folder / copy.file
    found.place.fetch(copy, file)
    if packing.digest_of(file) != copy.sha256:
        raise Conflict(N_("%(name)s was damaged since it was made."), "copy_changed", name=copy.file)
    recipients = keys.recipients(config)
    if not copy.is_sealed and recipients:
        sealed = folder / (copy.name + names.SEALED)
        sha256 = making.seal(config, file, sealed, recipients)
        file.unlink()
        file = sealed
        copy = dataclasses.replace(
            copy, file=sealed.name, size=sealed.stat().st_size, sha256=sha256, sealed_for=tuple(recipients)
        )
    beside, copy = _files_of(found, copy, folder, recipients)
    packed = folder / f"{copy.name}{TAR}"
    text = manifests.written(copy, keys.signing_key(config))
    with tarfile.open(packed, "w") as tar:
        described = tarfile.TarInfo(copy.name + names.MANIFEST)
        described.size, described.mode = len(text), 0o600
        tar.addfile(described, io.BytesIO(text))
        tar.add(file, arcname=file.name, filter=_nobodys)
        if beside:
            tar.add(beside, arcname=beside.name, filter=_nobodys)
    for each in (file, beside):
        if each and each.parent == folder:
            each.unlink()
    return packed


def _files_of(found: Found, copy: Manifest, folder: Path, recipients: list[str]) -> tuple[Path | None, Manifest]:
    """The archive that goes with the copy, sealed, and the manifest that tells of it so; None where it has none, or it is gone."""
    if not copy.files:
        return None, copy
    try:
        file = extras.fetched(found.place, copy.files, folder)
        if age.is_sealed(file) or not recipients:
            return file, copy
        sealed = folder / f"{file.name}.age"
        age.seal(file, sealed, recipients)
    except (Refusal, OSError) as no:
        logger.warning(
            "the files of %s are not in what is taken away: %s", copy.name, no, extra={"event": "files_missing"}
        )
        return None, copy
    told = {"name": sealed.name, "size": sealed.stat().st_size, "sha256": packing.digest_of(sealed)}
    return sealed, dataclasses.replace(copy, files=copy.files | told)


def note(tx: apsw.Connection, by: Person, name: str) -> None:
    """Write down that she took a copy away. Raises NotAllowed."""
    roles.require(by, "operate")
    audit.note(tx, by.id, "copy.downloaded", "copy", None, copy=name)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
