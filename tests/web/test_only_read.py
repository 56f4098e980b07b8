"""A box that can only be read: who is refused what, what goes on, who says why, and how it ends."""

import subprocess
import sys

import apsw
import pytest

from gsctracker.db import Database, NoRoom, OnlyRead, Unwritable
from gsctracker.db.closing import BY_HAND, DAMAGED, NOT_MIGRATED
from gsctracker.ops import health, standby
from gsctracker.ops.timetable import named, running
from tests import factories
from tests.web.conftest import PASSWORD


@pytest.fixture
def web(site):
    return site.test_client()


def test_everybody_reads_and_nobody_changes_anything(leader, box, config):
    """Fault 66: reads go on with a banner that says why; what is sent gets 503 and one sentence, as a page or as JSON."""
    standby.enter(box.path, NOT_MIGRATED, "Migration 0002_bad failed.", "2.1.0")
    page = leader.get("/sales")
    assert page.status_code == 200
    assert "The upgrade to GSCTracker 2.1.0 failed" in page.text and "0002_bad" in page.text
    call = leader.post("/api/sales", json={"cookieType": "Thin Mints", "quantity": 1, "customerName": "x"})
    assert (call.status_code, call.get_json()["error"]["code"]) == (503, "read_only")
    assert call.headers["Retry-After"] == "300"
    assert "2.1.0" in call.get_json()["error"]["message"]
    sent = leader.post("/sales", data={})
    assert sent.status_code == 503 and sent.headers["Content-Type"].startswith("text/html")
    with pytest.raises(OnlyRead), box.write():
        pass
    assert standby.leave(box.path)
    assert "The upgrade to" not in leader.get("/sales").text
    with box.write() as tx:
        factories.make_scout(tx, "Ava")


def test_who_signs_in_is_told_too(web, box, password_hash):
    """Fault 66: the reason stands on the page of signing in, and signing in still works: otherwise nobody could read."""
    with box.write() as tx:
        factories.make_person(tx, "cookie_leader", password_hash=password_hash)
        name = tx.execute("SELECT max(sign_in_name) FROM accounts WHERE sign_in_name LIKE 'lea%'").get
    standby.enter(box.path, NOT_MIGRATED, "No.", "2.1.0")
    assert "The upgrade to GSCTracker 2.1.0 failed" in web.get("/sign-in").text
    answer = web.post("/sign-in", data={"email": name, "password": PASSWORD})
    assert answer.status_code == 303
    assert "The upgrade to GSCTracker 2.1.0 failed" in web.get("/").text


