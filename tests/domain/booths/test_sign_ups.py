"""Signing up for shifts: one last place and fifty who want it, waiting, leaving, swapping, early windows."""

import threading
from types import SimpleNamespace

import pytest

from gsctracker import clock
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import (
    attendance,
    booths,
    closing,
    fairness,
    hours,
    moved_up,
    policies,
    presences,
    shifts,
    sign_ups,
    states,
    swaps,
)
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import make_person, make_scout, set_up

SEASON = 1


def tomorrow(at: int) -> str:
    """An instant so many hours after the booth begins, which is three days from now."""
    return hours.shifted(clock.after(days=3)[:14] + "00:00Z", hours=at)


@pytest.fixture
def booth(tx, admin):
    """A booth of four hours with two shifts of one girl and one adult; Ana and Bea with their mothers, and a third mother."""
    booth_id = booths.plan(tx, admin, "Market", tomorrow(0), tomorrow(4))
    places = {"min_girls": 1, "max_girls": 1, "min_adults": 1, "max_adults": 1}
    early = shifts.add_shift(tx, admin, booth_id, tomorrow(0), tomorrow(2), **places)
    late = shifts.add_shift(tx, admin, booth_id, tomorrow(2), tomorrow(4), **places)
    ana, bea = make_scout(tx, "Ana", level="cadette"), make_scout(tx, "Bea", level="daisy")
    return SimpleNamespace(
        id=booth_id,
        early=early,
        late=late,
        ana=ana,
        bea=bea,
        mia=make_person(tx, "caregiver", "Mia", scout_ids=(ana,)),
        nia=make_person(tx, "caregiver", "Nia", scout_ids=(bea,)),
    )


def state_of(tx, shift_id, scout_id):
    sql = "SELECT state FROM shift_sign_ups WHERE shift_id = :shift AND scout_id = :scout ORDER BY id DESC"
    return value(tx, sql, shift=shift_id, scout=scout_id)


def test_fifty_ask_for_the_last_place_and_one_has_it(db):
    """COOKIE-07: fifty threads at once; one has the place, the others read a kind sentence, and nothing else happens."""
    with db.write() as tx:
        admin = set_up(tx)
        booth_id = booths.plan(tx, admin, "Market", tomorrow(0), tomorrow(4))
        shift = shifts.add_shift(tx, admin, booth_id, tomorrow(0), tomorrow(4), min_girls=1, max_girls=1)
        girls = [make_scout(tx, f"Girl{number}") for number in range(50)]
        families = [make_person(tx, "caregiver", f"Mum{girl}", scout_ids=(girl,)) for girl in girls]
    said, start = [], threading.Barrier(50)

    def claim(girl, by):
        start.wait()
        try:
            with db.write() as tx:
                said.append(sign_ups.sign_up(tx, by, shift, girl)[1])
        except Conflict as no:
            said.append(no.code)

    threads = [threading.Thread(target=claim, args=pair) for pair in zip(girls, families, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["going"] + ["shift_full"] * 49
    with db.read() as tx:
        assert value(tx, "SELECT count(*) FROM shift_sign_ups") == 1
        assert value(tx, "SELECT count(*) FROM shift_places") == 1


def test_another_familys_girl_is_not_hers_to_sign_up(tx, booth):
    with pytest.raises(NotFound):
        sign_ups.sign_up(tx, booth.mia, booth.early, booth.bea)
    with pytest.raises(NotFound):
        sign_ups.sign_up(tx, booth.mia, booth.early, account_id=booth.nia.id)
    bea = sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea)[0]
    for act in (sign_ups.leave, swaps.offer):
        with pytest.raises(NotFound):
            act(tx, booth.mia, bea)
    with pytest.raises(NotAllowed):
        sign_ups.sign_up(tx, make_person(tx, "scout", "Ana", scout_ids=(booth.ana,)), booth.early, booth.ana)


@pytest.mark.parametrize("status", ["planned", "requested", "confirmed", "lost", "counted", "closed", "cancelled"])
def test_a_booth_that_is_not_open_takes_nobody(tx, booth, status):
    """To a family it is not even there."""
    if status in ("counted", "closed"):
        closing.close(tx, make_person(tx, "cookie_leader"), booth.id, sold={}, cash_cents=0)
    tx.execute("UPDATE booths SET status = ?", (status,))
    with pytest.raises(NotFound):
        sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)
    with pytest.raises(Conflict, match="not open for sign-up"):
        sign_ups.sign_up(tx, make_person(tx, "leader"), booth.early, booth.ana)


