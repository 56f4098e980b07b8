"""One's own account."""

import pytest

from gsctracker.domain.people import accounts, attempts
from gsctracker.web.visitors import COOKIE
from tests.web.conftest import PASSWORD
from tests.web.pages.odd_input import forms

CHANGE = {"current": PASSWORD, "password": "another sentence", "repeat": "another sentence"}


@pytest.fixture
def lea(signed_in, password_hash):
    return signed_in("leader", password_hash=password_hash)


def test_she_sees_her_name_role_and_language(lea):
    page = lea.get("/account").get_data(as_text=True)
    assert 'value="Lea"' in page
    assert "Leader" in page


def test_she_changes_her_name(lea):
    assert lea.post("/account/name", data={"firstName": "Léa", "lastName": "W."}).location == "/account"
    assert 'value="Léa"' in lea.get("/account").get_data(as_text=True)


def test_an_adult_is_reached_by_leaders_alone_where_she_says(lea, signed_in, girls, box):
    """AUTH-13: the profile: name, contact and language are hers to edit; the number is in no page of another family's."""
    mother, other, girl = signed_in("caregiver"), signed_in("caregiver"), signed_in("scout", scout_ids=(girls.ava,))
    assert mother.post("/account/phone", data={"phone": " +1 (555) 010-7788 "}).location == "/account"
    assert "+1 (555) 010-7788" in mother.get("/account").text
    page = f"/people/{mother.person.id}"
    assert "010-7788" in lea.get(page).text
    for stranger in (other, girl):
        assert stranger.get(page).status_code == 403
        assert "010-7788" not in stranger.get("/").text + stranger.get("/account").text
    with box.read() as tx:
        assert "7788" not in str(list(tx.execute("SELECT detail FROM audit_log")))
    assert mother.post("/account/phone", data={"phone": ""}).location == "/account"
    assert "010-7788" not in lea.get(page).text


def test_a_number_that_is_none_and_a_girls_number_are_not_kept(signed_in, girls):
    """AUTH-13: of a girl neither telephone nor last name is taken from her own page."""
    mother, girl = signed_in("caregiver"), signed_in("scout", scout_ids=(girls.ava,))
    answer = mother.post("/account/phone", data={"phone": "<call me>"})
    assert answer.status_code == 422
    assert "&lt;call me&gt;" in answer.text
    assert girl.post("/account/phone", data={"phone": "555 010 7788"}).status_code == 403
    girl.post("/account/name", data={"firstName": "Ava", "lastName": "Birnbaum"})
    assert "Birnbaum" not in girl.get("/account").text
    assert 'name="phone"' not in girl.get("/account").text


def test_she_changes_her_language(lea):
    lea.post("/account/language", data={"language": "es"})
    assert '<html lang="es"' in lea.get("/account").get_data(as_text=True)


def test_a_new_password_ends_every_other_session(lea, site, box):
    """A stolen session does not outlive the password."""
    stolen = lea.get_cookie(COOKIE).value
    assert lea.post("/account/password", data=CHANGE).location == "/account"
    assert lea.get("/account").status_code == 200
    thief = site.test_client()
    thief.set_cookie(COOKIE, stolen)
    assert thief.get("/account").status_code == 302
    with box.read() as tx:
        name = accounts.find(tx, lea.person.id).sign_in_name
    fresh = site.test_client()
    assert fresh.post("/sign-in", data={"email": name, "password": PASSWORD}).status_code == 401
    assert fresh.post("/sign-in", data={"email": name, "password": CHANGE["password"]}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"current": "not it"}, "current"),
        ({"password": "short", "repeat": "short"}, "password"),
        ({"password": "x" * 200, "repeat": "x" * 200}, "password"),
        ({"repeat": "something else"}, "repeat"),
    ],
)
def test_a_password_that_cannot_be_says_why_beside_its_field(lea, wrong, field):
    answer = lea.post("/account/password", data=CHANGE | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_nothing_typed_breaks_the_page(lea, monkeypatch):
    monkeypatch.setattr(attempts, "FREE_TRIES", 10_000)
    for what, form in forms({"firstName": "Lea", "lastName": "W."}):
        assert lea.post("/account/name", data=form).status_code in (303, 422), what
    for what, form in forms({"language": "en"}):
        assert lea.post("/account/language", data=form).status_code == 422, what
    for what, form in forms({"password": "another sentence"}):
        assert lea.post("/account/password", data=form | {"current": "not it"}).status_code == 422, what
