"""Stock in the browser: where boxes are, moving them, counting them, taking a move back."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.people import scouts
from gsctracker.domain.season import seasons
from tests import factories
from tests.web.pages.browsing import ODD, OLGA, boxes_at, count, filled, owes, send, words

SHELF, COUNCIL, DAMAGED, OTHER_TROOP, LOST = 2, 1, 4, 6, 7


def test_the_page_says_where_every_box_is(girls, leader):
    """COOKIE-08: received, on the shelf, with families; in cases and boxes; as a picture and as a table."""
    page = leader.get("/stock")
    assert "<figcaption>Where every box is</figcaption>" in page.text
    text = words(page)
    assert "Thin Mints 12 cases 9 cases + 6 2 cases + 6" in text.replace(" Why? Thin Mints", "")
    assert "Ava A." in text
    assert "144 Thin Mints: 114 on the shelf, 30 with families" in text
    assert f'href="/why/stock/{SHELF}"' in page.text
    assert len(page.data) < 50_000


def test_less_than_nothing_is_shown_as_a_sign(box, girls, leader):
    with box.write() as tx:
        transfers.move(tx, OLGA, "G2T", factories.lines(tx, TRE=9), scout_id=girls.bea)
    page = words(leader.get("/stock"))
    assert "Fewer than no boxes" in page
    assert "-9 Trefoils: Bea B." in page


def test_a_family_sees_its_own_boxes_and_nobody_elses(girls, mother):
    page = words(mother.get("/stock"))
    assert "Boxes at home" in page
    assert "Thin Mints 20 Why? Thin Mints $120.00" in page
    assert "Bea" not in page
    assert mother.get(f"/stock/places/{girls.home}").status_code == 200
    for place in (girls.other_home, girls.table, SHELF, COUNCIL, 10**9):
        assert mother.get(f"/stock/places/{place}").status_code == 404
        assert mother.get(f"/stock/places/{place}/count").status_code == 404
        assert mother.post(f"/stock/places/{place}/count", data={f"boxes-{girls.tm}": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "index", "moves", "new"),
    [
        ("scout", 200, 403, 403),
        ("caregiver", 200, 403, 403),
        ("leader", 200, 200, 403),
        ("cookie_leader", 200, 200, 200),
        ("admin", 200, 200, 200),
    ],
)
def test_who_sees_and_moves_boxes(box, girls, signed_in, role, index, moves, new):
    """AUTH-01: everybody sees what is hers, leaders see all, cookie leaders move."""
    family = {"scout_ids": (girls.ava,)} if role in ("caregiver", "scout") else {}
    her = signed_in(role, first_name="Ida", **family)
    assert her.get("/stock").status_code == index
    assert her.get("/stock/moves").status_code == moves
    assert her.get(f"/stock/moves/{girls.handed}").status_code == moves
    assert her.get("/stock/moves/new").status_code == new
    assert her.get("/stock/moves/new/pick-up").status_code == new
    before = count(box, "journal")
    answer = her.post("/stock/moves/new/pick-up", data={f"cases-{girls.tm}": "1", "date": "2026-02-01"})
    assert answer.status_code == (303 if new == 200 else 403)
    answer = her.post(f"/stock/moves/{girls.handed}/take-back", data={"reason": "oops"})
    assert answer.status_code == (303 if new == 200 else 403)
    assert count(box, "journal") - before == (2 if new == 200 else 0)


MOVES = [
    ("pick-up", {}, COUNCIL, SHELF, 0),
    ("from-troop", {}, OTHER_TROOP, SHELF, 0),
    ("to-troop", {}, SHELF, OTHER_TROOP, 0),
    ("hand-out", {"girl": "ava"}, SHELF, "home", 14 * 600),
    ("hand-out", {"girl": "ava", "account": "troops"}, SHELF, "home", 0),
    ("bring-back", {"girl": "ava"}, "home", SHELF, -14 * 600),
    ("between-girls", {"girl": "ava", "to_girl": "bea"}, "home", "other_home", -14 * 600),
    ("to-booth", {"booth": "booth"}, SHELF, "table", 0),
    ("from-booth", {"booth": "booth"}, "table", SHELF, 0),
    ("damaged", {"holder": "troop"}, SHELF, DAMAGED, 0),
    ("damaged", {"holder": "girl-{ava}"}, "home", DAMAGED, 0),
    ("lost", {"holder": "girl-{ava}"}, "home", LOST, 0),
    ("lost", {"holder": "booth-{booth}"}, "table", LOST, 0),
    ("found", {"holder": "troop"}, LOST, SHELF, 0),
    ("replaced", {}, DAMAGED, SHELF, 0),
]


@pytest.mark.parametrize(("intention", "asked", "start", "end", "debt"), MOVES)
def test_each_intention_moves_boxes_and_their_debt(box, girls, leader, intention, asked, start, end, debt):
    """COOKIE-08: one case and two boxes go from one place to the other; her family's debt only where it should."""
    start, end = (getattr(girls, one) if isinstance(one, str) else one for one in (start, end))
    named = {name: getattr(girls, text, None) or text.format(**vars(girls)) for name, text in asked.items()}
    grid = {f"cases__{girls.tm}": 1, f"boxes__{girls.tm}": 2}
    before = [boxes_at(box, place, girls.tm) for place in (start, end)]
    owed = owes(box, girls.ava)
    answer = send(leader, f"/stock/moves/new/{intention}", date="2026-02-20", reference="R-7", **named, **grid)
    assert answer.status_code == 303, words(answer)
    after = [boxes_at(box, place, girls.tm) for place in (start, end)]
    assert [after[0] - before[0], after[1] - before[1]] == [-14, 14]
    assert owes(box, girls.ava) - owed == debt
    listed = words(leader.get(answer.location))
    assert "14 Thin Mints" in listed
    assert "R-7" in listed


