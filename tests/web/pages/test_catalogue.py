"""The cookies' pages, and the troop's goal."""

import pytest

from gsctracker.domain.sales import goals, orders
from gsctracker.domain.season import catalogue, seasons
from tests.web.pages.browsing import OLGA, send, words
from tests.web.pages.odd_input import forms

COOKIE = {"name": "Lemon Snaps", "code": "LS", "price": "6.50", "packsPerCase": "12", "allergens": "wheat"}


def cookie(box, said):
    with box.read() as tx:
        return catalogue.recognise(tx, seasons.current(tx).id, said)


def test_everybody_sees_prices_allergens_and_the_other_bakers_names(signed_in):
    """COOKIE-40: the catalogue."""
    page = words(signed_in("caregiver").get("/catalogue"))
    assert "Caramel deLites also: Samoas" in page
    assert "Allergens (check the box): wheat, soy, milk, coconut" in page
    assert "Caramel Chocolate Chip" in page
    assert "$7.00" in page


def test_a_cookie_is_shown_with_its_price_its_case_and_what_it_may_hold(signed_in):
    """COOKIE-40: each cookie of the line-up, for a family as for a leader."""
    for role in ("caregiver", "cookie_leader"):
        answer = signed_in(role).get("/catalogue")
        page = words(answer)
        thin_mints = page[page.index("Thin Mints") :].split("Trefoils")[0]
        assert "$6.00" in thin_mints
        assert "12" in thin_mints, "boxes in a case"
        assert "wheat" in thin_mints
        assert page.count("Allergens") >= 8


def test_a_new_price_holds_from_now_on(leader, box, girls):
    """COOKIE-29: what was sold before keeps its price."""
    with box.write() as tx:
        sale = orders.take(tx, OLGA, [orders.Item("Thin Mints", 2)], scout_id=girls.ava)
    form = {"name": "Thin Mints", "price": "$7.00", "packsPerCase": "12", "allergens": "wheat", "active": "1"}
    assert send(leader, f"/catalogue/{girls.tm}", form_at="/catalogue/new", **form).location == "/catalogue"
    assert cookie(box, "TM").price_cents == 700
    with box.read() as tx:
        assert orders.find(tx, sale, OLGA).amount_cents == 1_200


def test_without_its_tick_a_cookie_is_not_sold_any_more(leader, box, girls):
    leader.post(f"/catalogue/{girls.tre}", data={"name": "Trefoils", "price": "6", "packsPerCase": "12"})
    assert cookie(box, "Trefoils").is_active == 0
    assert "Not sold any more" in leader.get("/catalogue").text


def test_a_cookie_is_added_once_however_often_the_form_is_sent(leader, box):
    form = COOKIE | {"form_key": "a-key-of-this-form-1", "glutenFree": "1", "packsPerCase": "10"}
    assert [leader.post("/catalogue/new", data=form).status_code for _ in range(2)] == [303, 303]
    added = cookie(box, "lemon snaps")
    assert (added.price_cents, added.packs_per_case, added.is_gluten_free) == (650, 10, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "tm"}, "code"),
        ({"name": "Samoas"}, "name"),
        ({"price": "free"}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "100.01"}, "price"),
        ({"packsPerCase": "0"}, "packsPerCase"),
        ({"allergens": "x" * 201}, "allergens"),
    ],
)
def test_a_cookie_that_cannot_be_says_why_beside_its_field(leader, wrong, field):
    answer = leader.post("/catalogue/new", data=COOKIE | wrong)
    assert answer.status_code in (409, 422)
    assert f'id="{field}-error"' in answer.text
    assert "Lemon Snaps" in answer.text or "name" in wrong


def test_another_name_is_remembered_and_no_name_means_two_cookies(leader, box, girls):
    assert leader.post(f"/catalogue/{girls.tm}/names", data={"also": "Minty ones"}).status_code == 303
    assert cookie(box, "MINTY ONES!").id == girls.tm
    taken = leader.post(f"/catalogue/{girls.tm}/names", data={"also": "Shortbread"})
    assert taken.status_code == 409
    assert "means Trefoils already" in taken.text
    assert 'name="active" value="1" checked' in taken.text, "the other form of the page is untouched"


def test_a_cookie_keeps_its_own_name(leader, box, girls):
    form = {"name": "Thin Mints (new)", "price": "6", "packsPerCase": "12", "active": "1"}
    leader.post(f"/catalogue/{girls.tm}", data=form)
    assert cookie(box, "Thin Mints").id == girls.tm


def test_the_troops_goal_is_set_and_shown(leader, box):
    assert leader.post("/goals", data={"boxes": "5,000"}).location == "/goals"
    assert "0 of 5,000 boxes" in words(leader.get("/goals"))
    with box.read() as tx:
        assert goals.goals(tx, seasons.current(tx).id, OLGA)[0].boxes == 5_000


@pytest.mark.parametrize(
    ("address", "usual"),
    [
        ("/catalogue/new", COOKIE),
        ("/catalogue/1", COOKIE),
        ("/catalogue/1/names", {"also": "Minty"}),
        ("/goals", {"boxes": "5000"}),
    ],
)
def test_nothing_typed_breaks_a_form(leader, address, usual):
    for what, form in forms(usual):
        assert leader.post(address, data=form).status_code in (303, 409, 422), what
