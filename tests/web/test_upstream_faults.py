"""What the application before this one got wrong, asked of this one: through HTTP, as its users met it."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid
from tests import factories
from tests.web.pages.browsing import words

OLGA = Person(id=1, role="admin", first_name="Olga")
SUMMARY = "/api/troops/1/reports/summary"


@pytest.fixture
def troop(box):
    """Ava and Bea, 12 cases of Thin Mints on the shelf, a booth to come."""
    with box.write() as tx:
        ava, bea = factories.make_scout(tx, "Ava", "A."), factories.make_scout(tx, "Bea", "B.")
        transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=144))
        booth = booths.plan(tx, OLGA, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
        season = seasons.current(tx).id
        return SimpleNamespace(ava=ava, bea=bea, booth=booth, season=season, tm=factories.product(tx, "TM"))


def sell(browser, **sale):
    answer = browser.post("/api/sales", json={"cookieType": "Thin Mints", "quantity": 1} | sale)
    assert answer.status_code == 201, answer.text
    return answer.json


def test_fault_1_a_case_is_twelve_boxes_in_every_total(leader, troop):
    """DB-03: one case and 13 boxes are 25 in the list, the summary, the girl's own line and on the page."""
    sell(leader, scoutId=troop.ava, unitType="cases")
    sell(leader, scoutId=troop.ava, quantity=13)
    assert sum(sale["boxes"] for sale in leader.get("/api/sales").json["items"]) == 25
    summary = leader.get(SUMMARY).json
    assert summary["totals"]["boxes"] == 25
    assert summary["products"][0]["boxes"] == 25
    assert summary["scouts"][0]["totalBoxes"] == 25
    assert "Boxes sold 25" in words(leader.get("/sales"))


def test_fault_2_sums_are_numbers_and_money_is_whole_cents(leader, troop):
    sell(leader, scoutId=troop.ava, quantity=3, paymentMethod="cash")
    summary = leader.get(SUMMARY).json
    figures = [*summary["totals"].values(), *(one["boxes"] for one in summary["products"])]
    figures += [
        value
        for girl in summary["scouts"]
        for name, value in girl.items()
        if name in ("totalBoxes", "collectedCents", "owedCents")
    ]
    assert figures
    assert {type(one) for one in figures} == {int}
    assert summary["totals"]["collectedCents"] == 1800


def test_fault_3_last_years_sales_are_in_no_figure_of_this_year(box, leader, troop):
    sell(leader, scoutId=troop.ava, quantity=50)
    with box.write() as tx:
        seasons.begin(tx, 2027, "abc", by=None)
    sell(leader, scoutId=troop.ava, quantity=2)
    assert leader.get("/api/sales").json["total"] == 1
    assert leader.get(SUMMARY).json["totals"]["boxes"] == 2
    assert "Boxes sold 2 in 1 sale" in words(leader.get("/sales"))


@pytest.mark.parametrize("quantity", [1.5, "abc", "3", True, None, 0, -1, 10**12, 10**30, [], {}, "1e3"])
def test_fault_4_a_quantity_is_a_whole_number_or_a_sentence(leader, troop, quantity):
    """COOKIE-01: never a 500, never half a box."""
    answer = leader.post("/api/sales", json={"cookieType": "TM", "quantity": quantity, "scoutId": troop.ava})
    assert answer.status_code == 422
    assert "quantity" in answer.json["error"]["fields"]
    typed = {"scoutId": str(troop.ava), f"n-{troop.tm}": "" if quantity is None else str(quantity)}
    answer = leader.post("/sales/new", data=typed)
    assert answer.status_code == (303 if quantity == "3" else 422)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cookieType": "Chocolate Dreams"}, "cookieType"),
        ({"amountCollectedCents": "6.00"}, "amountCollectedCents"),
        ({"amountCollectedCents": 6.5}, "amountCollectedCents"),
        ({"amountCollectedCents": -600}, "amountCollectedCents"),
        ({"amountCollected": "6.00"}, "amountCollected"),
    ],
)
def test_fault_4_what_is_not_understood_is_refused_and_never_kept_as_nothing(leader, troop, wrong, field):
    answer = leader.post("/api/sales", json={"cookieType": "TM", "quantity": 1, "scoutId": troop.ava} | wrong)
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]
    assert leader.get("/api/sales").json["total"] == 0


