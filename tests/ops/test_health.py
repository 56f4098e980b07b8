"""What /health says, and when."""

from datetime import timedelta

import pytest

from gsctracker import clock, config
from gsctracker.db import Database
from gsctracker.ops import health, machine, runs


@pytest.fixture
def box(tmp_path):
    settings = config.load({}, tmp_path)
    db = Database(settings.database)
    yield settings, db
    db.close()


def copy_made(folder, age):
    """A manifest in the folder of copies, of a copy made that long ago."""
    folder.mkdir(exist_ok=True)
    made = (clock.moment() - age).strftime("%Y%m%dT%H%M%SZ")
    (folder / f"gsctracker-{made}-00000001.json").touch()


def test_a_warning_does_not_make_the_box_unwell(box):
    """MON-08: that there is no copy yet is a warning, and the whole is healthy."""
    said = health.report(*box, uptime_seconds=61.7)
    assert said["status"] == "healthy"
    assert said["uptimeSeconds"] == 61
    assert {name: check["status"] for name, check in said["checks"].items()} == {
        "database": "healthy",
        "disk": "healthy",
        "memory": "healthy",
        "backup": "warning",
        "jobs": "healthy",
    }


def test_little_room_on_the_disk_is_a_warning(box, monkeypatch):
    """MON-08: low disk gives a warning, not a 503."""
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 100_000_000))
    said = health.report(*box, uptime_seconds=1)
    assert said["checks"]["disk"] == {"status": "warning", "message": "Only 100 MB are free on the disk."}
    assert said["status"] == "healthy"


def test_much_memory_is_a_warning(box, monkeypatch):
    monkeypatch.setattr(machine, "memory_of_machine", lambda: (machine.memory_of_process(), 1))
    assert health.report(*box, uptime_seconds=1)["checks"]["memory"]["status"] == "warning"


def test_a_disk_that_fell_back_to_read_only_is_unhealthy(box, monkeypatch):
    monkeypatch.setattr(machine, "is_read_only", lambda folder: True)
    assert health.report(*box, uptime_seconds=1)["status"] == "unhealthy"


@pytest.mark.parametrize("what", ["gone", "empty"])
def test_a_database_that_is_gone_or_empty_is_unhealthy(box, what):
    """MON-08: although the open connections would still answer."""
    settings, _ = box
    settings.database.unlink()
    if what == "empty":
        settings.database.touch()
    said = health.report(*box, uptime_seconds=1)
    assert said["checks"]["database"]["status"] == said["status"] == "unhealthy"


def test_a_fresh_copy_is_healthy_and_an_old_one_is_a_warning(tmp_path):
    """Fault 59: whatever keeps copies from being made, after a day without one the box says so."""
    copies = tmp_path / "backups"
    assert health.backup(copies)["status"] == "warning"
    copy_made(copies, timedelta(days=3))
    assert health.backup(copies)["status"] == "warning"
    copy_made(copies, timedelta(hours=2))
    assert health.backup(copies)["status"] == "healthy"


def test_a_failed_job_and_a_timetable_that_stands_still_are_warnings(box):
    _, db = box
    assert health.jobs(db, uptime_seconds=60) == {"status": "healthy"}
    assert "since the start" in health.jobs(db, uptime_seconds=100_000)["message"]
    with db.write() as tx:
        runs.record(tx, "forget", clock.now(), "failed", "It broke.", "job-1")
    assert health.jobs(db, uptime_seconds=60)["message"] == "Failed when last run: forget."
    with db.write() as tx:
        runs.record(tx, "forget", clock.now(), "done", "Nothing to do.", "job-2")
    assert health.jobs(db, uptime_seconds=100_000) == {"status": "healthy"}


def test_nobody_learns_a_path_or_a_secret_from_it(box):
    settings, db = box
    assert str(settings.data_dir) not in str(health.report(settings, db, 1))


def test_an_admin_sees_versions_and_sizes(box):
    """MON-09: what the anonymous answer leaves out."""
    said = health.detailed(*box, uptime_seconds=1)
    assert set(said["versions"]) == {"gsctracker", "python", "sqlite", "apsw", "system"}
    assert said["database"]["bytes"] > 0 and said["database"]["schema"] >= 1
    assert said["memory"]["processBytes"] > 1_000_000


def test_the_file_system_of_a_folder_is_the_innermost_one(tmp_path):
    (tmp_path / "inner disk").mkdir()
    escaped = str(tmp_path / "inner disk").replace(" ", "\\040")
    mounts = f"none / overlay rw 0 0\nserver:/x {escaped} nfs4 rw 0 0\n"
    assert machine.file_system_of(tmp_path, mounts) == "overlay"
    assert machine.file_system_of(tmp_path / "inner disk", mounts) == "nfs4"
