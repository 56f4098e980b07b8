"""The manifest: signed as it was written, refused as soon as a character of it is not."""

import dataclasses
import json
import os

import pytest

from gsctracker.config import Config
from gsctracker.errors import Conflict
from gsctracker.integrations import age
from gsctracker.ops import secrets
from gsctracker.ops.copies import keys, names
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Folder

KEY, OTHER = b"k" * 32, b"o" * 32
SHA = "a" * 64
MANIFEST = Manifest(
    name="gsctracker-20260214T020000Z-00000042", file="gsctracker-20260214T020000Z-00000042.db.gz", size=100, sha256=SHA,
    gzip_sha256=SHA, database_size=4096, database_sha256=SHA, page_size=4096, instance="0123456789abcdef", generation="ff",
    sequence=42, made_at="2026-02-14T02:00:00Z", kind="auto", app_version="2.0.0", schema=1, sqlite="3.54.1", content=SHA,
    parent=41, label="é \"x\"", sealed_for=("age1x",), suspicious=("Less.",), files=None,
    tables={"scouts": {"rows": 2, "maxId": 2, "sums": {}, "digest": SHA}},
)  # fmt: skip


def test_names_are_made_and_taken_apart_again():
    stem = names.stem("2026-02-14T02:00:00Z", 42)
    assert stem == "gsctracker-20260214T020000Z-00000042"
    for ending in ("", names.COPY, names.SEALED, names.MANIFEST):
        assert names.parse(stem + ending) == names.Name(stem, "2026-02-14T02:00:00Z", 42, ending)
    for other in ("x.json", stem + ".db", stem + ".db.gz.part", f".{stem}.json", "a/" + stem, stem[:-1]):
        assert names.parse(other) is None


def test_a_manifest_comes_back_as_it_was_written_and_is_proven_by_its_key():
    """BAK-09: what was signed is what is read."""
    raw = manifests.written(MANIFEST, KEY)
    found = manifests.read(raw, [OTHER, KEY])
    assert found == MANIFEST
    assert found.proven
    assert not manifests.read(raw, [OTHER]).proven
    assert not manifests.read(manifests.written(MANIFEST, None), [KEY]).proven


def test_a_shell_can_read_it_line_by_line():
    """restore.sh has no JSON: each of its facts stands on a line of its own."""
    lines = manifests.written(MANIFEST, KEY).decode().splitlines()
    assert f'"sha256": "{SHA}",' in lines
    assert '"size": 100,' in lines
    assert '"schema": 1,' in lines
    assert all(ord(sign) < 128 for line in lines for sign in line)


def test_every_edited_value_is_noticed():
    """Fault 29: a manifest edited by hand, whichever value it was, is refused."""
    fields = json.loads(manifests.written(MANIFEST, KEY))
    tried = 0
    for name, value in fields.items():
        for other in ({int: [value + 1 if isinstance(value, int) else 0], list: [[], ["x"]], str: ["b" * 64, ""]}).get(
            type(value), [{"x": 1}]
        ):
            if other == value or (name == "keyId"):
                continue
            with pytest.raises(Conflict):
                manifests.read(json.dumps(fields | {name: other}).encode(), [KEY])
            tried += 1
    assert tried > 25


def test_a_manifest_that_changes_between_two_looks_is_noticed(tmp_path):
    """Fault 29: by its bytes; its size and its time stay as they were."""
    here = Folder(tmp_path, [KEY], KEY)
    (tmp_path / "made").write_bytes(b"x" * MANIFEST.size)
    here.put(tmp_path / "made", MANIFEST)
    assert [each.proven for each in here.listed()] == [True]
    file = tmp_path / f"{MANIFEST.name}.json"
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b'"rows": 2', b'"rows": 3'))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    copies, broken = here.looked_through()
    assert copies == [] and "changed after it was signed" in broken[0][1]


def test_a_manifest_whose_signature_was_taken_off_is_not_proven():
    """Fault 29: whoever edits it can at best make it one that nobody signed."""
    fields = json.loads(manifests.written(MANIFEST, KEY)) | {"keyId": "", "hmac": "", "size": 1}
    assert not manifests.read(json.dumps(fields).encode(), [KEY]).proven


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_a_manifest"),
        (b"[" * 100_000, "not_a_manifest"),
        (b"\xff\xfe", "not_a_manifest"),
        (b"[]", "not_a_manifest"),
        (b'{"format": "1"}', "not_a_manifest"),
        (b'{"format": 2}', "manifest_newer"),
        (b'{"format": 1}', "manifest_wrong"),
        (b" " * (manifests.LARGEST_BYTES + 1), "manifest_too_large"),
    ],
)
def test_what_is_no_manifest_is_refused_by_name(raw, code):
    """Fault 29: each kind of damage has its own sentence."""
    with pytest.raises(Conflict) as no:
        manifests.read(raw, [KEY])
    assert no.value.code == code


@pytest.mark.parametrize("file", ["/etc/passwd", "../x.db.gz", "gsctracker-20260214T020000Z-00000043.db.gz"])
def test_a_manifest_names_no_file_but_its_own(file):
    """It is read from a folder that others may write to: it must not lead anywhere else."""
    with pytest.raises(Conflict, match="no good value for file"):
        manifests.read(manifests.written(dataclasses.replace(MANIFEST, file=file), KEY), [KEY])


def test_the_box_makes_its_key_once_and_for_its_owner_alone(tmp_path):
    """BAK-10: a key of the box is made on the first start, mode 0600, and stays."""
    config = Config(data_dir=tmp_path)
    assert (keys.recipients(config), keys.identities(config), keys.signing_key(config)) == ([], [], None)
    keys.ready(config)
    (identity,) = keys.identities(config)
    keys.ready(config)
    assert keys.identities(config) == [identity]
    assert keys.recipients(config) == [age.recipient_of(identity)]
    assert keys.signing_key(config) == keys.manifest_key(identity)
    assert {file.stat().st_mode & 0o777 for file in secrets.folder_of(tmp_path).iterdir()} == {0o600}


def test_a_key_that_was_taken_off_the_box_is_not_made_anew(tmp_path):
    """BAK-10: copies are sealed and signed as before; only opening them here is over."""
    config = Config(data_dir=tmp_path, backup_recipient=age.recipient_of(age.new_identity()))
    keys.ready(config)
    before, signed_by = keys.recipients(config), keys.signing_key(config)
    assert len(before) == 2
    (secrets.folder_of(tmp_path) / keys.IDENTITY).unlink()
    keys.ready(config)
    assert keys.identities(config) == []
    assert (keys.recipients(config), keys.signing_key(config)) == (before, signed_by)


def test_replaced_keys_still_open_and_prove(tmp_path):
    """Fault 31: after a rotation the old key opens the old copies."""
    config = Config(data_dir=tmp_path)
    keys.ready(config)
    (old,) = keys.identities(config)
    new = age.new_identity()
    folder = secrets.folder_of(tmp_path)
    (folder / keys.IDENTITY).rename(folder / f"{keys.IDENTITY}-1")
    secrets.write(folder / keys.IDENTITY, new)
    keys.ready(config)
    assert keys.identities(config) == [new, old]
    assert keys.signing_key(config) == keys.manifest_key(new)
    assert set(keys.manifest_keys(config)) == {keys.manifest_key(new), keys.manifest_key(old)}
    printed = age.new_identity()
    assert keys.manifest_key(printed) in keys.manifest_keys(config, [printed])
