"""The reasons behind the numbers."""

import re

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import turn_ins
from gsctracker.domain.sales import orders
from tests import factories
from tests.web.pages.browsing import OLGA, words


def amounts(page) -> list[str]:
    return re.findall(r'<td role="cell" class="num"[^>]*><span><span class="num[^"]*">([^<]+)<', page.text)


def test_what_a_family_owes_is_the_sum_of_its_postings(leader, box, girls):
    """Every number leads to what makes it."""
    with box.write() as tx:
        turn_ins.turn_in(tx, OLGA, girls.ava, 5_000, "check", reference="No. 12")
    page = leader.get(f"/why/balance/{girls.ava}")
    assert sorted(amounts(page)) == ["+$120.00", "+$30.00", "-$50.00"]
    assert "Why Ava A.'s family owes $100.00" in words(page)
    assert "No. 12" in words(page)
    assert "20 Thin Mints at $6.00" in words(page)


def test_the_boxes_of_a_place_are_the_sum_of_its_postings(leader, girls):
    page = leader.get(f"/why/stock/2?product={girls.tm}")
    assert "Why 114 Thin Mints" in words(page)
    assert sorted(amounts(page)) == ["+144", "-10", "-20"]
    assert "to: Ava A." in words(page)


def test_a_sale_leads_from_the_reason_to_the_sale(leader, box, girls):
    with box.write() as tx:
        sale = orders.take(tx, OLGA, [orders.Item("Thin Mints", 3)], scout_id=girls.ava, order_type="in_hand")
    page = leader.get(f"/why/credit/{girls.ava}")
    assert "Why Ava A. is credited with 3 boxes" in words(page)
    assert f'href="/sales/{sale}"' in page.text


def test_a_mistake_that_was_taken_back_says_so(leader, box, girls):
    with box.write() as tx:
        entry = turn_ins.turn_in(tx, OLGA, girls.ava, 5_000, "cash")
        turn_ins.take_back(tx, entry, OLGA)
    page = words(leader.get(f"/why/balance/{girls.ava}"))
    assert "Taken back" in page
    assert "owes $150.00" in page


def test_a_place_nothing_ever_moved_to_says_so(leader, box):
    with box.write() as tx:
        factories.make_scout(tx)
    assert "Nothing was written down yet" in leader.get("/why/credit/1").text


def test_many_postings_come_page_by_page(leader, box, girls):
    with box.write() as tx:
        for _ in range(60):
            transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=1), scout_id=girls.ava)
    first = leader.get(f"/why/stock/{girls.home}?product={girls.tm}")
    assert len(amounts(first)) == 50
    address = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = leader.get(address)
    assert len(amounts(second)) == 11
    assert "Why 80 Thin Mints" in words(second)


def test_a_family_sees_the_reasons_of_its_own_home_alone(signed_in, girls):
    caregiver = signed_in("caregiver", scout_ids=(girls.ava,))
    assert caregiver.get(f"/why/stock/{girls.home}").status_code == 200
    assert caregiver.get(f"/why/stock/{girls.other_home}").status_code == 404
    assert caregiver.get("/why/stock/2").status_code == 404


def test_a_family_does_not_see_which_girl_its_boxes_went_to(leader, signed_in, box, girls):
    with box.write() as tx:
        transfers.move(tx, OLGA, "G2G", factories.lines(tx, TM=3), scout_id=girls.ava, to_scout_id=girls.bea)
    seen = words(signed_in("caregiver", scout_ids=(girls.ava,)).get(f"/why/stock/{girls.home}"))
    assert "to: At a girl's home" in seen
    assert "Bea" not in seen
    assert "to: Bea B." in words(leader.get(f"/why/stock/{girls.home}"))


def test_every_figure_of_the_stock_page_and_of_the_troops_accounts_leads_to_its_reasons(leader, box, girls):
    """Each why link of both pages is there and shows the figure it was reached from."""
    with box.write() as tx:
        turn_ins.turn_in(tx, OLGA, girls.ava, 5_000, "check")
        turn_ins.deposit(tx, OLGA, 3_000)
    for path in ("/stock", "/money/troop", "/money"):
        links = sorted(set(re.findall(r'href="(/why/[^"]+)"', leader.get(path).text)))
        assert links, path
        for link in links:
            page = leader.get(link.replace("&amp;", "&"))
            assert page.status_code == 200, link
            assert "Why " in words(page), link


def test_the_cash_box_is_the_sum_of_its_postings(leader, box, girls):
    with box.write() as tx:
        turn_ins.turn_in(tx, OLGA, girls.ava, 5_000, "check")
        turn_ins.deposit(tx, OLGA, 3_000)
    page = leader.get("/why/account/cash_box")
    assert "Why $20.00: Cash box" in words(page)
    assert sorted(amounts(page)) == ["+$50.00", "-$30.00"]


def test_reasons_that_are_not_there_are_not_found(leader, girls):
    for path in ("/why/account/scout", "/why/account/treasure", "/why/boxes/garage/1", f"/why/boxes/lost/{2**40}"):
        assert leader.get(path).status_code == 404, path
