"""Planning booths: hours on the wall, types and their policies, states, places, copies, and a family's calendar."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import one, value
from gsctracker.domain.booths import (
    booths,
    calendar,
    closing,
    counting,
    hours,
    listing,
    policies,
    shifts,
    sign_ups,
    sites,
    states,
)
from gsctracker.domain.booths.calendar import Event
from gsctracker.domain.inventory import transfers
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product

STARTS, ENDS = "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z"


def span(tx, day, begins, ends):
    return hours.span(tx, day, begins, ends, ("starts", "ends"))


def test_hours_are_those_on_the_wall_and_utc_is_kept(tx):
    """Chicago: six hours behind in winter, five in summer; 0:00 as an end is the midnight that closes the day."""
    assert span(tx, "2026-02-14", "10:00", "14:00") == (STARTS, ENDS)
    assert span(tx, "2026-03-14", "10:00", "14:00") == ("2026-03-14T15:00:00Z", "2026-03-14T19:00:00Z")
    assert span(tx, "2026-02-14", "20:00", "00:00") == ("2026-02-15T02:00:00Z", "2026-02-15T06:00:00Z")
    assert span(tx, "2026-03-08", "01:30", "03:30") == (
        "2026-03-08T07:30:00Z",
        "2026-03-08T08:30:00Z",
    )  # an hour is left out
    assert span(tx, "2026-11-01", "00:30", "02:30") == (
        "2026-11-01T05:30:00Z",
        "2026-11-01T08:30:00Z",
    )  # one comes twice


@pytest.mark.parametrize(
    ("day", "begins", "ends", "field"),
    [
        ("2026-02-14", "14:00", "10:00", "ends"),
        ("2026-02-14", "14:00", "14:00", "ends"),
        ("2026-02-14", "00:00", "00:00", "ends"),
        ("2026-03-08", "02:30", "04:00", "starts"),
        ("2026-03-08", "01:00", "02:30", "ends"),
    ],
)
def test_what_ends_before_it_begins_is_refused_at_its_field(tx, day, begins, ends, field):
    with pytest.raises(Invalid) as no:
        span(tx, day, begins, ends)
    assert list(no.value.fields) == [field]


@pytest.mark.parametrize("given", ["24:00", "10:60", "10", "", None, "1e1:00", "٣:00", "-1:00", 10])
def test_what_is_no_time_of_day_is_refused(given):
    with pytest.raises(Invalid):
        hours.o_clock("starts", given)


def test_a_booth_lasts_as_long_as_its_type_allows(tx, admin):
    with pytest.raises(Invalid, match="4:00 hours at most"):
        booths.plan(tx, admin, "M", STARTS, "2026-02-14T20:01:00Z")
    policies.set_policy(tx, admin, 1, "troop", max_minutes=300, max_girls=6)
    booth = booths.plan(tx, admin, "M", STARTS, "2026-02-14T21:00:00Z")
    assert one(tx, "SELECT * FROM booth_policies WHERE type = 'troop'").max_girls == 6
    shift = shifts.add_shift(tx, admin, booth, STARTS, ENDS)
    assert shifts.find(tx, shift).max_girls == 6
    virtual = booths.plan(tx, admin, "V", STARTS, "2026-02-15T10:00:00Z", type="virtual")
    with pytest.raises(Conflict, match="Nobody stands"):
        shifts.add_shift(tx, admin, virtual, STARTS, ENDS)
    family = booths.plan(tx, admin, "F", STARTS, ENDS, type="family")
    assert shifts.find(tx, shifts.add_shift(tx, admin, family, STARTS, ENDS)).max_girls == 1


@pytest.mark.parametrize(
    "wanted",
    [{"max_girls": 1}, {"min_adults": 4}, {"min_girls": -1}, {"max_girls": 51}, {"max_minutes": 5}, {"max_girls": "x"}],
)
def test_what_cannot_be_a_policy_is_refused(tx, admin, wanted):
    with pytest.raises(Invalid):
        policies.set_policy(tx, admin, 1, "troop", **wanted)


def test_only_who_plans_booths_changes_their_rules(tx):
    by = make_person(tx, "leader")
    for act in (
        lambda: policies.set_policy(tx, by, 1, "troop", max_girls=5),
        lambda: policies.set_rules(tx, by, 1, 1, {}),
        lambda: sites.add_site(tx, by, "M"),
        lambda: booths.copy(tx, by, 1),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        ("2026-02-14T15:59:00Z", "2026-02-14T18:00:00Z", "startsAt"),
        ("2026-02-14T18:00:00Z", "2026-02-14T20:01:00Z", "endsAt"),
        ("2026-02-14T18:00:00Z", "2026-02-14T17:00:00Z", "endsAt"),
    ],
)
def test_a_shift_lies_within_its_booth(tx, admin, starts, ends, field):
    booth = booths.plan(tx, admin, "M", STARTS, ENDS)
    with pytest.raises(Invalid) as no:
        shifts.add_shift(tx, admin, booth, starts, ends)
    assert field in no.value.fields


def test_a_shift_is_taken_away_only_while_nobody_ever_signed_up(tx, admin):
    booth = booths.plan(tx, admin, "M", STARTS, ENDS)
    shift = shifts.add_shift(tx, admin, booth, STARTS, ENDS)
    with pytest.raises(Conflict, match="outside these hours"):
        booths.change(tx, admin, booth, ends_at="2026-02-14T19:00:00Z")
    shifts.remove(tx, admin, shift)
    shift = shifts.add_shift(tx, admin, booth, STARTS, ENDS)
    sign_ups.leave(tx, admin, sign_ups.sign_up(tx, admin, shift, make_scout(tx))[0])
    with pytest.raises(Conflict, match="it stays"):
        shifts.remove(tx, admin, shift)


def test_a_button_makes_no_move_that_posts_something_or_is_not_in_the_table(tx, admin):
    """Into and out of counted, reconciled, credited and closed only closing and crediting lead."""
    for was in states.STATES:
        for to in states.STATES:
            tx.execute("SAVEPOINT one")
            booth = booths.plan(tx, admin, "M", STARTS, ENDS)
            if was in states.POSTED:
                closing.close(tx, admin, booth, sold={product(tx, "TM"): 1}, cash_cents=6_00)
            if was == "credited":
                closing.credit(tx, admin, booth, [(make_scout(tx), product(tx, "TM"), 1)])
            tx.execute("UPDATE booths SET status = ? WHERE id = ?", (was, booth))
            assert (to in states.onward(admin, was)) == ((was, to) in states.BY_HAND)
            if (was, to) in states.MOVES and to != "packed" and not {was, to} & {*states.POSTED}:
                states.move(tx, admin, booth, to, "because")
                assert booths.find(tx, booth).status == to
            else:
                with pytest.raises(Conflict, match="does not go that way"):
                    states.move(tx, admin, booth, to, "because")
            tx.execute("ROLLBACK TO one")
            tx.execute("RELEASE one")


def test_who_may_move_a_booth(tx, admin):
    """One that was put away is opened again by an admin alone, with a reason."""
    booth = booths.plan(tx, admin, "M", STARTS, ENDS)
    with pytest.raises(NotAllowed):
        states.move(tx, make_person(tx, "leader"), booth, "cancelled", "rain")
    closing.close(tx, admin, booth, sold={}, cash_cents=0)
    cookie_leader = make_person(tx, "cookie_leader")
    with pytest.raises(Conflict, match="not credited"):
        closing.put_away(tx, admin, booth)
    closing.sign(tx, cookie_leader, booth)
    with pytest.raises(NotAllowed):
        closing.put_away(tx, make_person(tx, "leader"), booth)
    closing.put_away(tx, cookie_leader, booth)
    assert booths.find(tx, booth).status == "closed"
    with pytest.raises(NotAllowed, match="put away"):
        counting.reopen(tx, cookie_leader, booth, "mistake")
    with pytest.raises(Invalid, match="Say why"):
        counting.reopen(tx, admin, booth, "")
    counting.reopen(tx, admin, booth, "mistake")
    assert booths.find(tx, booth).status == "open"


def test_credit_of_a_booth_that_was_put_away_is_taken_back_by_an_admin(tx, admin):
    booth, leader = booths.plan(tx, admin, "M", STARTS, ENDS), make_person(tx, "cookie_leader")
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 2}, cash_cents=12_00)
    closing.sign(tx, leader, booth)
    closing.credit(tx, leader, booth, [(make_scout(tx), product(tx, "TM"), 1)])
    with pytest.raises(Conflict, match="not credited"):
        closing.put_away(tx, leader, booth)
    closing.take_credit_back(tx, leader, booth, "one is missing")
    assert booths.find(tx, booth).status == "reconciled"
    closing.credit(tx, leader, booth, [(make_scout(tx), product(tx, "TM"), 2)])
    closing.put_away(tx, leader, booth)
    with pytest.raises(NotAllowed, match="put away"):
        closing.take_credit_back(tx, leader, booth, "wrong girl")
    assert closing.take_credit_back(tx, admin, booth, "wrong girl")


def test_what_was_packed_for_a_booth_that_is_called_off_comes_back(tx, admin):
    booth = booths.plan(tx, admin, "M", STARTS, ENDS)
    transfers.move(tx, admin, "C2T", lines(tx, TM=24))
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=24), booth_id=booth)
    with pytest.raises(Invalid):
        booths.cancel(tx, admin, booth, "")
    booths.cancel(tx, admin, booth, "snow")
    assert value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 2 AND product_id = :p", p=product(tx, "TM")) == 24


def test_a_copy_keeps_the_time_on_the_wall_over_summer_time(tx, admin):
    """COOKIE-06: a booth and its shifts, a week later, nobody signed up."""
    site = sites.add_site(tx, admin, "Market", "1 Market Square")
    starts, ends = span(tx, "2026-03-07", "10:00", "14:00")
    booth = booths.plan(tx, admin, "M", starts, ends, site_id=site, permit="12", notes="n")
    shift = shifts.add_shift(tx, admin, booth, starts, ends)
    sign_ups.sign_up(tx, admin, shift, make_scout(tx))
    made = booths.find(tx, booths.copy(tx, admin, booth))
    assert (starts[11:], made.starts_at) == ("16:00:00Z", "2026-03-14T15:00:00Z")
    assert (made.address, made.site_id, made.permit) == ("1 Market Square", site, "")
    (copied,) = shifts.of_booth(tx, made.id)
    assert (copied.starts_at, copied.girls) == (made.starts_at, 0)
    for days in (0, -1, 367, "x"):
        with pytest.raises(Invalid):
            booths.copy(tx, admin, booth, days)


def test_a_place_knows_what_sold_there(tx, admin):
    site = sites.add_site(tx, admin, "Market")
    booth = booths.plan(tx, admin, "M", STARTS, ENDS, site_id=site)
    assert sites.sold_before(tx, site) == []
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 40}, cash_cents=240_00)
    (before,) = sites.sold_before(tx, site)
    assert (before.sold, before.per_hour) == (40, 10)
    assert [(row.name, row.boxes) for row in sites.cookies_sold(tx, site)] == [("Thin Mints", 40)]
    (row,) = sites.all_of_them(tx, admin)
    assert (row.held, row.boxes) == (1, 40)
    with pytest.raises(NotFound):
        booths.plan(tx, admin, "M", STARTS, ENDS, site_id=99)


def test_a_family_sees_what_is_open_and_where_it_stands(tx, admin):
    ana = make_scout(tx)
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    seen, hidden = (
        booths.plan(tx, admin, name, STARTS, ENDS, status=at) for name, at in (("A", "scheduled"), ("B", "planned"))
    )
    later = booths.plan(tx, admin, "C", "2026-02-15T16:00:00Z", "2026-02-15T20:00:00Z")
    sign_ups.sign_up(tx, admin, shifts.add_shift(tx, admin, later, "2026-02-15T16:00:00Z", "2026-02-15T20:00:00Z"), ana)
    closing.close(tx, admin, later, sold={}, cash_cents=0)

    def names(by, **wanted):
        return [row.name for row in listing.page(tx, by, 1, listing.Wanted(**wanted))]

    assert names(mother) == ["A", "C"] == [row.name for row in listing.for_calls(tx, mother, 1)]
    assert names(admin) == ["A", "B", "C"]
    assert names(make_person(tx, "caregiver")) == ["A"]
    assert names(mother, mine=True) == ["C"]
    assert names(admin, group="held") == ["C"]
    assert names(admin, since="2026-02-15T00:00:00Z") == ["C"]
    first = listing.page(tx, admin, 1, limit=1)[0]
    assert [row.name for row in listing.page(tx, admin, 1, after=(first.starts_at, first.id))] == ["B", "C"]
    assert booths.look_at(tx, mother, seen).name == "A"
    with pytest.raises(NotFound):
        booths.look_at(tx, mother, hidden)


def test_a_calendar_file_is_written_as_the_standard_says(tx):
    """COOKIE-06: RFC 5545: CRLF, lines of 75 octets at most, escaped text, UTC."""
    event = Event("shift-1@x", STARTS, ENDS, "Ä, B; C\\D " + "é" * 60, "1 Way,\nTown", "", "CONFIRMED")
    said = calendar.text("Troop", [event], STARTS)
    assert said.startswith("BEGIN:VCALENDAR\r\n") and said.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in said.split("\r\n"))
    unfolded = said.replace("\r\n ", "")
    assert "SUMMARY:Ä\\, B\\; C\\\\D " + "é" * 60 in unfolded
    assert "LOCATION:1 Way\\,\\nTown" in unfolded
    assert "DTSTART:20260214T160000Z\r\nDTEND:20260214T200000Z" in unfolded
    assert "DTSTAMP:20260214T160000Z" in unfolded
    assert "\n" not in said.replace("\r\n", "")


def test_who_only_waits_is_not_in_the_calendar_beside_who_goes(tx, admin):
    """A sister on the waiting list is no sister with a place; where all of them wait, the calendar says that they do."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    mother = make_person(tx, "caregiver", scout_ids=(ana, bea))
    booth = booths.plan(tx, admin, "M", clock.after(days=9), clock.after(days=9, hours=2))
    row = booths.find(tx, booth)
    shift = shifts.add_shift(tx, admin, booth, row.starts_at, row.ends_at, max_girls=1, min_girls=0)
    going = sign_ups.sign_up(tx, mother, shift, ana)[0]
    assert sign_ups.sign_up(tx, mother, shift, bea, wait=True)[1] == "waiting"
    (event,) = calendar.shifts_of(tx, mother.id)
    assert (event.girls, event.is_herself, event.is_waiting) == ("Ana", 0, 0)
    other = make_person(tx, "caregiver", "Nia", scout_ids=(make_scout(tx, "Cleo"),))
    cleo = min(other.scout_ids)
    sign_ups.sign_up(tx, other, shift, cleo, wait=True)
    (event,) = calendar.shifts_of(tx, other.id)
    assert (event.girls, event.is_waiting) == ("Cleo", 1)
    sign_ups.leave(tx, mother, going)
    assert calendar.shifts_of(tx, mother.id)[0].girls == "Bea"