def test_nothing_at_all_is_written_into_a_damaged_file(web, box):
    """Fault 21: not even who signs in: writing spreads damage."""
    standby.enter(box.path, DAMAGED, "row 7 missing from index")
    answer = web.post("/api/auth/login", json={"email": "a@example.org", "password": "x"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "read_only")
    with box.noting(), pytest.raises(OnlyRead), box.write():
        pass


def test_health_says_it(web, box, config):
    """Fault 16, DB-23: unhealthy with the reason; what the operator wants herself is a warning."""
    standby.enter(box.path, DAMAGED)
    told = web.get("/health")
    assert told.status_code == 503
    assert "database is damaged" in told.get_json()["checks"]["database"]["message"]
    standby.enter(box.path, BY_HAND)
    assert web.get("/health").status_code == 200
    assert health.database(config, box)["status"] == "warning"


def test_by_hand_from_another_process(web, box, config):
    """`maintenance on --only-read` beside the running server, and off again."""
    command = [sys.executable, "-m", "gsctracker", "maintenance"]
    at = ["--data-dir", str(config.data_dir)]
    subprocess.run([*command, "on", "--only-read", *at], check=True, capture_output=True)
    assert web.get("/sign-in").status_code == 200
    assert not box.is_open() and standby.now(box).reason == "by_hand"
    again = Database(box.path)  # a restart changes nothing
    assert standby.now(again).reason == "by_hand"
    again.close()
    said = subprocess.run([*command, "status", *at], check=True, capture_output=True, text=True).stdout
    assert said.startswith("only reading: The box can only be read")
    subprocess.run([*command, "off", *at], check=True, capture_output=True)
    assert box.is_open() and standby.now(box) is None


def test_a_look_that_finds_damage_stops_writing_and_one_that_finds_none_lets_it_go_on(box, config):
    """DB-23: the weekly look is the alarm; what was put right lets the box go on by itself."""
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
    other = apsw.Connection(str(box.path))
    other.execute("PRAGMA foreign_keys = OFF")
    other.execute("UPDATE scouts SET household_id = 999")
    job = named(config, "check")
    assert running.run_job(config, box, job) == "failed"
    assert standby.now(box).reason == "damaged"
    other.execute("UPDATE scouts SET household_id = (SELECT id FROM households)")
    other.close()
    assert running.run_job(config, box, job) == "done"
    assert standby.now(box) is None


def test_a_page_that_reads_damage_stops_writing(box, config):
    """Fault 21: a damaged page ends this reading, is written down as `corrupt`, and nothing is written any more."""
    with box.write() as tx:
        for number in range(400):
            factories.make_scout(tx, f"Girl {number}")
    with box.read() as tx:
        page = tx.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'scouts'").get
    box.close()
    with open(box.path, "r+b") as file:  # nobody has it open now
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 64)
    again = Database(box.path)
    with pytest.raises(apsw.CorruptError), again.read() as tx:
        tx.execute("SELECT * FROM scouts").fetchall()
    with again.read() as tx:  # other pages are served
        assert tx.execute("SELECT count(*) FROM troop").get == 1
    assert standby.now(again).reason == "damaged"
    with pytest.raises(OnlyRead), again.write():
        pass
    again.close()


def test_damage_in_another_file_stops_nothing(box):
    with pytest.raises(apsw.CorruptError), box.read():
        raise apsw.CorruptError("of a copy that is looked at")
    assert standby.now(box) is None


def test_a_full_disk_is_said_in_a_sentence_and_writing_goes_on_when_there_is_room(leader, box, monkeypatch):
    """Fault 13: 503, nothing half-written, reading goes on; no restart is needed afterwards."""
    full = box._writer.execute("PRAGMA page_count").get
    box._writer.execute(f"PRAGMA max_page_count = {full}")
    with pytest.raises(NoRoom), box.write() as tx:
        for number in range(5000):
            factories.make_scout(tx, f"Girl {number}")
    with box.read() as tx:
        assert tx.execute("SELECT count(*) FROM scouts").get == 0
    assert leader.get("/scouts").status_code == 200
    box._writer.execute("PRAGMA max_page_count = 1000000")
    with box.write() as tx:
        factories.make_scout(tx, "Ava")


def test_a_disk_that_turned_read_only_is_tried_again(web, box, config):
    """Fault 16: the sentence and the banner last until a write succeeds again."""
    box._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(Unwritable), box.write() as tx:
        factories.make_scout(tx, "Ava")
    assert "can only be read" in web.get("/sign-in").text
    assert health.database(config, box)["status"] == "unhealthy"
    box._writer.execute("PRAGMA query_only = OFF")
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
    assert standby.now(box) is None


def test_jobs_wait_for_a_box_that_may_be_written(box, config):
    """Nothing failed: what wants to write does it later, and the timetable says so."""
    standby.enter(box.path, BY_HAND)
    with box.read() as tx:
        before = tx.execute("SELECT count(*) FROM job_runs").get
    assert running.run_job(config, box, named(config, "forget-sessions")) == "later"
    with box.read() as tx:
        assert tx.execute("SELECT count(*) FROM job_runs").get == before


def test_a_restore_ends_what_was_wrong_with_the_content_before(box, tmp_path):
    standby.enter(box.path, DAMAGED)
    copy = tmp_path / "copy.db"
    reader = apsw.Connection(str(box.path))
    reader.execute("VACUUM INTO ?", (str(copy),))
    reader.close()
    with box.replacing():
        box.replace_with(copy)
    assert standby.now(box) is None
