"""What the file itself holds about booths, shifts and who stands there, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import run, value
from tests.db.one_of_each import good, insert, refused, says_no
from tests.db.room import NOW, SHA

NOON, LATE = "2026-02-14T19:00:00Z", "2026-02-14T20:00:00Z"


@pytest.mark.parametrize("status", ["planned", "requested", "confirmed", "lost", "scheduled", "packed", "cancelled"])
@pytest.mark.parametrize("was", ["open", "counted", "reconciled", "closed"])
def test_a_booth_that_was_open_is_not_planned_again(world, was, status):
    """Trigger a_booth_that_opened_stays_open."""
    insert(world, "booth_closings", good("booth_closings", reopened_at=None))
    run(world, "UPDATE booths SET status = :was", was=was)
    says_no(world, f"UPDATE booths SET status = '{status}'", "neither planned nor cancelled again")


@pytest.mark.parametrize("was", ["cancelled", "lost"])
def test_a_booth_that_was_cancelled_or_lost_stays_so(world, was):
    """Trigger a_cancelled_booth_stays_so."""
    run(world, "UPDATE booths SET status = :was", was=was)
    says_no(world, "UPDATE booths SET status = 'scheduled'", "stays so")


def test_a_shift_lies_within_its_booth(world):
    """Triggers a_shift_stands_in_its_booth, a_shift_keeps_its_hours and a_booth_keeps_its_shifts."""
    words = "a shift lies within the hours of its booth"
    refused(world, "booth_shifts", good("booth_shifts", starts_at="2026-02-14T18:04:59Z"), words)
    refused(world, "booth_shifts", good("booth_shifts", ends_at="2026-02-14T20:00:01Z"), words)
    says_no(world, "UPDATE booth_shifts SET ends_at = '2026-02-14T19:00:00Z'", "a shift keeps its hours")
    says_no(world, "UPDATE booths SET ends_at = '2026-02-14T19:00:00Z'", words)
    run(world, "UPDATE booths SET ends_at = '2026-02-14T21:00:00Z'")


def bea(world):
    return insert(world, "scouts", good("scouts"))


def test_a_full_shift_takes_nobody_more(world):
    """COOKIE-07: triggers nobody_comes_where_no_place_is, nobody_moves_up_where_no_place_is, a_shift_keeps_who_signed_up."""
    run(world, "UPDATE booth_shifts SET max_girls = 1")
    insert(world, "shift_sign_ups", good("shift_sign_ups"))
    other = good("shift_sign_ups", scout_id=bea(world))
    refused(world, "shift_sign_ups", other, "the shift is full")
    waits = insert(world, "shift_sign_ups", {**other, "state": "waiting"})
    says_no(world, f"UPDATE shift_sign_ups SET state = 'going' WHERE id = {waits}", "the shift is full")
    says_no(world, "UPDATE booth_shifts SET min_girls = 0, max_girls = 0", "more have signed up than that")
    insert(
        world, "shift_sign_ups", good("shift_sign_ups", scout_id=None, account_id=1)
    )  # adults have places of their own


def test_nobody_is_at_two_places_at_once(world):
    """Triggers nobody_comes_at_two_places and nobody_moves_up_at_two_places; a shift may follow another at once."""
    run(world, "UPDATE booths SET starts_at = '2026-02-14T18:00:00Z', ends_at = '2026-02-14T21:00:00Z'")
    other = insert(world, "booths", good("booths", starts_at=NOW, ends_at="2026-02-14T21:00:00Z"))
    overlapping = insert(
        world, "booth_shifts", good("booth_shifts", booth_id=other, starts_at=NOON, ends_at="2026-02-14T20:30:00Z")
    )
    following = insert(
        world, "booth_shifts", good("booth_shifts", booth_id=other, starts_at=LATE, ends_at="2026-02-14T21:00:00Z")
    )
    insert(world, "shift_sign_ups", good("shift_sign_ups"))
    words = "nobody is at two places at once"
    refused(world, "shift_sign_ups", good("shift_sign_ups", shift_id=overlapping), words)
    waits = insert(world, "shift_sign_ups", good("shift_sign_ups", shift_id=overlapping, state="waiting"))
    says_no(world, f"UPDATE shift_sign_ups SET state = 'going' WHERE id = {waits}", words)
    insert(world, "shift_sign_ups", good("shift_sign_ups", shift_id=following))
    adult = {"scout_id": None, "account_id": 1}
    insert(world, "shift_sign_ups", good("shift_sign_ups", **adult))
    refused(world, "shift_sign_ups", good("shift_sign_ups", shift_id=overlapping, **adult), words)


def test_a_booth_that_does_not_take_place_keeps_nobody(world):
    other = insert(world, "booths", good("booths", starts_at=NOW, ends_at=LATE))
    shift = insert(world, "booth_shifts", good("booth_shifts", booth_id=other))
    insert(world, "shift_sign_ups", good("shift_sign_ups"))
    elsewhere = good("shift_sign_ups", shift_id=shift)
    refused(world, "shift_sign_ups", elsewhere, "nobody is at two places at once")
    run(world, "UPDATE booths SET status = 'cancelled' WHERE id = 1")
    insert(world, "shift_sign_ups", elsewhere)
    assert value(world, "SELECT count(*) FROM shift_sign_ups WHERE shift_id = :shift", shift=shift) == 1


def test_nobody_is_present_at_two_booths_at_a_time(world):
    """Triggers somebody_comes_at_one_booth and somebody_stays_at_one_booth; she may come again at the instant she left.

    Who was not noted as leaving stayed to the end of that booth and no longer.
    """
    insert(world, "presences", good("presences"))
    words = "she is at another booth at that time"
    other = insert(world, "booths", good("booths", ends_at="2026-02-14T22:00:00Z"))
    refused(world, "presences", good("presences", booth_id=other, came_at=NOON, left_at=None), words)
    again = insert(world, "presences", good("presences", booth_id=other, came_at=LATE, left_at=None))
    refused(
        world, "presences", good("presences", came_at="2026-02-14T21:00:00Z", left_at="2026-02-14T21:30:00Z"), words
    )
    insert(world, "presences", good("presences", came_at="2026-02-14T22:00:00Z", left_at=None))
    says_no(world, f"UPDATE presences SET came_at = '{NOON}' WHERE id = {again}", words)
    adult = {"scout_id": None, "account_id": 1}
    insert(world, "presences", good("presences", **adult))
    refused(world, "presences", good("presences", booth_id=other, came_at=NOON, left_at=None, **adult), words)


def test_a_calendar_link_is_one_familys(world):
    insert(world, "calendar_links", good("calendar_links"))
    refused(world, "calendar_links", good("calendar_links", token_hash="b" * 64), "UNIQUE")
    other = insert(world, "accounts", good("accounts"))
    refused(world, "calendar_links", good("calendar_links", account_id=other), "UNIQUE")
    run(world, "DELETE FROM accounts WHERE id = :id", id=other)
    insert(world, "accounts", good("accounts", id=other))
    insert(world, "calendar_links", good("calendar_links", account_id=other, token_hash=SHA[:-1] + "b"))
    run(world, "DELETE FROM accounts WHERE id = :id", id=other)
    assert value(world, "SELECT count(*) FROM calendar_links") == 1
