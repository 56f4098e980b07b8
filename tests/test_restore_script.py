"""restore.sh: a copy put back with sh, gzip, sha256sum, sqlite3 and age, on the day the program is broken."""

import gzip
import os
import random
import shutil
import stat
import subprocess
from pathlib import Path

import apsw
import pytest

from gsctracker.db import Database, lock
from gsctracker.domain.people import sessions
from tests import factories
from tests.written_copies import renew_manifest, write_as_copy, write_copy

SCRIPT = Path(__file__).parents[1] / "restore.sh"
NEEDED = (
    *(
        "sh",
        "gzip",
        "sha256sum",
        "sqlite3",
        "awk",
        "cat",
        "chmod",
        "cp",
        "cut",
        "date",
        "dd",
        "dirname",
        "grep",
        "head",
    ),
    *("id", "ls", "mkdir", "mv", "rm", "sed", "sync", "tr", "wc"),
)
BEFORE, AFTER = "Troop of the copy", "Troop of today"


def restore(*arguments, shell="sh", **environment):
    """Run the script; gives what it ended with and everything it said."""
    told = {"PATH": os.environ["PATH"]} | environment
    command = [*shell.split(), SCRIPT, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=told, stdin=subprocess.DEVNULL, start_new_session=True
    )
    return done.returncode, done.stdout + done.stderr


def name_troop(path, name):
    """Give the troop another name through the program, so that files can be told apart."""
    db = Database(path)
    with db.write() as tx:
        tx.execute("UPDATE troop SET name = ?", (name,))
    db.close()


def troop_in(path):
    """The troop's name, read as the program reads it; every page of the file is looked at as well."""
    db = Database(path)
    try:
        with db.read() as tx:
            assert tx.pragma("integrity_check") == "ok"
            return tx.execute("SELECT name FROM troop").fetchone()[0]
    finally:
        db.close()


def bytes_of(folder):
    """Every file of the live database as it lies there."""
    return {each.name: each.read_bytes() for each in folder.glob("gsctracker.db*")}


@pytest.fixture
def home(tmp_path):
    """A box whose troop was renamed after a copy was made, with somebody signed in at that time."""
    folder = tmp_path / "data"
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
        tx.execute("UPDATE troop SET name = ?", (BEFORE,))
        sessions.start(tx, 1)
    db.close()
    return folder


@pytest.fixture
def copy(home, tmp_path):
    """A whole copy of it with its manifest; the box has gone on since."""
    made = write_copy(home / "gsctracker.db", tmp_path / "copies")
    name_troop(home / "gsctracker.db", AFTER)
    return made


@pytest.fixture
def key(tmp_path):
    """An age key: the file it lies in, and whom one seals for."""
    file = tmp_path / "key.txt"
    said = subprocess.run(["age-keygen", "-o", file], capture_output=True, text=True, check=True)
    return file, said.stderr.split()[-1]


@pytest.mark.parametrize("shell", ["dash", "bash --posix", "sh"])
def test_a_copy_is_put_back_and_the_old_file_is_kept(home, copy, shell):
    """BAK-13: from the packed form, with nothing of the program."""
    status, said = restore(copy, home, shell=shell)
    assert status == 0, said
    assert "Done: " in said
    assert "Next: start the server" in said
    assert troop_in(home / "gsctracker.db") == BEFORE
    (old,) = (home / "quarantine").iterdir()
    assert troop_in(old / "gsctracker.db") == AFTER
    assert stat.S_IMODE((home / "gsctracker.db").stat().st_mode) == 0o600


def test_whoever_was_signed_in_or_invited_at_the_time_of_the_copy_is_not_now(home, copy):
    restore(copy, home)
    restored = apsw.Connection(str(home / "gsctracker.db"))
    assert restored.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    assert restored.execute(
        "SELECT action, json_extract(detail, '$.copy') FROM audit_log ORDER BY id DESC"
    ).fetchone() == (
        "restored",
        copy.name,
    )
    restored.close()


def test_what_a_killed_server_left_in_its_wal_does_not_come_back(home, copy):
    """Fault 11: the trap of copying over a file beside its WAL: no row of the old one, and none of its rows lost either."""
    database = home / "gsctracker.db"
    live = apsw.Connection(str(database))
    live.execute("PRAGMA wal_autocheckpoint = 0")
    live.execute("UPDATE troop SET name = 'Only in the WAL'")
    left = {end: (home / f"gsctracker.db{end}").read_bytes() for end in ("", "-wal", "-shm")}
    live.close()
    for end, content in left.items():
        (home / f"gsctracker.db{end}").write_bytes(content)
    assert left["-wal"]
    status, said = restore(copy, home)
    assert status == 0, said
    assert troop_in(database) == BEFORE
    (old,) = (home / "quarantine").iterdir()
    assert {each.name for each in old.iterdir()} == {"gsctracker.db", "gsctracker.db-wal", "gsctracker.db-shm"}
    assert troop_in(old / "gsctracker.db") == "Only in the WAL"


