"""Invitations: one person, one use, seven days."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import accounts, families, invitations, scouts, sessions
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import HASH, make_person, make_scout


@pytest.mark.parametrize("role", ["leader", "caregiver"])
def test_only_who_manages_people_invites(tx, role):
    """AUTH-01: no caregiver lets others in."""
    with pytest.raises(NotAllowed):
        invitations.invite(tx, "new@example.org", "caregiver", make_person(tx, role))


def test_only_an_admin_invites_an_admin(tx):
    with pytest.raises(NotAllowed, match="Only an admin"):
        invitations.invite(tx, "new@example.org", "admin", make_person(tx, "cookie_leader"))


@pytest.mark.parametrize(
    ("email", "role"), [("nobody", "leader"), ("", "leader"), ("a@example.org", "scout"), ("a@example.org", "x")]
)
def test_what_cannot_be_invited_is_refused(tx, admin, email, role):
    with pytest.raises(Invalid):
        invitations.invite(tx, email, role, admin)


@pytest.mark.parametrize("state", ["used", "withdrawn", "expired", "made up"])
def test_a_link_that_is_over_opens_nothing(tx, admin, state):
    """AUTH-05: single use, and the same words for each reason."""
    secret = invitations.invite(tx, "new@example.org", "leader", admin)
    match state:
        case "used":
            invitations.accept(tx, secret, "New", "", HASH)
        case "withdrawn":
            invitations.withdraw(tx, invitations.waiting(tx)[0].id, admin)
        case "expired":
            run(tx, "UPDATE invitations SET expires_at = :past", past=clock.after(seconds=-1))
        case _:
            secret = secret[:-1] + "A"
    with pytest.raises(NotFound, match="was used or has run out"):
        invitations.accept(tx, secret, "New", "", HASH)
    if state != "made up":
        assert invitations.waiting(tx) == []


def test_a_second_invitation_of_an_address_ends_the_first(tx, admin):
    first = invitations.invite(tx, "new@example.org", "leader", admin)
    second = invitations.invite(tx, "New@Example.org", "caregiver", admin)
    with pytest.raises(NotFound):
        invitations.open_invitation(tx, first)
    assert invitations.open_invitation(tx, second).role == "caregiver"


def test_a_guardian_comes_in_by_one_link_only(tx, admin):
    ana = make_scout(tx, "Ana")
    guardian = families.answer_for(tx, ana, "Gia", None, by=admin)
    links = [invitations.invite(tx, f"gia{n}@example.org", "caregiver", admin, guardian) for n in (1, 2)]
    account = invitations.accept(tx, links[0], "Gia", "", HASH)
    with pytest.raises(Conflict, match="has an account"):
        invitations.accept(tx, links[1], "Gia", "", HASH)
    assert families.find(tx, guardian).account_id == account


def test_the_links_secret_is_not_kept(tx, admin):
    secret = invitations.invite(tx, "new@example.org", "leader", admin)
    assert value(tx, "SELECT count(*) FROM invitations WHERE token_hash = :s", s=secret) == 0


def test_a_caregiver_comes_in_and_sees_her_girl(tx, admin):
    """AUTH-05: linked by invitation."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    guardian = families.add_guardian(
        tx, scouts.find(tx, ana, admin).household_id, "Gia", "gia@example.org", [ana], by=admin
    )
    account = invitations.accept(
        tx, invitations.invite(tx, "gia@example.org", "caregiver", admin, guardian), "Gia", "Green", HASH, "es"
    )
    gia = sessions.resume(tx, sessions.start(tx, account))
    assert (gia.role, gia.scout_ids, gia.language) == ("caregiver", {ana}, "es")
    with pytest.raises(NotFound):
        scouts.find(tx, bea, gia)


def test_a_guardian_with_an_account_is_not_invited_again(tx, admin):
    """Otherwise a second account would silently take the girls from the first."""
    caregiver = make_person(tx, "caregiver", scout_ids=(make_scout(tx),))
    guardian = value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=caregiver.id)
    with pytest.raises(Conflict, match="has an account already"):
        invitations.invite(tx, "other@example.org", "caregiver", admin, guardian)
    with pytest.raises(NotFound):
        invitations.invite(tx, "other@example.org", "caregiver", admin, 99)


def test_an_address_that_signs_in_already_gets_no_second_account(tx, admin):
    secret = invitations.invite(tx, "olga@example.org", "leader", admin)
    with pytest.raises(Conflict, match="signs in with that name already"):
        invitations.accept(tx, secret, "Olga", "", HASH)
    assert accounts.find(tx, admin.id).role == "admin"


def test_an_invitation_is_withdrawn_once_and_by_who_may(tx, admin):
    invitations.invite(tx, "new@example.org", "leader", admin)
    waiting = invitations.waiting(tx)[0]
    with pytest.raises(NotAllowed):
        invitations.withdraw(tx, waiting.id, make_person(tx, "leader"))
    invitations.withdraw(tx, waiting.id, admin)
    with pytest.raises(NotFound):
        invitations.withdraw(tx, waiting.id, admin)
