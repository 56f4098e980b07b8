"""The live board: who stands where, what is left, how fast it goes; and what a family sees of it."""

import pytest

from gsctracker import clock
from gsctracker.domain.booths import booths, entries, live, presences, shifts, sign_ups, states
from gsctracker.domain.booths.entries import Entry
from gsctracker.domain.inventory import transfers
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def stand(tx, admin):
    """A booth that is held now: 12 Thin Mints and 8 Caramel deLites on its table, one shift over all of it."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100, CD=10))
    booth = booths.plan(tx, admin, "Market", clock.after(hours=-1), clock.after(hours=2))
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12, CD=8), booth_id=booth)
    found = booths.find(tx, booth)
    found.shift = shifts.add_shift(tx, admin, booth, found.starts_at, found.ends_at)
    return found


def seen(tx, by):
    return live.board(tx, by, seasons.current(tx).id)


def tap(tx, by, booth, number, kind="sale", **said):
    return entries.take(tx, by, booth, Entry(f"{number:032x}", "a1", number, clock.now(), 0, kind, said))


def test_boxes_left_are_what_was_packed_less_what_was_tapped_in(tx, admin, stand):
    """COOKIE-32: the table of each booth, cookie by cookie, and what runs low there."""
    tap(tx, admin, stand, 1, pay="cash", items=[{"product": "TM", "quantity": 2}, {"product": "CD", "quantity": 3}])
    tap(tx, admin, stand, 2, pay="cash", items=[{"product": "TM", "quantity": 1}])
    tap(tx, admin, stand, 3, "undo", undoes=f"{2:032x}")
    (shown,) = seen(tx, admin).stands
    left = {one.name: (one.boxes, one.is_low) for one in shown.left}
    assert left == {"Thin Mints": (10, False), "Caramel deLites": (5, True)}
    assert shown.sold == 5


def test_who_checked_in_is_there_and_before_that_who_signed_up(tx, admin, stand):
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    sign_ups.sign_up(tx, admin, stand.shift, scout_id=ana)
    sign_ups.sign_up(tx, admin, stand.shift, account_id=admin.id)
    (shown,) = seen(tx, admin).stands
    assert [row.first_name for row in shown.girls] == ["Ana"]
    assert [row.first_name for row in shown.adults] == ["Olga"]
    assert not shown.checked_in
    presences.check_in(tx, admin, stand.id, bea, clock.after(minutes=-5))
    (shown,) = seen(tx, admin).stands
    assert [row.first_name for row in shown.girls] == ["Bea"]
    assert shown.checked_in


def test_a_family_sees_its_own_girl_by_name_and_no_figures(tx, admin, stand):
    """SEC-31: other girls are a number, boxes and sales are the leaders'."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    for girl in (ana, bea):
        presences.check_in(tx, admin, stand.id, girl, clock.after(minutes=-5))
    board = seen(tx, make_person(tx, "caregiver", scout_ids=(ana,)))
    (shown,) = board.stands
    assert [row.first_name for row in shown.girls] == ["Ana"]
    assert shown.other_girls == 1
    assert (shown.left, shown.sold, board.pace, board.shelf) == (None, None, None, None)


def test_sales_and_taps_count_in_the_minute_in_which_they_were_made(tx, admin, stand):
    orders.take(tx, admin, [Item("TM", 4)], customer_name="Kim")
    cancelled = orders.take(tx, admin, [Item("TM", 9)], customer_name="Lou")
    orders.cancel(tx, cancelled, admin)
    tap(tx, admin, stand, 1, pay="cash", items=[{"product": "TM", "quantity": 2}])
    pace = seen(tx, admin).pace
    assert (pace.today, pace.recent, len(pace.minutes)) == (6, 6, live.MINUTES)
    assert sum(boxes for _, boxes in pace.minutes[-2:]) == 6  # this minute, or the one that just ended


def test_what_the_shelf_has_less_than_a_case_of_runs_low(tx, admin, stand):
    assert [(row.name, row.boxes) for row in seen(tx, admin).shelf] == [("Caramel deLites", 2)]


def test_a_booth_comes_two_hours_before_it_begins_and_goes_when_it_does_not_take_place(tx, admin, stand):
    later = booths.plan(tx, admin, "Later", clock.after(hours=1), clock.after(hours=3))
    much_later = booths.plan(tx, admin, "Much later", clock.after(hours=5), clock.after(hours=7))
    board = seen(tx, admin)
    assert [one.booth.id for one in board.stands] == [stand.id, later]
    assert [row.id for row in board.ahead] == [much_later]
    states.move(tx, admin, later, "cancelled", "It rains.")
    assert [one.booth.id for one in seen(tx, admin).stands] == [stand.id]
