"""Where copies are kept: what every place can do, and the folder that is one."""

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from gsctracker.config import Config
from gsctracker.db import durable
from gsctracker.errors import Conflict, NotFound
from gsctracker.ops.copies import keys, names
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_

GOING = ".going"  # what a manifest is called, hidden, while its copy is taken away


class Place(Protocol):
    """Somewhere copies are kept. `name` is how people call it: a folder's path, or s3://bucket/prefix."""

    @property
    def name(self) -> str:
        """How people call it."""

    def listed(self) -> list[Manifest]:
        """The copies that count, oldest first by their sequence: manifest and file are both there, with the right size."""

    def broken(self) -> list[tuple[str, str]]:
        """What lies there and does not count: its name, and the reason as a sentence."""

    def looked_through(self) -> tuple[list[Manifest], list[tuple[str, str]]]:
        """What is `listed` and what is `broken`, of one look: every manifest is read and proven anew each time."""

    def fetch(self, manifest: Manifest, into: Path) -> None:
        """Write the copy's file into the new file `into`. Raises NotFound where it is gone."""

    def put(self, path: Path, manifest: Manifest) -> None:
        """Take the finished file `path` and then its manifest; when this returns both will outlast a pulled plug."""

    def remove(self, manifest: Manifest) -> None:
        """Take the copy away, its manifest first, so that no half of it is ever listed."""


class Folder:
    """A folder of this machine. `sign_with` signs what is put, `keys` prove what is listed."""

    def __init__(self, folder: Path, keys: Iterable[bytes] = (), sign_with: bytes | None = None) -> None:
        self.folder = folder
        self._keys = list(keys)
        self._sign_with = sign_with

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.folder)

    def listed(self) -> list[Manifest]:
        """The copies that count, oldest first by their sequence."""
        return self.looked_through()[0]

    def broken(self) -> list[tuple[str, str]]:
        """What lies there and does not count: its name, and why."""
        return self.looked_through()[1]

    def highest_sequence(self) -> int:
        """The highest number that any file here bears, whole or not; 0 where there is none."""
        return max((name.sequence for name in map(names.parse, self._files()) if name), default=0)

    def fetch(self, manifest: Manifest, into: Path) -> None:
        """Copy the file into the new file `into`. Raises NotFound where it is gone."""
        try:
            with (self.folder / manifest.file).open("rb") as source, into.open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 16)
        except FileNotFoundError:
            raise NotFound(
                N_("The copy %(name)s is not in %(place)s any more."), "no_copy", name=manifest.name, place=self.name
            ) from None

    def put(self, path: Path, manifest: Manifest) -> None:
        """Move the file here (copy it, from another disk), then write its manifest; each is on the disk before the next."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{manifest.file}.part"
        try:
            try:
                os.replace(path, part)
            except OSError as error:
                if error.errno != errno.EXDEV:  # another disk
                    raise
                shutil.copyfile(path, part)
            durable.settle(part)
            os.replace(part, self.folder / manifest.file)
            durable.settle(self.folder)
            durable.write_whole(
                self.folder / (manifest.name + names.MANIFEST), manifests.written(manifest, self._sign_with)
            )
        finally:
            part.unlink(missing_ok=True)

    def remove(self, manifest: Manifest) -> None:
        """Take the copy away, its manifest first; what a kill leaves of it goes with the next `finish_removing`."""
        going = self.folder / f".{manifest.name}{GOING}"
        with suppress(FileNotFoundError):
            os.replace(self.folder / (manifest.name + names.MANIFEST), going)
        durable.settle(self.folder)
        (self.folder / manifest.file).unlink(missing_ok=True)
        going.unlink(missing_ok=True)

    def finish_removing(self) -> None:
        """Take away the files of copies whose removal was killed: without a manifest nobody would know them for ours."""
        for going in self._files():
            name = names.parse(going.removeprefix(".").removesuffix(GOING)) if going.endswith(GOING) else None
            if name and not name.ending:
                if name.stem + names.MANIFEST not in self._files():
                    for ending in (names.COPY, names.SEALED):
                        (self.folder / (name.stem + ending)).unlink(missing_ok=True)
                (self.folder / going).unlink(missing_ok=True)

    def backwards(self) -> Iterator[Manifest]:
        """The copies that count, newest first, each read when it is asked for: most questions need only the newest."""
        files = set(self._files())
        found = [name for name in map(names.parse, files) if name and name.ending == names.MANIFEST]
        for name in sorted(found, key=lambda each: each.sequence, reverse=True):
            with suppress(Conflict):
                manifest = self._read(name.stem + names.MANIFEST)
                self._require_file(manifest, files)
                yield manifest

    def _files(self) -> list[str]:
        try:
            return sorted(os.listdir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def looked_through(self) -> tuple[list[Manifest], list[tuple[str, str]]]:
        """The copies that count, oldest first by their sequence, and what lies there and does not count."""
        whole: list[Manifest] = []
        broken: list[tuple[str, str]] = []
        files = set(self._files())
        spoken_for: set[str] = set()
        for file in sorted(files):
            name = names.parse(file)
            if not name or name.ending != names.MANIFEST:
                continue
            try:
                manifest = self._read(file)
                spoken_for.add(manifest.file)
                self._require_file(manifest, files)
            except Conflict as no:
                broken.append((name.stem, str(no)))
                spoken_for |= {name.stem + names.COPY, name.stem + names.SEALED}
                continue
            whole.append(manifest)
        for file in sorted(files - spoken_for):
            name = names.parse(file)
            if name and name.ending in (names.COPY, names.SEALED):
                broken.append((name.stem, f"{file} has no manifest."))
        return sorted(whole, key=lambda each: each.sequence), broken

    def _read(self, file: str) -> Manifest:
        try:
            with (self.folder / file).open("rb") as source:
                raw = source.read(manifests.LARGEST_BYTES + 1)
        except OSError as error:
            raise Conflict(
                N_("%(name)s cannot be read: %(reason)s."), "unreadable", name=file, reason=error.strerror or str(error)
            ) from error
        manifest = manifests.read(raw, self._keys)
        if file != manifest.name + names.MANIFEST:
            raise Conflict(N_("The manifest in %(name)s is another copy's."), "manifest_wrong", name=file)
        return manifest

    def _require_file(self, manifest: Manifest, files: set[str]) -> None:
        if manifest.file not in files:
            raise Conflict(N_("%(name)s is missing."), "copy_missing", name=manifest.file)
        size = (self.folder / manifest.file).stat().st_size
        if size != manifest.size:
            raise Conflict(
                N_("%(name)s has %(size)d bytes, its manifest says %(wanted)d."),
                "copy_cut",
                name=manifest.file,
                size=size,
                wanted=manifest.size,
            )


def local(config: Config) -> Folder:
    """The box's own folder of copies."""
    return Folder(config.backups, keys.manifest_keys(config), keys.signing_key(config))
