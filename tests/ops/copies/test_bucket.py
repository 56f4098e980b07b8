"""Copies in a bucket: sealed, read back, for one box, and honest about what does not count."""

import gzip
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Store
from gsctracker.ops.copies import bucket, keys, names
from gsctracker.ops.copies.bucket import Bucket
from gsctracker.ops.copies.manifest import Manifest
from tests.buckets import KEYS, QUICK, Front, hand_out_another_byte, on, refuse, swallow, swap_a_byte

BOX = "0123456789abcdef"


@pytest.fixture
def config(tmp_path: Path, store: Store) -> Config:
    made = Config(
        data_dir=tmp_path / "data",
        s3_backup_bucket=store.address.bucket,
        s3_backup_prefix="troop",
        s3_endpoint_url=store.address.endpoint,
        aws_access_key_id=KEYS["key_id"],
        aws_secret_access_key=KEYS["secret"],
    )
    keys.ready(made)
    return made


@pytest.fixture
def place(config: Config) -> Bucket:
    found = bucket.remote(config, QUICK)
    assert found
    return found


def a_copy(config: Config, sequence: int = 42, **changed: object) -> tuple[Path, Manifest]:
    """A sealed file and the manifest of it; what is in it does not matter here."""
    stem = names.stem(f"2026-02-14T02:00:{sequence % 60:02}Z", sequence)
    plain, sealed = config.data_dir / "plain.gz", config.data_dir / (stem + names.SEALED)
    plain.write_bytes(gzip.compress(f"database {sequence}".encode() * 500, mtime=0))
    sealed.unlink(missing_ok=True)
    age.seal(plain, sealed, keys.recipients(config))
    manifest = Manifest(
        name=stem,
        file=sealed.name,
        size=sealed.stat().st_size,
        sha256=hashlib.sha256(sealed.read_bytes()).hexdigest(),
        gzip_sha256=hashlib.sha256(plain.read_bytes()).hexdigest(),
        database_size=6000,
        database_sha256="a" * 64,
        page_size=4096,
        instance=BOX,
        sequence=sequence,
        made_at=names.parse(stem).made_at,
        kind="auto",
        app_version="2.0.0",
        schema=1,
        sqlite="3.54.1",
        content="b" * 64,
        sealed_for=tuple(keys.recipients(config)),
        tables={"journal": {"rows": 1, "maxId": 1, "sums": {}, "digest": "c" * 64}},
    )
    return sealed, replace(manifest, **changed)