def test_no_girl_and_no_adult_is_at_two_places_at_once(tx, admin, booth):
    other = booths.plan(tx, admin, "Library", tomorrow(1), tomorrow(3))
    overlapping = shifts.add_shift(tx, admin, other, tomorrow(1), tomorrow(3))
    sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)
    sign_ups.sign_up(tx, booth.mia, booth.early)
    for girl in (booth.ana, None):
        with pytest.raises(Conflict, match="has a place at Market at that time"):
            sign_ups.sign_up(tx, booth.mia, overlapping, girl)
        with pytest.raises(Conflict, match="signed up for this shift already"):
            sign_ups.sign_up(tx, booth.mia, booth.early, girl)
        assert sign_ups.sign_up(tx, booth.mia, booth.late, girl)[1] == "going"  # one shift follows another at once


def test_who_waits_moves_up_by_herself(tx, admin, booth):
    mine = sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[0]
    assert sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea, wait=True)[1] == "waiting"
    cleo = make_scout(tx, "Cleo")
    sign_ups.sign_up(tx, admin, booth.early, cleo, wait=True)
    sign_ups.leave(tx, booth.mia, mine)
    assert [state_of(tx, booth.early, girl) for girl in (booth.ana, booth.bea, cleo)] == ["left", "going", "waiting"]
    shifts.change_places(tx, admin, booth.early, max_girls=2)
    sign_ups.move_up(tx, booth.early)
    assert state_of(tx, booth.early, cleo) == "going"
    with pytest.raises(Conflict, match="2 have a place"):
        shifts.change_places(tx, admin, booth.early, max_girls=1)


def test_who_stands_elsewhere_by_now_is_passed_over(tx, admin, booth):
    mine = sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[0]
    sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea, wait=True)
    other = booths.plan(tx, admin, "Library", tomorrow(0), tomorrow(2))
    sign_ups.sign_up(tx, admin, shifts.add_shift(tx, admin, other, tomorrow(0), tomorrow(2)), booth.bea)
    sign_ups.leave(tx, booth.mia, mine)
    assert state_of(tx, booth.early, booth.bea) == "waiting"


def test_a_place_that_is_needed_is_not_given_back_at_the_last_moment(tx, admin, booth):
    """Within the season's hours and below the minimum: offer it instead. A leader may, and so may all where somebody waits."""
    mine = sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[0]
    policies.set_rules(tx, admin, SEASON, 100, {})
    with pytest.raises(Conflict, match="Less than 100 hours"):
        sign_ups.leave(tx, booth.mia, mine)
    waits = sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea, wait=True)[0]
    sign_ups.leave(tx, booth.mia, mine)
    with pytest.raises(Conflict):
        sign_ups.leave(tx, booth.nia, waits)
    sign_ups.leave(tx, make_person(tx, "leader"), waits)
    assert state_of(tx, booth.early, booth.bea) == "left"


