"""The page that lets people in and out."""

import pytest

from gsctracker.domain.people import accounts, attempts
from gsctracker.web.visitors import COOKIE
from tests import factories
from tests.web.conftest import PASSWORD
from tests.web.pages.odd_input import forms


@pytest.fixture
def lea(box, password_hash):
    with box.write() as tx:
        return factories.make_person(tx, "leader", "Lea", password_hash=password_hash)


@pytest.fixture
def lea_signs_in_as(box, lea):
    with box.read() as tx:
        return accounts.find(tx, lea.id).sign_in_name


def enter(browser, name, password, **more):
    return browser.post("/sign-in", data={"email": name, "password": password} | more)


def test_a_stranger_is_led_to_the_form_and_from_there_to_the_page_she_wanted(browser, lea_signs_in_as):
    sent = browser.get("/scouts?status=active")
    assert sent.status_code == 302
    assert sent.location == "/sign-in?next=/scouts%3Fstatus%3Dactive"
    page = browser.get(sent.location).get_data(as_text=True)
    assert 'name="next" value="/scouts?status=active"' in page

    entered = enter(browser, lea_signs_in_as, PASSWORD, next="/scouts?status=active")
    assert (entered.status_code, entered.location) == (303, "/scouts?status=active")
    assert browser.get("/scouts").status_code == 200


def test_a_wrong_password_and_a_name_nobody_has_get_the_same_sentence(browser, lea_signs_in_as):
    """Nothing tells whether an account exists."""
    wrong = enter(browser, lea_signs_in_as, "not the password")
    unknown = enter(browser, "nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    same = [one.get_data(as_text=True).replace(lea_signs_in_as, "X") for one in (wrong, unknown)]
    assert same[0] == same[1].replace("nobody@example.org", "X")
    assert "do not belong together" in same[0]
    assert browser.get("/scouts").status_code == 302


def test_the_name_is_kept_and_the_password_is_not(browser):
    page = enter(browser, "nobody@example.org", "what I typed").get_data(as_text=True)
    assert 'value="nobody@example.org"' in page
    assert "what I typed" not in page


@pytest.mark.parametrize("trap", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_on_never_leaves_the_site(browser, lea_signs_in_as, trap):
    assert enter(browser, lea_signs_in_as, PASSWORD, next=trap).location == "/"


def test_a_disabled_account_does_not_sign_in(browser, box, lea, lea_signs_in_as):
    with box.write() as tx:
        accounts.disable(tx, lea.id, None)
    assert enter(browser, lea_signs_in_as, PASSWORD).status_code == 401


def test_signing_out_ends_the_session_at_the_server(browser, site, lea_signs_in_as):
    enter(browser, lea_signs_in_as, PASSWORD)
    token = browser.get_cookie(COOKIE).value
    out = browser.post("/sign-out")
    assert (out.status_code, out.location) == (303, "/sign-in")
    thief = site.test_client()
    thief.set_cookie(COOKIE, token)
    assert thief.get("/scouts").status_code == 302


def test_a_stranger_can_read_the_page_in_the_language_she_chose(browser):
    said = browser.post("/language", data={"language": "es", "next": "/sign-in"})
    assert said.location == "/sign-in"
    assert '<html lang="es"' in browser.get("/sign-in").get_data(as_text=True)


def test_another_site_cannot_sign_anybody_in(browser, lea_signs_in_as):
    data = {"email": lea_signs_in_as, "password": PASSWORD}
    assert browser.post("/sign-in", data=data, headers={"Origin": "https://evil.example"}).status_code == 403


def test_nothing_typed_breaks_the_page(browser, monkeypatch):
    monkeypatch.setattr(attempts, "FREE_TRIES", 10_000)
    for what, form in forms({"email": "lea@example.org", "password": "x" * 8, "next": "/"}):
        assert browser.post("/sign-in", data=form).status_code == 401, what
