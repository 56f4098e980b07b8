"""More than a thousand flipped bits and every way to be cut: a copy that is not as it was made is refused, and never applied.

A bit that changes nothing (a space in the manifest, the time in gzip's head) may pass: then what comes out is what went in.
"""

import dataclasses
import gzip
import os
import random
import shutil

import pytest

from gsctracker.domain import once
from gsctracker.errors import Refusal
from gsctracker.integrations import age
from gsctracker.ops.copies import keys, making, staging, unpacking
from gsctracker.ops.copies import manifest as manifests
from tests.ops.copies.troops import carried_out, make_box

SEED = int(os.environ.get("FAULT_SEED", "68"))
CHUNK = 1 << 16


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """A box, and the live state that nothing may change: its settings, its database."""
    config, db = make_box(tmp_path_factory.mktemp("box") / "data")
    yield config, db
    db.close()


@pytest.fixture(scope="module")
def copies(box):
    """A plain copy and a sealed one, each with its manifest."""
    return _copies(*box)


@pytest.fixture(scope="module")
def large(box):
    """The same with something in it that cannot be compressed: several chunks of everything."""
    config, db = box
    with db.write() as tx:
        for number in range(40):
            once.keep(tx, f"key {number}", 1, "a" * 64, 201, os.urandom(6000))
    return _copies(config, db)


def _copies(config, db):
    sealed_for = dataclasses.replace(config, backup_recipient=keys.recipients(config)[0])
    found = {}
    for name, settings in (("plain", config), ("sealed", sealed_for)):
        made = making.make(settings, db, kind="manual", force=True)
        found[name] = (config.backups / made.file, made)
    return found


def flipped(raw, dice, start=0):
    """The bytes with one bit turned, anywhere behind `start`."""
    place = dice.randrange(start, len(raw))
    return raw[:place] + bytes([raw[place] ^ 1 << dice.randrange(8)]) + raw[place + 1 :]


def outcome(box, file, manifest, **how):
    """What became of the file: the refusal's code, or `harmless` where exactly what was copied comes out. Live is as it was."""
    config, db = box
    mark = db.generation()
    try:
        with staging.stage(config, file, **how) as staged:
            assert staged.content == manifest.content
            return "harmless"
    except Refusal as no:
        return no.code
    finally:
        assert db.generation() == mark
        assert not list((config.data_dir / "tmp").glob("staged-*"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["plain", "sealed"])
def test_two_hundred_and_fifty_bits_of_a_copy_beside_its_manifest(box, copies, tmp_path, kind):
    """Fault 22, Fault 23: whichever bit it is, the copy is refused as changed."""
    dice = random.Random(f"{SEED} {kind}")
    file, manifest = carried_out(copies[kind][0], tmp_path), copies[kind][1]
    raw = file.read_bytes()
    for _ in range(250):
        file.write_bytes(flipped(raw, dice))
        assert outcome(box, file, manifest) == "copy_changed"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["plain", "sealed"])
def test_a_hundred_and_fifty_bits_of_a_copy_that_nothing_describes(box, copies, tmp_path, kind):
    """Fault 23, Fault 32: gzip's own sum and the seal itself tell, where no manifest does."""
    dice, found = random.Random(f"{SEED} bare {kind}"), []
    file, manifest = carried_out(copies[kind][0], tmp_path), copies[kind][1]
    (tmp_path / f"{manifest.name}.json").unlink()
    raw = file.read_bytes()
    for _ in range(150):
        file.write_bytes(flipped(raw, dice))
        found.append(outcome(box, file, manifest, unverified=True))
    assert found.count("harmless") <= (10 if kind == "plain" else 0)  # the ten bytes of gzip's head say nothing


@pytest.mark.slow
def test_four_hundred_bits_of_a_manifest(box, copies, tmp_path):
    """Fault 29: a manifest with one bit turned vouches for nothing, or for exactly what was copied."""
    dice, found = random.Random(f"{SEED} manifest"), []
    file, manifest = carried_out(copies["plain"][0], tmp_path), copies["plain"][1]
    described = tmp_path / f"{manifest.name}.json"
    raw = described.read_bytes()
    for _ in range(400):
        described.write_bytes(flipped(raw, dice))
        found.append(outcome(box, file, manifest))
    assert found.count("harmless") < 20, "only a space may be another"


@pytest.mark.parametrize("kind", ["plain", "sealed"])
def test_a_copy_cut_at_each_border_of_its_chunks(box, large, tmp_path, kind):
    """Fault 23, Fault 32: at each 64 KiB of what is read at once, at each border of the seal's own, and a byte beside them."""
    file, manifest = carried_out(large[kind][0], tmp_path), large[kind][1]
    raw = file.read_bytes()
    borders = set(range(0, len(raw), CHUNK))
    head = raw.index(b"\n", raw.index(b"\n--- ") + 1) + 1 + 16 if kind == "sealed" else 10
    borders |= set(range(head, len(raw), CHUNK + 16))
    lengths = sorted({length + beside for length in borders for beside in (-1, 0, 1)} & set(range(len(raw))))
    assert len(lengths) > 12
    described = tmp_path / f"{manifest.name}.json"
    for length in lengths:
        file.write_bytes(raw[:length])
        assert outcome(box, file, manifest) in ("copy_cut", "copy_empty")
        shutil.move(described, tmp_path / "aside")
        assert outcome(box, file, manifest, unverified=True) != "harmless"
        shutil.move(tmp_path / "aside", described)


def test_a_small_file_cut_at_every_byte(tmp_path):
    """Fault 23, Fault 32: there is no length at which less than everything passes for everything."""
    identity = age.new_identity()
    (tmp_path / "plain").write_bytes(b"SQLite format 3\0" + random.Random(SEED).randbytes(600))
    (tmp_path / "x.gz").write_bytes(gzip.compress((tmp_path / "plain").read_bytes(), mtime=0))
    age.seal(tmp_path / "x.gz", tmp_path / "x.gz.age", [age.recipient_of(identity)])
    for whole in (tmp_path / "x.gz", tmp_path / "x.gz.age"):
        raw, cut = whole.read_bytes(), tmp_path / f"cut-{whole.name}"
        for length in range(len(raw)):
            cut.write_bytes(raw[:length])
            for left in tmp_path.glob("out*"):
                left.unlink()
            with pytest.raises(Refusal):
                unpacking.unpack(cut, tmp_path / "out", None, [identity], unverified=True)
        cut.write_bytes(raw)
        for left in tmp_path.glob("out*"):
            left.unlink()
        unpacking.unpack(cut, tmp_path / "out", None, [identity], unverified=True)
        assert (tmp_path / "out").read_bytes() == (tmp_path / "plain").read_bytes()


def test_a_manifest_cut_at_every_byte(box, copies):
    """Fault 29: it is a manifest with its last line, or none."""
    file, manifest = copies["plain"]
    raw = file.with_name(f"{manifest.name}.json").read_bytes()
    trusted = keys.manifest_keys(box[0])
    for length in range(len(raw) - 1):
        with pytest.raises(Refusal):
            manifests.read(raw[:length], trusted)
    assert manifests.read(raw[:-1], trusted) == manifest
