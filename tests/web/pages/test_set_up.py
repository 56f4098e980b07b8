"""The first run."""

import pytest

from gsctracker.domain.people import accounts
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.web import limits
from gsctracker.web.app import create_app
from tests.web.pages.odd_input import forms

FORM = {
    "troop": "1234",
    "name": "",
    "council": "Example Council",
    "timeZone": "America/Chicago",
    "season": "2026",
    "baker": "abc",
    "firstName": "Olga",
    "lastName": "",
    "email": "olga@example.org",
    "password": "a short sentence",
    "repeat": "a short sentence",
}


@pytest.fixture
def stranger(db, config):
    return create_app(config, db, "a secret for tests, forty characters long").test_client()


@pytest.fixture
def code(db):
    with db.write() as tx:
        return troop.issue_setup_code(tx)


def test_every_page_of_a_box_without_a_troop_leads_to_the_first_run(stranger):
    for address in ("/", "/scouts", "/settings", "/sign-in", "/join/some-secret-or-other"):
        answer = stranger.get(address, follow_redirects=True)
        assert answer.request.path == "/set-up", address
        assert answer.status_code == 200


def test_the_link_of_the_console_brings_its_code_along(stranger, code):
    page = stranger.get(f"/setup?code={code}", follow_redirects=True)
    assert page.request.path == "/set-up"
    assert f'value="{code}"' in page.get_data(as_text=True)


def test_the_box_is_set_up_and_its_admin_is_signed_in(stranger, db, code):
    """AUTH-01: the first admin comes from the first run."""
    made = stranger.post("/set-up", data=FORM | {"code": code})
    assert (made.status_code, made.location) == (303, "/")
    with db.read() as tx:
        assert troop.own(tx).name == "Troop 1234"
        assert accounts.named(tx, "olga@example.org").role == "admin"
        assert len(catalogue.products(tx, seasons.current(tx).id)) == 10
    home = stranger.get("/").get_data(as_text=True)
    assert "Import a roster" in home
    assert "Your box is ready" in home


def test_a_box_is_set_up_once(stranger, code, db):
    stranger.post("/set-up", data=FORM | {"code": code})
    stranger.delete_cookie("gsct_session")
    again = stranger.post("/set-up", data=FORM | {"code": code, "email": "mallory@example.org"})
    assert again.status_code == 409
    assert stranger.get("/set-up").location == "/"
    with db.read() as tx:
        assert [one.sign_in_name for one in accounts.page(tx)] == ["olga@example.org"]


def test_without_the_code_nothing_is_made(stranger, db, code):
    refused = stranger.post("/set-up", data=FORM | {"code": "aaaa-bbbb-cccc"})
    assert refused.status_code == 422
    assert "That set-up code is not right" in refused.get_data(as_text=True)
    with db.read() as tx:
        assert not troop.is_set_up(tx)


def test_all_that_is_wrong_is_said_at_once_and_what_was_typed_is_kept(stranger, code):
    wrong = {"code": code, "troop": "", "season": "next year", "baker": "", "email": "olga at home"}
    answer = stranger.post("/set-up", data=FORM | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("troop", "season", "baker", "email"):
        assert f'id="{field}-error"' in page, field
    for typed in ("next year", "olga at home", "Example Council", "Olga"):
        assert f'value="{typed}"' in page, typed
    assert "4 things to correct" in page
    assert "Baker: Please choose one of these." in page


def test_two_different_passwords_are_a_slip(stranger, code):
    answer = stranger.post("/set-up", data=FORM | {"code": code, "repeat": "another sentence"})
    assert 'id="repeat-error"' in answer.get_data(as_text=True)


def test_nothing_typed_breaks_the_page(stranger, code):
    for what, form in forms(FORM | {"code": code}):
        if "repeat" in form:
            form["password"] = "short"  # so that nothing is made and each answer comes from a form that is wrong
        limits.of(stranger.application).attempts.right("set-up code from 127.0.0.1")  # each is a first try
        assert stranger.post("/set-up", data=form).status_code == 422, what
