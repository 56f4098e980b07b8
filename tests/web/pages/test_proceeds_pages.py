"""Proceeds in the browser: the rate with its reasons, the next step, what would be, the plan."""

import re

import pytest

from gsctracker.domain.money import proceeds_plans
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.web.pages.browsing import ODD, OLGA, count, send, words


@pytest.fixture
def sold(box, girls):
    """180 boxes were fetched; Ava and Bea sell; 85 cents, 90 from an average of 100, and the first 10 of each bring nothing."""
    with box.write() as tx:
        seasons.change(tx, girls.season, OLGA, base_proceeds=85, exempt_per_girl=10)
        seasons.set_tiers(tx, girls.season, {100: 90}, OLGA)
        for girl in (girls.ava, girls.bea):
            orders.take(tx, OLGA, [Item("TM", 5)], scout_id=girl, order_type="in_hand", payment_method="cash")


def test_the_page_says_the_rate_the_average_and_what_the_next_step_needs(signed_in, sold):
    """COOKIE-11: 160 packages at 85 cents; 20 more bring 90 cents for 180."""
    page = signed_in("leader").get("/proceeds")
    text = words(page)
    assert "For every package $0.85 The troop keeps $136.00" in text
    assert "A girl's average 90 over 2 girls" in text
    assert "20 packages more reach an average of 100: $0.90 for every package instead of $0.85, $26.00 more" in text
    assert "2 girls · Girls with at least one package" in text
    assert "Not at all: 199.9 is under 200" in text
    assert 'href="/why/proceeds"' in page.text


@pytest.mark.parametrize(
    ("rounding", "said", "tenths"), [("exact", "16.3", 163), ("nearest", "16", 160), ("up", "17", 170)]
)
def test_every_page_report_and_call_says_the_same_average(signed_in, sold, box, girls, rounding, said, tenths):
    """COOKIE-11: 180 packages over 11 girls are 16.36: cut off and never rounded up, unless the plan itself rounds."""
    with box.write() as tx:
        proceeds_plans.set_rules(tx, girls.season, OLGA, denominator="fixed", fixed_girls=11, rounding=rounding)
    leader = signed_in("leader")
    for address in ("/proceeds", "/", "/money/troop"):
        text = words(leader.get(address)).replace(" Why? A girl's average", "")
        assert re.search(rf"A girl's average\W+{re.escape(said)} over 11 girls", text), address
    assert f"An average of {said} packages a girl" in words(leader.get("/reports/proceeds"))
    assert leader.get("/api/troops/1/proceeds").get_json()["averageTenths"] == tenths


def test_a_seller_of_nothing_has_her_price(signed_in, sold):
    """One girl more lowers nothing yet, but her ten packages without proceeds cost $8.50."""
    assert "that would cost the troop $8.50" in words(signed_in("leader").get("/proceeds"))


def test_what_would_be_is_asked_on_the_page(signed_in, sold):
    leader = signed_in("leader")
    assert "the average would be 100, the rate $0.90" in words(leader.get("/proceeds?packages=200&girls=2"))
    assert "would be none yet, the rate $0.85" in words(leader.get("/proceeds?packages=200&girls=0"))
    for odd in ODD:
        assert leader.get("/proceeds", query_string={"packages": odd, "girls": odd}).status_code == 200


def test_an_empty_season_divides_by_nobody(signed_in):
    assert "No girl counts yet" in words(signed_in("leader").get("/proceeds"))


def test_a_bonus_is_added_ticked_and_removed(signed_in, sold, box):
    manager = signed_in()
    send(
        manager,
        "/proceeds/bonuses",
        "/proceeds/plan",
        name="Training",
        cents="0.05",
        kind1="by_hand",
        kind2="pga",
        least2="50",
    )
    page = manager.get("/proceeds")
    assert "Training Not yet" in words(page)
    assert "An average of 50 packages a girl: 90" in words(page)
    manager.post("/proceeds/conditions/1", data={"done": "1"})
    assert "For every package $0.90" in words(manager.get("/proceeds"))
    assert "$144.00" in words(manager.get("/why/proceeds"))
    manager.post("/proceeds/bonuses/1/remove")
    assert count(box, "proceeds_bonuses") == 0


def test_how_the_average_is_counted_is_changed_and_named(signed_in, sold):
    manager = signed_in()
    fields = {"denominator": "fixed", "fixedGirls": "4", "rounding": "up", "numerator": "credited", "fall": "12.50"}
    assert send(manager, "/proceeds/plan", **fields).status_code == 303
    text = words(manager.get("/proceeds"))
    assert "4 girls · A number the council fixed" in text
    assert "10 packages · Packages that girls are credited with" in text
    why = words(manager.get("/why/proceeds"))
    assert "Packages that the plan does not count" in why


def test_a_plan_that_cannot_be_keeps_what_was_typed(signed_in, sold):
    manager = signed_in()
    answer = send(manager, "/proceeds/plan", denominator="fixed", rounding="up", numerator="charged", fall="7.25")
    assert answer.status_code == 422
    assert "an average over no girl is none" in words(answer)
    assert 'value="7.25"' in answer.text
    answer = send(manager, "/proceeds/bonuses", "/proceeds/plan", name="Kept", cents="9")
    assert answer.status_code == 422
    assert "$5.00 at most" in words(answer)
    assert 'value="Kept"' in answer.text
    for odd in ODD:
        answer = send(manager, "/proceeds/bonuses", "/proceeds/plan", name="X", cents=odd, kind1="pga", least1=odd)
        assert answer.status_code in (303, 422)


def test_families_do_not_see_the_troops_money(signed_in, girls):
    mother = signed_in("caregiver", scout_ids=(girls.ava,))
    assert mother.get("/proceeds").status_code == 403
    assert mother.get("/proceeds/plan").status_code == 403
    assert signed_in("leader").get("/proceeds/plan").status_code == 403
