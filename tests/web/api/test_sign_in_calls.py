"""Signing in and out through the API."""

import pytest

from tests import factories
from tests.web.conftest import PASSWORD


@pytest.fixture
def lea(box, password_hash):
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    return "lea1@example.org"


def test_email_and_password_as_json_give_a_session(browser, lea):
    answer = browser.post("/api/auth/login", json={"email": lea, "password": PASSWORD})

    assert answer.status_code == 200
    assert answer.json["user"].items() >= {"firstName": "Lea", "role": "leader", "troopId": 1}.items()
    assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in answer.headers["Set-Cookie"].split(";")}
    assert browser.get("/api/auth/me").json == answer.json


def test_email_and_password_as_a_form_give_a_session_too(browser, lea):
    answer = browser.post("/api/auth/login", data={"email": lea, "password": PASSWORD})

    assert answer.status_code == 200
    assert browser.get("/api/auth/me").status_code == 200


def test_the_cookie_is_secure_when_the_visitor_came_by_https(browser, lea):
    answer = browser.post(
        "/api/auth/login", json={"email": lea, "password": PASSWORD}, base_url="https://cookies.local"
    )

    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("lea1@example.org", "wrong password"), ("nobody@example.org", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser, lea, name, password):
    answer = browser.post("/api/auth/login", json={"email": name, "password": password})

    assert answer.status_code == 401
    assert answer.json["error"]["code"] == "invalid_credentials"
    assert "Set-Cookie" not in answer.headers


def test_signing_out_ends_the_session_for_good(browser, lea):
    browser.post("/api/auth/login", json={"email": lea, "password": PASSWORD})
    token = browser.get_cookie("gsct_session").value

    assert browser.post("/api/auth/logout").status_code == 204

    browser.set_cookie("gsct_session", token)
    assert browser.get("/api/auth/me").status_code == 401


def test_signing_in_again_ends_the_session_before(browser, lea):
    browser.post("/api/auth/login", json={"email": lea, "password": PASSWORD})
    before = browser.get_cookie("gsct_session").value
    browser.post("/api/auth/login", json={"email": lea, "password": PASSWORD})

    browser.set_cookie("gsct_session", before)
    assert browser.get("/api/auth/me").status_code == 401
