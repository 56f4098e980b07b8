"""Passkeys at their doors, without a device: who is asked what, and how long somebody may try what is none."""

import json

from gsctracker.db.rows import value
from gsctracker.domain.people import passkeys
from tests.domain.people.test_passkeys import HERE, made
from tests.web.pages.browsing import words

SAFE = {"base_url": "https://cookies.local"}


def test_the_page_says_where_they_work(leader):
    assert "this address is not one" not in words(leader.get("/account/passkeys"))
    leader.set_cookie("gsct_session", leader.get_cookie("gsct_session").value, domain="192.168.1.20")
    assert "this address is not one" in words(leader.get("/account/passkeys", base_url="http://192.168.1.20"))
    assert "Passkeys need a name and HTTPS" in words(leader.post("/account/passkeys", base_url="http://192.168.1.20"))


def test_making_one_takes_her_password_where_it_was_not_typed_just_now(leader, box):
    with box.write() as tx:
        tx.execute("UPDATE sessions SET proven_at = '2025-01-01T00:00:00Z'")
    refused = leader.post("/account/passkeys")
    assert refused.status_code == 422
    assert "data-asked" not in refused.text


def test_hers_are_named_and_removed_by_herself(leader, signed_in, box):
    with box.write() as tx:
        one = passkeys.keep(tx, leader.person, made(), "Phone", HERE, b"chance")
    other = signed_in("caregiver")
    for path in ("name", "remove"):
        assert other.post(f"/account/passkeys/{one}/{path}", data={"name": "Mine"}).status_code == 404
    assert leader.post(f"/account/passkeys/{one}/name", data={"name": ""}).status_code == 422
    assert leader.post(f"/account/passkeys/{one}/name", data={"name": "Old phone"}).status_code == 303
    assert "Old phone" in leader.get("/account/passkeys").text
    assert leader.post(f"/account/passkeys/{one}/remove").status_code == 303
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM passkeys") == 0


def test_a_girl_is_not_offered_one(signed_in, girls):
    girl = signed_in("scout", scout_ids=(girls.ava,))
    assert "/account/passkeys" not in girl.get("/account").text
    assert girl.get("/account/passkeys").status_code == 403


def test_what_is_no_passkey_waits_like_a_wrong_password(browser, box, leader):
    """SEC-14: a known and an unknown one alike: refused in the same words, and the sixth try waits."""
    with box.write() as tx:
        passkeys.keep(tx, leader.person, made(), "Phone", HERE, b"chance")
    for name in (made().credential_id, "credential-nobody-has"):
        said = json.dumps({"id": name, "rawId": name, "type": "public-key", "response": {"clientDataJSON": "e30"}})
        answers = [browser.post("/sign-in/passkey", data={"said": said}, **SAFE) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert answers[5].headers["Retry-After"]
        assert "does not fit here" in words(answers[0])


def test_each_challenge_is_another_and_kept_by_nobody(browser):
    asked = [browser.post("/sign-in/passkey/challenge", **SAFE) for _ in range(2)]
    assert len({answer.json["challenge"] for answer in asked}) == 2
    assert {answer.headers["Cache-Control"] for answer in asked} == {"no-store"}
    assert {answer.json["rpId"] for answer in asked} == {"cookies.local"}
    assert "Set-Cookie" not in asked[0].headers
