"""gsctracker migrate, and what a start does with an older database: a copy first, a rehearsal, and the way back."""

import hashlib
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.db import Database, connections, lock, migrate, snapshot
from gsctracker.db.migrate import Step
from gsctracker.errors import Conflict

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


def test_a_rehearsal_says_time_and_checks_and_leaves_the_database_as_it_is(folder, newer, run):
    """DB-17: --dry-run carries the steps out on a copy; the live file keeps its bytes."""
    before = mark(folder)
    done = run("migrate", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["from"], said["to"], said["dryRun"], said["checks"], said["copy"]) == (1, 2, True, "ok", None)
    assert said["seconds"] >= 0
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
    assert [snapshot.check(path).schema for path in copies(folder)] == [1, 2]


def test_the_copy_made_before_is_a_database_for_the_older_program(folder, newer, run, monkeypatch):
    """DB-16: the other way back: the copy in the place of the database."""
    run("migrate")
    (copy,) = copies(folder)
    for path in folder.glob("gsctracker.db*"):
        path.unlink()
    os.rename(copy, folder / "gsctracker.db")
    monkeypatch.setattr(migrate, "steps", lambda: [])
    db = Database(folder / "gsctracker.db")
    db.close()
    assert schema(folder) == 1


def test_two_copies_in_one_second_are_two_files(folder, newer, run):
    for _ in range(2):
        assert run("migrate").exit_code == 0
        assert run("migrate", "--to", "1").exit_code == 0
    assert [snapshot.check(path).schema for path in copies(folder)].count(1) == 2


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
    assert len(copies(folder)) == 1


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
