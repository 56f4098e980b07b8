"""What went wrong: told to everybody, written down, learned from."""

import pytest

from gsctracker.domain import incidents
from gsctracker.errors import Conflict, NotFound


def begun(browser, **more):
    """Begin a note; gives the address of its page."""
    sent = {"kind": "incident", "title": "The Pi was off", "notice": "Enter nothing until noon."} | more
    answer = browser.post("/incidents", data=sent)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_everybody_is_told_until_it_is_over(signed_in, site):
    """BAK-28: the note stands where people sign in and on every page; when it is over it is gone."""
    leader, stranger = signed_in("leader"), site.test_client()
    assert "Enter nothing" not in stranger.get("/sign-in").text
    page = begun(leader)
    assert "Enter nothing until noon." in stranger.get("/sign-in").text
    assert "Enter nothing until noon." in signed_in("caregiver").get("/").text
    leader.post(f"{page}/end", data={"over": "1"})
    assert "Enter nothing" not in stranger.get("/sign-in").text
    leader.post(f"{page}/end", data={"over": "0"})
    assert "Enter nothing" in stranger.get("/sign-in").text


def test_a_note_that_tells_nobody_is_a_note(signed_in, site):
    """BAK-29: what is learned need not stand on every page."""
    begun(signed_in("leader"), notice="")
    assert 'class="callout news"' not in site.test_client().get("/sign-in").text


def test_the_record_keeps_what_happened_what_is_to_be_done_and_what_was_learned(leader):
    """BAK-29: the timeline, the actions with their ticks, and the lesson; all of it is printed."""
    page = begun(leader)
    leader.post(f"{page}/lines", data={"kind": "happened", "said": "The plug was pulled."})
    leader.post(f"{page}/lines", data={"kind": "to_do", "said": "Buy a longer cable."})
    leader.post(page, data={"title": "The Pi was off", "notice": "", "learned": "Label the plug.\nTell the school."})
    shown = leader.get(page).text
    for words in ("The plug was pulled.", "Buy a longer cable.", "Label the plug.", "Tell the school."):
        assert words in shown
    assert 'aria-pressed="false"' in shown
    assert ">1<" in leader.get("/incidents").text.replace("<span>", "").replace("</span>", "")
    assert leader.post(f"{page}/lines/2", data={"done": "1"}).status_code == 303
    assert 'aria-pressed="true"' in leader.get(page).text


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", {"kind": "incident", "title": ""}),
        ("", {"kind": "party", "title": "x"}),
        ("", {"kind": "incident", "title": "x" * 121}),
        ("", {"kind": "incident", "title": "x", "notice": "y" * 301}),
        ("/1", {"title": "x", "learned": "y" * 4001}),
        ("/1/lines", {"kind": "happened", "said": ""}),
        ("/1/lines", {"kind": "other", "said": "x"}),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(leader, path, sent):
    """Bad input: the form comes back with what was typed."""
    begun(leader, title="First")
    answer = leader.post(f"/incidents{path}", data=sent)
    assert answer.status_code == 422
    assert sent.get("title", sent.get("said", "")) in answer.text
    assert "<script>" not in leader.get(begun(leader, title="<script>alert(1)</script>")).text


def test_what_is_not_there_is_not_there(leader):
    """Numbers nobody gave, and lines of another note."""
    begun(leader)
    assert leader.get("/incidents/9").status_code == 404
    assert leader.post("/incidents/9/end", data={"over": "1"}).status_code == 404
    assert leader.post("/incidents/1/lines/7", data={"done": "1"}).status_code == 404


@pytest.mark.parametrize("role", ["caregiver"])
def test_families_write_none(signed_in, role):
    """BAK-28: leaders post; families read."""
    assert signed_in(role).get("/incidents").status_code == 403
    assert signed_in(role).post("/incidents", data={"kind": "incident", "title": "x"}).status_code == 403


def test_a_note_holds_so_many_lines(box, admin):
    """BAK-29: bounded."""
    with box.write() as tx:
        note = incidents.begin(tx, admin, "maintenance", "A new card")
        for n in range(incidents.MOST_LINES):
            incidents.add_line(tx, note, admin, "happened", f"line {n}")
        with pytest.raises(Conflict):
            incidents.add_line(tx, note, admin, "happened", "one more")
        with pytest.raises(NotFound):
            incidents.tick(tx, note, 1, admin, True)


def test_planned_work_is_told_with_its_start_its_length_and_what_works_meanwhile(signed_in):
    """COMM-22: a template; families read it on every page until it is over."""
    leader, mother = signed_in("leader"), signed_in("caregiver")
    sent = {"day": "2026-02-17", "time": "21:30", "minutes": "15"}
    assert leader.post("/incidents/planned", data=sent).location == "/incidents/1"
    shown = mother.get("/").text
    assert "Feb 17, 2026, 21:30: the box is away for about 15 minutes. Booth mode goes on" in shown
    leader.post("/incidents/1/end", data={"over": "1"})
    assert "is away" not in mother.get("/").text
    for wrong in ({"day": "soon"}, {"time": "25:00"}, {"minutes": "0"}, {"minutes": "1441"}):
        answer = leader.post("/incidents/planned", data=sent | wrong)
        assert answer.status_code == 422
        assert next(iter(wrong.values())) in answer.text
    assert mother.post("/incidents/planned", data=sent).status_code == 403