def test_a_calendar_link_is_kept_as_a_hash_and_works_until_it_is_revoked(tx, admin):
    """COOKIE-06: a new link ends the one before; a disabled account has none."""
    mother = make_person(tx, "caregiver", scout_ids=(make_scout(tx, "Ana", "Longlet."),))
    first = calendar.make_link(tx, mother)
    assert first not in str(vars(one(tx, "SELECT * FROM calendar_links")))
    second = calendar.make_link(tx, mother)
    with pytest.raises(NotFound):
        calendar.of_link(tx, first)
    assert calendar.of_link(tx, second).account_id == mother.id
    booth = booths.plan(tx, admin, "M", clock.after(days=1), clock.after(days=1, hours=2))
    row = booths.find(tx, booth)
    shift = shifts.add_shift(tx, admin, booth, row.starts_at, row.ends_at)
    sign_ups.sign_up(tx, mother, shift, min(mother.scout_ids))
    sign_ups.sign_up(tx, mother, shift)
    (event,) = calendar.shifts_of(tx, mother.id)
    assert (event.girls, event.is_herself, event.is_waiting) == ("Ana", 1, 0)
    booths.cancel(tx, admin, booth, "rain")
    assert calendar.shifts_of(tx, mother.id)[0].uid == event.uid
    tx.execute("UPDATE accounts SET state = 'disabled' WHERE id = ?", (mother.id,))
    with pytest.raises(NotFound):
        calendar.of_link(tx, second)
    tx.execute("UPDATE accounts SET state = 'active' WHERE id = ?", (mother.id,))
    calendar.revoke(tx, mother)
    with pytest.raises(NotFound):
        calendar.of_link(tx, second)
