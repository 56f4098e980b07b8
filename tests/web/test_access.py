"""Who may enter, and from where."""

import pytest
from flask import Blueprint

from gsctracker.domain.people import roles, sessions
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


def _addresses(site):
    for rule in site.url_map.iter_rules():
        view = site.view_functions[rule.endpoint]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            address = rule.rule.replace("<troop:tid>", "1").replace("<path:name>", "app.css")
            while "<" in address:
                address = address[: address.index("<")] + "1" + address[address.index(">") + 1 :]
            yield method, address, view.allowed


def test_every_route_refuses_exactly_the_roles_it_should(site, box):
    """AUTH-01: five roles, and each route enters those that have its permission and no other."""
    with box.write() as tx:
        people = {role: factories.make_person(tx, role) for role in roles.ROLES if role != "scout"}
        people["scout"] = factories.make_person(tx, "scout", scout_ids=(factories.make_scout(tx),))
    for method, address, allowed in _addresses(site):
        for role, person in people.items():
            with box.write() as tx:
                sessions.end_all(tx, person.id)
                browser = as_person(site, person, sessions.start(tx, person.id))  # some routes end the session
            answer = browser.open(address, method=method)
            if allowed in roles.PERMISSIONS and role not in roles.PERMISSIONS[allowed]:
                assert answer.status_code == 403, (role, method, address)
            elif allowed != "public":
                assert answer.status_code != 401, (role, method, address)
                assert not answer.headers.get("Location", "").startswith("/sign-in?"), (role, method, address)


def test_a_stranger_enters_only_what_is_public(site, browser):
    for method, address, allowed in _addresses(site):
        answer = browser.open(address, method=method)
        if allowed == "public":
            assert "next=" not in answer.headers.get("Location", ""), address
        elif address.startswith("/api/"):
            assert answer.status_code == 401, address
            assert answer.json["error"]["code"] == "not_signed_in"
        else:
            assert answer.headers.get("Location", "").startswith("/sign-in"), (method, address, answer.status_code)


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
