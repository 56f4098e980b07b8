"""A bucket, and everything a store can do to those who trust it."""

import hashlib
from pathlib import Path

import pytest

from gsctracker.errors import Conflict, NotFound
from gsctracker.integrations.s3 import MULTIPART_FROM, Patience, Store
from gsctracker.integrations.s3_refusals import Address
from tests.buckets import KEYS, QUICK, Front, cut_the_answer, dawdle, hang_up, on, refuse
from tests.running import free_port


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "boxes.bin"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def test_what_is_put_is_there_with_what_was_said_about_it(store: Store, file: Path, tmp_path: Path):
    store.put("a/boxes", file, {"sha256": "abc"})
    told = store.look("a/boxes")
    assert (told.size, told.said) == (10_240, {"sha256": "abc"})
    assert store.digest("a/boxes") == (10_240, hashlib.sha256(file.read_bytes()).hexdigest())
    store.fetch("a/boxes", tmp_path / "back", at_most=10_240)
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    assert [each.key for each in store.listed("a/")] == ["a/boxes"]
    store.delete("a/boxes")
    assert store.listed("") == []


def test_the_object_is_the_file_and_nothing_around_it(store: Store, file: Path, front: Front):
    """boto3 can write its checksum into the object of a store that does not know it; and nothing says that it is gzip."""
    seen = []
    front.lies.append(on("PUT", "boxes", lambda call: (seen.append((dict(call.headers), call.body)), call.pass_on())))
    store.put("boxes", file, {})
    [(headers, body)] = seen
    assert body == file.read_bytes()
    given = {name.lower(): value for name, value in headers.items()}
    assert "content-encoding" not in given
    assert not [name for name in given if "checksum" in name or "encryption" in name or "trailer" in name]


def test_amazons_own_store_is_asked_to_check_and_to_encrypt():
    assert Address("b").is_amazons
    assert Address("b", "https://s3.eu-west-1.amazonaws.com").is_amazons
    assert not Address("b", "https://amazonaws.com.example.org").is_amazons
    extra = Store(Address("b", "https://s3.amazonaws.com", **KEYS), QUICK)._extra({})
    assert extra["ServerSideEncryption"] == "AES256"
    assert "ContentEncoding" not in extra


def test_a_large_file_goes_in_parts_and_comes_back_whole(store: Store, tmp_path: Path, front: Front):
    large = tmp_path / "large.bin"
    with large.open("wb") as out:
        out.truncate(MULTIPART_FROM + 5)
    store.put("large", large, {"sha256": "abc"})
    assert front.count("POST", "uploads") == 1
    assert store.look("large").said == {"sha256": "abc"}
    assert store.digest("large")[0] == MULTIPART_FROM + 5


def test_an_upload_in_parts_that_fails_leaves_none(store: Store, tmp_path: Path, front: Front):
    """Fault 40: the parts that were stored are thrown away."""
    large = tmp_path / "large.bin"
    with large.open("wb") as out:
        out.truncate(MULTIPART_FROM)
    front.lies.append(on("PUT", "partNumber=2", refuse("InternalError", 500)))
    with pytest.raises(Conflict) as no:
        store.put("large", large, {})
    assert no.value.code == "s3_failed"
    assert store.unfinished("") == []
    assert store.listed("") == []


def test_parts_that_a_dead_process_left_are_found_and_thrown_away(store: Store):
    """Fault 40: listed, and gone after they were abandoned."""
    store._client.create_multipart_upload(Bucket=store.address.bucket, Key="gone")
    [(key, number, _)] = store.unfinished("")
    store.abandon(key, number)
    assert store.unfinished("") == []


def test_only_the_first_may_put_a_marker(store: Store, front: Front):
    assert store.put_first("marker", b"one")
    assert not store.put_first("marker", b"two")
    assert store.text("marker", 100) == b"one"
    front.lies.append(on("PUT", "other", refuse("NotImplemented", 501), times=1))
    assert store.put_first("other", b"one")  # a store without conditions


def test_what_is_not_there_is_not_found(store: Store):
    for ask in (store.look, store.digest, lambda key: store.text(key, 10)):
        with pytest.raises(NotFound):
            ask("nothing")


def test_more_than_was_told_is_not_fetched(store: Store, file: Path, tmp_path: Path):
    store.put("boxes", file, {})
    with pytest.raises(Conflict, match="larger"):
        store.fetch("boxes", tmp_path / "back", at_most=10_000)
    assert not (tmp_path / "back").exists()
    assert len(store.text("boxes", 100)) == 101


