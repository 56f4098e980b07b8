"""gsctracker migrate, and what a start does with an older database: a copy first, a rehearsal, and the way back."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gsctracker import __version__
from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.db import Database, OnlyRead, connections, contents, lock, migrate, snapshot
from gsctracker.db.migrate import Step
from gsctracker.errors import Conflict
from gsctracker.ops import standby, upgrade
from gsctracker.ops.copies import places

FIRST_RELEASE = Path(__file__).parents[1] / "db" / "first_release.sql"
NICKNAME = Step(
    2, "nickname", "ALTER TABLE scouts ADD COLUMN nickname TEXT;", "ALTER TABLE scouts DROP COLUMN nickname;"
)
GIRL = """INSERT INTO households (name, created_at) VALUES ('A', '2026-01-01T00:00:00Z');
          INSERT INTO scouts (household_id, first_name, created_at) VALUES (1, 'Ana', '2026-01-01T00:00:00Z');"""


@pytest.fixture
def folder(tmp_path):
    """A data folder whose database is of the first release, with one girl in it."""
    place = tmp_path / "data"
    place.mkdir()
    old = connections.open_writer(place / "gsctracker.db")
    migrate.bring_up(old, FIRST_RELEASE.read_text(encoding="utf-8"), [])
    old.execute(GIRL)
    old.close()
    return place


@pytest.fixture
def newer(monkeypatch):
    """This program has one step more than the first release."""
    monkeypatch.setattr(migrate, "steps", lambda: [NICKNAME])


@pytest.fixture
def run(folder, monkeypatch):
    for name in ("DATA_DIR", "BACKUP_DIR"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(main, [*arguments, "--data-dir", str(folder)])


def mark(folder):
    return hashlib.sha256((folder / "gsctracker.db").read_bytes()).hexdigest()


def schema(folder):
    return snapshot.check(folder / "gsctracker.db").schema


def copies(folder):
    return sorted((folder / "backups").glob("*"))


def proper(folder):
    return places.local(Config(data_dir=folder)).listed()


def broken_chain(monkeypatch):
    """This program has one good step and one that cannot be done."""
    bad = Step(3, "bad", "CREATE TABEL oops (a);", "SELECT 1;")
    monkeypatch.setattr(migrate, "steps", lambda: [NICKNAME, bad])


def content(folder):
    reader = connections.open_reader(folder / "gsctracker.db")
    try:
        return contents.content(contents.summary(reader)), migrate.number_of(reader)
    finally:
        reader.close()


def test_a_rehearsal_says_time_and_checks_and_leaves_the_database_as_it_is(folder, newer, run):
    """DB-17: --dry-run carries the steps out on a copy; the live file keeps its bytes."""
    before = mark(folder)
    done = run("migrate", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["from"], said["to"], said["dryRun"], said["checks"], said["copy"]) == (1, 2, True, "ok", None)
    assert 0 <= said["seconds"] < 300
    assert said["rows"]["scouts"] == 1
    assert mark(folder) == before
    assert {path.name for path in folder.iterdir()} <= {"gsctracker.db", "gsctracker.db-wal", "gsctracker.db-shm"}
    in_words = run("migrate", "--dry-run").stdout
    assert "Rehearsed on a copy: from schema 1 to 2 in" in in_words
    assert "every page and reference is sound" in in_words


def test_a_rehearsal_of_a_step_that_breaks_something_says_so(folder, monkeypatch, run):
    """DB-17: what would go wrong goes wrong on the copy."""
    bad = Step(2, "orphans", "DELETE FROM households;", "SELECT 1;")
    monkeypatch.setattr(migrate, "steps", lambda: [bad])
    before = mark(folder)
    done = run("migrate", "--dry-run")
    assert done.exit_code == 1
    assert done.stderr == "Error: Migration 0002_orphans leaves rows that belong to nothing.\n"
    assert mark(folder) == before


def test_a_start_with_an_older_database_makes_a_checked_copy_first(folder, newer):
    """DB-18: the copy before the first step has the old schema and every row."""
    db = Database(folder / "gsctracker.db", folder / "backups")
    db.close()
    (copy,) = copies(folder)
    assert copy.name.startswith("pre-migrate-schema-1-20") and copy.suffix == ".db"
    found = snapshot.check(copy)
    assert (found.schema, found.rows["scouts"]) == (1, 1)
    assert schema(folder) == 2


def test_a_database_that_is_up_to_date_is_not_copied(folder):
    db = Database(folder / "gsctracker.db", folder / "backups")
    db.close()
    assert not (folder / "backups").exists()


def test_a_start_that_cannot_copy_is_refused_and_changes_nothing(folder, newer, run):
    """DB-18: no writable place for the copy, no migration; one sentence with its remedy."""
    (folder / "backups").write_text("a file where the folder should be")
    before = mark(folder)
    with pytest.raises(Conflict, match="Nothing was changed"):
        Database(folder / "gsctracker.db", folder / "backups")
    assert (mark(folder), schema(folder)) == (before, 1)
    for command in (("user", "list"), ("migrate",)):
        done = run(*command)
        assert done.exit_code == 1
        assert done.stderr.count("\n") == 1
        assert "name another one with BACKUP_DIR" in done.stderr
    assert (mark(folder), schema(folder)) == (before, 1)


def test_an_older_program_starts_again_after_the_way_back(folder, newer, run, monkeypatch):
    """DB-16: refused while the database is newer, well again after `migrate --to 1`, with every row."""
    assert run("migrate").exit_code == 0
    assert schema(folder) == 2
    monkeypatch.setattr(migrate, "steps", lambda: [])
    with pytest.raises(Conflict, match="made by a newer GSCTracker"):
        Database(folder / "gsctracker.db")
    back = run("migrate", "--to", "1")  # even by the older program: the way back lies in the file
    assert back.exit_code == 0, back.output
    assert "Changed: from schema 2 to 1" in back.stdout
    db = Database(folder / "gsctracker.db")
    db.close()
    found = snapshot.check(folder / "gsctracker.db")
    assert (found.schema, found.rows["scouts"]) == (1, 1)
    assert [(copy.schema, copy.kind) for copy in proper(folder)] == [(1, "pre-migrate"), (2, "pre-migrate")]


def test_the_copy_made_before_is_a_database_for_the_older_program(folder, newer, run, monkeypatch):
    """DB-16, fault 67: the other way back: the refusal names the version to install, the step down and the copy, which restores."""
    assert run("migrate").exit_code == 0
    (copy,) = proper(folder)
    monkeypatch.setattr(migrate, "steps", lambda: [])
    for command in (("user", "list"), ("migrate",)):
        said = run(*command)
        assert said.exit_code == 1 and said.stderr.count("\n") == 1
        assert f"Install GSCTracker {__version__} or newer" in said.stderr
        assert "gsctracker migrate --to 1" in said.stderr
        assert f"gsctracker restore {copy.name}" in said.stderr
    for path in folder.glob("gsctracker.db*"):
        path.unlink()
    assert run("restore", copy.name, "--yes").exit_code == 0
    assert schema(folder) == 1
    assert run("user", "list").exit_code == 0


def test_two_copies_in_one_second_are_two_files(folder, newer, run):
    for _ in range(2):
        assert run("migrate").exit_code == 0
        assert run("migrate", "--to", "1").exit_code == 0
    assert [copy.schema for copy in proper(folder)] == [1, 2, 1, 2]


@pytest.mark.parametrize("target", ["0", "-1", "3", "99"])
def test_a_schema_that_nobody_knows_is_refused(folder, newer, run, target):
    done = run("migrate", "--to", target)
    assert done.exit_code == 1
    assert f"There is no schema {target}: this program knows 1 to 2." in done.stderr
    assert schema(folder) == 1
    assert not (folder / "backups").exists()


def test_a_second_time_there_is_nothing_to_do(folder, newer, run):
    run("migrate")
    assert run("migrate").stdout == "The database has schema 2 already; nothing to do.\n"
    assert len(proper(folder)) == 1


def test_the_copy_before_is_a_proper_one_and_stays_for_a_month(folder, newer, run):
    """DB-18: verified, signed, listed, pinned; the plain file is gone."""
    said = run("migrate").stdout
    (copy,) = proper(folder)
    assert f"Copied first to {folder}/backups/{copy.file}" in said
    assert copy.kind == "pre-migrate" and copy.proven and copy.schema == 1
    assert not list((folder / "backups").glob("pre-migrate*"))
    db = Database(folder / "gsctracker.db", as_it_is=True)
    with db.read() as tx:
        row = tx.execute("SELECT pinned_until > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+29 days') FROM copy_runs").get
    db.close()
    assert row == 1


def test_a_chain_that_fails_leaves_no_step_of_it(folder, monkeypatch, run):
    """Fault 66: by hand: the first step worked and is gone again, what failed is said, the copy is named."""
    broken_chain(monkeypatch)
    before = content(folder)
    done = run("migrate")
    assert done.exit_code == 1 and done.stderr.count("\n") == 1
    assert 'Migration 0003_bad failed: near "TABEL": syntax error. The data is as it was before' in done.stderr
    assert content(folder) == before
    assert snapshot.check(folder / "gsctracker.db").schema == 1


def test_a_start_whose_upgrade_fails_only_reads_until_another_version_is_there(folder, monkeypatch, run):
    """Fault 66: old data, read-only notice, no second try of the same version, and an end by itself."""
    broken_chain(monkeypatch)
    before, config = content(folder), Config(data_dir=folder)
    db = upgrade.opened(config)
    try:
        why = standby.now(db)
        assert why.reason == "not_migrated" and "0003_bad" in why.params["said"]
        with pytest.raises(OnlyRead), db.write():
            pass
        with db.read() as tx:
            assert tx.execute("SELECT first_name FROM scouts").get == "Ana"
    finally:
        db.close()
    assert content(folder) == before
    made = copies(folder)
    upgrade.opened(config).close()
    assert copies(folder) == made  # a restart does not try again, and does not fill the disk with copies
    monkeypatch.setattr(migrate, "steps", lambda: [NICKNAME])
    monkeypatch.setattr(standby, "__version__", "9.9.9")
    monkeypatch.setattr(standby.is_refused_by, "__defaults__", ("9.9.9",))
    db = upgrade.opened(config)
    assert standby.now(db) is None
    with db.write() as tx:
        tx.execute("UPDATE scouts SET nickname = 'A'")
    db.close()
    assert schema(folder) == 2


def test_the_older_program_takes_over_after_a_failed_upgrade(folder, monkeypatch, run):
    """Fault 66, 67: the version of before is installed again and everything goes on."""
    broken_chain(monkeypatch)
    upgrade.opened(Config(data_dir=folder)).close()
    monkeypatch.setattr(migrate, "steps", lambda: [])
    monkeypatch.setattr(standby.is_refused_by, "__defaults__", ("1.9.0",))
    db = upgrade.opened(Config(data_dir=folder))
    with db.write() as tx:
        tx.execute("UPDATE scouts SET first_name = 'Bea'")
        assert tx.execute("SELECT first_name FROM scouts").get == "Bea"
    assert standby.now(db) is None
    db.close()


def test_by_hand_it_is_tried_again(folder, monkeypatch, run):
    """`gsctracker migrate` ends the read-only state when it succeeds."""
    broken_chain(monkeypatch)
    upgrade.opened(Config(data_dir=folder)).close()
    monkeypatch.setattr(migrate, "steps", lambda: [NICKNAME])
    assert run("migrate").exit_code == 0
    assert standby.of(folder / "gsctracker.db") is None


def test_a_full_disk_is_no_fault_of_the_version(folder, monkeypatch):
    """Fault 13: an upgrade that found no room is put back and tried again at the next start."""
    full = Step(
        2, "full", "PRAGMA max_page_count = 1; CREATE TABLE much AS SELECT zeroblob(9000000) AS b;", "DROP TABLE much;"
    )
    monkeypatch.setattr(migrate, "steps", lambda: [full])
    before, config = content(folder), Config(data_dir=folder)
    db = upgrade.opened(config)
    assert standby.now(db).reason == "not_migrated"
    db.close()
    assert content(folder) == before
    monkeypatch.setattr(migrate, "steps", lambda: [NICKNAME])
    db = upgrade.opened(config)
    assert standby.now(db) is None
    db.close()


def test_a_running_server_is_not_pulled_from_under_anybody(folder, newer, run):
    with lock.hold(folder):
        assert "already running" in run("migrate").stderr
        assert run("migrate", "--dry-run").exit_code == 0
    assert schema(folder) == 1


def test_there_has_to_be_a_database(tmp_path):
    for more in ((), ("--dry-run",)):
        done = CliRunner().invoke(main, ["migrate", *more, "--data-dir", str(tmp_path / "none")])
        assert done.exit_code == 1
        assert "There is no troop in" in done.stderr
