"""restore.sh: a copy put back with sh, gzip, sha256sum, sqlite3 and age, on the day the program is broken."""

import gzip
import os
import shutil
import stat

import apsw
import pytest

from gsctracker.db import Database, lock
from gsctracker.domain import audit
from tests.db.one_of_each import good, insert
from tests.script_calls import AFTER, BEFORE, NEEDED, bytes_of, name_troop, restore, troop_in
from tests.written_copies import write_copy


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


def test_whoever_was_signed_in_or_invited_at_the_time_of_the_copy_is_not_now(home, tmp_path):
    """BAK-17: nor does a token of then work, or a link for a new password."""
    db = Database(home / "gsctracker.db")
    with db.write() as tx:
        for table in ("api_tokens", "password_resets"):
            insert(tx, table, good(table) | ({"revoked_at": None} if table == "api_tokens" else {}))
    db.close()
    copy = write_copy(home / "gsctracker.db", tmp_path / "copies")
    restore(copy, home)
    restored = apsw.Connection(str(home / "gsctracker.db"))
    assert restored.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    assert restored.execute("SELECT count(*) FROM password_resets").fetchone() == (0,)
    assert restored.execute("SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL").fetchone() == (0,)
    assert restored.execute(
        "SELECT action, json_extract(detail, '$.copy') FROM audit_log ORDER BY id DESC"
    ).fetchone() == (
        "restored",
        copy.name,
    )
    assert audit.broken(restored) is None
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


def test_a_plain_database_is_taken_when_that_is_said(home, copy, tmp_path):
    """BAK-13: the raw form."""
    raw = tmp_path / "plain.db"
    raw.write_bytes(gzip.decompress(copy.read_bytes()))
    assert restore(raw, home)[0] == 1
    status, said = restore("--unverified", raw, home)
    assert status == 0, said
    assert troop_in(home / "gsctracker.db") == BEFORE


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