def test_fault_5_an_order_is_delivered_once(box, leader, troop):
    """COOKIE-03: the second touch of the button books nothing."""
    sale = sell(leader, scoutId=troop.ava, quantity=60)
    page = leader.get(f"/sales/{sale['id']}").text
    sent = {"form_key": re.search(r'name="form_key" value="([\w-]+)"', page)[1], "version": str(sale["version"])}
    for _ in range(3):
        assert leader.post(f"/sales/{sale['id']}/deliver", data=sent).status_code == 303
    assert leader.post(f"/sales/{sale['id']}/deliver", data={"version": str(sale["version"] + 1)}).status_code == 409
    with box.read() as tx:
        assert tx.execute("SELECT sum(boxes) FROM box_moves WHERE to_place = 5").fetchone()[0] == 60


@pytest.mark.parametrize("amount", ["-5", "-0.01", "0"])
def test_fault_5_no_payment_is_negative(leader, troop, amount):
    answer = leader.post("/money/turn-in", data={"girl": str(troop.ava), "amount": amount, "method": "cash"})
    assert answer.status_code == 422
    cents = int(float(amount) * 100)
    answer = leader.post("/api/troops/1/payments", json={"scoutId": troop.ava, "amountCents": cents, "method": "cash"})
    assert answer.status_code == 422
    assert leader.get("/money/entries").text.count("Money handed in") == 0


def test_fault_6_a_booth_cannot_sell_less_than_nothing(box, leader, troop):
    """More boxes back than went out is a sign on the stock page, never a negative sale."""
    for intention, boxes in (("to-booth", 24), ("from-booth", 36)):
        sent = {"booth": str(troop.booth), f"boxes-{troop.tm}": str(boxes), "date": "2026-02-14"}
        assert leader.post(f"/stock/moves/new/{intention}", data=sent).status_code == 303
    assert "-12 Thin Mints: Grocery" in words(leader.get("/stock"))
    with box.write() as tx:
        with pytest.raises(Invalid):
            closing.close(tx, OLGA, troop.booth, sold={troop.tm: -12}, cash_cents=0)
        with pytest.raises(Invalid):
            booths.plan(tx, OLGA, "Backwards", "2026-02-14T20:00:00Z", "2026-02-14T16:00:00Z")


def test_fault_6_a_closed_booth_takes_no_more_money(box, troop):
    with box.write() as tx:
        closing.close(tx, OLGA, troop.booth, sold={troop.tm: 1}, cash_cents=600)
        with pytest.raises(Conflict):
            closing.close(tx, OLGA, troop.booth, sold={troop.tm: 1}, cash_cents=600)


def test_fault_7_what_a_booth_sold_is_credited_to_girls(box, leader, troop):
    with box.write() as tx:
        transfers.move(tx, OLGA, "TROOP_TO_BOOTH", factories.lines(tx, TM=38), booth_id=troop.booth)
        closing.close(tx, OLGA, troop.booth, sold={troop.tm: 38}, cash_cents=38 * 600)
        closing.credit(tx, OLGA, troop.booth, [(troop.ava, troop.tm, 20), (troop.bea, troop.tm, 18)])
    girls = {girl["scoutId"]: girl["totalBoxes"] for girl in leader.get(SUMMARY).json["scouts"]}
    assert (girls[troop.ava], girls[troop.bea]) == (20, 18)


