"""What people say, the lists around a season, its figures, its review, and whom to call: as pages."""

import re

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain import contacts, feedback, launch, season_review
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict
from tests.web.pages.browsing import OLGA, count, send, words

SAID = {
    "kind": "problem",
    "said": "The total is not what I counted.",
    "page": "/sales?girl=1",
    "request": "abc-123-def",
}


def test_every_page_leads_to_a_note_that_its_reader_gets_with_page_version_and_request(signed_in, box):
    """TEST-16 UX-32: no script; the admin sees page, version and the number of the request, and ticks it off."""
    mother, admin = signed_in("caregiver"), signed_in("admin")
    assert 'href="/feedback?page=/"' in mother.get("/").text
    lost = mother.get("/nothing-of-that-name")
    assert f"&amp;request={lost.headers['X-Request-ID']}" in lost.text
    answer = mother.post("/feedback", data=SAID)
    assert (answer.status_code, answer.location) == (303, "/sales")
    page = admin.get("/feedback/list")
    for said in ("The total is not what I counted.", "/sales", "2.0.0", "abc-123-def", "Lea"):
        assert said in words(page)
    assert admin.post("/feedback/1", data={"done": "1"}).status_code == 303
    with box.read() as tx:
        assert feedback.waiting(tx) == 0
    assert admin.post("/feedback/9", data={"done": "1"}).status_code == 404


def test_a_form_that_is_wrong_comes_back_and_loses_nothing(signed_in, box):
    """Bad input: too long, empty, another kind; a page elsewhere is no page."""
    mother = signed_in("caregiver")
    for wrong in ({"said": ""}, {"said": "x" * 1001}, {"kind": "spam"}):
        answer = mother.post("/feedback", data=SAID | wrong)
        assert answer.status_code == 422
        assert (SAID | wrong)["said"] in answer.text
    assert mother.post("/feedback", data=SAID | {"page": "//evil.example", "request": "<b>"}).location == "/"
    with box.read() as tx:
        assert value(tx, "SELECT page || request_id FROM feedback") == ""


def test_nobody_says_more_than_ten_things_an_hour(signed_in, box):
    """Bad input: bounded for each and for the troop; what is old is forgotten."""
    mother = signed_in("caregiver")
    for _ in range(feedback.MOST_AN_HOUR):
        assert mother.post("/feedback", data=SAID).status_code == 303
    assert mother.post("/feedback", data=SAID).status_code == 429
    with box.write() as tx:
        run(tx, "UPDATE feedback SET at = :at", at=clock.after(days=-feedback.KEPT_DAYS - 1))
        assert feedback.forget(tx, clock.after(days=-feedback.KEPT_DAYS)) == feedback.MOST_AN_HOUR


def test_a_girl_is_not_asked_for_free_words(signed_in, girls):
    """What a child might write of herself is not kept."""
    ava = signed_in("scout", first_name="Ava", scout_ids=(girls.ava,))
    assert "/feedback" not in ava.get("/").text
    assert ava.post("/feedback", data=SAID).status_code == 403


def test_after_the_season_each_is_asked_once_how_it_was(signed_in, box):
    """TEST-17: one question, one answer each, the mean of them, and remarks without names."""
    mother, admin = signed_in("caregiver"), signed_in("admin")
    assert mother.post("/feedback/season", data={"score": "5"}).status_code == 409
    with box.write() as tx:
        season = seasons.current(tx).id
        run(tx, "UPDATE seasons SET status = 'closing'")
    assert "How was this season" in mother.get("/feedback").text
    for score in ("2", "4"):
        sent = {"score": score, "remark": "Booths were easy."}
        assert mother.post("/feedback/season", data=sent).status_code == 303
    assert admin.post("/feedback/season", data={"score": "5"}).status_code == 303
    assert admin.post("/feedback/season", data={"score": "6"}).status_code == 422
    with box.read() as tx:
        assert feedback.score(tx, season) == (2, 45)
    shown = words(admin.get("/feedback/list"))
    assert "4.5 of 5, by 2 answers" in shown
    assert "Good: Booths were easy." in shown


