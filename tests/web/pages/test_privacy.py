"""The privacy notice and the terms: to read for everybody, versions, and who accepted which."""

import re

import pytest

from gsctracker.db.rows import many
from gsctracker.domain.people import invitations, notices_accepted
from gsctracker.ops.timetable import timetable
from tests.web.pages.browsing import OLGA, words


@pytest.mark.parametrize("path", ["/privacy", "/terms"])
def test_everybody_reads_them_without_signing_in(browser, box, path):
    """AUTH-10: both are public."""
    answer = browser.get(path)
    assert answer.status_code == 200
    assert "Row(" not in words(answer)  # what is announced on every page is not the text of this one


def test_the_notice_says_how_long_each_kind_of_record_is_kept(browser, box, config):
    """AUTH-12: the periods come from the jobs that keep them."""
    said = words(browser.get("/privacy"))
    for job in timetable(config):
        assert job.keeps in said


def test_the_cookies_are_those_that_the_notice_names(browser, box, signed_in):
    """AUTH-11: no cookie but the four that the notice names, at signing in, choosing a language and saving as well."""
    assert "Four cookies are set and each is necessary" in words(browser.get("/privacy"))
    mother = signed_in("caregiver")
    spoken = browser.post("/language", data={"language": "es"})
    for answer in (
        browser.get("/sign-in"),
        spoken,
        mother.get("/"),
        mother.post("/account/name", data={"firstName": "Mia"}),
    ):
        names = {re.split("=", cookie)[0] for cookie in answer.headers.getlist("Set-Cookie")}
        assert names <= {"gsct_session", "gsct_notices", "gsct_device", "gsct_language"}


def test_a_person_accepts_both_when_she_opens_her_account(box, browser):
    """AUTH-10: the version accepted is stored at the sign-up."""
    with box.write() as tx:
        secret = invitations.invite(tx, "mia@example.org", "caregiver", OLGA)
    typed = {"firstName": "Mia", "password": "four purple owls sing", "repeat": "four purple owls sing"}
    assert "/privacy" in browser.get(f"/join/{secret}").text
    assert browser.post(f"/join/{secret}", data=typed).status_code == 303
    with box.read() as tx:
        kept = {(row.kind, row.hash) for row in many(tx, "SELECT kind, hash FROM notice_acceptances")}
        assert kept == {(kind, notices_accepted.in_force(tx, kind).hash) for kind in notices_accepted.KINDS}
    assert "I accept both" not in browser.get("/privacy").text


def test_another_text_is_asked_about_anew(leader, mother, box):
    """AUTH-10: templates are edited; who accepted the earlier version is asked for the new one."""
    mother.post("/privacy/accept")
    assert "I accept both" not in mother.get("/privacy").text
    assert mother.get("/privacy/privacy/edit").status_code == 403
    said = {"said": "Our own words.\n\nAnd <b>more</b>."}
    assert leader.post("/privacy/privacy/edit", data=said).status_code == 303
    page = mother.get("/privacy")
    assert "I accept both" in page.text
    assert "Our own words." in page.text
    assert "<b>more</b>" not in page.text
    mother.post("/privacy/accept")
    with box.read() as tx:
        assert len(notices_accepted.accepted(tx, mother.person.id)) == 3
    assert leader.post("/privacy/privacy/edit", data={"said": ""}).status_code == 422
