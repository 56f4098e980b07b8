"""The reasons behind the parts of a family's debt, behind sums over families, and behind the council's figures."""

import re

import pytest

from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.reports import why_family
from gsctracker.domain.sales import orders
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from tests.web.pages.browsing import OLGA, words
from tests.web.pages.test_why import amounts


@pytest.fixture
def busy(box, girls):
    """Ava sold in every way, handed in a part, and the council took a part over."""
    with box.write() as tx:
        for kind, item, more in (
            ("in_hand", ("TM", 3), {"payment_method": "cash", "collected_cents": 1800}),
            ("order_card", ("TM", 2), {"payment_method": "check", "collected_cents": 600}),
            ("in_hand", ("TRE", 1), {"payment_method": "card", "collected_cents": 600}),
            ("donation", ("Cookie Share", 1), {}),
        ):
            orders.take(tx, OLGA, [orders.Item(*item)], scout_id=girls.ava, order_type=kind, **more)
        orders.cancel(tx, orders.take(tx, OLGA, [orders.Item("TM", 9)], scout_id=girls.ava, order_type="in_hand"), OLGA)
        turn_ins.turn_in(tx, OLGA, girls.ava, 900, "cash")
        turn_ins.take_back(tx, turn_ins.turn_in(tx, OLGA, girls.ava, 77, "cash"), OLGA)
        turn_ins.take_over(tx, OLGA, girls.ava, 500)
        turn_ins.sweep(tx, OLGA, 300)
    return girls


def test_each_part_of_a_debt_is_the_sum_of_its_lines(box, busy):
    """Cash, boxes, customers: the lines behind a figure add up to it, and a page goes on where the one before ended."""
    with box.read() as tx:
        season = seasons.current(tx).id
        family = balances.family(tx, season, busy.ava, OLGA)
        for part, column in why_family.PARTS.items():
            rows = why_family.lines(tx, season, busy.ava, OLGA, part)
            assert rows, part
            assert sum(row.cents for row in rows) == getattr(family, column), part
            paged, before = [], why_family.NEWEST
            while page := why_family.lines(tx, season, busy.ava, OLGA, part, before, 1):
                paged += page
                before = (page[0].day, page[0].turn, page[0].id)
            assert paged == rows, part
        with pytest.raises(NotFound):
            why_family.lines(tx, season, busy.ava, OLGA, "wishes")


def test_cash_a_girl_still_holds_is_what_customers_paid_less_what_was_handed_in(leader, busy):
    page = leader.get(f"/why/family/cash/{busy.ava}")
    assert "Why Ava A. still holds $15.00 in cash" in words(page)
    assert sorted(amounts(page)) == ["+$0.77", "+$18.00", "+$6.00", "-$0.77", "-$9.00"]


def test_the_sum_over_all_families_leads_to_each_of_them(leader, mother, busy):
    page = leader.get("/why/families/boxes")
    assert "Why families hold boxes for $186.00" in words(page)
    assert sorted(amounts(page)) == ["+$126.00", "+$60.00"]
    assert f'href="/why/family/boxes/{busy.bea}"' in page.text
    assert "Bea" not in mother.get("/why/families/boxes").text
    assert mother.get(f"/why/family/boxes/{busy.bea}").status_code == 404
    for path in ("/why/families/wishes", f"/why/family/wishes/{busy.ava}", "/why/council/wishes"):
        assert leader.get(path).status_code == 404, path


def test_what_the_troop_keeps_is_its_rate_times_the_packages(leader, box, busy):
    with box.write() as tx:
        seasons.change(tx, busy.season, OLGA, base_proceeds=80, exempt_per_girl=1)
    page = leader.get("/why/proceeds")
    lines = [round(float(text.replace("$", "").replace("+", "")) * 100) for text in amounts(page)]
    total = int(re.search(r"Why the troop keeps \$([\d.]+)", words(page))[1].replace(".", ""))
    assert sum(lines) == total
    assert min(lines) < 0 < max(lines)
    assert "Boxes without proceeds" in words(page)


def test_each_figure_of_the_councils_statement_is_the_sum_of_its_postings(leader, busy):
    statement = words(leader.get("/money/troop"))
    for part, said in (("charged", "charged"), ("swept", "withdrew"), ("taken_over", "took over debts of")):
        page = leader.get(f"/why/council/{part}")
        total = re.search(rf"Why the council {said} \$([\d.,]+)", words(page))[1]
        assert f"${total}" in statement
        assert amounts(page)


def test_the_credit_of_one_cookie_shows_that_cookie_alone(leader, busy):
    page = leader.get(f"/why/credit/{busy.ava}?product={busy.tm}")
    assert "Why Ava A. is credited with 5 Thin Mints" in words(page)
    assert "Trefoils" not in words(page)
    assert f"/why/credit/{busy.ava}?product={busy.tm}" in leader.get(f"/scouts/{busy.ava}").text


@pytest.mark.parametrize("who", ["leader", "mother"])
def test_every_reason_that_a_page_offers_is_there(request, who, busy):
    """Every number leads to what makes it, and each of these addresses answers whoever it is shown to."""
    browser = request.getfixturevalue(who)
    for path in (
        "/",
        "/money",
        f"/money/families/{busy.ava}",
        f"/scouts/{busy.ava}",
        "/stock",
        f"/stock/places/{busy.home}",
    ):
        page = browser.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        for link in sorted(set(re.findall(r'class="why num" href="([^"]+)"', page.text))):
            assert browser.get(link.replace("&amp;", "&"), follow_redirects=True).status_code == 200, (path, link)