def test_an_offered_place_goes_to_the_family_that_takes_it(tx, admin, booth):
    """However late: the shift never falls short meanwhile."""
    mine = sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[0]
    policies.set_rules(tx, admin, SEASON, 100, {})
    swap = swaps.offer(tx, booth.mia, mine)
    with pytest.raises(Conflict, match="offered already"):
        swaps.offer(tx, booth.mia, mine)
    assert state_of(tx, booth.early, booth.ana) == "going"
    assert [(row.id, row.is_hers) for row in swaps.offered(tx, booth.nia, SEASON)] == [(swap, False)]
    with pytest.raises(NotFound):
        swaps.withdraw(tx, booth.nia, swap)
    with pytest.raises(NotFound):
        swaps.accept(tx, booth.nia, swap, booth.ana)
    swaps.accept(tx, booth.nia, swap, booth.bea)
    assert (state_of(tx, booth.early, booth.ana), state_of(tx, booth.early, booth.bea)) == ("left", "going")
    with pytest.raises(Conflict, match="Somebody was quicker"):
        swaps.accept(tx, booth.nia, swap, booth.bea)
    assert swaps.offered(tx, booth.mia, SEASON) == []


def test_an_adults_place_is_offered_to_adults_and_can_be_kept(tx, booth):
    mine = sign_ups.sign_up(tx, booth.mia, booth.early)[0]
    kept = swaps.offer(tx, booth.mia, mine)
    swaps.withdraw(tx, booth.mia, kept)
    with pytest.raises(Conflict):
        swaps.accept(tx, booth.nia, kept)
    swaps.accept(tx, booth.nia, swaps.offer(tx, booth.mia, mine))
    assert [row.account_id for row in many(tx, "SELECT account_id FROM shift_places")] == [booth.nia.id]


def test_some_may_sign_up_before_the_others(tx, admin, booth):
    """COOKIE-28: the window is by a girl's level and by role; outside it the sentence says when it opens."""
    booths.change(tx, admin, booth.id, sign_up_from=clock.after(hours=5))
    policies.set_rules(tx, admin, SEASON, 48, {"cadette": 6, "leader": 2})
    with pytest.raises(Conflict, match=r"opens on \d{4}-\d\d-\d\d \d\d:\d\d"):
        sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea)
    with pytest.raises(Conflict, match="opens on"):
        sign_ups.sign_up(tx, make_person(tx, "leader"), booth.early, booth.bea)
    assert sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[1] == "going"
    policies.set_rules(tx, admin, SEASON, 48, {"leader": 6})
    assert sign_ups.sign_up(tx, make_person(tx, "leader"), booth.late, booth.bea)[1] == "going"


def test_a_shift_that_is_over_takes_nobody_but_from_a_leader(tx, admin, booth):
    past = booths.plan(tx, admin, "Old", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    shift = shifts.add_shift(tx, admin, past, "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    with pytest.raises(Conflict, match="is over"):
        sign_ups.sign_up(tx, booth.mia, shift, booth.ana)
    assert sign_ups.sign_up(tx, make_person(tx, "leader"), shift, booth.ana)[1] == "going"


def test_a_shift_needs_its_registered_adults(tx, admin, booth):
    sign_ups.sign_up(tx, booth.mia, booth.early)
    sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)

    def lacks():
        return shifts.lacks(tx, SEASON, "troop", shifts.of_booth(tx, booth.id)[0])

    assert lacks() == {"registered": 1}
    policies.clear_adult(tx, admin, booth.mia.id, "2030-01-01")
    assert lacks() == {}
    policies.clear_adult(tx, admin, booth.mia.id, "2020-01-01")
    assert lacks() == {"registered": 1}
    with pytest.raises(NotAllowed):
        policies.clear_adult(tx, booth.mia, booth.mia.id, "2030-01-01")


def test_who_moves_up_is_told_once(tx, booth):
    """COOKIE-42: news in the app for three days, and a mail to each adult of the girl's family until one was sent."""
    mine = sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)[0]
    sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea, wait=True)

    def news(person):
        return moved_up.news(sign_ups.coming(tx, person, SEASON, clock.now()))

    assert news(booth.nia) == moved_up.to_tell(tx) == []
    sign_ups.leave(tx, booth.mia, mine)
    assert [(row.scout_first_name, row.booth_name) for row in news(booth.nia)] == [("Bea", "Market")]
    assert news(booth.mia) == []
    mail = moved_up.to_tell(tx)
    assert mail
    emails = (
        "SELECT sign_in_name FROM accounts JOIN cared_for ON account_id = accounts.id WHERE cared_for.scout_id = :girl"
    )
    assert [row.to for row in mail] == [row.sign_in_name for row in many(tx, emails, girl=booth.bea)]
    for row in mail:
        moved_up.told(tx, row.id)
    assert moved_up.to_tell(tx) == []
    assert news(booth.nia)
    tx.execute("UPDATE shift_sign_ups SET moved_at = ? WHERE moved_at IS NOT NULL", (clock.after(days=-4),))
    assert news(booth.nia) == []


