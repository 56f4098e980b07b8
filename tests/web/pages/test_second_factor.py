"""A second factor at the doors: the page that sets it up, the second step of signing in, the API's answer."""

import re

import pyotp
import pytest

from gsctracker import clock
from gsctracker.domain.people import accounts
from tests import factories
from tests.web.conftest import PASSWORD

NAME = "lea1@example.org"


@pytest.fixture
def lea(site, box, password_hash):
    with box.write() as tx:
        person = factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    browser = site.test_client()
    browser.post("/sign-in", data={"email": NAME, "password": PASSWORD})
    browser.person = person
    return browser


@pytest.fixture
def phone(lea):
    page = lea.post("/account/second-factor").text
    return pyotp.TOTP(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))


@pytest.fixture
def codes(lea, phone):
    answer = lea.post("/account/second-factor/confirm", data={"code": phone.at(at(-1))})
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.findall(r"<code>([a-z0-9-]+)</code>", answer.text)
    assert len(found) == 10
    return found


def at(steps=0):
    return int(clock.moment().timestamp()) + steps * 30


def first_step(site, wanted="/scouts"):
    browser = site.test_client()
    page = browser.post("/sign-in", data={"email": NAME, "password": PASSWORD, "next": wanted})
    return browser, re.search(r'name="ticket" value="([^"]+)"', page.text)[1]


def test_a_wrong_first_code_shows_the_picture_again(lea, phone):
    page = lea.post("/account/second-factor/confirm", data={"code": "12345"})
    assert page.status_code == 422
    assert "<svg" in page.text
    assert "It is off" not in page.text


def test_the_password_alone_opens_nothing_and_the_code_does(site, codes, phone):
    """S5: the second step."""
    browser, ticket = first_step(site)
    assert browser.get("/scouts").status_code == 302
    wrong = browser.post("/sign-in/code", data={"ticket": ticket, "code": "12345", "next": "/scouts"})
    assert wrong.status_code == 401
    assert "does not fit" in wrong.text
    right = browser.post("/sign-in/code", data={"ticket": ticket, "code": phone.at(at()), "next": "/scouts"})
    assert (right.status_code, right.location) == (303, "/scouts")
    assert browser.get("/scouts").status_code == 200
    thief, other = first_step(site)
    replayed = thief.post("/sign-in/code", data={"ticket": other, "code": phone.at(at()), "next": "/"})
    assert replayed.status_code == 401


def test_a_recovery_code_lets_her_in_once(site, codes):
    for expected in (303, 401):
        browser, ticket = first_step(site)
        assert browser.post("/sign-in/code", data={"ticket": ticket, "code": codes[3]}).status_code == expected


def test_a_ticket_that_is_made_up_or_of_an_old_password_leads_back(site, box, codes, lea):
    browser, ticket = first_step(site)
    for bad in ("", "x", ticket[:-2], ticket + "x"):
        assert browser.post("/sign-in/code", data={"ticket": bad, "code": codes[0]}).location == "/sign-in"
    with box.write() as tx:
        accounts.set_password(tx, lea.person.id, factories.HASH, None)
    assert browser.post("/sign-in/code", data={"ticket": ticket, "code": codes[0]}).location == "/sign-in"


def test_codes_are_not_guessed_at_leisure(site, codes):
    """Five wrong codes wait like five wrong passwords, and typing the password again does not clear the count."""
    browser, ticket = first_step(site)
    for number in range(5):
        if number == 3:
            browser, ticket = first_step(site)
        assert browser.post("/sign-in/code", data={"ticket": ticket, "code": "12345"}).status_code == 401
    limited = browser.post("/sign-in/code", data={"ticket": ticket, "code": codes[0]})
    assert limited.status_code == 429
    assert limited.headers["Retry-After"]


def test_the_api_says_that_a_code_is_needed_and_takes_it(site, codes, phone):
    browser = site.test_client()
    body = {"email": NAME, "password": PASSWORD}
    needed = browser.post("/api/auth/login", json=body)
    assert (needed.status_code, needed.json["error"]["code"]) == (401, "second_factor_required")
    wrong = browser.post("/api/auth/login", json=body | {"code": "000"})
    assert (wrong.status_code, wrong.json["error"]["code"]) == (401, "second_factor_wrong")
    assert browser.get("/api/auth/me").status_code == 401
    assert browser.post("/api/auth/login", json=body | {"code": phone.at(at())}).status_code == 200
    assert browser.get("/api/auth/me").status_code == 200


def test_she_makes_new_codes_and_turns_it_off(site, lea, codes):
    page = lea.post("/account/second-factor/codes")
    assert codes[0] not in page.text
    assert len(re.findall(r"<code>([a-z0-9-]+)</code>", page.text)) == 10
    assert lea.post("/account/second-factor/off").status_code == 303
    browser = site.test_client()
    assert browser.post("/sign-in", data={"email": NAME, "password": PASSWORD}).status_code == 303
