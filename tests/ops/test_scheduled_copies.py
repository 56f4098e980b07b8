"""The copies that the timetable makes: one when something was changed, one a day, none for nothing."""

import pytest

from gsctracker import config as settings
from gsctracker.ops import runs
from gsctracker.ops.copies import keys, making
from gsctracker.ops.timetable import copying, named, running


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


def test_a_folder_of_copies_that_cannot_be_written_fails_loudly(box, tmp_path):
    """BAK-07: Fault 17."""
    (tmp_path / "file").write_text("")
    wrong = settings.load({"BACKUP_DIR": str(tmp_path / "file" / "copies")}, box.path.parent)
    assert running.run_job(wrong, box, named(wrong, "copy")) == "failed"
    with box.read() as tx:
        assert runs.last(tx, "copy").result == "failed"
        assert "copies" in runs.last(tx, "copy").said
