"""The first page of leaders, families and girls."""

import re
from datetime import UTC, datetime

from gsctracker import clock
from gsctracker.domain.booths import closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import sweeps, turn_ins
from gsctracker.domain.rewards import ladders, levels
from gsctracker.domain.sales import goals, orders
from tests import factories
from tests.web.pages.browsing import OLGA, send, words


def test_a_new_box_says_what_to_do_first(leader):
    page = words(leader.get("/"))
    assert "First steps" in page
    assert "Import a roster Next" in page
    assert "Check the cookies and their prices" in page


def test_the_season_is_shown_in_figures_and_pictures(leader, box, girls):
    with box.write() as tx:
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 4)], scout_id=girls.ava, order_type="in_hand", day="2026-02-01"
        )
        orders.take(tx, OLGA, [orders.Item("Trefoils", 1)], scout_id=girls.ava, order_type="in_hand", day="2026-02-14")
        goals.set_goal(tx, girls.season, None, 50, OLGA)
    answer = leader.get("/")
    page = words(answer)
    assert "Boxes sold 5 Why? Boxes sold" in page
    assert "of 50" in page
    assert "Boxes in the troop's hands 145" in page
    for picture in ("Cookies by popularity", "Boxes sold each day", "Stock in each place"):
        assert picture in page
    assert answer.text.count('<svg role="img"') >= 4
    assert '<td>Feb 2</td><td class="num">0</td>' in answer.text, "a day without sales is not left out"


def test_what_waits_leads_to_where_it_is_settled(leader, box, girls):
    with box.write() as tx:
        transfers.move(tx, OLGA, "G2T", factories.lines(tx, TM=12), scout_id=girls.bea)
        closing.close(tx, OLGA, girls.booth, sold={girls.share: 3}, cash_cents=1_800)
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 20)], scout_id=girls.ava, order_type="in_hand", payment_method="cash"
        )
    answer = leader.get("/")
    page = words(answer)
    assert "Bea B.: -2 Thin Mints Now" in page
    assert f"/why/stock/{girls.other_home}?product={girls.tm}" in answer.text
    assert "not credited to girls yet: 3 (Grocery)" in page
    assert "Families that hold cash: 1, together $120.00." in page
    assert 'href="/money"' in answer.text


def test_nothing_waits_and_the_page_says_so(leader):
    assert "Nothing waits." in leader.get("/").text


def test_a_caregiver_sees_each_of_her_girls_and_nobody_elses(signed_in, box, girls):
    with box.write() as tx:
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 4)], scout_id=girls.ava, order_type="in_hand", payment_method="cash"
        )
        turn_ins.turn_in(tx, OLGA, girls.ava, 1_000, "cash")
        cleo = factories.make_scout(tx, "Cleo", "C.")
    answer = signed_in("caregiver", scout_ids=(girls.ava, cleo)).get("/")
    page = words(answer)
    assert "Ava A." in page
    assert "Cleo C." in page
    assert "Bea" not in page
    assert "Cash you still hold $14.00" in page
    assert "Boxes you still hold $126.00" in page
    assert f'href="/sales/new?girl={girls.ava}"' in answer.text


def test_a_girl_sees_her_own_numbers_and_no_money(signed_in, girls):
    page = words(signed_in("scout", first_name="Ava", scout_ids=(girls.ava,)).get("/"))
    assert "Hello, Ava" in page
    assert "Boxes at home 25" in page
    assert "$" not in page
    assert "Bea" not in page


def test_a_family_is_reminded_of_its_cash_and_a_girl_is_not(signed_in, box, girls):
    with box.write() as tx:
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 4)], scout_id=girls.ava, order_type="in_hand", payment_method="cash"
        )
    assert "$24.00 of cookie money is still at home" in words(signed_in("caregiver", scout_ids=(girls.ava,)).get("/"))
    assert "$" not in words(signed_in("scout", scout_ids=(girls.ava,)).get("/"))


