"""Accepting an invitation."""

import logging

import pytest

from gsctracker.domain.people import accounts, families, invitations, scouts
from gsctracker.domain.people.roles import Person
from tests import factories
from tests.web.pages.browsing import words
from tests.web.pages.odd_input import forms

FORM = {"firstName": "Cora", "lastName": "", "password": "a short sentence", "repeat": "a short sentence"}


@pytest.fixture
def ana(box):
    with box.write() as tx:
        return factories.make_scout(tx)


@pytest.fixture
def secret(box, admin, ana):
    with box.write() as tx:
        household = scouts.find(tx, ana, admin).household_id
        guardian = families.add_guardian(tx, household, "Cora", "cora@example.org", [ana], by=admin)
        return invitations.invite(tx, "cora@example.org", "caregiver", admin, guardian)


def test_the_link_says_who_is_invited_to_what(browser, secret):
    page = browser.get(f"/join/{secret}").get_data(as_text=True)
    assert "Troop 1234 invites cora@example.org." in page
    assert "Caregiver" in page


def test_she_gets_her_account_and_sees_her_girl(browser, box, secret, ana):
    """AUTH-05: an account comes from an invitation alone."""
    accepted = browser.post(f"/join/{secret}", data=FORM)
    assert (accepted.status_code, accepted.location) == (303, "/")
    assert "Ana A." in words(browser.get("/"))
    assert browser.get(f"/scouts/{ana}").status_code == 200
    with box.read() as tx:
        assert accounts.named(tx, "cora@example.org").role == "caregiver"


def test_the_link_works_once(browser, site, secret):
    browser.post(f"/join/{secret}", data=FORM)
    second = site.test_client()
    assert second.get(f"/join/{secret}").status_code == 404
    assert second.post(f"/join/{secret}", data=FORM | {"firstName": "Mallory"}).status_code == 404
    assert second.get("/").status_code == 302


def test_a_withdrawn_link_and_one_that_never_was_look_the_same(browser, box, secret, admin):
    with box.write() as tx:
        invitations.withdraw(tx, invitations.waiting(tx)[0].id, admin)
    gone, never = browser.get(f"/join/{secret}"), browser.get("/join/" + "x" * 43)
    assert gone.status_code == never.status_code == 404
    assert gone.data == never.data


def test_what_was_typed_is_kept_and_the_link_goes_on_working(browser, secret):
    answer = browser.post(f"/join/{secret}", data=FORM | {"password": "short", "repeat": "short"})
    assert answer.status_code == 422
    assert 'value="Cora"' in answer.get_data(as_text=True)
    assert 'id="password-error"' in answer.get_data(as_text=True)
    assert browser.post(f"/join/{secret}", data=FORM).status_code == 303


def test_the_secret_is_never_logged(browser, secret, caplog):
    with caplog.at_level(logging.DEBUG):
        browser.get(f"/join/{secret}")
        browser.post(f"/join/{secret}", data=FORM)
    assert "/join/" in caplog.text
    assert secret not in caplog.text


def test_a_role_is_what_the_invitation_says_not_what_the_form_says(browser, box, secret):
    browser.post(f"/join/{secret}", data=FORM | {"role": "admin", "email": "mallory@example.org"})
    with box.read() as tx:
        assert accounts.named(tx, "cora@example.org").role == "caregiver"


def test_nothing_typed_breaks_the_page(browser, secret):
    for what, form in forms(FORM):
        form["repeat"] = "another sentence"
        assert browser.post(f"/join/{secret}", data=form).status_code == 422, what
    for odd in ("%00", "a" * 5000, "%F0%9F%8D%AA", "..%2F..%2Fetc"):
        assert browser.get(f"/join/{odd}").status_code == 404, odd


def test_only_an_admin_invites_an_admin(box):
    person = Person(id=1, role="cookie_leader", first_name="Coco")
    with box.write() as tx, pytest.raises(Exception, match="Only an admin"):
        invitations.invite(tx, "mallory@example.org", "admin", person)
