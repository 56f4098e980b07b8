"""The bucket copies are shipped to: sealed copies only, each read back, for one box alone."""

import contextlib
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from gsctracker.config import Config
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Patience, Store, Stored
from gsctracker.integrations.s3_refusals import Address
from gsctracker.ops.copies import keys, names
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_

MARKER = "gsctracker-box.json"
READ_BACK_BELOW = 50_000_000  # bytes; larger ones are read back once a day, by the daily copy
LEFTOVER_AFTER = timedelta(hours=24)
MOST_REMEMBERED = 1000

_manifests: dict[tuple[Address, str, str], bytes] = {}  # by address, key and etag: each is fetched once by a process


class Bucket:
    """A folder in a bucket. `sign_with` signs what is put, `keys` prove what is listed. Nothing is asked before it is needed."""

    def __init__(
        self,
        address: Address,
        prefix: str,
        keys: list[bytes],
        sign_with: bytes | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._address = address
        self._prefix = "".join(f"{part}/" for part in prefix.split("/") if part)
        self._keys = keys
        self._sign_with = sign_with
        self._patience = patience
        self._opened: Store | None = None
        self._owner = ""  # the box this folder is known to belong to

    @property
    def name(self) -> str:
        """s3://bucket/prefix."""
        return f"s3://{self._address.bucket}/{self._prefix}".rstrip("/")

    @property
    def _store(self) -> Store:
        self._opened = self._opened or Store(self._address, self._patience)
        return self._opened

    def listed(self) -> list[Manifest]:
        """The copies that count, oldest first by their sequence."""
        return self.looked_through()[0]

    def broken(self) -> list[tuple[str, str]]:
        """What lies there and does not count: its name, and why."""
        return self.looked_through()[1]

    def stems(self) -> set[str]:
        """The names of copies whose manifest and file are both there; one question, nothing is read."""
        found = [name for name in map(names.parse, self._files()) if name]
        manifest = {name.stem for name in found if name.ending == names.MANIFEST}
        return manifest & {name.stem for name in found if name.ending in (names.COPY, names.SEALED)}

    def fetch(self, manifest: Manifest, into: Path) -> None:
        """Write the copy's file into the new file `into`. Raises NotFound where it is gone."""
        try:
            self._store.fetch(self._prefix + manifest.file, into, manifest.size)
        except NotFound:
            raise NotFound(
                N_("The copy %(name)s is not in %(place)s any more."), "no_copy", name=manifest.name, place=self.name
            ) from None

    def holds(self, copy: Manifest) -> bool:
        """Whether that copy (sealed or not where it comes from) is there whole: its bytes are those that its manifest here tells."""
        for found in self.listed():
            if (found.name, found.instance, found.content) == (copy.name, copy.instance, copy.content):
                return self._store.digest(self._prefix + found.file)[1] == found.sha256
        return False

    def put(self, path: Path, manifest: Manifest) -> None:
        """Store the sealed file, read it back, and only then its manifest.

        Raises Conflict for a file that is not sealed (not_sealed), a folder that is another box's (other_box), a store that
        keeps other bytes than it was given (altered) or nothing (not_stored), and whatever else a store can refuse.
        """
        if not manifest.is_sealed:
            raise _not_sealed(path)
        self.claim(manifest.instance)
        large = manifest.size >= READ_BACK_BELOW and manifest.kind == "auto"
        self.put_file(path, manifest.file, manifest.sha256, manifest.instance, read_back=not large)
        text = manifests.written(manifest, self._sign_with)
        key = self._prefix + manifest.name + names.MANIFEST
        self._store.put_text(key, text)
        if self._text(key) != text:
            self._store.delete(key)
            raise self._altered(manifest.name)

    def put_file(self, path: Path, file_name: str, sha256: str, instance: str, read_back: bool = True) -> None:
        """Store one sealed file under `file_name` and see that it is there: by its size, and by its bytes if `read_back`."""
        if not age.is_sealed(path):
            raise _not_sealed(path)
        key = self._prefix + file_name
        self._store.put(key, path, {"sha256": sha256, "instance": instance})
        try:
            told = self._store.look(key)
            if told.size != path.stat().st_size:
                raise self._altered(file_name)
            if read_back and self._store.digest(key)[1] != sha256:
                raise self._altered(file_name)
        except NotFound:
            raise Conflict(
                N_("%(place)s said that it stored %(name)s and does not have it."),
                "not_stored",
                place=self.name,
                name=file_name,
            ) from None
        except Conflict as no:
            if no.code == "altered":
                self._try_to_delete(key)
            raise

    def claim(self, instance: str) -> None:
        """Make this folder the box's own. Raises Conflict where it is another's: two boxes would thin out each other's copies."""
        if instance == self._owner:
            return
        key = self._prefix + MARKER
        try:
            raw = self._store.text(key, 1000)
        except NotFound:
            raw = self._marked(key, json.dumps({"instance": instance}).encode())
        try:
            owner = json.loads(raw)["instance"]
        except (ValueError, KeyError, TypeError):
            owner = None
        if owner != instance:
            raise Conflict(
                N_(
                    "%(place)s holds the copies of another box. Give this one a folder of its own: set S3_BACKUP_PREFIX."
                ),
                "other_box",
                place=self.name,
            )
        self._owner = instance

    def _marked(self, key: str, marker: bytes) -> bytes:
        """The first box's marker as it reads back. One that was altered on the way goes: it would lock its own box out."""
        is_first = self._store.put_first(key, marker)
        raw = self._text(key)
        if is_first and raw != marker:
            self._try_to_delete(key)
            raise self._altered(MARKER)
        return raw

    def remove(self, manifest: Manifest) -> None:
        """Take the copy away, its manifest first. Raises Conflict where the store says so and the copy is still listed."""
        self._store.delete(self._prefix + manifest.name + names.MANIFEST)
        self._store.delete(self._prefix + manifest.file)
        if self._store.listed(self._prefix + manifest.name):
            raise Conflict(
                N_("%(place)s said that it removed %(name)s and still has it."),
                "not_removed",
                place=self.name,
                name=manifest.name,
            )

    def put_note(self, name: str, text: bytes) -> None:
        """Store a few bytes under `name` and read them back. Raises Conflict where the store gives back others."""
        key = self._prefix + name
        self._store.put_text(key, text)
        if self._store.text(key, len(text)) != text:
            self._store.delete(key)
            raise self._altered(name)

    def names_in(self, folder: str) -> list[str]:
        """The names of what lies in a folder of ours that holds no copies."""
        before = f"{self._prefix}{folder}/"
        return [each.key.removeprefix(before) for each in self._store.listed(before)]

    def note(self, name: str, at_most: int) -> bytes:
        """The bytes under `name`, no more than one beyond `at_most`. Raises NotFound."""
        return self._store.text(self._prefix + name, at_most)

    def fetch_file(self, name: str, into: Path, at_most: int) -> None:
        """Write what lies under `name` into the new file `into`. Raises NotFound, Conflict where it is larger."""
        self._store.fetch(self._prefix + name, into, at_most)

    def drop(self, name: str) -> None:
        """Delete what lies under `name`, which is no copy."""
        self._store.delete(self._prefix + name)

    def clear_leftovers(self) -> list[str]:
        """Remove what uploads that died a day ago left: files without a manifest, parts of unfinished ones; gives their names."""
        before = self._store.now() - LEFTOVER_AFTER
        there = self._files()
        gone = []
        for file, stored in there.items():
            name = names.parse(file)
            if not name or name.ending not in (names.COPY, names.SEALED) or stored.modified > before:
                continue
            if name.stem + names.MANIFEST not in there:
                self._store.delete(stored.key)
                gone.append(file)
        for key, number, begun in self._store.unfinished(self._prefix):
            if begun <= before:
                self._store.abandon(key, number)
                gone.append(key.removeprefix(self._prefix))
        return gone

    def _files(self) -> dict[str, Stored]:
        return {each.key.removeprefix(self._prefix): each for each in self._store.listed(self._prefix)}

    def looked_through(self) -> tuple[list[Manifest], list[tuple[str, str]]]:
        """The copies that count, oldest first by their sequence, and what lies there and does not count."""
        there = self._files()
        whole: list[Manifest] = []
        broken: list[tuple[str, str]] = []
        for file, stored in sorted(there.items()):
            name = names.parse(file)
            if name is None or not name.ending:
                continue
            if name.ending != names.MANIFEST:
                if name.stem + names.MANIFEST not in there:
                    broken.append((name.stem, f"{file} has no manifest."))
                continue
            try:
                whole.append(self._read(name.stem, stored, there))
            except (Conflict, NotFound) as no:
                if no.code.startswith("s3_") and no.code != "s3_absent":
                    raise
                broken.append((name.stem, str(no)))
        return sorted(whole, key=lambda each: each.sequence), broken

    def _read(self, stem: str, stored: Stored, there: dict[str, Stored]) -> Manifest:
        known = (self._address, stored.key, stored.etag)
        raw = _manifests.get(known)
        if raw is None:
            raw = self._text(stored.key)
            if len(_manifests) >= MOST_REMEMBERED:
                _manifests.clear()
            _manifests[known] = raw
        manifest = manifests.read(raw, self._keys)
        if manifest.name != stem:
            raise Conflict(N_("The manifest in %(name)s is another copy's."), "manifest_wrong", name=stem)
        file = there.get(manifest.file)
        if file is None:
            raise Conflict(N_("%(name)s is missing."), "copy_missing", name=manifest.file)
        if file.size != manifest.size:
            raise Conflict(
                N_("%(name)s has %(size)d bytes, its manifest says %(wanted)d."),
                "copy_cut",
                name=manifest.file,
                size=file.size,
                wanted=manifest.size,
            )
        return manifest

    def _text(self, key: str) -> bytes:
        return self._store.text(key, manifests.LARGEST_BYTES)

    def _try_to_delete(self, key: str) -> None:
        with contextlib.suppress(Conflict):  # a key that may not delete: without a manifest the object does not count
            self._store.delete(key)

    def _altered(self, name: str) -> Conflict:
        return Conflict(
            N_("%(place)s gives back other bytes of %(name)s than it was given: that copy does not count."),
            "altered",
            place=self.name,
            name=name,
        )


def remote(config: Config, patience: Patience | None = None, identities: list[str] | None = None) -> Bucket | None:
    """The bucket of the settings, or None where none is set. `identities` are age keys beside those of the box."""
    if not config.s3_backup_bucket:
        return None
    return _made(config, config.s3_backup_bucket, config.s3_backup_prefix, patience, identities)


def at(config: Config, address: str, patience: Patience | None = None) -> Bucket:
    """The bucket of an address `s3://bucket/prefix`, asked with the keys of the settings. Raises Invalid for another address."""
    try:
        url = urlsplit(address)
    except ValueError:
        url = urlsplit("")
    if url.scheme != "s3" or not url.netloc or url.query or url.fragment:
        raise Invalid(N_("That is not the address of a bucket: s3://bucket/folder"), "bad_bucket")
    return _made(config, url.netloc, url.path, patience)


def _made(
    config: Config, name: str, prefix: str, patience: Patience | None, identities: list[str] | None = None
) -> Bucket:
    address = Address(
        bucket=name,
        endpoint=config.s3_endpoint_url,
        region=config.aws_region,
        key_id=config.aws_access_key_id,
        secret=config.aws_secret_access_key,
    )
    return Bucket(address, prefix, keys.manifest_keys(config, identities), keys.signing_key(config), patience)


def _not_sealed(path: Path) -> Conflict:
    return Conflict(N_("%(name)s is not sealed, so it does not leave the box."), "not_sealed", name=path.name)
