"""Guardians: who answers for which girls."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.people import families, scouts
from gsctracker.errors import Invalid, NotAllowed, NotFound
from tests.factories import make_person, make_scout


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana")


def household(tx, scout, admin):
    return scouts.find(tx, scout, admin).household_id


@pytest.mark.parametrize(("name", "email"), [("", None), ("x" * 81, None), ("Gia", "nonsense"), ("Gia", "a@b")])
def test_what_cannot_be_a_guardian_is_refused(tx, admin, ana, name, email):
    with pytest.raises(Invalid):
        families.add_guardian(tx, household(tx, ana, admin), name, email, [ana], by=admin)


def test_nobody_answers_for_a_girl_who_is_not_there(tx, admin, ana):
    with pytest.raises(NotFound):
        families.add_guardian(tx, household(tx, ana, admin), "Gia", None, [ana, 99], by=admin)


def test_a_caregiver_links_nobody_and_unlinks_nobody(tx, admin, ana):
    """AUTH-05: links are made by leaders and invitations, never by families."""
    caregiver = make_person(tx, "caregiver", scout_ids=(ana,))
    guardian = value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=caregiver.id)
    with pytest.raises(NotAllowed):
        families.add_guardian(tx, household(tx, ana, admin), "Gia", None, [ana], by=caregiver)
    with pytest.raises(NotAllowed):
        families.unlink(tx, guardian, ana, caregiver)
    bea = make_scout(tx, "Bea")
    for email in (None, "gia@example.org"):
        with pytest.raises(NotAllowed):
            families.answer_for(tx, bea, "Gia", email, by=caregiver)
    with pytest.raises(NotAllowed):
        families.link(tx, guardian, bea, caregiver)


def test_two_households_share_a_girl_and_a_parent_has_two(tx, admin, ana):
    """AUTH-05: separated parents both see her; one parent sees both of hers."""
    bea = make_scout(tx, "Bea")
    first = families.add_guardian(tx, household(tx, ana, admin), "Gia", "gia@example.org", [ana, bea], by=admin)
    second = families.add_guardian(tx, household(tx, bea, admin), "Hal", None, [ana], by=admin)
    found = families.of_scouts(tx, [ana, bea])
    assert [row.id for row in found[ana]] == [first, second]
    assert [row.id for row in found[bea]] == [first]
    families.link(tx, first, ana, admin)  # said twice is nothing
    families.unlink(tx, second, ana, admin)
    assert [row.id for row in families.of_scouts(tx, [ana])[ana]] == [first]
    assert families.of_scouts(tx, []) == {}


def test_a_guardian_is_found_by_her_address_in_any_case(tx, admin, ana):
    guardian = families.add_guardian(tx, household(tx, ana, admin), "Gia", "Gia@Example.org", [ana], by=admin)
    assert families.by_email(tx, "GIA@example.org").id == guardian
    assert families.by_email(tx, "hal@example.org") is None
    with pytest.raises(NotFound):
        families.find(tx, 99)


def test_an_adult_with_an_account_is_not_removed_unseen(tx, admin, ana):
    caregiver = make_person(tx, "caregiver", scout_ids=(ana,))
    guardian = value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=caregiver.id)
    families.remove(tx, guardian)
    assert families.find(tx, guardian).account_id == caregiver.id
    other = families.add_guardian(tx, household(tx, ana, admin), "Hal", None, [ana], by=admin)
    families.remove(tx, other)
    with pytest.raises(NotFound):
        families.find(tx, other)


def test_an_account_is_given_a_girl_and_loses_her_again(tx, admin, ana):
    """AUTH-05: linked by a leader; an adult who is no guardian yet becomes one of the girl's household."""
    leader = make_person(tx, "leader")
    families.release(tx, leader.id, ana, admin)  # she answered for nobody: nothing happens
    families.entrust(tx, leader.id, ana, admin)
    assert [row.id for row in families.of_accounts(tx, [leader.id])[leader.id]] == [ana]
    (guardian,) = families.of_scouts(tx, [ana])[ana]
    assert families.find(tx, guardian.id).household_id == household(tx, ana, admin)
    families.release(tx, leader.id, ana, admin)
    assert families.of_accounts(tx, [leader.id])[leader.id] == []


def test_girls_are_given_by_who_manages_people_and_never_to_a_scout(tx, admin, ana):
    caregiver, scout = make_person(tx, "caregiver"), make_person(tx, "scout", scout_ids=(make_scout(tx, "Bea"),))
    for change in (families.entrust, families.release):
        with pytest.raises(NotAllowed):
            change(tx, caregiver.id, ana, make_person(tx, "leader"))
    with pytest.raises(Invalid, match="herself alone"):
        families.entrust(tx, scout.id, ana, admin)