def test_a_copy_comes_back_as_it_went(config: Config, place: Bucket, tmp_path: Path, front: Front):
    """BAK-03: over HTTP the object and then its manifest; both are read back, and equal."""
    file, manifest = a_copy(config)
    place.put(file, manifest)
    assert place.listed() == [manifest]
    assert place.listed()[0].proven
    assert place.broken() == []
    assert place.stems() == {manifest.name}
    place.fetch(manifest, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    stored = [each.split("/")[-1] for each in front.asked if each.startswith("PUT")]
    assert stored == [bucket.MARKER, manifest.file, manifest.name + ".json"]
    assert front.count("GET", manifest.file) == 2  # once after it was put, once fetched


def test_the_list_reads_each_manifest_once(config: Config, place: Bucket, front: Front):
    for sequence in (7, 3, 5):
        place.put(*a_copy(config, sequence))
    assert [each.sequence for each in place.listed()] == [3, 5, 7]
    before = front.count("GET", ".json")
    assert [each.sequence for each in place.listed()] == [3, 5, 7]
    assert front.count("GET", ".json") == before


def test_what_is_not_sealed_does_not_leave_the_box(config: Config, place: Bucket, front: Front):
    """BAK-10: neither a plain copy nor one whose ending lies."""
    file, manifest = a_copy(config)
    with pytest.raises(Conflict, match="not sealed"):
        place.put(file, replace(manifest, file=manifest.name + names.COPY))
    file.write_bytes(gzip.compress(b"SQLite format 3\x00"))
    with pytest.raises(Conflict, match="not sealed") as no:
        place.put(file, manifest)
    assert no.value.code == "not_sealed"
    assert front.count("PUT", manifest.name) == 0


def test_a_second_box_does_not_get_in(config: Config, place: Bucket):
    """Fault 41: the folder belongs to the box that came first, and another is told what to set."""
    place.put(*a_copy(config))
    with pytest.raises(Conflict, match="S3_BACKUP_PREFIX") as no:
        place.put(*a_copy(config, 43, instance="f" * 16))
    assert no.value.code == "other_box"
    assert [each.sequence for each in place.listed()] == [42]
    elsewhere = bucket.remote(replace(config, s3_backup_prefix="other/troop"), QUICK)
    assert elsewhere
    elsewhere.put(*a_copy(config, 43, instance="f" * 16))
    assert [each.instance for each in elsewhere.listed()] == ["f" * 16]


def test_a_marker_that_cannot_be_read_keeps_everybody_out(config: Config, place: Bucket, store: Store):
    store.put_text(f"troop/{bucket.MARKER}", b"[1]")
    with pytest.raises(Conflict, match="another box"):
        place.put(*a_copy(config))


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (on("PUT", ".age", swallow), "not_stored"),
        (on("PUT", ".age", swap_a_byte), "altered"),
        (on("PUT", ".age", lambda call: (setattr(call, "body", call.body[:-1]), call.pass_on())), "altered"),
        (on("GET", ".age", hand_out_another_byte), "altered"),
        (on("PUT", ".json", swap_a_byte), "altered"),
    ],
    ids=[
        "stores nothing",
        "stores another byte",
        "stores one byte less",
        "hands out another byte",
        "alters the manifest",
    ],
)
def test_a_store_that_lies_is_found_out(config: Config, place: Bucket, front: Front, lie, code: str):
    """Fault 37: it answers 200 and stores nothing, or other bytes; no copy of it is ever listed."""
    place.claim(BOX)
    front.lies.append(lie)
    with pytest.raises(Conflict) as no:
        place.put(*a_copy(config))
    assert no.value.code == code
    front.lies.clear()
    assert place.listed() == []
    place.put(*a_copy(config))
    assert [each.sequence for each in place.listed()] == [42]


def test_a_manifest_that_was_swallowed_is_missed(config: Config, place: Bucket, front: Front):
    """Fault 37: the copy is there and its manifest is not."""
    place.claim(BOX)
    front.lies.append(on("PUT", ".json", swallow))
    with pytest.raises(NotFound):
        place.put(*a_copy(config))
    assert place.listed() == []


def test_a_large_copy_is_read_back_by_the_daily_one(config: Config, place: Bucket, front: Front, monkeypatch):
    monkeypatch.setattr(bucket, "READ_BACK_BELOW", 100)
    place.put(*a_copy(config, 1))
    assert front.count("GET", ".age") == 0
    assert front.count("HEAD", ".age") == 1
    place.put(*a_copy(config, 2, kind="daily"))
    assert front.count("GET", ".age") == 1


def test_an_upload_that_died_half_way_is_told_and_cleared_a_day_later(
    config: Config, place: Bucket, front: Front, monkeypatch
):
    """Fault 3: an object without its manifest is never offered, listed as broken, and removed after 24 hours."""
    file, manifest = a_copy(config)
    place.claim(BOX)
    front.lies.append(on("PUT", ".json", refuse("InternalError", 500)))
    with pytest.raises(Conflict):
        place.put(file, manifest)
    front.lies.clear()
    assert (place.listed(), place.stems()) == ([], set())
    assert place.broken() == [(manifest.name, f"{manifest.file} has no manifest.")]
    assert place.clear_leftovers() == []
    later = place._store.now() + timedelta(hours=25)
    monkeypatch.setattr(place._store, "now", lambda: later)
    place.put(*a_copy(config, 43))
    assert place.clear_leftovers() == [manifest.file]
    assert [each.sequence for each in place.listed()] == [43]
    assert place.broken() == []


