"""The live board as a page, as a part of one, and as one event where the answer cannot stay open."""

from gsctracker import clock
from gsctracker.domain.booths import booths, presences
from tests.factories import make_scout


def stand_of(box, admin):
    """A booth that is held now, with Ana and Bea there; gives Ana's id."""
    with box.write() as tx:
        booth = booths.plan(tx, admin, "Corner Market", clock.after(hours=-1), clock.after(hours=2))
        ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
        for girl in (ana, bea):
            presences.check_in(tx, admin, booth, girl, clock.after(minutes=-5))
    return ana


def test_a_leader_sees_the_booth_and_who_is_there(box, admin, leader):
    """COOKIE-32: the page shows the board without any script, and loads itself again."""
    stand_of(box, admin)
    page = leader.get("/booths/live").text
    assert "Corner Market" in page and "Ana" in page and "Bea" in page
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in page
    assert "Sold today" in page


def test_a_family_reads_no_other_girls_name(box, admin, signed_in):
    ana = stand_of(box, admin)
    for path in ("/booths/live", "/booths/live/part", "/booths/live/events"):
        page = signed_in("caregiver", scout_ids=(ana,)).get(path).text
        assert "Ana" in page and "Bea" not in page and "Sold today" not in page, path


def test_asking_again_costs_nothing_while_nothing_changed(box, admin, leader):
    """PERF-14: polling gets 304 until the board looks different."""
    first = leader.get("/booths/live/part")
    again = {"If-None-Match": first.headers["ETag"]}
    assert leader.get("/booths/live/part", headers=again).status_code == 304
    stand_of(box, admin)
    assert leader.get("/booths/live/part", headers=again).status_code == 200


def test_where_an_answer_cannot_stay_open_it_ends_after_one_event(box, admin, leader):
    stand_of(box, admin)
    answer = leader.get("/booths/live/events")
    assert answer.mimetype == "text/event-stream"
    lines = answer.text.splitlines()
    assert lines[:3] == ["retry: 3000", "", "event: board"]
    assert all(line.startswith("data: ") for line in lines[3:] if line)
    assert answer.text.endswith("\n\n")


def test_nobody_watches_without_signing_in(browser):
    for path in ("/booths/live", "/booths/live/part", "/booths/live/events"):
        assert browser.get(path).status_code == 302, path
