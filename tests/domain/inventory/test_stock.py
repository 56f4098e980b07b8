"""Where every box is, why, and who may look."""

import pytest

from gsctracker.domain import journal
from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def handed(tx, admin):
    """24 Thin Mints picked up; Ana got 10, Bea 2 and 3 Caramel deLites that the shelf did not have. Gives their ids."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    transfers.move(tx, admin, "C2T", lines(tx, TM=24))
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    transfers.move(tx, admin, "T2G", lines(tx, TM=2, CD=3), scout_id=bea)
    return ana, bea


def test_a_family_sees_its_own_shelf_only(tx, admin, handed):
    """AUTH-05."""
    ana, bea = handed
    gia, season = make_person(tx, "caregiver", scout_ids=(ana,)), seasons.current(tx).id
    assert [(row.scout_id, row.code, row.boxes) for row in stock.on_hand(tx, season, gia)] == [(ana, "TM", 10)]
    for place in (journal.TROOP, journal.place_of_scout(tx, bea), 99):
        with pytest.raises(NotFound):
            stock.why(tx, season, place, gia)
    assert len(stock.why(tx, season, journal.place_of_scout(tx, ana), gia)) == 1


def test_boxes_that_cannot_be_there_are_shown_cookie_by_cookie(tx, admin, handed):
    """COOKIE-08 (I8): +12 and -3 are not 9."""
    found = stock.below_zero(tx, seasons.current(tx).id)
    assert [(row.place, row.code, row.boxes) for row in found] == [("troop", "CD", -3)]


def test_received_is_the_sum_of_where_it_is(tx, handed):
    """COOKIE-08 (I1)."""
    row = next(row for row in stock.everywhere(tx, seasons.current(tx).id) if row.code == "TM")
    assert (row.received, row.troop, row.scouts) == (24, 12, 12)


def test_the_reasons_behind_a_number_add_up_to_it(tx, admin, handed):
    """COOKIE-11: newest first, page by page, one cookie or all."""
    season, mints = seasons.current(tx).id, product(tx, "TM")
    whole = stock.why(tx, season, journal.TROOP, admin, product_id=mints)
    assert [row.boxes for row in whole] == [-2, -10, 24]
    assert sum(row.boxes for row in whole) == 12
    first = stock.why(tx, season, journal.TROOP, admin, limit=2)
    rest = stock.why(tx, season, journal.TROOP, admin, before=first[-1].id)
    assert [row.id for row in first + rest] == [row.id for row in stock.why(tx, season, journal.TROOP, admin)]


def test_another_seasons_boxes_are_not_on_this_seasons_shelf(tx, admin, handed):
    season = seasons.begin(tx, 2027, "abc", by=admin)
    assert stock.on_hand(tx, season, admin) == []
    assert stock.why(tx, season, journal.TROOP, admin) == []
    assert all(row.received == 0 for row in stock.everywhere(tx, season))
