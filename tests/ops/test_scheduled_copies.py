"""The copies that the timetable makes: one when something was changed, one a day, none for nothing."""

import pytest

from gsctracker import clock
from gsctracker import config as settings
from gsctracker.ops import runs
from gsctracker.ops.copies import keys, making
from gsctracker.ops.timetable import copying, named, running
from tests.running import free_port


@pytest.fixture
def config(box):
    """Settings of the box in the test's folder."""
    found = settings.load({}, box.path.parent)
    keys.ready(found)
    return found


def copies(config):
    """The names of the manifests in the folder of copies."""
    return sorted(file.stem for file in config.backups.glob("*.json"))


def test_a_copy_is_made_when_something_was_changed_and_only_then(box, config):
    """BAK-04: every few minutes, at no cost where nobody wrote."""
    copy = named(config, "copy")
    assert running.run_job(config, box, copy) == "done"
    assert len(copies(config)) == 1
    for _ in range(3):
        assert running.run_job(config, box, copy) == "idle"
    assert len(copies(config)) == 1
    with box.write() as tx:
        tx.execute("UPDATE troop SET council = 'Another one'")
    assert running.run_job(config, box, copy) == "done"
    assert len(copies(config)) == 2
    with box.read() as tx:
        assert runs.last(tx, "copy").said.startswith(copies(config)[-1])


def test_the_copy_of_the_day_is_made_in_any_case(box, config):
    """BAK-04."""
    copying.copy(config, box)
    assert "was made and checked" in copying.daily(config, box)
    assert len(copies(config)) == 2


def test_another_copy_under_way_is_no_failure(box, config):
    with making.one_at_a_time(config):
        assert running.run_job(config, box, named(config, "copy")) == "idle"


def test_without_a_bucket_nothing_is_shipped(box, config):
    assert running.run_job(config, box, named(config, "ship")) == "idle"


def test_each_minute_is_written_down_where_something_was_written(box, config):
    """BAK-18: after the first copy; nothing is done before there is a troop, and nothing where nobody wrote."""
    ship_rows = named(config, "ship-rows")
    assert running.run_job(config, box, ship_rows) == "done"
    assert len(copies(config)) == 1
    assert running.run_job(config, box, ship_rows) == "idle"
    with box.write() as tx:
        tx.execute("UPDATE troop SET council = 'Another one'")
    assert running.run_job(config, box, ship_rows) == "done"
    assert running.run_job(config, box, ship_rows) == "idle"
    assert len(copies(config)) == 1
    assert len(copies(settings.load({"BACKUP_DIR": str(config.backups / "shipments")}, box.path.parent))) == 1


def test_a_folder_of_copies_that_cannot_be_written_fails_loudly(box, tmp_path):
    """BAK-07: Fault 17."""
    (tmp_path / "file").write_text("")
    wrong = settings.load({"BACKUP_DIR": str(tmp_path / "file" / "copies")}, box.path.parent)
    assert running.run_job(wrong, box, named(wrong, "copy")) == "failed"
    with box.read() as tx:
        assert runs.last(tx, "copy").result == "failed"
        assert "copies" in runs.last(tx, "copy").said


def test_a_stop_leaves_a_copy_of_what_was_written_since_the_last(box, config):
    """DEP-10: and none where nothing was."""
    assert "was made and checked" in copying.at_the_stop(config, box)
    assert copying.at_the_stop(config, box) is None
    assert len(copies(config)) == 1


def test_a_stop_is_not_held_up_by_what_fails(box, tmp_path, caplog):
    """DEP-10: an unwritable folder, a store that is not there."""
    (tmp_path / "file").write_text("")
    wrong = settings.load({"BACKUP_DIR": str(tmp_path / "file" / "copies")}, box.path.parent)
    assert copying.at_the_stop(wrong, box) is None
    assert "no last copy could be made" in caplog.text
    given = {"S3_BACKUP_BUCKET": "cookies", "S3_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    lost = settings.load(given | {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, box.path.parent)
    began = clock.ticks()
    assert "was made and checked" in copying.at_the_stop(lost, box)
    assert clock.ticks() - began < 8
    assert "the last copy stays on this box" in caplog.text
    assert len(copies(lost)) == 1


def test_a_box_without_a_troop_makes_no_copy_at_its_stop(db):
    assert copying.at_the_stop(settings.load({}, db.path.parent), db) is None


def test_a_box_without_a_troop_rehearses_nothing(db):
    config = settings.load({}, db.path.parent)
    assert copying.ship_rows(config, db) is None
    assert copying.drill(config, db) is None
