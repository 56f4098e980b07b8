"""A count is what somebody saw: it changes nothing, and its difference is explained by an entry."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain import journal
from gsctracker.domain.inventory import counts, transfers
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def mints(tx, admin):
    """The shelf holds 12 Thin Mints; gives their id."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    return product(tx, "TM")


@pytest.mark.parametrize("seen", [{}, {"TM": -1}, {"TM": 100_001}, {"TM": "many"}, {"CShare": 1}])
def test_what_nobody_can_have_seen_is_refused(tx, admin, mints, seen):
    """COOKIE-08: Cookie Share is not counted (I3)."""
    with pytest.raises(Invalid):
        counts.record(tx, admin, journal.TROOP, {product(tx, code): boxes for code, boxes in seen.items()})


def test_a_cookie_of_another_season_is_not_counted(tx, admin, mints):
    seasons.begin(tx, 2027, "abc", by=admin)
    with pytest.raises(Invalid, match="cannot be counted"):
        counts.record(tx, admin, journal.TROOP, {mints: 12})


def test_a_family_counts_its_own_girls_boxes_only(tx, mints):
    """AUTH-05."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    gia = make_person(tx, "caregiver", scout_ids=(ana,))
    for place in (journal.TROOP, journal.place_of_scout(tx, bea), 99):
        with pytest.raises(NotFound, match="no such place"):
            counts.record(tx, gia, place, {mints: 1})
    mine = counts.record(tx, gia, journal.place_of_scout(tx, ana), {mints: 1})
    assert counts.find(tx, mine, gia).lines[0].difference == 1
    assert [row.id for row in counts.recent(tx, 1, gia)] == [mine]
    hers = counts.record(
        tx, make_person(tx, "caregiver", scout_ids=(bea,)), journal.place_of_scout(tx, bea), {mints: 1}
    )
    with pytest.raises(NotFound):
        counts.find(tx, hers, gia)
    assert [row.id for row in counts.recent(tx, 1, gia)] == [mine]


def test_a_count_changes_no_stock(tx, admin, mints):
    """COOKIE-08."""
    count = counts.record(tx, admin, journal.TROOP, {mints: 10})
    assert value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 2") == 12
    line = counts.find(tx, count, admin).lines[0]
    assert (line.expected, line.boxes, line.difference, line.explained) == (12, 10, -2, 0)


def test_a_difference_is_explained_once_in_the_right_direction_and_with_words(tx, admin, mints):
    """COOKIE-08: 2 fewer are lost or damaged, never found."""
    count = counts.record(tx, admin, journal.TROOP, {mints: 10})
    for reason, note in (("FOUND", "x"), ("LOST", ""), ("STOLEN", "x")):
        with pytest.raises(Invalid):
            counts.explain(tx, admin, count, mints, reason, note)
    with pytest.raises(NotAllowed):
        counts.explain(tx, make_person(tx, "leader"), count, mints, "LOST", "x")
    with pytest.raises(Conflict, match="Nothing of this is left"):
        counts.explain(tx, admin, count, product(tx, "CD"), "LOST", "never counted")
    counts.explain(tx, admin, count, mints, "LOST", "not on the shelf")
    assert value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 2") == 10
    with pytest.raises(Conflict, match="Nothing of this is left"):
        counts.explain(tx, admin, count, mints, "LOST", "again")


def test_more_than_expected_was_found(tx, admin, mints):
    count = counts.record(tx, admin, journal.TROOP, {mints: 15})
    with pytest.raises(Invalid):
        counts.explain(tx, admin, count, mints, "LOST", "x")
    counts.explain(tx, admin, count, mints, "FOUND", "under the table")
    assert value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 2") == 15


def test_an_explanation_that_was_taken_back_is_open_again(tx, admin, mints):
    count = counts.record(tx, admin, journal.TROOP, {mints: 10})
    entry = counts.explain(tx, admin, count, mints, "LOST", "x")
    transfers.take_back(tx, entry, admin)
    counts.explain(tx, admin, count, mints, "DAMAGED", "the dog")
    assert value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 4") == 2


def test_what_was_not_counted_is_not_found(tx, admin):
    with pytest.raises(NotFound):
        counts.find(tx, 99, admin)


def test_a_closed_season_explains_nothing_more_but_to_an_admin(tx, admin, mints):
    count = counts.record(tx, admin, journal.TROOP, {mints: 11})
    seasons.change(tx, seasons.current(tx).id, admin, status="settled")
    with pytest.raises(Conflict, match="is closed"):
        counts.explain(tx, make_person(tx, "cookie_leader"), count, mints, "LOST", "it rained")
    assert counts.explain(tx, admin, count, mints, "LOST", "it rained")
