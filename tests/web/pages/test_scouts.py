"""The roster's pages."""

import pytest

from gsctracker.domain.people import families, scouts
from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from tests import factories
from tests.web.pages.browsing import OLGA, send, words
from tests.web.pages.odd_input import forms

GIRL = {"firstName": "Cleo", "lastName": "C.", "level": "junior", "grade": "4"}


def test_an_empty_roster_says_what_to_do_next(leader):
    page = words(leader.get("/scouts"))
    assert "No girls yet" in page
    assert "Import a roster" in page


def test_the_roster_shows_each_girl_with_her_figures_and_their_reasons(leader, girls):
    answer = leader.get("/scouts")
    assert "Ava A. 25 boxes at home" in words(answer)
    assert "$150.00" in answer.text
    for reason in (f"/why/credit/{girls.ava}", f"/why/balance/{girls.ava}", f"/why/stock/{girls.home}"):
        assert f'href="{reason}"' in answer.text


def test_girls_are_listed_by_status(leader, box, girls):
    with box.write() as tx:
        scouts.change(tx, girls.bea, OLGA, status="inactive")
    assert "Bea" not in leader.get("/scouts?status=active").text
    assert "Ava" not in leader.get("/scouts?status=inactive").text


def test_a_long_roster_has_pages_there_and_back(leader, box):
    with box.write() as tx:
        for n in range(120):
            factories.make_scout(tx, f"Girl{n}", "X.")

    def follow(page, rel):
        return leader.get(page.text.split(f'rel="{rel}" href="')[1].split('"')[0].replace("&amp;", "&"))

    first = leader.get("/scouts")
    second = follow(first, "next")
    third = follow(second, "next")
    assert ["Girl0 X." in words(page) for page in (first, second, third)] == [True, False, False]
    assert "Girl119 X." in words(third)
    assert 'rel="next"' not in third.text
    assert "Girl50 X." in words(follow(third, "prev"))
    assert "Girl0 X." in words(follow(follow(third, "prev"), "prev"))


def test_a_girl_is_added_with_the_adult_who_answers_for_her(leader, box):
    made = send(leader, "/scouts/new", **GIRL, guardianName="Cora C.", guardianEmail="Cora@Example.org")
    assert made.status_code == 303
    page = words(leader.get(made.location))
    assert "Cleo C." in page
    assert "Junior · Grade 4" in page
    assert "Cora C. cora@example.org" in page


def test_the_same_form_sent_twice_adds_one_girl(leader, box):
    form = GIRL | {"form_key": "a-key-of-this-form-1"}
    first, second = leader.post("/scouts/new", data=form), leader.post("/scouts/new", data=form)
    assert first.location == second.location
    with box.read() as tx:
        assert len(scouts.page(tx, OLGA)) == 1


def test_the_way_back_and_another_girl_is_asked_about(leader, box):
    form = GIRL | {"form_key": "a-key-of-this-form-1"}
    leader.post("/scouts/new", data=form)
    other = leader.post("/scouts/new", data=form | {"firstName": "Dee"})
    assert other.status_code == 409
    assert 'value="Dee"' in other.text
    assert "This form was sent before with other contents." in other.text


def test_a_sister_shares_the_adult_who_is_known_by_her_address(leader, box):
    for name in ("Cleo", "Dora"):
        send(leader, "/scouts/new", firstName=name, guardianName="Cora", guardianEmail="cora@example.org")
    with box.read() as tx:
        ids = [row.id for row in scouts.page(tx, OLGA)]
        adults = families.of_scouts(tx, ids)
    assert adults[ids[0]][0].id == adults[ids[1]][0].id


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(leader):
    wrong = {"firstName": "", "lastName": "<b>longer than it may be</b>", "grade": "99", "guardianEmail": "cora"}
    answer = send(leader, "/scouts/new", **(GIRL | wrong))
    assert answer.status_code == 422
    for field in ("firstName", "lastName", "grade", "guardianEmail"):
        assert f'id="{field}-error"' in answer.text
    assert "&lt;b&gt;longer" in answer.text
    assert "<b>longer" not in answer.text


def test_a_girl_is_changed(leader, box, girls):
    changed = send(leader, f"/scouts/{girls.ava}/edit", **GIRL, status="transferred")
    assert changed.location == f"/scouts/{girls.ava}"
    with box.read() as tx:
        now = scouts.find(tx, girls.ava, OLGA)
    assert (now.first_name, now.level, now.grade, now.status) == ("Cleo", "junior", 4, "transferred")


def test_one_girl_shows_what_her_familys_debt_is_made_of(leader, girls):
    page = words(leader.get(f"/scouts/{girls.ava}"))
    assert "Boxes they still hold $150.00" in page
    assert "Thin Mints 20" in page


def test_a_caregiver_reads_of_her_own_hands_and_a_girl_reads_of_no_money(signed_in, girls):
    caregiver = signed_in("caregiver", scout_ids=(girls.ava,))
    assert "Boxes you still hold $150.00" in words(caregiver.get(f"/scouts/{girls.ava}"))
    herself = words(signed_in("scout", scout_ids=(girls.ava,)).get(f"/scouts/{girls.ava}"))
    assert "Thin Mints 20" in herself
    assert "$" not in herself


def test_a_family_sets_its_own_girls_goal(signed_in, box, girls):
    """COOKIE-10: a goal with its progress."""
    caregiver = signed_in("caregiver", scout_ids=(girls.ava,))
    assert caregiver.post(f"/scouts/{girls.ava}/goal", data={"boxes": "300"}).status_code == 303
    assert "Goal: 300" in caregiver.get(f"/scouts/{girls.ava}").text
    with box.read() as tx:
        assert [(row.scout_id, row.boxes) for row in goals.goals(tx, seasons.current(tx).id, OLGA)] == [
            (girls.ava, 300)
        ]


def test_an_adult_is_added_and_removed(leader, box, girls):
    leader.post(f"/scouts/{girls.ava}/guardians", data={"guardianName": "Cora", "guardianEmail": ""})
    with box.read() as tx:
        (adult,) = families.of_scouts(tx, [girls.ava])[girls.ava]
    assert leader.post(f"/scouts/{girls.ava}/guardians/{adult.id}/remove").status_code == 303
    with box.read() as tx:
        assert families.of_scouts(tx, [girls.ava])[girls.ava] == []


@pytest.mark.parametrize(
    ("address", "usual"),
    [
        ("/scouts/new", GIRL | {"guardianName": "Cora", "guardianEmail": "cora@example.org"}),
        ("/scouts/{}/edit", GIRL | {"status": "active"}),
        ("/scouts/{}/goal", {"boxes": "300"}),
        ("/scouts/{}/guardians", {"guardianName": "Cora", "guardianEmail": "cora@example.org"}),
    ],
)
def test_nothing_typed_breaks_a_form(leader, girls, address, usual):
    for what, form in forms(usual):
        answer = leader.post(address.format(girls.ava), data=form)
        assert answer.status_code in (303, 422), (what, answer.status)


def test_the_way_to_a_sale_names_the_girl(leader, girls):
    address = f"/sales/new?girl={girls.bea}"
    assert f'href="{address}"' in leader.get(f"/scouts/{girls.bea}").text
    assert f'<option value="{girls.bea}" selected>' in leader.get(address).text
