"""A copy for a person to take away: one .tar of the copy, sealed where the box can seal, and the manifest that describes it."""

import dataclasses
import io
import tarfile
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict
from gsctracker.ops.copies import keys, making, names, packing
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.staging import Found
from gsctracker.words import N_


def pack(config: Config, found: Found, folder: Path) -> Path:
    """Write the .tar of a copy into `folder`, and give it; what else was needed on the way is removed.

    A plain copy is sealed first, as everything that leaves the box; where there is no key it stays plain. Raises NotFound or
    Conflict where the copy is gone or damaged.
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
    packed = folder / f"{copy.name}.tar"
    text = manifests.written(copy, keys.signing_key(config))
    with tarfile.open(packed, "w") as tar:
        described = tarfile.TarInfo(copy.name + names.MANIFEST)
        described.size, described.mode = len(text), 0o600
        tar.addfile(described, io.BytesIO(text))
        tar.add(file, arcname=file.name, filter=_nobodys)
    file.unlink()
    return packed


def note(tx: apsw.Connection, by: Person, name: str) -> None:
    """Write down that she took a copy away. Raises NotAllowed."""
    roles.require(by, "operate")
    audit.note(tx, by.id, "copy.downloaded", "copy", None, copy=name)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