def test_who_had_how_many_and_who_none(tx, admin, booth):
    """COOKIE-37: of what was asked for, so much got a place, and so many really came."""
    sign_ups.sign_up(tx, booth.mia, booth.early, booth.ana)
    late = sign_ups.sign_up(tx, booth.mia, booth.late, booth.ana)[0]
    sign_ups.sign_up(tx, booth.nia, booth.early, booth.bea, wait=True)
    rows = fairness.girls(tx, admin, SEASON)
    assert [(row.first_name, row.shifts, row.minutes, row.waiting) for row in rows] == [
        ("Bea", 0, 0, 1),
        ("Ana", 2, 240, 0),
    ]
    assert [row.first_name for row in fairness.girls(tx, booth.nia, SEASON)] == ["Bea"]
    assert fairness.average(tx, SEASON) == 1.0
    came = presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(0))
    presences.leave(tx, admin, booth.id, came, tomorrow(2))
    sign_ups.leave(tx, admin, late)
    found = fairness.funnel(tx, admin, SEASON)
    assert tuple(found) == (2, 3, 1, 1, 1, 1)
    assert (found.completed, found.filled) == (33, 50)
    with pytest.raises(NotAllowed):
        fairness.funnel(tx, booth.mia, SEASON)
    states.move(tx, admin, booth.id, "cancelled", "storm")
    assert fairness.average(tx, SEASON) == 0


def test_a_presence_is_half_open(tx, admin, booth):
    """Out at the second hour, she may be in again at that very instant, and nowhere else before it."""
    first = presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(0))
    with pytest.raises(Conflict, match="noted as being at Market"):
        presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(1))
    with pytest.raises(Invalid, match="after she came"):
        presences.leave(tx, admin, booth.id, first, tomorrow(0))
    presences.leave(tx, admin, booth.id, first, tomorrow(2))
    with pytest.raises(Conflict, match="not noted"):
        presences.leave(tx, admin, booth.id, first, tomorrow(3))
    again = presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(2))
    for far in (tomorrow(-3), tomorrow(9), "2026-02-14T16:00:00Z"):
        with pytest.raises(Invalid, match="too far"):
            presences.leave(tx, admin, booth.id, again, far)
    last = presences.of_booth(tx, booth.id)[-1]
    presences.correct(tx, admin, booth.id, last.id, tomorrow(3), tomorrow(4))
    assert [(row.came_at, row.left_at) for row in presences.of_booth(tx, booth.id)] == [
        (tomorrow(0), tomorrow(2)),
        (tomorrow(3), tomorrow(4)),
    ]
    with pytest.raises(Conflict):
        presences.correct(tx, admin, booth.id, last.id, tomorrow(1), tomorrow(4))
    presences.remove(tx, admin, booth.id, last.id)
    assert len(presences.of_booth(tx, booth.id)) == 1


