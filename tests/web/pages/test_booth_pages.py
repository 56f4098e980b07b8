"""Booths in the browser: planning, signing up, swapping, noting who is there, the calendar and its secret link."""

import re
import threading
from types import SimpleNamespace

import pytest

from gsctracker import clock
from gsctracker.domain.booths import booths, hours, presences, shifts, sign_ups
from gsctracker.domain.people import sessions
from tests import factories
from tests.web.conftest import as_person
from tests.web.pages.browsing import ODD, OLGA, count, filled, send, words


@pytest.fixture
def stall(box, girls):
    """A booth in three days with one shift of one girl and one adult."""
    with box.write() as tx:
        starts = clock.after(days=3)[:14] + "00:00Z"
        ends = hours.shifted(starts, hours=3)
        booth = booths.plan(tx, OLGA, "Market Square", starts, ends, permit="P-17")
        places = {"min_girls": 1, "max_girls": 1, "min_adults": 1, "max_adults": 1}
        shift = shifts.add_shift(tx, OLGA, booth, starts, ends, **places)
        return SimpleNamespace(id=booth, shift=shift, starts=starts, ends=ends)


def at(stall):
    return f"/booths/{stall.id}"


def one_booth(**changes):
    fields = {
        "name": "Hill",
        "type": "troop",
        "status": "scheduled",
        "day": "2026-02-14",
        "starts": "10:00",
        "ends": "13:00",
    }
    return fields | changes