REFUSALS = [
    ("AccessDenied", 403, "s3_forbidden", "not allowed"),
    ("InvalidAccessKeyId", 403, "s3_keys", "AWS_ACCESS_KEY_ID"),
    ("SignatureDoesNotMatch", 403, "s3_keys", "AWS_SECRET_ACCESS_KEY"),
    ("ExpiredToken", 400, "s3_keys", "does not know the key"),
    ("NoSuchBucket", 404, "s3_no_bucket", "There is no bucket"),
    ("OperationAborted", 409, "s3_failed", "OperationAborted 409"),
    ("SlowDown", 503, "s3_busy", "too busy"),
    ("InternalError", 500, "s3_failed", "InternalError 500"),
]


@pytest.mark.parametrize(("code", "status", "ours", "words"), REFUSALS)
def test_each_refusal_has_its_sentence(
    store: Store, file: Path, front: Front, code: str, status: int, ours: str, words: str
):
    """Faults 36 and 39: a wrong key, no bucket, a store that is busy."""
    front.lies.append(on("PUT", "boxes", refuse(code, status)))
    with pytest.raises(Conflict, match=words) as no:
        store.put("boxes", file, {})
    assert no.value.code == ours
    assert KEYS["secret"] not in str(no.value)


def test_a_wrong_clock_is_named(store: Store, file: Path, front: Front):
    """Fault 38: the store refuses what was signed at another time of day."""
    front.lies.append(on("PUT", "boxes", refuse("RequestTimeTooSkewed", 403)))
    with pytest.raises(Conflict, match="the clock of this machine is wrong"):
        store.put("boxes", file, {})


@pytest.mark.parametrize("code", ["SlowDown", "InternalError"])
def test_a_store_that_fails_four_times_has_it_in_the_end(
    store: Store, file: Path, front: Front, code: str, monkeypatch
):
    """Fault 36: 500 or SlowDown four times, then ok: one object."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01)
    front.lies.append(on("PUT", "boxes", refuse(code, 503 if code == "SlowDown" else 500), times=4))
    patient = Store(store.address, Patience())
    patient.put("boxes", file, {})
    assert front.count("PUT", "boxes") == 5
    assert patient.digest("boxes")[1] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_line_that_is_cut_in_mid_upload_is_tried_again(store: Store, file: Path, front: Front, monkeypatch):
    """Fault 36: connection reset."""
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.01)
    front.lies.append(on("PUT", "boxes", hang_up, times=2, cuts=True))
    Store(store.address, Patience()).put("boxes", file, {})
    assert [each.size for each in store.listed("")] == [10_240]


def test_a_line_that_is_always_cut_is_told(store: Store, file: Path, front: Front, tmp_path: Path):
    """Fault 36: connection reset, each time; nothing half is left of what was fetched."""
    front.lies.append(on("PUT", "boxes", hang_up, cuts=True))
    with pytest.raises(Conflict, match="was cut"):
        store.put("boxes", file, {})
    front.lies[:] = [on("GET", "boxes", cut_the_answer)]
    with pytest.raises(Conflict, match="was cut"):
        store.fetch("boxes", tmp_path / "back", 100_000)
    assert not (tmp_path / "back").exists()


def test_a_store_that_does_not_answer_is_told(store: Store, file: Path, front: Front):
    """Fault 36: timeout."""
    front.lies.append(on("PUT", "boxes", dawdle(1.0)))
    hurried = Store(store.address, Patience(attempts=1, connect=1, read=0.3))
    with pytest.raises(Conflict, match=r"127\.0\.0\.1 did not answer in time") as no:
        hurried.put("boxes", file, {})
    assert no.value.code == "s3_timeout"


def test_a_host_that_is_not_there_is_told():
    """Fault 36: no such name, and nobody at the address."""
    nowhere = Store(Address("boxes", "http://store.invalid", **KEYS), QUICK)
    with pytest.raises(Conflict, match=r"store\.invalid was not found"):
        nowhere.listed("")
    silent = Store(Address("boxes", f"http://127.0.0.1:{free_port()}", **KEYS), QUICK)
    with pytest.raises(Conflict, match="cannot be reached"):
        silent.listed("")


def test_what_cannot_be_a_bucket_is_told(front: Front):
    with pytest.raises(Conflict, match="cannot be the name"):
        Store(Address("no bucket!", f"http://127.0.0.1:{front.port}", **KEYS), QUICK).listed("")


def test_the_key_stands_in_no_text():
    assert KEYS["secret"] not in repr(Address("b", None, **KEYS))
