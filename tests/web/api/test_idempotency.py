"""Idempotency-Key: asked twice, done once."""

import threading

import pytest

SALE = {"cookieType": "Thin Mints", "quantity": 2}


def test_the_same_key_with_the_same_body_gives_the_first_answer_and_changes_nothing(leader):
    first = leader.post("/api/sales", json=SALE, headers={"Idempotency-Key": "tap-1"})
    again = leader.post("/api/sales", json=SALE, headers={"Idempotency-Key": "tap-1"})

    assert (again.status_code, again.data) == (first.status_code, first.data) == (201, first.data)
    assert leader.get("/api/sales").json["total"] == 1


def test_the_same_key_with_another_body_or_address_is_a_conflict(leader):
    leader.post("/api/sales", json=SALE, headers={"Idempotency-Key": "tap-1"})
    other = leader.post("/api/sales", json=SALE | {"quantity": 3}, headers={"Idempotency-Key": "tap-1"})
    elsewhere = leader.post(
        "/api/troops/1/transfers",
        json={"kind": "C2T", "items": [{"product": "TM", "quantity": 1}]},
        headers={"Idempotency-Key": "tap-1"},
    )

    assert other.status_code == elsewhere.status_code == 409
    assert leader.get("/api/sales").json["total"] == 1


def test_two_people_may_use_the_same_key(signed_in):
    answers = [
        signed_in("leader").post("/api/sales", json=SALE, headers={"Idempotency-Key": "tap-1"}) for _ in range(2)
    ]

    assert answers[0].json["id"] != answers[1].json["id"]


def test_a_refused_attempt_does_not_use_up_the_key(leader):
    headers = {"Idempotency-Key": "tap-1"}
    assert leader.post("/api/sales", json=SALE | {"cookieType": "Nonesuch"}, headers=headers).status_code == 422

    assert leader.post("/api/sales", json=SALE, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "ä"])
def test_a_key_that_cannot_be_one_is_refused(leader, key):
    answer = leader.post("/api/sales", json=SALE, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json["error"]["fields"]


def test_eight_taps_at_once_are_one_sale(site, leader):
    token = leader.get_cookie("gsct_session").value
    found = []

    def tap():
        phone = site.test_client()
        phone.set_cookie("gsct_session", token)
        found.append(phone.post("/api/sales", json=SALE, headers={"Idempotency-Key": "tap-1"}).json["id"])

    threads = [threading.Thread(target=tap) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert leader.get("/api/sales").json["total"] == 1
