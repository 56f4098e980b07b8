"""Booths, shifts and sign-ups as calls."""

import pytest

from tests import factories

BOOTH = {"name": "Market", "startsAt": "2027-02-13T16:00:00Z", "endsAt": "2027-02-13T20:00:00Z"}


@pytest.fixture
def shift(leader):
    """A shift of one girl and one adult."""
    booth = leader.post("/api/troops/1/booths", json=BOOTH)
    assert booth.status_code == 201 and booth.json["status"] == "scheduled"
    asked = {"startsAt": BOOTH["startsAt"], "endsAt": BOOTH["endsAt"], "minGirls": 1, "maxGirls": 1}
    made = leader.post(f"/api/troops/1/booths/{booth.json['id']}/shifts", json=asked)
    assert made.status_code == 201
    return made.json


def family(box, signed_in, name):
    with box.write() as tx:
        girl = factories.make_scout(tx, name)
    return girl, signed_in("caregiver", first_name=f"Mum{name}", scout_ids=(girl,))


def test_the_last_place_has_one_taker(box, signed_in, leader, shift):
    """COOKIE-07: the others get 409 shift_full, or a turn on the waiting list that moves up."""
    (ana, first), (bea, second) = family(box, signed_in, "Ana"), family(box, signed_in, "Bea")
    at = f"/api/troops/1/shifts/{shift['id']}/sign-ups"
    mine = first.post(at, json={"scoutId": ana})
    assert (mine.status_code, mine.json["state"]) == (201, "going")
    no = second.post(at, json={"scoutId": bea})
    assert (no.status_code, no.json["error"]["code"]) == (409, "shift_full")
    assert second.post(at, json={"scoutId": bea, "wait": True}).json["state"] == "waiting"
    assert second.post(at, json={"scoutId": ana}).status_code == 404
    assert second.delete(f"/api/troops/1/sign-ups/{mine.json['id']}").status_code == 404
    assert first.delete(f"/api/troops/1/sign-ups/{mine.json['id']}").status_code == 204
    (row,) = second.get(f"/api/troops/1/booths/{shift['boothId']}/shifts").json["items"]
    assert (row["girlsGoing"], row["girlsWaiting"]) == (1, 0)
    (booth,) = [one for one in leader.get("/api/troops/1/booths").json["items"] if one["id"] == shift["boothId"]]
    assert (booth["girlPlaces"], booth["girlsGoing"]) == (1, 1)


def test_a_sign_up_is_made_once_under_one_key(box, signed_in, shift):
    ana, mother = family(box, signed_in, "Ana")
    at, key = f"/api/troops/1/shifts/{shift['id']}/sign-ups", {"Idempotency-Key": "one"}
    answers = [mother.post(at, json={"scoutId": ana}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data


def test_families_plan_no_booths_and_read_only_what_is_open(box, signed_in, leader):
    _, mother = family(box, signed_in, "Ana")
    assert mother.post("/api/troops/1/booths", json=BOOTH).status_code == 403
    hidden = leader.post("/api/troops/1/booths", json=BOOTH | {"status": "planned"}).json["id"]
    assert hidden not in [one["id"] for one in mother.get("/api/troops/1/booths").json["items"]]
    assert hidden in [one["id"] for one in leader.get("/api/troops/1/booths").json["items"]]
    assert mother.get(f"/api/troops/1/booths/{hidden}/shifts").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endsAt": BOOTH["startsAt"]}, "endsAt"),
        ({"endsAt": "2027-02-13T23:00:00Z"}, "endsAt"),
        ({"startsAt": "2027-02-13 16:00:00Z"}, "startsAt"),
        ({"type": "circus"}, "type"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(leader, changes, field):
    no = leader.post("/api/troops/1/booths", json=BOOTH | changes)
    assert no.status_code == 422 and field in no.json["error"]["fields"]
