"""Who may do what: the whole table, role by role, and what nobody may see of others."""

import pytest

from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotAllowed, NotFound

GIRL = {"home", "season.see", "sales.record", "family.see"}
FAMILY = GIRL | {"feedback", "family.money", "family.data", "exports", "shifts.sign_up", "ways.in"}
LEADER = FAMILY | {
    "sales.all",
    "scouts.see",
    "scouts.manage",
    "goals.set",
    "stock.see",
    "money.see",
    "people.see",
    "shifts.manage",
    "incidents",
    "consents.record",
    "tokens",
}
COOKIE_LEADER = LEADER | {
    "people.forget",
    "notices.publish",
    "booths.plan",
    "stock.move",
    "money.record",
    "imports",
    "differences",
    "season.manage",
    "people.manage",
}
MATRIX = {
    "scout": GIRL,
    "caregiver": FAMILY,
    "leader": LEADER,
    "cookie_leader": COOKIE_LEADER,
    "admin": COOKIE_LEADER | {"operate", "audit.see"},
}


def somebody(role, *scout_ids):
    return Person(id=9, role=role, first_name="X", scout_ids=frozenset(scout_ids))


@pytest.mark.parametrize("role", roles.ROLES)
@pytest.mark.parametrize("permission", roles.PERMISSIONS)
def test_each_role_may_do_what_the_table_says_and_nothing_more(role, permission):
    """AUTH-01: five roles; an unknown permission is an error of ours, not a yes."""
    may = permission in MATRIX[role]
    assert roles.allows(somebody(role), permission) is may
    if may:
        roles.require(somebody(role), permission)
    else:
        with pytest.raises(NotAllowed, match="not yours to do"):
            roles.require(somebody(role), permission)


def test_the_matrix_knows_every_permission():
    """AUTH-01: a new permission is decided here too, role by role."""
    assert set.union(*MATRIX.values()) == set(roles.PERMISSIONS)
    assert set(MATRIX) == set(roles.ROLES)


@pytest.mark.parametrize("role", roles.ROLES)
def test_what_somebody_is_granted_is_what_she_is_allowed(role):
    assert roles.granted(somebody(role)) == MATRIX[role]


def test_nobody_gets_a_permission_that_does_not_exist():
    with pytest.raises(KeyError):
        roles.allows(somebody("admin"), "nonsense")


@pytest.mark.parametrize("role", ["scout", "caregiver"])
def test_a_family_sees_its_own_girls_and_no_sign_of_others(role):
    """AUTH-05: another girl is not forbidden but not there, so that nobody learns who sells."""
    roles.must_see_scout(somebody(role, 3), 3)
    for other in (4, None):
        with pytest.raises(NotFound, match="no such scout"):
            roles.must_see_scout(somebody(role, 3), other)


@pytest.mark.parametrize("role", ["leader", "cookie_leader", "admin"])
def test_leaders_see_every_girl(role):
    assert roles.must_see_scout(somebody(role), 4) is None
