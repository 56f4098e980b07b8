"""Accounts: who may sign in, who changes whom, and the admin who always stays."""

import pytest

from gsctracker.db.rows import one, value
from gsctracker.domain.people import accounts, sessions
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import HASH, agree, make_person, make_scout


def open_one(tx, **changes):
    wanted = {"sign_in_name": "lea@example.org", "first_name": "Lea", "role": "leader", "password_hash": HASH}
    return accounts.open_account(tx, **wanted | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sign_in_name": "lea"}, "email"),
        ({"sign_in_name": ""}, "email"),
        ({"sign_in_name": "x" * 250 + "@example.org"}, "email"),
        ({"first_name": ""}, "firstName"),
        ({"first_name": "x" * 41}, "firstName"),
        ({"last_name": "x" * 41}, "lastName"),
        ({"role": "queen"}, "role"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_an_account_is_refused_beside_its_field(tx, changes, field):
    with pytest.raises(Invalid) as no:
        open_one(tx, **changes)
    assert field in no.value.fields


@pytest.mark.parametrize("name", ["lea@example.org", "LEA@Example.ORG", " lea@example.org "])
def test_a_name_to_sign_in_with_is_given_once_in_any_case(tx, name):
    open_one(tx)
    with pytest.raises(Conflict, match="signs in with that name already"):
        open_one(tx, sign_in_name=name)


def test_a_scouts_account_belongs_to_a_girl_and_has_no_address(tx):
    """AUTH-01: a girl signs in with a nickname; no e-mail address of a child is kept."""
    girl = make_scout(tx)
    with pytest.raises(Invalid, match="belongs to a girl"):
        open_one(tx, role="scout", sign_in_name="ana")
    with pytest.raises(Invalid, match="belongs to a girl"):
        open_one(tx, scout_id=girl)
    with pytest.raises(Invalid, match="nickname"):
        open_one(tx, role="scout", scout_id=girl, sign_in_name="ana@example.org")
    agree(tx, girl)
    account = open_one(tx, role="scout", scout_id=girl, sign_in_name="Ana Mint")
    assert accounts.named(tx, "ana mint").id == account


def test_only_an_admin_makes_admins_and_changes_them(tx, admin):
    """AUTH-01: nobody climbs above whoever lifts her."""
    cookie_leader = make_person(tx, "cookie_leader")
    leader = make_person(tx, "leader")
    with pytest.raises(NotAllowed, match="Only an admin makes an admin"):
        accounts.change_role(tx, leader.id, "admin", cookie_leader)
    with pytest.raises(NotAllowed, match="Only an admin changes an admin"):
        accounts.disable(tx, admin.id, cookie_leader)
    with pytest.raises(NotAllowed, match="Only an admin changes an admin"):
        accounts.change_role(tx, admin.id, "leader", cookie_leader)
    accounts.change_role(tx, leader.id, "cookie_leader", cookie_leader)
    accounts.change_role(tx, leader.id, "admin", admin)
    assert accounts.find(tx, leader.id).role == "admin"


@pytest.mark.parametrize("role", ["leader", "caregiver"])
def test_who_does_not_manage_people_changes_nobody(tx, role):
    by, other = make_person(tx, role), make_person(tx, "leader")
    for change in (accounts.disable, accounts.enable):
        with pytest.raises(NotAllowed):
            change(tx, other.id, by)
    with pytest.raises(NotAllowed):
        accounts.change_role(tx, other.id, "caregiver", by)


def test_nobody_changes_her_own_role(tx, admin):
    make_person(tx, "admin")
    with pytest.raises(NotAllowed, match="her own role"):
        accounts.change_role(tx, admin.id, "leader", admin)


def test_a_scouts_account_stays_a_scouts(tx, admin):
    scout = make_person(tx, "scout", scout_ids=(make_scout(tx),))
    leader = make_person(tx, "leader")
    with pytest.raises(Invalid):
        accounts.change_role(tx, scout.id, "leader", admin)
    with pytest.raises(Invalid):
        accounts.change_role(tx, leader.id, "scout", admin)


def test_the_last_admin_stays(tx, admin):
    """AUTH-01: a troop cannot lock itself out of its box, not by the console either."""
    with pytest.raises(Conflict, match="last admin"):
        accounts.disable(tx, admin.id, None)
    second = make_person(tx, "admin")
    accounts.disable(tx, admin.id, second)
    with pytest.raises(Conflict, match="last admin"):
        accounts.disable(tx, second.id, None)


def test_two_admins_who_demote_each_other_at_once_leave_one(tx, admin):
    second = make_person(tx, "admin")
    accounts.change_role(tx, admin.id, "leader", second)
    with pytest.raises(Conflict, match="last admin"):
        accounts.change_role(tx, second.id, "leader", admin)  # her page was opened while she was one still


def test_whoever_is_disabled_is_out_everywhere_at_once(tx, admin):
    leader = make_person(tx, "leader")
    tokens = [sessions.start(tx, leader.id) for _ in range(3)]
    accounts.disable(tx, leader.id, admin)
    assert [sessions.resume(tx, token) for token in tokens] == [None, None, None]
    assert accounts.candidate(tx, accounts.find(tx, leader.id).sign_in_name) is None
    accounts.enable(tx, leader.id, admin)
    assert accounts.candidate(tx, accounts.find(tx, leader.id).sign_in_name) is not None
    assert sessions.resume(tx, tokens[0]) is None  # coming back means signing in again


def test_a_new_password_ends_every_session(tx, admin):
    token = sessions.start(tx, admin.id)
    accounts.set_password(tx, admin.id, HASH + "x", None)
    assert sessions.resume(tx, token) is None
    assert accounts.candidate(tx, "olga@example.org").password_hash == HASH + "x"


def test_nobody_sets_somebody_elses_password_or_opens_accounts_unasked(tx, admin):
    leader = make_person(tx, "leader")
    with pytest.raises(NotAllowed, match="somebody else's"):
        accounts.set_password(tx, leader.id, HASH, admin)
    with pytest.raises(NotAllowed):
        open_one(tx, by=leader)


def test_the_list_never_shows_a_password(tx):
    make_person(tx)
    assert all(not hasattr(row, "password_hash") for row in accounts.page(tx))
    assert not hasattr(accounts.find(tx, 1), "password_hash")


def test_the_list_goes_on_where_it_ended(tx):
    for _ in range(5):
        make_person(tx)
    first = accounts.page(tx, limit=3)
    rest = accounts.page(tx, after=first[-1].sign_in_name, limit=50)
    names = [row.sign_in_name for row in first + rest]
    assert names == sorted(names)
    assert len(set(names)) == 6


@pytest.mark.parametrize("ask", [lambda tx: accounts.find(tx, 99), lambda tx: accounts.named(tx, "nobody@example.org")])
def test_who_is_not_there_is_not_found(tx, ask):
    with pytest.raises(NotFound):
        ask(tx)


def test_the_language_is_one_we_speak(tx, admin):
    with pytest.raises(Invalid):
        accounts.set_language(tx, admin.id, "fr")
    accounts.set_language(tx, admin.id, "es")
    assert sessions.resume(tx, sessions.start(tx, admin.id)).language == "es"


def test_what_was_done_to_an_account_is_written_down(tx, admin):
    """Who did what to which account, and no name in it."""
    leader = make_person(tx, "leader")
    accounts.change_role(tx, leader.id, "cookie_leader", admin)
    line = one(tx, "SELECT account_id, subject_id, detail FROM audit_log WHERE action = 'account.role'")
    assert (line.account_id, line.subject_id) == (admin.id, leader.id)
    assert "Lea" not in value(tx, "SELECT group_concat(detail) FROM audit_log")
