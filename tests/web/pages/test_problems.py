"""What is wrong, in a volunteer's words, and who looks after it."""

from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.ops import machine, standby
from gsctracker.ops.alerts import record, watch
from tests import factories


@pytest.fixture
def watching(site):
    """The watch of this box."""
    return site.extensions[watch.PART]


def test_nothing_wrong_is_four_green_lights(signed_in, watching, monkeypatch):
    """Before the first look nothing is claimed."""
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 40_000_000_000))
    admin = signed_in("admin")
    assert "The first look comes" in admin.get("/problems").text
    watching.look()
    page = admin.get("/problems").text
    assert "Nothing is wrong" in page
    for light in ("The site", "The data is safe", "Copies are made and proven", "The disk"):
        assert light in page
    assert "Nobody is told of faults" in page  # no ALERT_URLS here


def test_a_full_disk_is_told_in_words_with_what_to_do(signed_in, watching, monkeypatch):
    """ALERT-16: a volunteer whose disk fills on Friday reads a sentence and three steps."""
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 100_000_000))
    start = clock.moment()
    watching.look(start)
    watching.look(start.fromtimestamp(start.timestamp() + 61, start.tzinfo))
    page = signed_in("admin").get("/problems").text
    assert 'id="diskverylow"' in page
    assert "The disk of the box is almost full. Once it is full, nothing can be entered." in page
    assert page.count("<ol><li>") == 1
    assert "Download the newest copy to another machine now." in page
    for leader in ("cookie_leader", "leader"):  # who is no admin reads the same on her first page
        today = signed_in(leader).get("/").text
        assert "The disk of the box is almost full. Once it is full, nothing can be entered." in today
        assert "Download the newest copy to another machine now." in today
        assert "/problems#" not in today
    assert "/problems#diskverylow" in signed_in("admin").get("/").text
    assert "almost full" not in signed_in("caregiver").get("/").text
    assert watching.lights()["disk"] == "bad"
    assert watching.lights()["site"] == "good"


def test_a_disk_without_any_room_is_told_at_once_and_until_there_is_room(signed_in, watching, monkeypatch):
    """ALERT-16: what is full already is told before what is almost full, and not on the first page once it was mended."""
    said = "The disk of the box is full: nothing can be saved."
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 0))
    told = watching.look()
    assert [one.fault.rule.name for one in told] == ["DiskFull"]
    later = clock.moment() + timedelta(seconds=61)
    watching.look(later)
    assert [fault.rule.name for fault in watching.faults()][:2] == ["DiskFull", "DiskVeryLow"]
    assert said in signed_in("leader").get("/").text
    assert "Write sales on paper from now on." in signed_in("leader").get("/").text
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 50_000_000_000))
    watching.look(later + timedelta(seconds=30))
    assert said not in signed_in("leader").get("/").text
    page = signed_in("admin").get("/problems").text
    assert said in page
    assert page.count("It was not there at the last look.") == 2
    watching.look(later + timedelta(minutes=16))
    assert 'id="diskfull"' not in signed_in("admin").get("/problems").text


def test_somebody_says_that_she_looks_after_it_and_later_whether_it_was_worth_telling(signed_in, watching, box, admin):
    """ALERT-10, ALERT-13: acknowledged, ended, judged."""
    with box.write() as tx:
        record.begin(tx, "BackupNever", "warning", clock.now())
    watching.look()  # takes up what was open
    olga = signed_in("admin")
    answer = olga.post("/problems/BackupNever/acknowledge")
    assert (answer.status_code, answer.location) == (303, "/problems")
    assert f"{olga.person.first_name} looks after it" in olga.get("/problems").text
    with box.read() as tx:
        assert [row.acknowledged_by for row in record.open_alerts(tx)] == [olga.person.first_name]
    assert olga.post("/problems/DiskLow/acknowledge").status_code == 404
    with box.write() as tx:
        record.end(tx, "BackupNever")
        (over,) = record.newest(tx)
    assert olga.post(f"/problems/{over.id}/verdict", data={"verdict": "noise"}).status_code == 303
    assert olga.post(f"/problems/{over.id}/verdict", data={"verdict": "fun"}).status_code == 422
    assert olga.post("/problems/999/verdict", data={"verdict": "noise"}).status_code == 404
    assert "Of 1 judged in 30 days, 0 were worth telling." in olga.get("/problems").text


def test_each_week_has_somebody_on_duty_and_a_deputy(signed_in, box):
    """ALERT-19: only who may operate the box, and the deputy is somebody else."""
    olga = signed_in("admin")
    with box.write() as tx:
        leader = factories.make_person(tx, "leader")
    me = olga.person.id
    assert olga.post("/problems/duty", data={"holder": me, "deputy": 1}).status_code == 303
    with box.read() as tx:
        duty = record.on_duty(tx)
        assert (duty.account_id, duty.deputy_id) == (me, 1)
        assert [row.email for row in record.readers(tx, everybody=False)] == [duty.email]
        assert len(record.readers(tx, everybody=True)) == 2
    for wrong in ({"holder": me, "deputy": me}, {"holder": leader.id}, {"holder": "x"}, {}):
        answer = olga.post("/problems/duty", data=wrong)
        assert answer.status_code == 422, wrong
        assert "Problems" in answer.text


def test_the_page_is_for_who_operates_the_box(signed_in, browser):
    for role in ("cookie_leader", "leader", "caregiver"):
        assert signed_in(role).get("/problems").status_code in (403, 404)
        assert signed_in(role).post("/problems/DiskLow/acknowledge").status_code in (403, 404)
        assert signed_in(role).post("/problems/duty", data={"holder": 1}).status_code in (403, 404)
    assert browser.get("/problems").status_code == 302


def test_ready_is_another_question_than_alive(browser, box, monkeypatch):
    """MON-08: a box that nothing can be written to is alive and not ready; asking writes nothing."""
    assert browser.get("/livez").status_code == 204
    before = box.generation()
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert box.generation() == before
    standby.enter(box.path, 1)  # by hand
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "because": "closed"})
    assert browser.get("/livez").status_code == 204
    standby.leave(box.path)
    assert browser.get("/readyz").status_code == 200
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 20_000))
    assert browser.get("/readyz").json == {"status": "not ready", "because": "disk"}
    assert browser.get("/livez").status_code == 204


def test_an_admin_sees_faults_and_messages_in_the_detailed_health(signed_in, browser, watching, box):
    """MON-09."""
    with box.write() as tx:
        record.begin(tx, "BackupNever", "warning", clock.now())
    watching.look()
    found = signed_in("admin").get("/health/detailed").json
    assert {"rule": "BackupNever", "severity": "warning", "acknowledged": False} in found["faults"]
    assert found["notifications"] == {}
    assert browser.get("/health/detailed").status_code in (302, 401, 403, 404)
