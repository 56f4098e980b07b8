"""restore.sh: whatever is wrong with a copy is said in its own sentence, and the live file is as it was."""

import gzip
import os
import random
import shutil
import subprocess

import apsw
import pytest

from tests import factories
from tests.script_calls import BEFORE, bytes_of, restore, troop_in
from tests.written_copies import renew_manifest, write_as_copy, write_copy


def damaged_copies(copy, tmp_path):
    """Each way in which a copy can be wrong, as (what it is, what is said of it)."""
    packed = copy.read_bytes()
    raw = gzip.decompress(packed)
    header = raw[:68] + b"\x00\x00\x00\x07" + raw[72:]

    def inside(content, name):
        return write_as_copy(content, tmp_path / name)

    def outside(content, name):
        made = write_as_copy(raw, tmp_path / name)
        made.write_bytes(content)
        renew_manifest(made)
        return made

    yield outside(packed[:-1], "cut-by-one"), "damaged: gzip cannot read"
    yield outside(packed[: len(packed) // 2], "cut-in-half"), "damaged: gzip cannot read"
    yield outside(packed[:-8], "no-trailer"), "damaged: gzip cannot read"
    yield outside(packed + b"trailing junk", "junk"), "damaged: gzip cannot read"
    yield (
        outside(b"100;chunk-signature=ab\r\n" + packed + b"\r\n0;chunk-signature=cd\r\n", "chunked"),
        "gzip cannot read",
    )
    yield inside(b"", "empty"), "it inflates to an empty file"
    yield outside(gzip.compress(b""), "empty-gzip"), "it inflates to an empty file"
    yield inside(b"Not a database at all. " * 100, "text"), "There is no SQLite database"
    yield inside(header, "other-program"), "is not one of GSCTracker"
    yield outside(gzip.compress(raw + b"\0" * 4096), "longer"), "more than the"


def test_each_damage_is_refused_in_its_own_sentence(home, copy, tmp_path):
    """Faults 23, 24, 25: before the live file is touched."""
    before = bytes_of(home)
    for wrong, sentence in damaged_copies(copy, tmp_path):
        status, said = restore(wrong, home)
        assert (status, bytes_of(home)) == (1, before), wrong
        assert sentence in said, (wrong, said)
        assert "Nothing was changed." in said
    assert not (home / "quarantine").exists()
    assert not list(home.glob("restore-*"))


def test_a_bit_that_flipped_anywhere_is_met(home, copy):
    """Fault 23: a hundred places of the file, whatever the manifest says of them."""
    before, whole = bytes_of(home), copy.read_bytes()
    chance = random.Random(7)
    for _ in range(100):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        copy.write_bytes(flipped)
        status, said = restore(copy, home)
        assert status == 1, said
        assert "its sha256 is not the one in its manifest" in said
    assert bytes_of(home) == before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"size": 5}, "its manifest says 5"),
        ({"sha256": "0" * 64}, "is damaged: its sha256"),
        ({"gzipSha256": "0" * 64}, "What was sealed in"),
        ({"databaseSize": 4096}, "more than the 4096 bytes"),
        ({"databaseSize": 99_999_999}, "its manifest says 99999999"),
        ({"databaseSha256": "0" * 64}, "The database in"),
        ({"sha256": "not a hash"}, "a size or a sha256 is missing"),
        ({"size": "1; rm -rf /"}, "a size or a sha256 is missing"),
        ({"format": 2}, "not a manifest that this script knows"),
        ({"file": "gsctracker-20260101T000000Z-00000001.db.gz"}, "belongs to"),
    ],
)
def test_a_manifest_that_does_not_fit_its_copy_is_refused(home, tmp_path, changed, sentence):
    wrong = write_copy(home / "gsctracker.db", tmp_path / "copies", **changed)
    before = bytes_of(home)
    status, said = restore(wrong, home)
    assert (status, bytes_of(home)) == (1, before)
    assert sentence in said


