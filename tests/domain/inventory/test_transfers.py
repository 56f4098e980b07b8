"""Boxes move: who may, what is refused, and where boxes and debt end up."""

import pytest

from gsctracker.db.rows import many, value
from gsctracker.domain import journal
from gsctracker.domain.booths import booths
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana")


@pytest.fixture
def booth(tx, admin):
    return booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")


def boxes_at(tx, place):
    return value(tx, "SELECT ifnull(sum(boxes), 0) FROM boxes_at WHERE place_id = :p", p=place)


def debt(tx, scout, admin):
    return balances.family(tx, seasons.current(tx).id, scout, admin).balance_cents


@pytest.mark.parametrize("role", ["leader", "caregiver", "scout"])
def test_only_cookie_leaders_move_boxes(tx, role, ana):
    by = make_person(tx, role, scout_ids=(ana,) if role != "leader" else ())
    with pytest.raises(NotAllowed):
        transfers.move(tx, by, "C2T", lines(tx, TM=12))


@pytest.mark.parametrize(
    ("kind", "who", "field"),
    [
        ("SWAP", {}, "kind"),
        ("T2G", {}, "scoutId"),
        ("G2T", {}, "scoutId"),
        ("G2G", {"scout_id": "ana"}, "toScoutId"),
        ("G2G", {"scout_id": "ana", "to_scout_id": "ana"}, "toScoutId"),
        ("TROOP_TO_BOOTH", {}, "boothId"),
        ("BOOTH_TO_TROOP", {}, "boothId"),
        ("C2T", {"scout_id": "ana"}, "scoutId"),
        ("REPLACED", {"scout_id": "ana"}, "scoutId"),
        ("TROOP_TO_BOOTH", {"scout_id": "ana", "booth_id": "booth"}, "scoutId"),
        ("LOST", {"scout_id": "ana", "booth_id": "booth"}, "scoutId"),
        ("C2T", {"booth_id": "booth"}, "boothId"),
        ("T2G", {"scout_id": "ana", "booth_id": "booth"}, "scoutId"),
    ],
)
def test_a_move_names_whom_it_concerns_and_nobody_else(tx, admin, ana, booth, kind, who, field):
    """Otherwise boxes would go to one place and the record name another."""
    named = {key: {"ana": ana, "booth": booth}[name] for key, name in who.items()}
    with pytest.raises(Invalid) as no:
        transfers.move(tx, admin, kind, lines(tx, TM=1), **named)
    assert field in no.value.fields


def test_what_is_not_there_is_not_moved_to(tx, admin, ana):
    with pytest.raises(NotFound):
        transfers.move(tx, admin, "T2G", lines(tx, TM=1), scout_id=99)
    with pytest.raises(NotFound):
        transfers.move(tx, admin, "G2G", lines(tx, TM=1), scout_id=ana, to_scout_id=99)
    with pytest.raises(NotFound):
        transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=1), booth_id=99)


@pytest.mark.parametrize("boxes", [0, -1, 100_001])
def test_a_move_is_a_number_of_boxes(tx, admin, boxes):
    with pytest.raises(Invalid):
        transfers.move(tx, admin, "C2T", lines(tx, TM=boxes))


def test_cookie_share_has_no_boxes_to_move(tx, admin):
    """COOKIE-08 (I3)."""
    with pytest.raises(Invalid, match="Cookie Share has no boxes to move"):
        transfers.move(tx, admin, "C2T", lines(tx, CShare=1))


@pytest.mark.parametrize("given", [[], 41])
def test_a_move_has_some_lines_and_not_too_many(tx, admin, given):
    with pytest.raises(Invalid):
        transfers.move(tx, admin, "C2T", lines(tx, TM=1) * given if given else [])


