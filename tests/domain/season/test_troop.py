"""The box's own troop and the first run."""

import pytest

from gsctracker.db.rows import one
from gsctracker.domain.people import accounts
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import HASH, make_person, set_up


@pytest.fixture
def empty(db):
    with db.write() as tx:
        yield tx


def first_run(tx, **changes):
    wanted = {
        "number": "1234", "name": "Troop 1234", "council": "", "baker": "abc", "year": 2026, "time_zone": "America/Chicago",
        "email": "olga@example.org", "first_name": "Olga", "last_name": "", "password_hash": HASH,
    }  # fmt: skip
    return troop.set_up(tx, **wanted | changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "troop"),
        ({"number": "x" * 13}, "troop"),
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Olympus"}, "timeZone"),
        ({"time_zone": "../../etc/passwd"}, "timeZone"),
        ({"email": "olga"}, "email"),
        ({"baker": "xyz"}, "baker"),
        ({"year": 1900}, "season"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_cannot_be_set_up_is_refused_beside_its_field(empty, changes, field):
    with pytest.raises(Invalid) as no:
        first_run(empty, **changes)
    assert field in no.value.fields


def test_a_box_is_set_up_once(empty):
    """AUTH-01: whoever finds the first-run page later opens nothing with it."""
    first_run(empty)
    with pytest.raises(Conflict, match="set up before"):
        first_run(empty, email="eve@example.org")
    with pytest.raises(Conflict):
        troop.issue_setup_code(empty)


def test_the_first_run_makes_the_troop_its_season_and_its_admin(empty):
    account = first_run(empty)
    assert troop.is_set_up(empty)
    assert accounts.find(empty, account).role == "admin"
    assert seasons.current(empty).year == 2026
    assert troop.own(empty).number == "1234"


@pytest.mark.parametrize("said", ["", "wrong", "aaaa-bbbb-cccc"])
def test_the_wrong_code_opens_nothing(empty, said):
    troop.issue_setup_code(empty)
    with pytest.raises(NotAllowed):
        troop.require_setup_code(empty, said)


def test_the_newest_code_counts_and_is_not_kept(empty):
    old, new = troop.issue_setup_code(empty), troop.issue_setup_code(empty)
    with pytest.raises(NotAllowed):
        troop.require_setup_code(empty, old)
    troop.require_setup_code(empty, f" {new.upper()} ")  # read aloud and typed with capitals
    assert new not in str(one(empty, "SELECT * FROM instance"))
    first_run(empty)
    assert one(empty, "SELECT setup_code_hash FROM instance").setup_code_hash is None


def test_before_any_code_was_issued_none_is_right(empty):
    for said in ("", "none", "null"):
        with pytest.raises(NotAllowed):
            troop.require_setup_code(empty, said)


def test_the_troop_is_changed_by_who_manages_the_season(tx, admin):
    """AUTH-04."""
    with pytest.raises(NotAllowed):
        troop.change(tx, make_person(tx, "leader"), name="Ours")
    with pytest.raises(Invalid):
        troop.change(tx, admin, time_zone="Nowhere")
    troop.change(tx, admin, name="Troop of the North", time_zone="America/Anchorage")
    assert (troop.own(tx).name, troop.own(tx).number) == ("Troop of the North", "1234")
    assert troop.day_of(tx, "2026-02-15T08:30:00Z") == "2026-02-14"


def test_the_example_troop_says_that_it_is_one(empty):
    set_up(empty)
    assert not troop.is_demo(empty)
    troop.mark_demo(empty)
    assert troop.is_demo(empty)