def test_the_lists_around_the_first_day_are_ticked_and_given_to_somebody(leader, signed_in, box):
    """DEP-36 DEP-38 UX-33: state and owner are kept for the season; drills are on a list of their own."""
    other = signed_in("leader", first_name="Nora").person
    shown = leader.get("/launch").text
    assert "Open the page" in shown
    assert not re.search(
        r"<details(?:(?!</details>).)*Open the page", shown, re.DOTALL
    )  # to be seen without opening anything
    page = words(leader.get("/launch"))
    for phase in launch.PHASES.values():
        assert phase in page
    assert leader.post("/launch/roster/owner", data={"owner": other.id}).location == "/launch#roster"
    assert "Nora does it" in words(leader.get("/launch"))
    assert leader.post("/launch/roster", data={"done": "1"}).status_code == 303
    assert leader.post("/launch/drill-log", data={"done": "1"}).status_code == 303
    assert "Done by Lea" in words(leader.get("/launch"))
    with box.read() as tx:
        assert [
            line.item.code for line in launch.lines(tx, OLGA) if line.done_at and line.item.code.startswith("drill-")
        ] == ["drill-log"]
        assert launch.left(tx)["before"] == sum(one.phase == "before" for one in launch.ITEMS) - 1
    leader.post("/launch/roster", data={"done": "0"})
    with box.read() as tx:
        line = next(line for line in launch.lines(tx, OLGA) if line.item.code == "roster")
    assert (line.owner, line.done_at, line.done_by) == ("Nora", None, "")
    mother = signed_in("caregiver").person.id
    for wrong in ({"owner": mother}, {"owner": "x"}, {"owner": "999"}):
        assert leader.post("/launch/roster/owner", data=wrong).status_code == 422
    assert leader.post("/launch/party", data={"done": "1"}).status_code == 404


def test_every_line_of_the_lists_leads_to_a_page_that_is_there(site):
    """DEP-36: no dead ends."""
    served = {rule.rule for rule in site.url_map.iter_rules()}
    assert [one.code for one in launch.ITEMS if one.href and one.href not in served] == []
    assert len({one.code for one in launch.ITEMS}) == len(launch.ITEMS)


def test_figures_stand_beside_targets_that_a_leader_may_change(leader, box, girls):
    """TEST-23: technical, family and season figures, each with a light; an empty target is ours again."""
    page = words(leader.get("/kpis"))
    for title in ("The season", "Families", "The box", "Age of the newest copy", "at most 26 hours", "Not known yet"):
        assert title in page
    assert "Problems and ideas nobody has looked after 0 at most 5 Good" in page
    leader.post("/feedback", data=SAID)
    send(leader, "/kpis/targets", "/kpis", open="0", p95="400")
    page = words(leader.get("/kpis"))
    assert "Problems and ideas nobody has looked after 1 at most 0 Far off" in page
    assert "at most 400 ms" in page
    send(leader, "/kpis/targets", "/kpis", p95="")
    assert "at most 500 ms" in words(leader.get("/kpis"))
    assert leader.post("/kpis/targets", data={"p95": "fast"}).status_code == 422


def test_a_review_is_read_in_the_season_after(leader, box, admin, girls):
    """TEST-22: figures and words of a season; the next one begins with them; a report as well."""
    send(leader, "/season-review", well="Booths at the library", badly="Too late with money", next="Deposit weekly")
    shown = words(leader.get("/season-review"))
    assert "Booths at the library" in shown
    assert "Written by Lea" in shown
    with box.write() as tx:
        run(tx, "UPDATE seasons SET status = 'archived'")
        following = seasons.begin(tx, 2027, "abc", by=admin)
    page = words(leader.get("/season-review"))
    assert "Of the season before, 2025-26" in page
    assert "Deposit weekly" in page
    table = leader.get("/reports/season-review.csv").text
    assert "The season before: what to do differently" in table
    assert leader.get("/reports/season-review.pdf").data.startswith(b"%PDF")
    with box.read() as tx:
        assert season_review.figures(tx, following).boxes == 0
    assert leader.post("/season-review", data={"well": "x" * 4001}).status_code == 422


def test_whom_to_call_is_printed_with_the_recovery_sheet(signed_in, box):
    """ALERT-20: roles and numbers as they were entered, on a page for leaders and on the printed sheet."""
    admin, leader = signed_in("admin"), signed_in("leader")
    sent = {"role": "The box itself", "name": "Pat Example", "phone": "555-0100", "note": "not after nine"}
    assert send(admin, "/contacts", **sent).status_code == 303
    assert leader.post("/contacts", data=sent).status_code == 403
    for said in sent.values():
        assert said in words(leader.get("/contacts"))
    assert 'name="phone"' not in leader.get("/contacts").text
    sheet = words(admin.post("/recovery-sheet"))
    assert "The box itself Pat Example, 555-0100" in sheet
    for wrong in ({"role": ""}, {"phone": "1"}, {"name": "x" * 81}):
        assert admin.post("/contacts", data=sent | wrong).status_code == 422
    assert leader.post("/contacts/1/take-off").status_code == 403
    assert admin.post("/contacts/1/take-off").status_code == 303
    assert admin.post("/contacts/1/take-off").status_code == 404
    with box.write() as tx:
        for number in range(contacts.MOST):
            contacts.enter(tx, OLGA, "Role", f"Name {number}", "555")
        with pytest.raises(Conflict):
            contacts.enter(tx, OLGA, "Role", "One more", "555")
    assert count(box, "contacts") == contacts.MOST