def test_adults_come_and_go_too_and_nobody_is_credited_for_it(tx, admin, booth):
    """Who stands there notes herself and the others who signed up; a stranger to the booth only a leader."""
    sign_ups.sign_up(tx, booth.mia, booth.early)
    herself = presences.check_in(tx, booth.mia, booth.id, at=tomorrow(0))
    with pytest.raises(Conflict, match="noted as being at Market"):
        presences.check_in(tx, admin, booth.id, at=tomorrow(1), account_id=booth.mia.id)
    with pytest.raises(NotFound):
        presences.check_in(tx, booth.mia, booth.id, at=tomorrow(0), account_id=booth.nia.id)
    girl = make_person(tx, "scout", "Ida", scout_ids=(booth.bea,))
    for nobody in (girl.id, 10**6):
        with pytest.raises(NotFound):
            presences.check_in(tx, admin, booth.id, at=tomorrow(0), account_id=nobody)
    other = presences.check_in(tx, admin, booth.id, at=tomorrow(0), account_id=booth.nia.id)
    presences.leave(tx, booth.mia, booth.id, herself, tomorrow(2))
    presences.leave(tx, admin, booth.id, other, tomorrow(4))
    rows = presences.of_booth(tx, booth.id)
    assert [(row.adult_first_name, row.scout_id, row.left_at) for row in rows] == [
        ("Mia", None, tomorrow(2)),
        ("Nia", None, tomorrow(4)),
    ]
    presences.correct(tx, booth.mia, booth.id, rows[0].id, tomorrow(1), None)
    assert attendance.stays(tx, booth.id) == []


def test_who_was_not_noted_as_leaving_may_come_to_the_next_booth(tx, admin, booth):
    """She stayed to the end of the first and no longer; while it goes on she is nowhere else."""
    presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(1))
    following = booths.plan(tx, admin, "Rink", tomorrow(3), tomorrow(6))
    with pytest.raises(Conflict, match="noted as being at Market"):
        presences.check_in(tx, admin, following, booth.ana, tomorrow(3))
    presences.check_in(tx, admin, following, booth.ana, tomorrow(4))
    with pytest.raises(Conflict, match="noted as being at Rink"):
        presences.check_in(tx, admin, booth.id, booth.ana, tomorrow(5))
    earlier = booths.plan(tx, admin, "Mall", tomorrow(-5), tomorrow(-2))
    presences.check_in(tx, admin, earlier, booth.ana, tomorrow(-4))


def test_a_booth_that_goes_on_says_which_adults_it_lacks(tx, admin):
    """f.1: two adults, registered and checked where the rules ask for it; said once somebody is noted there or it is open."""
    ana, mia = make_scout(tx, "Ana"), make_person(tx, "caregiver", "Mia")
    held = booths.find(tx, booths.plan(tx, admin, "Rink", clock.after(hours=-1), clock.after(hours=2)))
    later = booths.find(tx, booths.plan(tx, admin, "Later", clock.after(hours=4), clock.after(hours=6)))

    def lacks():
        return presences.adults_lacking(tx, SEASON, [booths.find(tx, held.id), later])

    assert lacks() == {}
    girl = presences.check_in(tx, admin, held.id, ana, clock.after(minutes=-9))
    assert lacks() == {held.id: {"adults": 2, "registered": 2}}
    adults = {
        person.id: presences.check_in(tx, admin, held.id, at=clock.after(minutes=-8), account_id=person.id)
        for person in (admin, mia)
    }
    assert lacks() == {held.id: {"registered": 2}}
    for person in (admin, mia):
        policies.clear_adult(tx, admin, person.id, "2099-12-31")
    assert lacks() == {}
    presences.leave(tx, admin, held.id, adults[mia.id], clock.after(minutes=-2))
    assert lacks() == {held.id: {"adults": 1, "registered": 1}}
    presences.leave(tx, admin, held.id, girl, clock.after(minutes=-1))
    states.move(tx, admin, held.id, "open")
    assert lacks()[held.id]["adults"] == 1


def test_the_adults_of_a_booth_note_who_is_there(tx, booth):
    with pytest.raises(NotAllowed):
        presences.check_in(tx, booth.mia, booth.id, booth.bea, tomorrow(0))
    sign_ups.sign_up(tx, booth.mia, booth.early)
    presences.check_in(tx, booth.mia, booth.id, booth.bea, tomorrow(0))
    with pytest.raises(NotFound):
        presences.remove(tx, booth.mia, booth.id, 999)