def test_a_copy_without_its_manifest_counts_only_when_that_is_said(home, copy):
    """Fault 30: and it passes every check of its own then."""
    copy.with_name(copy.name.replace(".db.gz", ".json")).unlink()
    status, said = restore(copy, home)
    assert status == 1
    assert "has no manifest" in said
    status, said = restore("--unverified", copy, home)
    assert status == 0, said
    assert "It had no manifest" in said
    assert troop_in(home / "gsctracker.db") == BEFORE


def test_a_manifest_without_its_copy_is_refused(home, copy):
    """Fault 30."""
    copy.unlink()
    status, said = restore(copy, home)
    assert status == 1
    assert f"There is no file {copy}." in said


def test_rows_that_belong_to_nothing_are_refused(home, tmp_path):
    """Fault 35."""
    loose = apsw.Connection(str(home / "gsctracker.db"))
    loose.execute("PRAGMA foreign_keys = OFF")
    loose.execute("UPDATE sessions SET account_id = 999")
    loose.close()
    wrong = write_copy(home / "gsctracker.db", tmp_path / "copies")
    status, said = restore(wrong, home)
    assert status == 1
    assert "1 rows belong to nothing" in said


def test_a_page_that_was_damaged_before_it_was_copied_is_met(home, tmp_path):
    raw = bytearray((home / "gsctracker.db").read_bytes())
    for page in range(3, len(raw) // 4096, 5):
        raw[page * 4096 : page * 4096 + 40] = os.urandom(40)
    status, said = restore(write_as_copy(bytes(raw), tmp_path / "copies"), home)
    assert status == 1
    assert "is damaged" in said


def test_the_copy_of_another_troop_is_not_taken_by_mistake(copy, tmp_path):
    """Fault 26."""
    other = factories.box_in(tmp_path / "other")
    before = bytes_of(other)
    status, said = restore(copy, other)
    assert (status, bytes_of(other)) == (1, before)
    assert "is of another box" in said
    assert restore("--adopt", copy, other)[0] == 0
    assert troop_in(other / "gsctracker.db") == BEFORE


def test_a_wrong_a_missing_and_a_damaged_key_have_their_own_sentences(home, tmp_path, key):
    """Fault 31: and the live file is as it was."""
    file, recipient = key
    sealed = write_copy(home / "gsctracker.db", tmp_path / "copies", sealed_for=recipient)
    other = tmp_path / "other.txt"
    subprocess.run(["age-keygen", "-o", other], capture_output=True, check=True)
    (tmp_path / "typed.txt").write_text("AGE-SECRET-KEY-1TYPEDWRONG\n")
    before = bytes_of(home)
    for arguments, sentence in (
        ([], "Type the key from the recovery sheet"),
        (["-i", tmp_path / "nowhere"], "Type the key from the recovery sheet"),
        (["-i", other], "was sealed for another key"),
        (["-i", tmp_path / "typed.txt"], "cannot be unsealed"),
    ):
        status, said = restore(*arguments, sealed, home)
        assert (status, bytes_of(home)) == (1, before)
        assert sentence in said
    content = sealed.read_bytes()
    sealed.write_bytes(content[:-20])
    renew_manifest(sealed)
    status, said = restore("-i", file, sealed, home)
    assert (status, bytes_of(home)) == (1, before)
    assert "cannot be unsealed" in said


@pytest.mark.parametrize("wrong", [(), ("--unknown",), ("-i",), ("a", "b", "c")])
def test_a_wrong_call_shows_how_it_is_called(wrong):
    status, said = restore(*wrong)
    assert status == 2
    assert said.startswith("Usage: restore.sh")


def test_a_missing_tool_is_named(copy, home, tmp_path):
    few = tmp_path / "bin"
    few.mkdir()
    for tool in ("sh", "gzip", "sha256sum"):
        (few / tool).symlink_to(shutil.which(tool))
    status, said = restore(copy, home, shell=shutil.which("sh"), PATH=str(few))
    assert status == 1
    assert "sqlite3 is missing here" in said