def test_a_move_that_is_sent_twice_is_one_move(box, girls, leader):
    sent = filled(leader, "/stock/moves/new/hand-out", girl=girls.ava, **{f"cases__{girls.tm}": 1})
    for _ in range(3):
        assert leader.post("/stock/moves/new/hand-out", data=sent).status_code == 303
    assert boxes_at(box, girls.home, girls.tm) == 32


def test_boxes_back_to_the_council_need_its_permission(box, girls, leader):
    refused = send(leader, "/stock/moves/new/to-council", **{f"cases__{girls.tm}": 1})
    assert refused.status_code == 409
    assert "The council takes no boxes back on that day." in words(refused)
    with box.write() as tx:
        seasons.change(tx, girls.season, OLGA, returns_until="2100-01-01")
    assert send(leader, "/stock/moves/new/to-council", **{f"cases__{girls.tm}": 1}).status_code == 303


@pytest.mark.parametrize(
    ("intention", "name"),
    [
        ("hand-out", "cases"),
        ("hand-out", "boxes"),
        ("hand-out", "girl"),
        ("hand-out", "account"),
        ("hand-out", "date"),
        ("between-girls", "to_girl"),
        ("to-booth", "booth"),
        ("lost", "holder"),
    ],
)
def test_odd_input_moves_nothing_and_is_kept(box, girls, leader, intention, name):
    before = count(box, "journal")
    for typed in [*ODD, "girl-x", "booth-99999"]:
        asked = filled(leader, f"/stock/moves/new/{intention}", girl=girls.ava, to_girl=girls.bea, booth=girls.booth)
        asked |= {"holder": "troop", f"boxes-{girls.tre}": "1", "note": "Zoë Ñandú"}
        answer = leader.post(
            f"/stock/moves/new/{intention}",
            data=asked | {f"{name}-{girls.tm}" if name in ("cases", "boxes") else name: typed},
        )
        assert answer.status_code in (404, 422), (typed, answer.status)
        if answer.status_code == 422:
            assert "Zoë Ñandú" in answer.text
            assert 'class="error"' in answer.text
        else:
            assert typed in ("999999999999", "booth-99999")
    assert count(box, "journal") == before


def test_a_move_of_nothing_or_to_nobody_says_what_is_missing(girls, leader):
    assert "Enter at least one cookie." in words(send(leader, "/stock/moves/new/pick-up"))
    asked = {f"boxes__{girls.tm}": 1}
    assert "Choose the girl." in words(send(leader, "/stock/moves/new/hand-out", **asked))
    assert "Choose the booth." in words(send(leader, "/stock/moves/new/to-booth", **asked))
    same = send(leader, "/stock/moves/new/between-girls", girl=girls.ava, to_girl=girls.ava, **asked)
    assert "Choose two different girls." in words(same)
    assert leader.get("/stock/moves/new/nonsense").status_code == 404


def test_a_cookie_that_is_not_in_the_form_is_not_moved(box, girls, leader):
    before = count(box, "box_moves")
    answer = send(leader, "/stock/moves/new/pick-up", **{f"boxes__{girls.share}": 5, "boxes__99999": 5})
    assert answer.status_code == 422
    assert count(box, "box_moves") == before


def test_a_move_is_taken_back_with_a_reason_and_only_once(box, girls, leader):
    """COOKIE-08: the first entry stays, a second one mirrors it and says why."""
    without = send(leader, f"/stock/moves/{girls.handed}/take-back", f"/stock/moves/{girls.handed}")
    assert without.status_code == 422
    assert "Please fill this in." in words(without)
    sent = filled(leader, f"/stock/moves/{girls.handed}", reason="Wrong girl")
    for _ in range(2):
        assert leader.post(f"/stock/moves/{girls.handed}/take-back", data=sent).status_code == 303
    assert boxes_at(box, girls.home, girls.tm) == 0
    assert owes(box, girls.ava) == 0
    again = leader.post(f"/stock/moves/{girls.handed}/take-back", data={"reason": "again"})
    assert again.status_code == 409
    assert "That entry was taken back before." in words(again)
    listed = words(leader.get("/stock/moves"))
    assert "Takes an earlier move back" in listed
    assert "Taken back" in listed