def test_a_booth_is_planned_changed_copied_and_called_off(box, girls, leader):
    """COOKIE-06: with one shift as long as the booth, at the time on the wall."""
    made = send(leader, "/booths/new", **one_booth(shift="1", permit="P-9", notes="bring a tent"))
    assert made.status_code == 303
    address = made.location
    page = leader.get(address)
    for part in ("Sat, Feb 14", "10:00", "Girls: 0 of 4", "Permit: P-9", "bring a tent"):
        assert part in words(page).replace("\u202f", " ")
    assert send(leader, f"{address}/change", **one_booth(name="Hill Road", ends="14:00")).status_code == 303
    copied = send(leader, f"{address}/copy", address, days=7)
    assert "Sat, Feb 21" in words(leader.get(copied.location))
    assert send(leader, f"{address}/cancel", address, reason="").status_code == 422
    assert send(leader, f"{address}/cancel", address, reason="snow").status_code == 303
    assert "called off" in words(leader.get(address))
    assert count(box, "booth_shifts") == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends": "09:00"}, "ends"),
        ({"ends": "15:00"}, "ends"),
        ({"day": "2026-03-08", "starts": "02:30"}, "starts"),
        ({"name": ""}, "name"),
        ({"day": "soon"}, "day"),
        ({"type": "circus"}, "type"),
        ({"site": "99x"}, "site"),
        ({"open_day": "never"}, "open_day"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_lost(box, leader, changes, field):
    before = count(box, "booths")
    page = send(leader, "/booths/new", **one_booth(notes="keep me", **changes))
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text and "keep me" in page.text
    assert count(box, "booths") == before


@pytest.mark.parametrize("given", ODD)
def test_odd_input_is_refused_with_a_sentence(stall, leader, mother, given):
    for browser, address, fields in (
        (leader, f"{at(stall)}/shifts", {"starts": given, "ends": given}),
        (leader, f"{at(stall)}/shifts/{stall.shift}/places", {"max_girls": given}),
        (leader, f"{at(stall)}/copy", {"days": given}),
        (leader, f"{at(stall)}/move", {"to": given}),
        (leader, f"{at(stall)}/there", {"who": given, "came": given}),
        (leader, "/booths/rules", {"leave_hours": given}),
        (leader, "/booths/rules/types/troop", {"max_girls": given}),
        (mother, f"/booths/shifts/{stall.shift}/sign-up", {"who": given}),
        (mother, f"/booths/shifts/{stall.shift}/sign-up", {"who": f"girl-{given}"}),
    ):
        assert browser.post(address, data=fields).status_code in (404, 422), address
    for address in ("/booths?site=", "/booths?from=", "/booths?after=", "/booths/calendar?day=", "/booths?type="):
        assert leader.get(address + given.replace("\x00", "")).status_code in (200, 422)


def test_a_mother_signs_her_girl_up_and_reads_only_her_own(box, stall, mother, signed_in, girls):
    page = send(mother, f"/booths/shifts/{stall.shift}/sign-up", at(stall), who=f"girl-{girls.ava}")
    assert page.status_code == 303
    text = words(mother.get(at(stall)))
    assert "You are signed up." in text and "Girls: 1 of 1" in text and "Permit" not in text
    assert f'<option value="girl-{girls.ava}"' not in mother.get(at(stall)).text
    other = signed_in("caregiver", first_name="Nia", scout_ids=(girls.bea,))
    assert "Ava" not in words(other.get(at(stall)))
    assert send(other, f"/booths/shifts/{stall.shift}/sign-up", at(stall), who=f"girl-{girls.ava}").status_code == 404
    no = send(other, f"/booths/shifts/{stall.shift}/sign-up", at(stall), who=f"girl-{girls.bea}")
    assert no.status_code == 409 and "Somebody was quicker" in words(no)
    send(other, f"/booths/shifts/{stall.shift}/sign-up", at(stall), who=f"girl-{girls.bea}", wait="1")
    assert "On the waiting list" in words(other.get(at(stall)))
    (mine,) = [row.id for row in _people(box, stall) if row.scout_id == girls.ava]
    assert other.post(f"/booths/sign-ups/{mine}/leave").status_code == 404
    assert send(mother, f"/booths/sign-ups/{mine}/leave", at(stall)).status_code == 303
    assert [(row.scout_id, row.state) for row in _people(box, stall)] == [(girls.bea, "going")]


def test_fifty_ask_for_the_last_place_and_one_has_it(site, box, stall):
    """COOKIE-07: fifty browsers at once; one is sent on, the others get a page with a kind sentence."""
    with box.write() as tx:
        people = []
        for number in range(50):
            girl = factories.make_scout(tx, f"Girl{number}")
            person = factories.make_person(tx, "caregiver", f"Mum{number}", scout_ids=(girl,))
            people.append((girl, as_person(site, person, sessions.start(tx, person.id, "test"))))
    answers, start = [], threading.Barrier(50)

    def claim(girl, browser):
        start.wait()
        answers.append(browser.post(f"/booths/shifts/{stall.shift}/sign-up", data={"who": f"girl-{girl}"}))

    threads = [threading.Thread(target=claim, args=pair) for pair in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 49
    assert all("Somebody was quicker" in answer.text for answer in answers if answer.status_code == 409)
    assert len(_people(box, stall)) == 1


def test_a_place_goes_from_one_family_to_another(box, stall, mother, signed_in, girls):
    send(mother, f"/booths/shifts/{stall.shift}/sign-up", at(stall), who=f"girl-{girls.ava}")
    (mine,) = _people(box, stall)
    send(mother, f"/booths/sign-ups/{mine.id}/offer", at(stall))
    other = signed_in("caregiver", first_name="Nia", scout_ids=(girls.bea,))
    assert "Places that are offered" in words(other.get("/booths"))
    page = other.get(at(stall))
    assert "A girl's place is offered" in words(page) and "Ava" not in words(page)
    swap = re.search(r"/booths/swaps/(\d+)/accept", page.text)[1]
    taken = send(other, f"/booths/swaps/{swap}/accept", at(stall), booth=stall.id, who=f"girl-{girls.bea}")
    assert taken.status_code == 303
    assert [row.scout_id for row in _people(box, stall)] == [girls.bea]
    assert other.post(f"/booths/swaps/{swap}/withdraw", data={"booth": stall.id}).status_code in (404, 409)


def test_who_is_there_is_noted_on_the_page(box, stall, leader, mother, girls):
    came = words(leader.get(at(stall)))
    assert "Who is there" in came and "Who is there" not in words(mother.get(at(stall)))
    with box.read() as tx:
        begins, ends = hours.local(tx, stall.starts)[1], hours.local(tx, stall.ends)[1]
    assert send(leader, f"{at(stall)}/there", at(stall), who=f"girl-{girls.ava}", came=begins).status_code == 303
    assert "There now" in words(leader.get(at(stall)))
    address = f"{at(stall)}/there/1"
    assert "Leaves now" not in words(leader.get(at(stall)))  # days before the booth there is no "now" at it
    if ends > begins:  # not over midnight: the form knows the times of one day
        assert send(leader, address, at(stall), came=begins, left=ends).status_code == 303
        assert send(leader, address, at(stall), came=ends, left=begins).status_code == 422
    assert mother.post(f"{at(stall)}/there", data={"who": f"girl-{girls.ava}", "came": begins}).status_code == 403
    assert send(leader, f"{address}/remove", at(stall)).status_code == 303
    assert count(box, "presences") == 0


def test_who_leaves_now_is_noted_with_one_touch(box, leader, girls):
    """At a booth that goes on; once she is gone there is nothing to leave."""
    with box.write() as tx:
        held = booths.plan(tx, OLGA, "Rink", clock.after(hours=-1), clock.after(hours=2))
        there = presences.check_in(tx, OLGA, held, girls.ava, clock.after(minutes=-30))
    here, address = f"/booths/{held}", f"/booths/{held}/there/{there}/leave"
    assert "since" in words(leader.get(here))
    assert send(leader, address, here).status_code == 303
    assert "There now" not in words(leader.get(here))
    assert leader.post(address).status_code == 409
    assert leader.post(f"/booths/{held}/there/999/leave").status_code == 404


def test_a_mother_who_helps_reads_only_the_names_that_families_agreed_to(box, stall, signed_in, girls):
    """SEC-31: she notes who is there, a girl of a family that did not agree by a number; nobody else's name for who is not there."""
    with box.write() as tx:
        shifts.change_places(tx, OLGA, stall.shift, max_girls=3, max_adults=2)
        cleo = factories.make_scout(tx, "Cleo")
    helper = signed_in("caregiver", first_name="Hana", scout_ids=(cleo,))
    with box.write() as tx:
        for girl in (girls.ava, girls.bea):
            sign_ups.sign_up(tx, OLGA, stall.shift, girl)
        sign_ups.sign_up(tx, helper.person, stall.shift)
        factories.agree(tx, girls.bea, shows_name=True)
    page = words(helper.get(at(stall)))
    assert "Bea" in page and "Ava" not in page
    assert "A girl of another family (1)" in page
    with box.read() as tx:
        begins = hours.local(tx, stall.starts)[1]
    for who in (f"girl-{girls.ava}", f"adult-{helper.person.id}"):
        assert send(helper, f"{at(stall)}/there", at(stall), who=who, came=begins).status_code == 303
    page = words(helper.get(at(stall)))
    assert "Ava" not in page and page.count("There now") == 2
    assert send(helper, f"{at(stall)}/there", at(stall), who="girl-", came=begins).status_code == 422


def test_who_moved_up_reads_it_on_the_first_page(box, stall, mother, signed_in, girls):
    """COOKIE-42: without looking at the booth's page."""
    other = signed_in("caregiver", first_name="Nia", scout_ids=(girls.bea,))
    with box.write() as tx:
        mine, _ = sign_ups.sign_up(tx, mother.person, stall.shift, girls.ava)
        sign_ups.sign_up(tx, other.person, stall.shift, girls.bea, wait=True)
    assert "moved up" not in words(other.get("/"))
    send(mother, f"/booths/sign-ups/{mine}/leave", at(stall))
    assert "moved up from the waiting list: Market Square" in words(other.get("/"))
    assert "moved up" not in words(mother.get("/"))


def test_a_family_fetches_its_calendar_by_a_secret_link(stall, box, mother, browser, girls):
    """COOKIE-06: first names alone, kept as a hash, gone once it is revoked."""
    with box.write() as tx:
        sign_ups.sign_up(tx, mother.person, stall.shift, girls.ava)
        sign_ups.sign_up(tx, mother.person, stall.shift)
    page = mother.post("/booths/my-calendar")
    link = re.search(r"/calendar/[\w-]+\.ics", page.text)[0]
    assert link not in mother.get("/booths/my-calendar").text
    feed = browser.get(link)
    assert feed.status_code == 200 and feed.content_type == "text/calendar; charset=utf-8"
    assert "SUMMARY:Cookie booth Market Square: Ava\\, you\r\n" in feed.text
    assert "Ava A" not in feed.text and f"UID:shift-{stall.shift}@" in feed.text
    assert browser.get("/calendar/" + "x" * 43 + ".ics").status_code == 404
    assert browser.get("/calendar/" + "x" * 500 + ".ics").status_code == 404
    mother.post("/booths/my-calendar/revoke")
    assert browser.get(link).status_code == 404


def test_the_rules_are_read_by_all_and_changed_by_a_cookie_leader(box, leader, mother):
    assert "Troop booth" in words(mother.get("/booths/rules"))
    places = {"min_girls": 1, "max_girls": 7, "min_adults": 2, "max_adults": 2, "max_minutes": 120}
    assert mother.post("/booths/rules/types/troop", data=places).status_code == 403
    assert send(leader, "/booths/rules/types/troop", "/booths/rules", **places).status_code == 303
    assert send(leader, "/booths/rules", leave_hours=24, early_cadette=12).status_code == 303
    text = words(mother.get("/booths/rules"))
    assert "1–7" in text and "Cadette: 12 hours before the others" in text and "until 24 hours before" in text
    assert send(leader, "/booths/rules/adults/1", "/booths/rules", until="2027-01-31").status_code == 303
    assert "until Jan 31, 2027" in words(leader.get("/booths/rules"))
    assert "Registered" not in words(mother.get("/booths/rules"))


def test_places_are_kept_with_what_sold_there(leader, mother):
    made = leader.post("/booths/sites/new", data={"name": "Old Library", "address": "3 School Lane"})
    assert made.status_code == 303
    assert "No booth was held here yet" in words(leader.get(made.location))
    assert send(leader, made.location, name="").status_code == 422
    assert send(leader, made.location, name="Library", is_active="1").status_code == 303
    assert "Library" in words(leader.get("/booths/sites"))
    assert mother.get("/booths/sites").status_code == 403


def test_the_calendar_and_fairness_are_there_for_everybody(stall, leader, mother, signed_in, girls):
    day = stall.starts[:10]
    for browser in (leader, mother, signed_in("scout", first_name="Ava", scout_ids=(girls.ava,))):
        for address in (f"/booths/calendar?day={day}", f"/booths/calendar?view=week&day={day}"):
            assert "Market Square" in words(browser.get(address))
        fair = words(browser.get("/booths/fairness"))
        assert ("Bea" in fair) == (browser is leader)
        assert "Sign up" not in words(browser.get(at(stall))) or browser is not None
    assert "Sign-ups that got a place" in words(leader.get("/booths/fairness"))


def test_today_shows_the_next_shifts(stall, box, mother, leader, girls):
    assert "Next booths" in words(leader.get("/")) and "Your next shifts" not in words(mother.get("/"))
    with box.write() as tx:
        sign_ups.sign_up(tx, mother.person, stall.shift, girls.ava)
    assert "Your next shifts" in words(mother.get("/"))


def test_a_form_sent_twice_is_done_once(box, stall, leader):
    form = filled(leader, "/booths/new", **one_booth())
    before = count(box, "booths")
    for _ in range(2):
        assert leader.post("/booths/new", data=form).status_code == 303
    assert count(box, "booths") == before + 1


def _people(box, stall):
    with box.read() as tx:
        return sign_ups.of_booth(tx, stall.id)
