"""A booth's day through the API: closed, signed by another, credited, taken back."""

import pytest

from gsctracker.domain.booths import booths
from gsctracker.domain.inventory import transfers
from tests import factories
from tests.web.pages.browsing import OLGA


@pytest.fixture
def booth(box):
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
        factories.make_scout(tx, "Bea")
        transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=48))
        booth = booths.plan(tx, OLGA, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
        transfers.move(tx, OLGA, "TROOP_TO_BOOTH", factories.lines(tx, TM=24), booth_id=booth)
    return f"/api/troops/1/booths/{booth}"


COUNTED = {
    "counts": [{"product": "Thin Mints", "remaining": 4}],
    "share": [{"product": "CShare", "quantity": 2}],
    "startCents": 100_00,
    "endCents": 232_00,
}


def test_a_booths_day(booth, leader, signed_in):
    rows = leader.get(f"{booth}/packing").json["items"]
    assert rows[0]["code"] == "TM"
    assert leader.get("/api/troops/1/booths/trending").json["items"] == []
    assert leader.get(f"{booth}/closing").status_code == 404
    closed = leader.post(f"{booth}/closing", json=COUNTED)
    assert closed.status_code == 201, closed.json
    assert (
        closed.json | {"varianceCents": 0, "expectedCents": 132_00, "soldBoxes": 22, "status": "counted"} == closed.json
    )
    assert leader.post(f"{booth}/closing", json=COUNTED).json["error"]["code"] == "already_closed"
    assert leader.post(f"{booth}/closing/sign").json["error"]["code"] == "same_person"
    assert signed_in("leader", first_name="Mona").post(f"{booth}/closing/sign").json["isSigned"]
    girls = [{"scoutId": 1, "minutes": 120}, {"scoutId": 2, "minutes": 60}]
    shares = leader.post(f"{booth}/credit", json={"way": "minutes", "girls": girls})
    assert shares.status_code == 201, shares.json
    assert [(girl["boxes"], girl["ideal"]) for girl in shares.json["girls"]] == [(15, "44/3"), (7, "22/3")]
    assert leader.get(f"{booth}/credit").json == shares.json
    assert leader.get("/api/troops/1/booths/trending").status_code == 200
    assert leader.post(f"{booth}/credit/take-back", json={"reason": "late"}).status_code == 204
    assert leader.post(f"{booth}/closing/reopen", json={"reason": "miscounted"}).status_code == 204
    assert leader.get(f"{booth}/closing").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"counts": [{"product": "TM", "remaining": 25}]}, 422),
        ({"counts": [{"product": "TM", "remaining": -1}]}, 422),
        ({"counts": []}, 422),
        ({"counts": [{"product": "Zebras", "remaining": 1}]}, 422),
        ({"endCents": 1}, 422),
        ({"cash": {"300": 1}}, 422),
        ({"cash": {"x": 1}}, 422),
        ({"reason": "because"}, 422),
        ({"share": [{"product": "TM", "quantity": 1}]}, 422),
    ],
)
def test_what_cannot_be_is_refused(booth, leader, change, status):
    answer = leader.post(f"{booth}/closing", json=COUNTED | change)
    assert answer.status_code == status, answer.json
    assert leader.get(f"{booth}/closing").status_code == 404


def test_another_adults_same_closing_is_the_second_signature(booth, leader, signed_in):
    """Other figures are a conflict as before."""
    leader.post(f"{booth}/closing", json=COUNTED)
    mona = signed_in("cookie_leader", first_name="Mona")
    other = COUNTED | {"endCents": 226_00, "cardsCents": 6_00}
    assert mona.post(f"{booth}/closing", json=other).json["error"]["code"] == "already_closed"
    agreed = mona.post(f"{booth}/closing", json=COUNTED)
    assert (agreed.status_code, agreed.json["isSigned"], agreed.json["status"]) == (201, True, "reconciled")


def test_sales_one_by_one_with_nobody_there_are_told(booth, leader, signed_in):
    leader.post(f"{booth}/closing", json=COUNTED)
    signed_in("leader", first_name="Mona").post(f"{booth}/closing/sign")
    sales = [{"at": "2026-02-14T16:30:00Z", "product": "TM", "quantity": 3}]
    answer = leader.post(f"{booth}/credit", json={"way": "sales", "sales": sales})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "nobody_present")


def test_who_may_not(booth, signed_in):
    family = signed_in("caregiver", first_name="Mia", scout_ids=(1,))
    assert family.get(f"{booth}/closing").status_code == 404
    assert family.post(f"{booth}/closing", json=COUNTED).status_code == 403
    assert family.get(f"{booth}/credit").status_code == 403
    assert signed_in("leader", first_name="Lea").post(f"{booth}/credit", json={"way": "even"}).status_code == 403