def test_other_entries_are_no_moves(girls, leader):
    assert leader.get("/stock/moves/999999").status_code == 404
    assert leader.post("/stock/moves/999999/take-back", data={"reason": "x"}).status_code == 404


def test_a_count_hides_what_is_expected_until_it_is_kept(box, girls, leader):
    """COOKIE-08: count first, then see the difference, then explain it."""
    assert "114" not in words(leader.get(f"/stock/places/{SHELF}/count"))
    answer = send(
        leader, f"/stock/places/{SHELF}/count", **{f"cases__{girls.tm}": 9, f"boxes__{girls.tre}": 33, f"boxes__{girls.ccc}": 0}
    )  # fmt: skip
    assert answer.status_code == 303
    page = words(leader.get(answer.location))
    assert "6 boxes fewer than expected." in page
    assert "2 boxes more than expected." in page
    assert "2 differences to explain" in words(leader.get("/stock/counts"))
    assert boxes_at(box, SHELF, girls.tm) == 114  # a count moves nothing

    explain = f"{answer.location}/explain"
    silent = send(leader, explain, answer.location, product=girls.tm, reason="LOST")
    assert silent.status_code == 422
    assert "Say in a few words what happened." in words(silent)
    wrong = send(leader, explain, answer.location, product=girls.tm, reason="FOUND", note="no")
    assert wrong.status_code == 422
    sent = filled(leader, answer.location, product=girls.tm, reason="LOST", note="Rain in the car")
    for _ in range(2):
        assert leader.post(explain, data=sent).status_code == 303
    assert boxes_at(box, SHELF, girls.tm) == 108
    assert send(leader, explain, answer.location, product=girls.tm, reason="LOST", note="again").status_code == 409
    assert send(leader, explain, answer.location, product=girls.tre, reason="FOUND", note="Behind").status_code == 303
    assert boxes_at(box, SHELF, girls.tre) == 33
    assert "Agrees" in words(leader.get("/stock/counts"))


def test_a_family_counts_its_own_boxes_and_explains_nothing(box, girls, mother, signed_in):
    answer = send(mother, f"/stock/places/{girls.home}/count", **{f"boxes__{girls.tm}": 18})
    page = mother.get(answer.location)
    assert "2 boxes fewer than expected." in words(page)
    assert "Explain it" not in page.text
    refused = mother.post(f"{answer.location}/explain", data={"product": girls.tm, "reason": "LOST", "note": "x"})
    assert refused.status_code == 403
    stranger = signed_in("caregiver", first_name="Sue", scout_ids=(girls.bea,))
    assert stranger.get(answer.location).status_code == 404
    assert "Ava" not in stranger.get("/stock/counts").text
    assert "Ava" in mother.get("/stock/counts").text


def test_odd_counts_are_refused_and_kept(box, girls, leader):
    for typed in ODD:
        answer = send(leader, f"/stock/places/{SHELF}/count", note="Zoë Ñandú", **{f"boxes__{girls.tm}": typed})
        assert answer.status_code == 422, typed
        assert "Zoë Ñandú" in answer.text
    assert send(leader, f"/stock/places/{SHELF}/count").status_code == 422
    assert count(box, "counts") == 0


def test_odd_explanations_are_refused(box, girls, leader):
    place = send(leader, f"/stock/places/{SHELF}/count", **{f"boxes__{girls.tm}": 1}).location
    for typed in ODD:
        for name in ("product", "reason"):
            asked = {"product": str(girls.tm), "reason": "LOST", "note": "x"} | {name: typed}
            assert leader.post(f"{place}/explain", data=asked).status_code in (409, 422), (name, typed)
    assert (
        leader.post("/stock/counts/999/explain", data={"product": 1, "reason": "LOST", "note": "x"}).status_code == 404
    )
    assert boxes_at(box, SHELF, girls.tm) == 114


def test_long_lists_have_pages(box, girls, leader):
    with box.write() as tx:
        for number in range(45):
            transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=1), reference=f"R{number:02}")
            girl = scouts.add_scout(tx, f"Girl{number:02}", by=None)
            transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=1), scout_id=girl)
    for address in ("/stock/moves", "/stock/moves?kind=C2T", "/stock"):
        first = leader.get(address)
        assert len(first.data) < 50_000
        following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert leader.get(following).status_code == 200
        assert 'rel="prev"' in leader.get(following).text
    for name in ("after", "trail", "kind", "girl"):
        for typed in ODD:
            for address in ("/stock", "/stock/moves", "/stock/counts", "/stock/moves/new/hand-out"):
                assert leader.get(address, query_string={name: typed}).status_code in (200, 422)


def test_an_empty_box_says_what_to_do_first(box, signed_in):
    leader = signed_in("cookie_leader")
    assert "No boxes yet" in leader.get("/stock").text
    assert "No moves yet" in leader.get("/stock/moves").text
    assert "Nothing was counted yet" in leader.get("/stock/counts").text
    assert "No girl is linked" in signed_in("caregiver").get("/stock").text