def test_fault_8_a_day_stays_the_day_that_was_typed(box, leader, troop):
    """Whatever the hour and the time zone: what was typed is stored, listed and found again."""
    with box.write() as tx:
        tx.execute("UPDATE troop SET time_zone = 'Pacific/Honolulu'")
    sale = sell(leader, scoutId=troop.ava, date="2026-02-14")
    assert sale["date"] == "2026-02-14"
    assert "Feb 14, 2026" in leader.get(f"/sales/{sale['id']}").text
    assert leader.get("/api/sales?from=2026-02-14&to=2026-02-14").json["total"] == 1
    assert leader.get("/api/sales?from=2026-02-15").json["total"] == 0
    datetime.strptime(sale["orderedAt"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_fault_10_what_a_change_does_not_name_stays(box, leader, troop):
    with box.write() as tx:
        goals.set_goal(tx, troop.season, troop.ava, 200, OLGA)
    sale = sell(leader, scoutId=troop.ava, quantity=4, customerName="Ruth", paymentMethod="cash", notes="porch")
    changed = leader.patch(f"/api/sales/{sale['id']}", json={"notes": "garage"}).json
    assert changed | {"notes": "porch", "version": 1} == sale
    assert leader.post("/account/name", data={"firstName": "Lena"}).status_code in (302, 303)
    girls = {girl["scoutId"]: girl["goalBoxes"] for girl in leader.get(SUMMARY).json["scouts"]}
    assert girls[troop.ava] == 200


@pytest.mark.parametrize("role", ["scout", "caregiver"])
def test_fault_11_those_who_sell_see_their_sales_and_record_them(signed_in, leader, troop, role):
    """AUTH-01: not "0 boxes" and an empty menu, but her boxes and every cookie."""
    sell(leader, scoutId=troop.ava, quantity=240)
    seller = signed_in(role, first_name="Ava", scout_ids=(troop.ava,))
    assert "Boxes sold 240" in words(seller.get("/sales"))
    assert "240" in words(seller.get("/"))
    form = words(seller.get("/sales/new"))
    assert "Thin Mints" in form
    assert "Caramel deLites" in form
    assert len(seller.get("/api/troops/1/products").json["items"]) == 10
    answer = seller.post("/sales/new", data={"scoutId": str(troop.ava), f"n-{troop.tm}": "2"})
    assert answer.status_code == 303
    assert "Boxes sold 242" in words(seller.get("/sales"))


def test_fault_12_a_leader_records_a_sale_for_a_girl_who_has_no_account(leader, troop):
    sale = sell(leader, scoutId=troop.bea, quantity=7)
    assert (sale["scoutId"], sale["scoutFirstName"]) == (troop.bea, "Bea")
    leader.post("/sales/new", data={"scoutId": str(troop.bea), f"n-{troop.tm}": "3"})
    girls = {girl["scoutId"]: girl["totalBoxes"] for girl in leader.get(SUMMARY).json["scouts"]}
    assert girls[troop.bea] == 10


def test_fault_13_a_parent_sees_each_of_her_children(signed_in, leader, troop):
    """AUTH-05: a second child of the same parent is nothing special, and both are hers to see."""
    for girl in (troop.ava, troop.bea):
        adult = {"guardianName": "Mia", "guardianEmail": "mia@example.org"}
        assert leader.post(f"/scouts/{girl}/guardians", data=adult).status_code in (302, 303)
    sell(leader, scoutId=troop.ava, quantity=5)
    sell(leader, scoutId=troop.bea, quantity=6)
    parent = signed_in("caregiver", first_name="Mia", scout_ids=(troop.ava, troop.bea))
    assert parent.get("/api/sales").json["total"] == 2
    assert "Boxes sold 11" in words(parent.get("/sales"))
    assert "Boxes sold 6" in words(parent.get(f"/sales?girl={troop.bea}"))
    form = words(parent.get("/sales/new"))
    assert "Ava A." in form
    assert "Bea B." in form
