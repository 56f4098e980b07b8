"""A phone's batch: each entry has its own answer, a wrong one stops no other, and 500 are taken in at once."""

import time

import pytest

from gsctracker import clock
from gsctracker.domain.booths import booths, policies, presences, states
from gsctracker.domain.inventory import transfers
from tests import factories
from tests.web.pages.browsing import OLGA


@pytest.fixture
def booth(box):
    with box.write() as tx:
        transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=48))
        booth = booths.plan(tx, OLGA, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
        transfers.move(tx, OLGA, "TROOP_TO_BOOTH", factories.lines(tx, TM=24), booth_id=booth)
    return f"/api/troops/1/booths/{booth}"


def sale(number, **more):
    return {
        "id": f"{number:032x}",
        "device": "a1",
        "counter": number,
        "capturedAt": "2026-02-14T17:00:00Z",
        "offsetSeconds": 0,
        "kind": "sale",
        "pay": "cash",
        "items": [{"product": "TM", "quantity": 1}],
    } | more


def test_a_wrong_entry_stops_no_other(booth, leader):
    """UX-21: each entry is looked at by itself; what cannot be is refused at its field."""
    given = [
        sale(1),
        sale(2, items=[{"product": "TM", "quantity": -3}]),
        sale(3, items=[{"product": "TM", "quantity": 1_000_000}]),
        sale(4, pay="shells"),
        sale(5, kind="theft"),
        {"id": 7},
        sale(6, capturedAt="yesterday at noonish"),
        sale(7, wish="pony"),
        sale(8),
    ]
    answer = leader.post(f"{booth}/entries", json={"entries": given, "device": "a1"})
    assert answer.status_code == 200, answer.json
    assert [one["result"] for one in answer.json["results"]] == ["taken", *["refused"] * 7, "taken"]
    assert answer.json["results"][1]["fields"].keys() == {"items.0.quantity"}
    assert answer.json["results"][3]["fields"].keys() == {"pay"}
    assert answer.json["booth"]["items"][0]["brought"] in (0, 24)
    again = leader.post(f"{booth}/entries", json={"entries": [sale(1), sale(8), sale(9)], "device": "b2"})
    assert [one["result"] for one in again.json["results"]] == ["again", "again", "taken"]
    assert sum(one["elsewhere"] for one in again.json["booth"]["items"]) == 3
    assert leader.get(f"{booth}/tally?device=a1").json["cashCents"] == 0
    assert leader.get(f"{booth}/tally").json["generation"] == answer.json["booth"]["generation"]


def test_a_batch_for_a_booth_that_is_not_there_or_not_hers_is_refused_whole(booth, leader, signed_in, browser, box):
    assert leader.post("/api/troops/1/booths/99/entries", json={"entries": [sale(1)]}).status_code == 404
    with box.write() as tx:
        girl = factories.make_scout(tx, "Ava")
    caregiver = signed_in("caregiver", scout_ids=(girl,))
    assert caregiver.post(f"{booth}/entries", json={"entries": [sale(1)]}).status_code == 403
    assert caregiver.get(f"{booth}/tally").status_code == 403
    assert browser.post(f"{booth}/entries", json={"entries": [sale(1)]}).status_code == 401
    many = {"entries": [sale(number) for number in range(501)]}
    assert leader.post(f"{booth}/entries", json=many).status_code == 422


def test_five_hundred_entries_are_taken_in_by_one_call_in_two_seconds(booth, leader):
    """A day without signal is sent in one piece."""
    given = {"entries": [sale(number) for number in range(500)], "device": "a1"}
    began = time.perf_counter()
    answer = leader.post(f"{booth}/entries", json=given)
    took = time.perf_counter() - began
    assert {one["result"] for one in answer.json["results"]} == {"taken"}
    assert took < 2, f"{took:.2f} s"


def test_a_phone_is_told_when_an_adult_is_missing(box, leader):
    """f.1: two adults stay while the booth is open; the phone reads it with every answer, and on its page."""
    with box.write() as tx:
        held = booths.plan(tx, OLGA, "Rink", clock.after(hours=-1), clock.after(hours=2))
        states.move(tx, OLGA, held, "open")
    here = f"/api/troops/1/booths/{held}"
    assert leader.get(f"{here}/tally").json["warning"] == "2 adults more are needed there now."
    with box.write() as tx:
        for _ in range(2):
            adult = factories.make_person(tx, "caregiver")
            policies.clear_adult(tx, OLGA, adult.id, "2099-12-31")
            presences.check_in(tx, OLGA, held, account_id=adult.id)
    assert "warning" not in leader.get(f"{here}/tally").json
    assert "adults more" not in leader.get(f"/booths/{held}/mode").text
