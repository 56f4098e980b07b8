"""Who may enter, and from where. Every route with every role is tried in tests/security/test_matrix.py."""

import pytest
from flask import Blueprint

from gsctracker.domain.people import sessions
from gsctracker.web import app as web
from gsctracker.web.access import safe_next
from tests import factories
from tests.web.conftest import as_person

SALE = {"cookieType": "Thin Mints", "quantity": 1}


def test_an_app_with_a_route_that_does_not_say_who_may_enter_does_not_start(box, config, monkeypatch):
    silent = Blueprint("silent", __name__)
    silent.get("/silent")(lambda: "nobody said who")
    monkeypatch.setattr(web.pages, "blueprints", lambda: [silent])

    with pytest.raises(RuntimeError, match="/silent"):
        web.create_app(config, box, "secret")


def test_a_permission_nobody_has_does_not_start_either(box, config, monkeypatch):
    wrong = Blueprint("wrong", __name__)
    wrong.get("/wrong")(web.access.allow("bake")(lambda: ""))
    monkeypatch.setattr(web.pages, "blueprints", lambda: [wrong])

    with pytest.raises(RuntimeError, match="bake"):
        web.create_app(config, box, "secret")


def test_a_scout_sells_for_herself_and_sees_no_others(site, box):
    """AUTH-01: a scout's account stands for one girl."""
    with box.write() as tx:
        ana = factories.make_scout(tx, "Ana")
        factories.make_scout(tx, "Bea")
        person = factories.make_person(tx, "scout", "Ana", scout_ids=(ana,))
        token = sessions.start(tx, person.id)
    scout = as_person(site, person, token)

    assert scout.post("/api/sales", json=SALE).json["scoutId"] == ana
    assert [row["firstName"] for row in scout.get("/api/troops/1/scouts").json["items"]] == ["Ana"]
    assert [row["firstName"] for row in scout.get("/api/troops/1/summary").json["scouts"]] == ["Ana"]
    assert scout.post("/api/troops/1/payments", json={}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "file://"},
        {"Origin": "http://[::1"},
    ],
)
def test_a_write_from_another_site_is_refused(leader, headers):
    answer = leader.post("/api/sales", json=SALE, headers=headers)

    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "cross_site"
    assert leader.get("/api/sales").json["total"] == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Origin": "http://localhost:80"}, {"Sec-Fetch-Site": "same-origin"}],
)
def test_a_write_of_our_own_page_or_of_a_program_is_taken(leader, headers):
    assert leader.post("/api/sales", json=SALE, headers=headers).status_code == 201


def test_signing_in_from_another_site_is_refused_too(browser):
    assert browser.post("/api/auth/login", json={}, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_an_account_that_is_disabled_is_out_at_once(site, box, signed_in, admin):
    from gsctracker.domain.people import accounts

    browser = signed_in("leader")
    assert browser.get("/api/auth/me").status_code == 200
    with box.write() as tx:
        accounts.disable(tx, browser.person.id, admin)

    assert browser.get("/api/auth/me").status_code == 401


def test_the_troop_of_another_number_is_not_there(leader):
    for number in ("2", "0", "x", "11"):
        assert leader.get(f"/api/troops/{number}/summary").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\\b",
        "/a\nb",
        "x" * 600,
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_site(wanted):
    assert safe_next(wanted) == "/"


def test_after_signing_in_she_comes_to_the_page_she_wanted():
    assert safe_next("/sales?q=ada") == "/sales?q=ada"
