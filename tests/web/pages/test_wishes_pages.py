"""The grid of wishes in the browser: begun, filled on a grid or girl by girl, summed up, suggested, placed, taken away."""

import pytest

from gsctracker.domain.inventory import cupboard_orders
from tests import factories
from tests.web.pages.browsing import ODD, OLGA, count, filled, send, words


@pytest.fixture
def order(box, girls):
    with box.write() as tx:
        return cupboard_orders.draft(tx, OLGA, "initial", [])


def wished(box):
    with box.read() as tx:
        return tx.execute(
            "SELECT ifnull(extra, scout_id), product_id, boxes FROM cupboard_wishes ORDER BY 1, 2"
        ).fetchall()


def test_an_initial_order_from_the_first_wish_to_the_file(box, leader, girls):
    """COOKIE-09: begun on the page of orders, filled in one grid, summed into cases, placed, and taken away as a file."""
    begun = send(leader, "/stock/cupboard/initial", "/stock/cupboard")
    assert begun.status_code == 303 and begun.location.endswith("/wishes")
    at = begun.location
    ava, bea = f"girl-{girls.ava}-{girls.tm}", f"girl-{girls.bea}-{girls.tre}"
    answer = leader.post(at, data=filled(leader, at, **{ava: "20", bea: "3", f"booths-{girls.tm}": "37"}))
    assert (answer.status_code, answer.location) == (303, at)
    page = words(leader.get(at))
    assert "Thin Mints 57 wished, 3 over for the shelf 5 cases" in page
    assert "Fewer than 5 packages open a case of: Trefoils" in page
    assert "Thin Mints 57 wished, 3 more to fill the case: for the shelf 5 cases" in words(
        leader.get(at.removesuffix("/wishes"))
    )
    assert send(leader, at.removesuffix("/wishes") + "/place", at.removesuffix("/wishes")).status_code == 303
    assert "<input" not in leader.get(at).text.split('class="wishes"')[1].split("</table>")[0]
    found = leader.get("/reports/initial-order.csv")
    assert found.status_code == 200 and "Ava A." in found.text and "Suggested mix" in found.text
    for file_type in ("xlsx", "pdf", "json"):
        assert leader.get(f"/reports/initial-order.{file_type}").status_code == 200


def test_girl_by_girl_on_a_phone_each_leads_to_the_next(box, leader, girls, order):
    at = f"/stock/cupboard/{order}/wishes"
    first, second = f"{at}/girl-{girls.ava}", f"{at}/girl-{girls.bea}"
    assert f'href="{first}"' in leader.get(at).text
    answer = leader.post(first, data=filled(leader, first, **{f"girl-{girls.ava}-{girls.tm}": "7"}))
    assert (answer.status_code, answer.location) == (303, second)
    last = f"{at}/other"
    assert leader.post(last, data=filled(leader, last)).location == at
    assert wished(box) == [(girls.ava, girls.tm, 7)]
    assert leader.get(f"{at}/girl-999").status_code == leader.get(f"{at}/nobody").status_code == 404


def test_a_suggested_mix_is_shown_and_kept_only_when_said(box, leader, girls, order):
    at = f"/stock/cupboard/{order}/wishes"
    page = leader.get(f"{at}?mix=100")
    assert f'name="booths-{girls.tm}" value="29"' in page.text and "is not kept yet" in words(page)
    assert wished(box) == []
    for odd in ("0", "-1", "x", "9" * 30, "1.5"):
        assert "is not kept yet" not in words(leader.get(f"{at}?mix={odd}"))


@pytest.mark.parametrize("given", ODD)
def test_odd_wishes_are_told_beside_their_field_and_nothing_is_lost(box, leader, girls, order, given):
    at = f"/stock/cupboard/{order}/wishes"
    answer = leader.post(at, data=filled(leader, at, **{f"booths-{girls.tm}": given, f"booths-{girls.tre}": "12"}))
    if answer.status_code == 303:
        return
    assert answer.status_code == 422 and wished(box) == []
    assert f'name="booths-{girls.tre}" value="12"' in answer.text


def test_two_tabs(box, leader, girls, order):
    at = f"/stock/cupboard/{order}/wishes"
    old = filled(leader, at, **{f"booths-{girls.tm}": "24"})
    leader.post(at, data=filled(leader, at, **{f"booths-{girls.tm}": "12"}))
    answer = leader.post(at, data=old)
    assert answer.status_code == 409 and wished(box) == [("booths", girls.tm, 12)]


def test_a_family_sees_no_wishes(mother, order):
    assert mother.get(f"/stock/cupboard/{order}/wishes").status_code == 403


def test_nobody_fetched_it_and_then_somebody_did(box, leader, girls):
    with box.write() as tx:
        planned = cupboard_orders.draft(
            tx, OLGA, "planned", factories.lines(tx, TM=492), cut_off_on="2026-02-14", cut_off_time="09:00"
        )
        cupboard_orders.place(tx, planned, OLGA, day="2026-02-13")
    at = f"/stock/cupboard/{planned}"
    page = words(leader.get(at))
    assert "41 cases: many cupboards hand out more than 40 at the warehouse alone" in page and "09:00" in page
    assert send(leader, f"{at}/not-fetched", at).location == at
    assert "Not fetched" in words(leader.get(at)) and "Not fetched" in words(leader.get("/stock/cupboard"))
    assert send(leader, f"{at}/fetched-after-all", at).location == at
    assert "Placed" in words(leader.get(at)) and count(box, "cupboard_receipts") == 0
