"""Sealing: what we seal Debian's `age` opens, and the other way round; what is damaged or another's is refused by name."""

import subprocess

import pytest

from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import age

TEXT = bytes(range(256)) * 800  # more than three chunks of the format


@pytest.fixture
def identity():
    return age.new_identity()


@pytest.fixture
def sealed(tmp_path, identity):
    (tmp_path / "plain").write_bytes(TEXT)
    age.seal(tmp_path / "plain", tmp_path / "sealed.age", [age.recipient_of(identity)])
    return tmp_path / "sealed.age"


def test_debians_age_opens_what_we_sealed(tmp_path, sealed, identity):
    """BAK-10: the copy can be opened without us, with the key as printed."""
    (tmp_path / "printed").write_text(identity + "\n")
    done = subprocess.run(["age", "-d", "-i", tmp_path / "printed", sealed], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, TEXT), done.stderr


def test_we_open_what_debians_age_sealed(tmp_path, identity):
    """BAK-10: the format is age's, not ours."""
    (tmp_path / "plain").write_bytes(TEXT)
    subprocess.run(["age", "-r", age.recipient_of(identity), "-o", tmp_path / "s.age", tmp_path / "plain"], check=True)
    age.unseal(tmp_path / "s.age", tmp_path / "out", [age.new_identity(), identity], len(TEXT))
    assert (tmp_path / "out").read_bytes() == TEXT


def test_what_is_sealed_shows_nothing_of_what_is_in_it(sealed):
    """BAK-10: no word and no magic of the content is to be seen."""
    assert age.is_sealed(sealed)
    assert bytes(range(64)) not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o077 == 0


def test_each_of_several_keys_opens(tmp_path):
    keys = [age.new_identity(), age.new_identity()]
    (tmp_path / "plain").write_bytes(b"x")
    age.seal(tmp_path / "plain", tmp_path / "s.age", [age.recipient_of(key) for key in keys])
    for number, key in enumerate(keys):
        age.unseal(tmp_path / "s.age", tmp_path / f"out{number}", [key], 1)
        assert (tmp_path / f"out{number}").read_bytes() == b"x"


@pytest.mark.parametrize("identities", [[], ["another"]])
def test_another_key_is_named_as_that(tmp_path, sealed, identities):
    """Fault 31: a wrong key, or none, is said in a sentence of its own."""
    with pytest.raises(Conflict, match=r"sealed\.age was sealed for another key") as no:
        age.unseal(sealed, tmp_path / "out", [age.new_identity() for _ in identities], len(TEXT))
    assert no.value.code == "other_key"
    assert not (tmp_path / "out").exists()


def chunks(raw):
    """Where the chunks of the payload begin: 64 KiB and a tag of 16 bytes each, after the header and a nonce."""
    begin = raw.index(b"\n", raw.index(b"\n---") + 1) + 1 + 16
    return list(range(begin, len(raw), 65536 + 16))


def damaged(raw):
    first, second, third, *_ = chunks(raw)
    yield "last byte", raw[:-1]
    yield "half", raw[: len(raw) // 2]
    yield "last chunk", raw[: chunks(raw)[-1]]
    yield "all chunks", raw[:first]
    yield "two swapped", raw[:first] + raw[second:third] + raw[first:second] + raw[third:]
    yield "more behind it", raw + b"x"
    yield "a bit", raw[: third + 5] + bytes([raw[third + 5] ^ 1]) + raw[third + 6 :]


def test_what_was_damaged_is_refused_and_nothing_is_left(tmp_path, sealed, identity):
    """Fault 32: a sealed copy that was cut, mixed or changed never opens."""
    for what, raw in damaged(sealed.read_bytes()):
        sealed.write_bytes(raw)
        with pytest.raises(Conflict, match="its seal is broken"):
            age.unseal(sealed, tmp_path / "out", [identity], len(TEXT))
        assert not (tmp_path / "out").exists(), what


def test_chunks_of_two_files_do_not_mix(tmp_path, sealed, identity):
    """Fault 32: the key is another for each file."""
    age.seal(tmp_path / "plain", tmp_path / "other.age", [age.recipient_of(identity)])
    one, other = sealed.read_bytes(), (tmp_path / "other.age").read_bytes()
    sealed.write_bytes(one[: chunks(one)[1]] + other[chunks(other)[1] :])
    with pytest.raises(Conflict, match="its seal is broken"):
        age.unseal(sealed, tmp_path / "out", [identity], len(TEXT))


def test_no_more_comes_out_than_was_allowed(tmp_path, sealed, identity):
    with pytest.raises(Conflict, match="holds more than it should"):
        age.unseal(sealed, tmp_path / "out", [identity], len(TEXT) - 1)
    assert not (tmp_path / "out").exists()


def test_what_is_not_sealed_or_no_key_is_said(tmp_path, identity):
    (tmp_path / "plain").write_bytes(b"SQLite format 3\0")
    with pytest.raises(Conflict, match="plain is not sealed with age"):
        age.unseal(tmp_path / "plain", tmp_path / "out", [identity], 100)
    with pytest.raises(Invalid, match="letter of it is wrong"):
        age.recipient_of("age1abc")
    with pytest.raises(Invalid, match="begins with age1"):
        age.seal(tmp_path / "plain", tmp_path / "out", ["AGE-SECRET-KEY-1ABC"])
    with pytest.raises(Invalid, match="nobody to seal for"):
        age.seal(tmp_path / "plain", tmp_path / "out", [])


def test_a_file_that_is_there_is_never_written_over(tmp_path, sealed, identity):
    (tmp_path / "out").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        age.unseal(sealed, tmp_path / "out", [identity], len(TEXT))
    assert (tmp_path / "out").read_bytes() == b"mine"