def test_a_damaged_old_file_is_no_obstacle(home, copy):
    database = home / "gsctracker.db"
    database.write_bytes(b"not a database any more" * 500)
    (home / "gsctracker.db-wal").write_bytes(os.urandom(5000))
    status, said = restore("--adopt", copy, home)
    assert status == 0, said
    assert troop_in(database) == BEFORE
    (old,) = (home / "quarantine").iterdir()
    assert (old / "gsctracker.db").read_bytes().startswith(b"not a database")


def test_a_new_box_gets_its_database_from_a_copy(copy, tmp_path):
    """BAK-25: an empty folder, and the copy."""
    status, said = restore(copy, tmp_path / "new" / "data")
    assert status == 0, said
    assert troop_in(tmp_path / "new" / "data" / "gsctracker.db") == BEFORE


def test_nothing_is_done_while_a_server_holds_the_folder(home, copy):
    """Fault 48: whichever way the lock is looked at."""
    before = bytes_of(home)
    with lock.hold(home):
        status, said = restore(copy, home)
        assert (status, bytes_of(home)) == (1, before)
        assert f"process {os.getpid()}" in said
    assert restore(copy, home)[0] == 0


def test_the_lock_is_seen_without_the_tool_flock(home, copy, tmp_path):
    few = tmp_path / "bin"
    few.mkdir()
    for tool in NEEDED:
        (few / tool).symlink_to(shutil.which(tool))
    with lock.hold(home):
        status, said = restore(copy, home, shell=shutil.which("sh"), PATH=str(few))
        assert status == 1
        assert "is running" in said
    status, said = restore(copy, home, shell=shutil.which("sh"), PATH=str(few))
    assert status == 0, said


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


def test_a_plain_database_is_taken_when_that_is_said(home, copy, tmp_path):
    """BAK-13: the raw form."""
    raw = tmp_path / "plain.db"
    raw.write_bytes(gzip.decompress(copy.read_bytes()))
    assert restore(raw, home)[0] == 1
    status, said = restore("--unverified", raw, home)
    assert status == 0, said
    assert troop_in(home / "gsctracker.db") == BEFORE


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
    other = tmp_path / "other"
    other.mkdir()
    db = Database(other / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
    db.close()
    before = bytes_of(other)
    status, said = restore(copy, other)
    assert (status, bytes_of(other)) == (1, before)
    assert "is of another box" in said
    assert restore("--adopt", copy, other)[0] == 0
    assert troop_in(other / "gsctracker.db") == BEFORE


def test_a_sealed_copy_is_opened_with_the_key_as_printed(home, tmp_path, key):
    """BAK-10: by Debian's age, with nothing of ours."""
    file, recipient = key
    sealed = write_copy(home / "gsctracker.db", tmp_path / "copies", sealed_for=recipient)
    name_troop(home / "gsctracker.db", AFTER)
    status, said = restore("-i", file, sealed, home)
    assert status == 0, said
    assert troop_in(home / "gsctracker.db") == BEFORE


def test_the_key_of_the_box_is_taken_where_none_is_named(home, tmp_path, key):
    file, recipient = key
    sealed = write_copy(home / "gsctracker.db", tmp_path / "copies", sealed_for=recipient)
    (home / "secrets").mkdir()
    shutil.copy(file, home / "secrets" / "backup_identity")
    assert restore(sealed, home)[0] == 0


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


TOOLS_THAT_CHANGE = ("cp", "sync", "chmod", "sqlite3", "rm", "mv", "dd", "mkdir")


def test_a_script_that_is_killed_leaves_all_old_or_all_new(home, copy, tmp_path):
    """Fault 4: before and after each command that changes something; run again it finishes in any case."""
    database = home / "gsctracker.db"
    live = apsw.Connection(str(database))
    live.execute("PRAGMA wal_autocheckpoint = 0")
    live.execute("UPDATE troop SET name = name")
    left = {end: (home / f"gsctracker.db{end}").read_bytes() for end in ("", "-wal", "-shm")}
    live.close()
    shims = tmp_path / "shims"
    shims.mkdir()
    counter = tmp_path / "count"
    for tool in TOOLS_THAT_CHANGE:
        shim = shims / tool
        shim.write_text(
            f'#!/bin/sh\nn=$(cat {counter}); n=$((n + 1)); echo "$n" >{counter}\n'
            f'[ "$n" = "$KILLED_BEFORE" ] && kill -9 0\n{shutil.which(tool)} "$@"; status=$?\n'
            f'[ "$n" = "$KILLED_AFTER" ] && kill -9 0\nexit "$status"\n'
        )
        shim.chmod(0o755)
    path = f"{shims}:{os.environ['PATH']}"
    outcomes, number, ended = set(), 0, -9
    while ended != 0:
        number += 1
        for moment in ("KILLED_BEFORE", "KILLED_AFTER"):
            for end, content in left.items():
                (home / f"gsctracker.db{end}").write_bytes(content)
            counter.write_text("0\n")
            ended, _ = restore(copy, home, PATH=path, **{moment: str(number)})
            name = troop_in(database)
            assert name in (BEFORE, AFTER)
            outcomes.add(name)
            assert restore(copy, home)[0] == 0
            assert troop_in(database) == BEFORE
    assert number > 12
    assert outcomes == {BEFORE, AFTER}