def test_parts_of_a_dead_upload_are_cleared_a_day_later(
    config: Config, place: Bucket, store: Store, front: Front, monkeypatch
):
    """Fault 40: afterwards the store holds no part that somebody pays for."""
    store._client.create_multipart_upload(Bucket=store.address.bucket, Key="troop/gone.db.gz.age")
    today = clock.instant(place._store.now()).encode()
    # moto dates every unfinished upload to 2010
    dated = on("GET", "uploads", lambda call: call.pass_on(lambda body: re.sub(rb"2010-[^<]+", today, body)))
    front.lies.append(dated)
    assert place.clear_leftovers() == []
    later = place._store.now() + timedelta(hours=25)
    monkeypatch.setattr(place._store, "now", lambda: later)
    assert place.clear_leftovers() == ["gone.db.gz.age"]
    assert store.unfinished("") == []


def test_what_is_half_there_does_not_count(config: Config, place: Bucket, store: Store):
    """Fault 30: a manifest without its file, one that was edited, one under another's name, a file that was cut."""
    made = [a_copy(config, sequence) for sequence in (1, 2, 3, 4)]
    for file, manifest in made:
        place.put(file, manifest)
    one, two, three, four = (manifest for _, manifest in made)
    store.delete(f"troop/{one.file}")
    key = f"troop/{two.name}.json"
    store.put_text(key, store.text(key, 100_000).replace(b'"kind": "auto"', b'"kind": "stop"'))
    store.put_text(f"troop/{three.name}.json", store.text(f"troop/{four.name}.json", 100_000))
    store.put_text(f"troop/{four.file}", b"age-encryption.org/v1\n")
    assert place.listed() == []
    said = dict(place.broken())
    assert "is missing" in said[one.name]
    assert "changed after it was signed" in said[two.name]
    assert "another copy's" in said[three.name]
    assert "bytes, its manifest says" in said[four.name]


def test_a_store_that_fails_is_no_empty_store(config: Config, place: Bucket, front: Front):
    """A list that could not be read whole must not look like a bucket without copies."""
    place.put(*a_copy(config))
    bucket._manifests.clear()
    front.lies.append(on("GET", ".json", refuse("AccessDenied", 403)))
    with pytest.raises(Conflict, match="not allowed"):
        place.listed()


def test_a_removed_copy_is_gone_manifest_first(config: Config, place: Bucket, front: Front, tmp_path: Path):
    file, manifest = a_copy(config)
    place.put(file, manifest)
    place.remove(manifest)
    deleted = [each.split("/")[-1] for each in front.asked if each.startswith("DELETE")]
    assert deleted == [manifest.name + ".json", manifest.file]
    assert place.listed() == place.broken() == []
    with pytest.raises(NotFound, match="not in s3://"):
        place.fetch(manifest, tmp_path / "back")


def test_a_store_that_says_deleted_and_keeps_it_is_told(config: Config, place: Bucket, front: Front):
    """Fault 43: the copy is still listed after the store said that it was removed."""
    file, manifest = a_copy(config)
    place.put(file, manifest)
    front.lies.append(on("DELETE", "", lambda call: call.tell(204)))
    with pytest.raises(Conflict, match="still has it") as no:
        place.remove(manifest)
    assert no.value.code == "not_removed"


def test_a_key_that_may_not_delete_still_ships(config: Config, place: Bucket, front: Front):
    """BAK-11: put, get and list are enough; a store that keeps everything is a safe one."""
    front.lies.append(on("DELETE", "", refuse("AccessDenied", 403)))
    file, manifest = a_copy(config)
    place.put(file, manifest)
    assert place.listed() == [manifest]
    with pytest.raises(Conflict, match="not allowed"):
        place.remove(manifest)


def test_no_bucket_is_no_place_and_an_address_is_one(config: Config):
    assert bucket.remote(replace(config, s3_backup_bucket=None)) is None
    assert bucket.at(config, "s3://boxes/a//b/").name == "s3://boxes/a/b"
    assert bucket.at(config, "s3://boxes").name == "s3://boxes"
    for wrong in ("boxes", "s3:///x", "https://boxes/x", "s3://boxes/x?y", "s3://[x"):
        with pytest.raises(Invalid, match="address of a bucket"):
            bucket.at(config, wrong)
