"""Consent on pages: a leader records the paper, an adult of the family opens the girl's account and takes it all back."""

import pytest

from gsctracker import clock
from gsctracker.domain.people import accounts, consents, families
from tests import factories
from tests.web.pages.browsing import words

PHRASE = "four purple owls sing"


def paper(box, scout_id, **more):
    with box.read() as tx:
        guardian = families.of_scouts(tx, [scout_id])[scout_id][0].id
    return {"guardian": guardian, "signedOn": clock.now()[:10]} | more


def test_a_paper_is_recorded_and_the_account_opened_and_taken_back(leader, mother, girls, box, site):
    """AUTH-06: from the signed paper to the girl's own sign-in and back, on pages alone."""
    page = f"/consents/{girls.ava}"
    opened = {"nickname": "ava-mint", "password": PHRASE, "repeat": PHRASE}
    refused = mother.post(f"{page}/account", data=opened)
    assert refused.status_code == 409
    assert "No guardian&#39;s consent" in refused.text
    assert 'value="' + PHRASE not in refused.text
    assert leader.post(page, data=paper(box, girls.ava, showsName="1")).status_code == 303
    assert "Other families may read her first name" in words(mother.get(page))
    assert mother.post(f"{page}/account", data=opened).status_code == 303
    girl = site.test_client()
    assert girl.post("/sign-in", data={"email": "ava-mint", "password": PHRASE}).status_code == 303
    assert girl.get("/").status_code == 200
    assert mother.post(f"{page}/withdraw").status_code == 303
    assert girl.get("/").status_code == 302
    assert "Taken back" in words(mother.get(page))


def test_the_guardian_sets_another_passphrase(leader, mother, girls, box):
    """AUTH-06: resets go to the guardian, and to no leader while she has an account."""
    with box.write() as tx:
        factories.agree(tx, girls.ava)
        factories.make_person(tx, "scout", "Ava", scout_ids=(girls.ava,))
        before = accounts.candidate(tx, accounts.page(tx, "ava")[0].sign_in_name)
    address = f"/consents/{girls.ava}/passphrase"
    new = {"password": PHRASE, "repeat": PHRASE}
    assert leader.post(address, data=new).status_code == 403
    assert mother.post(address, data=new).status_code == 303
    with box.read() as tx:
        assert accounts.candidate(tx, accounts.page(tx, "ava")[0].sign_in_name).password_hash != before.password_hash


def test_a_paper_that_cannot_be_is_refused_beside_its_field(leader, mother, girls, box):
    answer = leader.post(f"/consents/{girls.ava}", data=paper(box, girls.ava, signedOn="2001-01-01", evidence="Binder"))
    assert answer.status_code == 422
    assert "older than a year" in answer.text
    assert 'value="Binder"' in answer.text


@pytest.mark.parametrize("path", ["", "/letter"])
def test_another_familys_girl_is_not_found(mother, girls, path):
    assert mother.get(f"/consents/{girls.bea}{path}").status_code == 404
    assert mother.get(f"/consents/{girls.ava}{path}").status_code == 200
    assert mother.get("/consents").status_code == 403


def test_another_family_takes_nothing_back(mother, girls, box):
    with box.write() as tx:
        factories.agree(tx, girls.bea)
    assert mother.post(f"/consents/{girls.bea}/withdraw").status_code == 404
    with box.read() as tx:
        assert consents.standing(tx, girls.bea)


def test_the_list_shows_who_agreed(leader, girls, box):
    with box.write() as tx:
        factories.agree(tx, girls.ava)
    said = words(leader.get("/consents"))
    assert "Ava A. until" in said
    assert "Bea B. None" in said


def test_the_girl_herself_decides_nothing(signed_in, girls):
    girl = signed_in("scout", first_name="Ava", scout_ids=(girls.ava,))
    assert girl.get(f"/consents/{girls.ava}").status_code == 403
    assert girl.post(f"/consents/{girls.ava}/withdraw").status_code == 403