def test_a_caregiver_without_a_girl_is_told_whom_to_ask(signed_in):
    assert "No girl is linked to you yet" in signed_in("caregiver").get("/").text


def test_an_admin_sees_four_lights_her_tasks_and_the_people(signed_in, box, girls):
    """UX-28: database, disk, memory, copies and timetable; what waits; who is here. Others do not see the box."""
    answer = signed_in("admin").get("/")
    page = words(answer)
    assert "Waits for you" in page
    assert "The box Problems Database Well Disk" in page
    assert "Copies and timetable Look at it" in page, "there is no copy yet"
    assert "People signed in 1" in page
    assert 'href="/problems"' in answer.text and 'href="/people"' in answer.text
    assert "Copies and timetable" not in words(signed_in("cookie_leader").get("/"))
    assert "Copies and timetable" not in words(signed_in("caregiver").get("/"))


def test_a_light_changes_when_something_is_wrong(signed_in, box, girls):
    """UX-28: the database's folder gone, its light is not green."""
    browser = signed_in("admin")
    browser.get("/")
    box.path.rename(box.path.with_name("away.db"))
    assert "Database Not well" in words(browser.get("/"))


def test_a_level_is_news_for_a_week_to_its_own_family_and_the_leaders(leader, signed_in, box, girls):
    """COOKIE-27: the timetable told it; nobody else's family hears of it."""
    with box.write() as tx:
        ladders.replace(tx, girls.season, OLGA, ladders.read([("boxes", "3", "", "Patch")]), "cumulative")
        orders.take(tx, OLGA, [orders.Item("Thin Mints", 4)], scout_id=girls.ava, order_type="in_hand")
        levels.tell(tx, girls.season)
    for her in (leader, signed_in("caregiver", scout_ids=(girls.ava,)), signed_in("scout", scout_ids=(girls.ava,))):
        assert "Reached this week Rewards Ava A. 3 boxes" in words(her.get("/"))
    assert "Reached this week" not in words(signed_in("caregiver", scout_ids=(girls.bea,)).get("/"))


def test_a_leader_is_told_of_withdrawals_disputed_figures_and_odd_entries(leader, signed_in, box, girls, monkeypatch):
    """UX-28: each where it is settled; what is at the bank is said calmly."""
    with box.write() as tx:
        monkeypatch.setattr(clock, "moment", lambda: datetime(2026, 3, 2, 18, tzinfo=UTC))
        sweeps.add_rule(tx, OLGA, due_on="2026-03-06", basis="per_package", factor=100, nets_cards=False)
        sweeps.add_rule(tx, OLGA, due_on="2026-02-27", basis="per_package", factor=50, nets_cards=False)
        sweeps.add_rule(tx, OLGA, due_on="2026-03-20", basis="remainder")
        turn_ins.turn_in(tx, OLGA, girls.ava, 1_000, "cash")
        tx.execute(
            """INSERT INTO entry_checks (entry_id, checked_at, score, findings)
               SELECT max(id), '2026-03-02T00:00:00Z', 40, '[]' FROM journal"""
        )
    mother = signed_in("caregiver", scout_ids=(girls.ava,))
    place = f"/money/families/{girls.ava}"
    send(mother, f"{place}/agree", place, agrees="no", note="It was more", seen_cents="0", seen_boxes="0")
    answer = leader.get("/")
    page = words(answer)
    assert "whose day is over and that are not written down: 1." in page
    assert re.search(r"withdraws \$\d+\.00 next: deposit at least \$\d+\.00. Days left for that: 3. Now", page)
    assert "Families that say their figures are not right: 1 (Ava)." in page
    assert "Entries that are unlike the others: 1." in page
    for place in ("/money/sweeps", "/money/reminders", "/review"):
        assert f'href="{place}"' in answer.text
    with box.write() as tx:
        turn_ins.turn_in(tx, OLGA, girls.ava, 1_000_00, "venmo")
    assert "and it is at the bank. To know" in words(leader.get("/"))