def test_the_council_takes_back_only_while_it_says_so(tx, admin):
    with pytest.raises(Conflict, match="takes no boxes back"):
        transfers.move(tx, admin, "T2C", lines(tx, TM=1))
    seasons.change(tx, 1, admin, returns_until="2026-03-01")
    with pytest.raises(Conflict):
        transfers.move(tx, admin, "T2C", lines(tx, TM=1), day="2026-03-02")
    transfers.move(tx, admin, "T2C", lines(tx, TM=1), day="2026-03-01")


@pytest.mark.parametrize(
    ("items", "boxes"), [([("TM", 2, "cases"), ("thin mints", 3, "boxes")], 27), ([("Samoas", 1, "cases")], 12)]
)
def test_lines_are_read_in_boxes_and_cases(tx, admin, items, boxes):
    """DB-03: 2 cases and 3 boxes are 27."""
    transfers.move(tx, admin, "C2T", transfers.read_lines(tx, items))
    assert boxes_at(tx, journal.TROOP) == boxes


def test_a_hand_out_moves_the_debt_with_the_boxes_unless_she_only_carries_them(tx, admin, ana):
    """COOKIE-08: custody and liability are two ledgers."""
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    transfers.move(tx, admin, "T2G", lines(tx, TM=12), scout_id=ana, on_liability=False)
    assert boxes_at(tx, journal.place_of_scout(tx, ana)) == 22
    assert debt(tx, ana, admin) == 60_00
    transfers.move(tx, admin, "G2T", lines(tx, TM=4), scout_id=ana)
    assert debt(tx, ana, admin) == 36_00


def test_the_troop_owes_the_council_whatever_is_ticked(tx, admin):
    """`on_liability` speaks of families; a pick-up is always charged."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=10), on_liability=False)
    assert balances.troop_accounts(tx, seasons.current(tx).id)["council"] == -60_00


def test_girls_swap_boxes_and_debt(tx, admin, ana):
    bea = make_scout(tx, "Bea")
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    transfers.move(tx, admin, "G2G", lines(tx, TM=3), scout_id=ana, to_scout_id=bea)
    assert (debt(tx, ana, admin), debt(tx, bea, admin)) == (42_00, 18_00)


def test_a_lost_box_is_the_troops_loss_or_stays_the_familys_debt(tx, admin, ana):
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    transfers.move(tx, admin, "LOST", lines(tx, TM=1), scout_id=ana)
    transfers.move(tx, admin, "LOST", lines(tx, TM=2))
    assert debt(tx, ana, admin) == 60_00
    assert balances.troop_accounts(tx, seasons.current(tx).id)["losses"] == 12_00


def test_a_damaged_box_is_replaced_one_for_one(tx, admin):
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    transfers.move(tx, admin, "DAMAGED", lines(tx, TM=1))
    assert (boxes_at(tx, journal.TROOP), boxes_at(tx, journal.DAMAGED)) == (11, 1)
    transfers.move(tx, admin, "REPLACED", lines(tx, TM=1))
    assert (boxes_at(tx, journal.TROOP), boxes_at(tx, journal.DAMAGED)) == (12, 0)


def test_a_move_is_taken_back_once_by_its_mirror(tx, admin, ana):
    """COOKIE-08: nothing is deleted; both entries stay."""
    entry = transfers.move(tx, admin, "T2G", lines(tx, TM=10, CD=2), scout_id=ana)
    with pytest.raises(NotAllowed):
        transfers.take_back(tx, entry, make_person(tx, "leader"))
    mirror = transfers.take_back(tx, entry, admin, "wrong girl")
    assert boxes_at(tx, journal.place_of_scout(tx, ana)) == debt(tx, ana, admin) == 0
    for again in (entry, mirror):
        with pytest.raises(Conflict, match="taken back before"):
            transfers.take_back(tx, again, admin)
    assert [row.id for row in many(tx, "SELECT id FROM journal ORDER BY id")] == [entry, mirror]


@pytest.mark.parametrize("entry", [99, 0, -1])
def test_what_is_no_move_is_not_taken_back(tx, admin, entry):
    with pytest.raises(NotFound):
        transfers.take_back(tx, entry, admin)
