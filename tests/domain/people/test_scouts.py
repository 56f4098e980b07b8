"""The roster, and how other systems' names find a girl."""

import pytest

from gsctracker.db.rows import many, value
from gsctracker.domain.people import scouts
from gsctracker.errors import Invalid, NotAllowed, NotFound
from tests.factories import make_person, make_scout


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first_name": ""}, "firstName"),
        ({"first_name": "x" * 41}, "firstName"),
        ({"first_name": "A\x00na"}, "firstName"),
        ({"first_name": "Ana", "last_initial": "x" * 13}, "lastName"),
        ({"first_name": "Ana", "level": "queen"}, "level"),
        ({"first_name": "Ana", "grade": 13}, "grade"),
        ({"first_name": "Ana", "grade": -1}, "grade"),
    ],
)
def test_what_cannot_be_a_girl_of_the_roster_is_refused(tx, admin, given, field):
    """AUTH-04: members of a troop."""
    with pytest.raises(Invalid) as no:
        scouts.add_scout(tx, by=admin, **given)
    assert field in no.value.fields


@pytest.mark.parametrize("role", ["caregiver", "scout"])
def test_families_do_not_change_the_roster(tx, role):
    ana = make_scout(tx)
    by = make_person(tx, role, scout_ids=(ana,))
    with pytest.raises(NotAllowed):
        scouts.add_scout(tx, "Bea", by=by)
    with pytest.raises(NotAllowed):
        scouts.change(tx, ana, by, grade=5)


def test_a_household_that_is_not_there_is_refused(tx, admin):
    with pytest.raises(NotFound, match="household"):
        scouts.add_scout(tx, "Ana", household_id=99, by=admin)


def test_a_girl_is_added_changed_and_moves_on(tx, admin):
    """AUTH-04: created, read, changed; she is never deleted while her season stands."""
    ana = scouts.add_scout(tx, "Ana", "A.", level="junior", grade=4, by=admin)
    sister = scouts.add_scout(tx, "Bea", "A.", household_id=scouts.find(tx, ana, admin).household_id, by=admin)
    assert scouts.find(tx, sister, admin).household_id == scouts.find(tx, ana, admin).household_id
    scouts.change(tx, ana, admin, level="cadette", grade=6)
    scouts.change(tx, ana, admin, status="transferred")
    found = scouts.find(tx, ana, admin)
    assert (found.first_name, found.level, found.grade, found.status) == ("Ana", "cadette", 6, "transferred")
    assert [row.id for row in scouts.page(tx, admin, status="active")] == [sister]
    with pytest.raises(Invalid):
        scouts.change(tx, ana, admin, status="gone")
    with pytest.raises(NotFound):
        scouts.change(tx, 99, admin, grade=5)


def test_a_family_reads_its_own_girls_only(tx, admin):
    """AUTH-05: a parent sees only linked girls, in the list as by number."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    caregiver = make_person(tx, "caregiver", scout_ids=(ana,))
    assert [row.id for row in scouts.page(tx, caregiver)] == [ana]
    assert [row.id for row in scouts.page(tx, admin)] == [ana, bea]
    with pytest.raises(NotFound):
        scouts.find(tx, bea, caregiver)


def test_the_list_goes_on_where_it_ended(tx, admin):
    ids = [make_scout(tx, f"Girl {n}") for n in range(7)]
    first = scouts.page(tx, admin, limit=3)
    assert [row.id for row in first + scouts.page(tx, admin, after=first[-1].id)] == ids


def known_as(tx, source, said):
    """The girl whom another system names so, or None."""
    sought = scouts.name_hash(tx, said)
    return value(
        tx, "SELECT scout_id FROM scout_aliases WHERE source = :source AND hash = :hash", source=source, hash=sought
    )


def test_another_systems_name_is_remembered_without_being_kept(tx):
    """COOKIE-38: the surname stays where it came from; here is only its salted hash."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    scouts.remember_alias(tx, ana, "name", "Ana Quillfeather")
    assert known_as(tx, "name", "QUILLFEATHER, Ana") is None
    assert known_as(tx, "name", "ana  quillfeather") == ana
    assert known_as(tx, "gsusa", "Ana Quillfeather") is None
    kept = many(tx, "SELECT * FROM scout_aliases")
    assert "quillfeather" not in str(kept).casefold()
    scouts.remember_alias(tx, bea, "name", "Ana Quillfeather")  # what was said last counts
    assert known_as(tx, "name", "Ana Quillfeather") == bea


def test_two_boxes_hash_the_same_name_differently(tx, tmp_path):
    from gsctracker.db import Database

    other = Database(tmp_path / "other.db")
    with other.read() as there:
        assert scouts.name_hash(there, "Ana Quillfeather") != scouts.name_hash(tx, "Ana Quillfeather")
    other.close()


def test_the_audit_log_names_no_child(tx, admin):
    """Ids only."""
    ana = scouts.add_scout(tx, "Persephone", "Q.", by=admin)
    scouts.change(tx, ana, admin, first_name="Proserpina")
    assert "ser" not in value(tx, "SELECT group_concat(detail || action) FROM audit_log")
