"""Accounts and invitations."""

import re

import pytest

from gsctracker.domain.people import accounts, families, invitations
from tests import factories
from tests.web.pages.browsing import words
from tests.web.pages.odd_input import forms


@pytest.fixture
def cora(box):
    with box.write() as tx:
        return factories.make_person(tx, "caregiver", "Cora").id


def invite(browser, **more):
    return browser.post("/people/invite", data={"email": "new@example.org", "role": "leader"} | more)


def link_of(page) -> str:
    return re.search(r"https?://[^<\s]+(/join/[\w-]+)", page.text)[1]


def test_everybody_with_an_account_is_listed_with_role_and_girls(leader, box, girls):
    with box.write() as tx:
        factories.make_person(tx, "caregiver", "Cora", scout_ids=(girls.ava, girls.bea))
    page = words(leader.get("/people"))
    assert "Olga Admin olga@example.org Admin" in page
    assert "for Ava A., Bea B." in page


def test_a_caregiver_without_a_girl_stands_out(leader, cora):
    assert "No girl linked" in leader.get("/people").text


def test_many_accounts_come_page_by_page(leader, box):
    with box.write() as tx:
        for n in range(60):
            factories.make_person(tx, "leader", f"Person{n}")
    first = leader.get("/people")
    address = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "@" not in address, "no address of a person stands in the address of a page"
    names = set(re.findall(r"Person\d+", first.text)) | set(re.findall(r"Person\d+", leader.get(address).text))
    assert len(names) == 60


def test_an_invitation_shows_its_link_once_as_text_and_as_a_picture(leader, site):
    """AUTH-05: single-use invitations."""
    made = invite(leader)
    link = link_of(made)
    assert made.headers["Cache-Control"] == "no-store"
    assert "<svg" in made.text.split('class="qr"')[1]
    assert "new@example.org" in leader.get("/people").text
    assert link not in leader.get("/people").text
    assert site.test_client().get(link).status_code == 200


def test_a_second_press_leaves_one_link_that_works(leader, box, site):
    first, second = link_of(invite(leader)), link_of(invite(leader))
    stranger = site.test_client()
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    with box.read() as tx:
        assert len(invitations.waiting(tx)) == 1


def test_a_link_is_withdrawn(leader, box, site):
    link = link_of(invite(leader))
    with box.read() as tx:
        (waiting,) = invitations.waiting(tx)
    assert leader.post(f"/people/invitations/{waiting.id}/withdraw").status_code == 303
    assert site.test_client().get(link).status_code == 404
    assert leader.post(f"/people/invitations/{waiting.id}/withdraw").status_code == 404


def test_a_cookie_leader_makes_no_admins(leader, signed_in):
    assert 'value="admin"' not in leader.get("/people/invite").text
    refused = invite(leader, role="admin")
    assert refused.status_code == 403
    assert 'value="new@example.org"' in refused.text
    assert invite(signed_in("admin"), role="admin").status_code == 200


def test_a_guardian_of_the_roster_is_invited_as_caregiver_of_her_girls(leader, box, girls, site):
    leader.post(f"/scouts/{girls.ava}/guardians", data={"guardianName": "Cora", "guardianEmail": "cora@example.org"})
    with box.read() as tx:
        (adult,) = families.of_scouts(tx, [girls.ava])[girls.ava]
    form = leader.get(f"/people/invite?guardian={adult.id}").text
    assert 'value="cora@example.org"' in form
    link = link_of(invite(leader, email="cora@example.org", role="caregiver", guardian=str(adult.id)))
    cora = site.test_client()
    cora.post(link, data={"firstName": "Cora", "password": "a short sentence", "repeat": "a short sentence"})
    assert cora.get(f"/scouts/{girls.ava}").status_code == 200
    assert cora.get(f"/scouts/{girls.bea}").status_code == 404


def test_a_role_is_changed_and_nobody_changes_her_own(leader, box, cora):
    assert leader.post(f"/people/{cora}/role", data={"role": "leader"}).status_code == 303
    with box.read() as tx:
        assert accounts.find(tx, cora).role == "leader"
    assert leader.post(f"/people/{leader.person.id}/role", data={"role": "admin"}).status_code == 403


def test_the_last_admin_stays(signed_in, box):
    second = signed_in("admin")
    with box.write() as tx:
        accounts.disable(tx, 1, None)
    answer = second.post(f"/people/{second.person.id}/disable")
    assert answer.status_code == 409
    assert "She is the last admin" in answer.text


def test_a_disabled_account_is_out_at_once_and_can_come_back(leader, signed_in, box):
    lea = signed_in("leader")
    assert leader.post(f"/people/{lea.person.id}/disable").status_code == 303
    assert lea.get("/").status_code == 302
    assert "Disabled" in leader.get("/people").text
    leader.post(f"/people/{lea.person.id}/enable")
    with box.read() as tx:
        assert accounts.find(tx, lea.person.id).state == "active"


def test_a_girl_is_linked_to_an_account_and_unlinked(leader, signed_in, girls):
    cora = signed_in("caregiver", first_name="Cora")
    address = f"/people/{cora.person.id}/girls"
    assert cora.get(f"/scouts/{girls.ava}").status_code == 404
    for _ in range(2):
        assert leader.post(address, data={"scout": str(girls.ava)}).status_code == 303
    assert cora.get(f"/scouts/{girls.ava}").status_code == 200
    assert leader.post(f"{address}/{girls.ava}/remove").status_code == 303
    assert cora.get(f"/scouts/{girls.ava}").status_code == 404


def test_a_leader_who_is_a_mother_too_becomes_a_guardian(leader, box, girls, signed_in):
    lea = signed_in("leader")
    leader.post(f"/people/{lea.person.id}/girls", data={"scout": str(girls.ava)})
    with box.read() as tx:
        assert [girl.id for girl in families.of_accounts(tx, [lea.person.id])[lea.person.id]] == [girls.ava]


def test_an_admins_account_is_an_admins_to_change(leader):
    page = leader.get("/people/1").text
    assert "/people/1/disable" not in page
    assert leader.post("/people/1/disable").status_code == 403


@pytest.mark.parametrize(
    ("address", "usual"),
    [
        ("/people/invite", {"email": "new@example.org", "role": "leader", "guardian": ""}),
        ("/people/{}/role", {"role": "leader"}),
        ("/people/{}/girls", {"scout": "1"}),
    ],
)
def test_nothing_typed_breaks_a_form(leader, cora, address, usual):
    for what, form in forms(usual):
        answer = leader.post(address.format(cora), data=form)
        assert answer.status_code in (200, 303, 403, 404, 422), (what, answer.status)
