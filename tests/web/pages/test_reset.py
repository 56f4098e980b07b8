"""A new password by a link: started on the people page, finished by her alone; and two admins advised."""

import re

import pytest

from gsctracker import clock
from gsctracker.db.rows import run
from gsctracker.domain.people import accounts, resets
from tests import factories
from tests.web.conftest import PASSWORD

NEW = {"password": "quiet river lamp", "repeat": "quiet river lamp"}


@pytest.fixture
def mona(box, password_hash):
    with box.write() as tx:
        girl = factories.make_scout(tx)
        person = factories.make_person(tx, "caregiver", "Mona", scout_ids=(girl,), password_hash=password_hash)
        return accounts.find(tx, person.id)


def link_of(leader, account_id):
    page = leader.post(f"/people/{account_id}/reset")
    assert page.headers["Cache-Control"] == "no-store"
    return re.search(r"/reset/[\w-]+", page.text)[0]


def test_a_leader_starts_it_and_she_alone_chooses(leader, browser, mona):
    assert "you never learn it" in leader.get(f"/people/{mona.id}/reset").text
    link = link_of(leader, mona.id)
    assert mona.sign_in_name in browser.get(link).text
    sent = browser.post(link, data=NEW)
    assert (sent.status_code, sent.location) == (303, "/sign-in")
    assert browser.get("/").status_code == 302, "the link itself signs nobody in"
    assert browser.get(link).status_code == browser.post(link, data=NEW).status_code == 404
    said = {"email": mona.sign_in_name, "password": PASSWORD}
    assert browser.post("/sign-in", data=said).status_code == 401
    assert browser.post("/sign-in", data=said | {"password": NEW["password"]}).status_code == 303


@pytest.mark.parametrize(
    "typed",
    [{"password": "short", "repeat": "short"}, {"password": "password1", "repeat": "password1"}, {"repeat": "x"}],
)
def test_a_password_that_will_not_do_is_said_beside_its_field_and_the_link_stays(leader, browser, mona, typed):
    link = link_of(leader, mona.id)
    refused = browser.post(link, data=NEW | typed)
    assert refused.status_code == 422
    assert "-error" in refused.text
    assert browser.post(link, data=NEW).status_code == 303


def test_starting_one_and_giving_a_role_ask_for_the_password_after_a_while(leader, box, mona):
    with box.write() as tx:
        run(tx, "UPDATE sessions SET proven_at = :then", then=clock.after(minutes=-11))
    assert 'name="password"' in leader.get(f"/people/{mona.id}/reset").text
    for address, form in ((f"/people/{mona.id}/reset", {}), (f"/people/{mona.id}/role", {"role": "leader"})):
        refused = leader.post(address, data=form)
        assert refused.status_code == 422
        assert "Type your password once more" in refused.text


def test_a_cookie_leader_starts_none_for_an_admin(leader):
    assert leader.post("/people/1/reset").status_code == 403


def test_the_secret_of_a_link_stands_in_no_log(caplog, browser, box, mona):
    with box.write() as tx:
        secret = resets.start(tx, mona.id, None)
    with caplog.at_level("DEBUG"):
        browser.get(f"/reset/{secret}")
    assert secret not in caplog.text


def test_one_admin_alone_is_told_on_the_people_page(leader, box):
    """AUTH-16: a banner when there is only one admin."""
    assert "one admin alone" in leader.get("/people").text
    with box.write() as tx:
        factories.make_person(tx, "admin", "Ida")
    assert "one admin alone" not in leader.get("/people").text
