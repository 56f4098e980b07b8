"""What happens to the box itself is in the record of who did what, and costs no copy."""

import dataclasses
import json
from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.config import SETTINGS, Config
from gsctracker.db.rows import many
from gsctracker.domain import audit
from gsctracker.errors import Conflict
from gsctracker.ops import box_record, rotation, standby
from gsctracker.ops.copies import keys, making, protection, shipments
from tests import factories

KEY, SECRET = "0123456789abcdef" * 4, "a-password-of-the-post-office"


@pytest.fixture
def config(box):
    found = Config(data_dir=box.path.parent, session_secret=KEY, smtp_host="mail.example.org", smtp_pass=SECRET)
    keys.ready(found)
    return found


def lines(box, beginning=""):
    """(action, detail) of the lines since the troop was set up."""
    with box.read() as tx:
        found = many(
            tx, "SELECT action, detail FROM audit_log WHERE subject IN ('box', 'copy', 'instance') ORDER BY id"
        )
        assert audit.broken(tx) is None
    return [(row.action, json.loads(row.detail)) for row in found if row.action.startswith(beginning)]


def test_starts_and_stops_are_lines_and_a_kill_is_told(box, config):
    """LOG-11: the start after a kill says so; one after a stop does not."""
    box_record.started(config, box)
    box_record.stopped(box)
    box_record.started(config, box)
    box_record.started(config, box)
    assert [action for action, _ in lines(box, "box.")] == ["box.started", "box.stopped", "box.started", "box.started"]
    starts = [detail for action, detail in lines(box) if action == "box.started"]
    assert [detail["after_a_kill"] for detail in starts] == [False, False, True]
    assert starts[0]["version"]


def test_a_setting_that_was_changed_is_told_by_its_name_alone(box, config):
    """LOG-11: config events; neither a secret nor anything that can be tried out against is in the line."""

    def told(**settings):
        before = len(lines(box, "config."))
        box_record.started(dataclasses.replace(config, **settings), box)
        return [detail["settings"] for _, detail in lines(box, "config.")][before:]

    assert told() == [["DATA_DIR", "SMTP_HOST", "SMTP_PASS"]]
    assert told() == []
    assert told(smtp_pass="another", threads=2) == [["SMTP_PASS", "THREADS"]]
    assert told() == [["SMTP_PASS", "THREADS"]]
    assert told(session_secret=KEY[::-1], port=80) == [["SESSION_SECRET", "PORT"]]
    written = json.dumps(lines(box))
    assert SECRET not in written and "mail.example.org" not in written
    everything = dataclasses.replace(config, **{one.name: "x" * 200 for one in SETTINGS})
    assert told(**{one.name: "x" * 200 for one in SETTINGS})
    assert len(json.dumps(box_record.marked(everything))) < 3000


def test_what_the_box_does_with_itself_causes_neither_a_copy_nor_a_shipment(box, config):
    """LOG-11: or each start would be a copy, and each copy another one."""
    with box.write() as tx:
        factories.make_scout(tx)
    making.make(config, box)
    shipments.ship(config, box)
    box_record.started(config, box)
    box_record.note(box, "job.asked", job="copy", result="idle")
    box_record.stopped(box)
    assert making.make(config, box) is None
    assert making.make(config, box, kind="stop") is None
    assert shipments.ship(config, box) is None
    assert making.make(config, box, kind="manual") is not None
    assert making.make(config, box) is None
    assert [action for action, _ in lines(box, "copy.")] == ["copy.made"]
    with box.write() as tx:
        factories.make_scout(tx)
    assert shipments.ship(config, box)  # it goes along with what does count
    assert making.make(config, box) is not None


def test_lines_of_the_box_alone_do_not_count_as_unprotected(box, config, monkeypatch):
    """LOG-11: a box that is started in summer is not told for ever that something waits to be brought off it."""

    def unprotected():
        with box.read() as tx:
            return protection.unprotected_seconds(tx, config)

    making.make(config, box)
    with box.write() as tx:
        tx.execute("UPDATE copy_runs SET uploaded_at = ended_at")
    now = clock.moment() + timedelta(hours=1)
    monkeypatch.setattr(clock, "moment", lambda: now)
    box_record.started(config, box)
    monkeypatch.setattr(clock, "moment", lambda: now + timedelta(minutes=5))
    assert unprotected() == 0
    rotation.rotate(Config(data_dir=config.data_dir), box, "encryption")
    monkeypatch.setattr(clock, "moment", lambda: now + timedelta(minutes=7))
    assert unprotected() == 120


def test_a_copy_somebody_asked_for_is_a_line_that_names_her(box, config, admin):
    """LOG-11: backup, and a backup that came to nothing; those of the timetable stand in the list of copies alone."""
    making.make(config, box, kind="auto")
    made = making.make(config, box, kind="manual", label="before the cupboard", by=admin)
    assert lines(box, "copy.") == [("copy.made", {"kind": "manual", "copy": made.name})]
    (config.data_dir / "file").write_text("")
    with pytest.raises(Conflict):
        making.make(config, box, kind="manual", to=config.data_dir / "file", by=admin)
    assert lines(box, "copy.")[1:] == [("copy.failed", {"kind": "manual"})]
    with box.read() as tx:
        assert {row.account_id for row in audit.page(tx, action="copy.")} == {admin.id}


def test_a_key_that_was_renewed_is_a_line(box, config):
    """LOG-11: key events."""
    rotation.rotate(Config(data_dir=config.data_dir), box, "encryption")
    assert [detail["key"] for _, detail in lines(box, "key.")] == ["encryption"]


def test_a_box_that_can_only_be_read_tells_of_itself_all_the_same(box, config):
    standby.on(config)
    box_record.note_beside(config, "box.closed", only_read=True)
    box_record.started(config, box)
    standby.leave(config.database)
    assert [action for action, _ in lines(box, "box.")] == ["box.closed", "box.started"]


def test_a_line_that_cannot_be_written_stops_nothing(box, config, caplog):
    with box.replacing():
        other = type(box)(box.path, as_it_is=True)
        box_record.stopped(other)
        other.close()
    assert lines(box, "box.") == []
    assert "box.stopped could not be written down: Closed" in caplog.text
