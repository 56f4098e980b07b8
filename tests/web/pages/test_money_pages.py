"""Money in the browser: balances and what they are made of, handing in, the bank, the council, taking back."""

import pytest

from gsctracker.domain.money import balances, council, turn_ins
from gsctracker.domain.people import scouts
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.web.pages.browsing import ODD, OLGA, count, filled, owes, send, words


@pytest.fixture
def sold(box, girls):
    """Ava sold 5 of her Thin Mints for cash and promised 2 more."""
    with box.write() as tx:
        orders.take(tx, OLGA, [Item("TM", 5)], scout_id=girls.ava, order_type="in_hand", payment_method="cash")
        orders.take(tx, OLGA, [Item("TM", 2)], scout_id=girls.ava)


def accounts(box, girls):
    with box.read() as tx:
        return balances.troop_accounts(tx, girls.season)


def test_a_balance_says_what_it_is_made_of(girls, leader, sold):
    """COOKIE-04: $150 owed are $120 of boxes and $30 of cash, each with its why."""
    page = leader.get("/money")
    text = words(page)
    assert "Ava A. $150.00" in text
    assert f'href="/why/balance/{girls.ava}"' in page.text
    family = leader.get(f"/money/families/{girls.ava}")
    assert "Cash she collected and still holds $30.00" in words(family)
    assert "Boxes she still holds, at their price $120.00" in words(family)
    assert f'href="/why/family/boxes/{girls.ava}"' in family.text
    assert f'href="/why/family/cash/{girls.ava}"' in family.text
    assert f'href="/why/credit/{girls.ava}"' in family.text


def test_a_family_sees_its_own_money_and_nobody_elses(girls, mother, signed_in, sold):
    assert mother.get("/money").location == f"/money/families/{girls.ava}"
    assert "Together $150.00" in words(mother.get(f"/money/families/{girls.ava}"))
    for other in (girls.bea, 999999):
        assert mother.get(f"/money/families/{other}").status_code == 404
    both = signed_in("caregiver", first_name="Two", scout_ids=(girls.ava, girls.bea))
    text = words(both.get("/money"))
    assert "Ava A." in text
    assert "Bea B." in text
    assert "cash box" not in text


@pytest.mark.parametrize(
    ("role", "sees", "records"),
    [
        ("scout", False, False),
        ("caregiver", False, False),
        ("leader", True, False),
        ("cookie_leader", True, True),
        ("admin", True, True),
    ],
)
def test_who_sees_and_records_money(box, girls, signed_in, role, sees, records):
    """AUTH-01: leaders see the troop's money, cookie leaders write it down."""
    with box.write() as tx:
        entry = turn_ins.turn_in(tx, OLGA, girls.ava, 1000, "cash")
    family = {"scout_ids": (girls.ava,)} if role in ("caregiver", "scout") else {}
    her = signed_in(role, first_name="Ida", **family)
    for address in ("/money/entries", f"/money/entries/{entry}", "/money/troop"):
        assert her.get(address).status_code == (200 if sees else 403)
    for address in ("/money/turn-in", "/money/take-over", "/money/sweep"):
        assert her.get(address).status_code == (200 if records else 403)
        before = count(box, "journal")
        answer = her.post(address, data={"girl": girls.ava, "amount": "1", "method": "cash"})
        assert answer.status_code == (303 if records else 403)
        assert count(box, "journal") - before == records
    answer = her.post(f"/money/entries/{entry}/take-back", data={"reason": "oops"})
    assert answer.status_code == (303 if records else 403)


def test_more_than_a_family_owes_is_asked_about_and_then_stands_as_a_credit(box, girls, leader, sold):
    """COOKIE-04: nothing is written down until somebody says that it is meant."""
    sent = filled(leader, "/money/turn-in", girl=girls.ava, amount="200", method="cash")
    before = count(box, "journal")
    answer = leader.post("/money/turn-in", data=sent)
    assert answer.status_code == 409
    assert "The family owes $150.00. Take no more than that, or say that it pays ahead." in words(answer)
    assert count(box, "journal") == before
    assert 'name="ahead"' in answer.text and 'name="ahead"' not in leader.get("/money/turn-in").text
    assert 'value="200"' in answer.text, "what was typed is kept"
    assert leader.post("/money/turn-in", data=sent | {"ahead": "1"}).status_code == 303
    assert owes(box, girls.ava) == -50_00


def test_a_program_is_told_that_a_family_paid_ahead(box, girls, leader, sold):
    """COOKIE-04: money that came is a fact and written down, unless the program says that it is not to be more."""
    payment = {"scoutId": girls.ava, "amountCents": 200_00, "method": "cash"}
    answer = leader.post("/api/troops/1/payments", json=payment | {"paysAhead": False})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "more_than_owed")
    assert owes(box, girls.ava) == 150_00
    answer = leader.post("/api/troops/1/payments", json=payment)
    assert (answer.status_code, answer.json["aheadCents"]) == (201, 50_00)
    assert answer.json["warning"] == "That is more than the family owes: $50.00 stand on its account as paid ahead."
    less = leader.post("/api/troops/1/payments", json={"scoutId": girls.bea, "amountCents": 1, "method": "cash"})
    assert less.status_code == 201 and not {"aheadCents", "warning"} & less.json.keys()


def test_a_family_hands_money_in_once(box, girls, leader, mother, sold):
    """COOKIE-04: the debt falls, the cash box rises, and the family sees it."""
    sent = filled(
        leader, f"/money/turn-in?girl={girls.ava}", girl=girls.ava, amount="$30.00", method="cash", reference="No. 12"
    )
    for _ in range(2):
        answer = leader.post("/money/turn-in", data=sent)
        assert answer.location == f"/money/families/{girls.ava}"
    assert owes(box, girls.ava) == 120_00
    assert accounts(box, girls)["cash_box"] == 30_00
    assert "No. 12" in words(mother.get(f"/money/families/{girls.ava}"))
    send(leader, "/money/turn-in", girl=girls.ava, amount="10", method="venmo")
    assert accounts(box, girls)["bank"] == 10_00


def test_the_bank_and_the_council(box, girls, leader):
    """COOKIE-04: a withdrawal lowers the bank and what is due."""
    with box.write() as tx:
        turn_ins.turn_in(tx, OLGA, girls.ava, 100_00, "check")
        due = council.statement(tx, girls.season).due_cents
        turn_ins.deposit(tx, OLGA, 100_00, reference="slip 1", day="2026-02-20")
    assert send(leader, "/money/sweep", amount="60.5").status_code == 303
    assert (accounts(box, girls)["cash_box"], accounts(box, girls)["bank"]) == (0, 39_50)
    send(leader, "/money/take-over", girl=girls.ava, amount="25")
    with box.read() as tx:
        assert council.statement(tx, girls.season).due_cents == due - 60_50 - 25_00
        assert balances.out_of_balance(tx) == 0
    assert "Taken over by the council -$25.00" in words(leader.get(f"/money/families/{girls.ava}"))


def test_the_statement_is_said_in_words(box, girls, leader, sold):
    """COOKIE-11: packages, girls, the rate and what is due, each on its line."""
    with box.write() as tx:
        seasons.change(tx, girls.season, OLGA, base_proceeds=85)
    page = words(leader.get("/money/troop"))
    assert "The council charges the troop for 180 packages." in page
    assert "A girl's average: 180 over 1 girl." in page
    assert "So the troop keeps $0.85 of each package." in page
    assert "The troop keeps (proceeds) -$153.00" in page
    assert "Still due $927.00" in page


def test_an_entry_is_taken_back_with_a_reason_and_only_once(box, girls, leader):
    """COOKIE-04: nothing is erased; a second entry puts the money back."""
    with box.write() as tx:
        entry = turn_ins.turn_in(tx, OLGA, girls.ava, 100_00, "cash")
    page = f"/money/entries/{entry}"
    assert send(leader, f"{page}/take-back", page).status_code == 422
    sent = filled(leader, page, reason="Typed twice")
    for _ in range(2):
        assert leader.post(f"{page}/take-back", data=sent).status_code == 303
    assert owes(box, girls.ava) == 25 * 600
    assert "This entry was taken back." in words(leader.get(page))
    again = leader.post(f"{page}/take-back", data={"reason": "again"})
    assert again.status_code == 409
    assert "That entry was taken back before." in words(again)
    listed = words(leader.get("/money/entries"))
    assert "-$100.00" in listed
    assert "Typed twice" in words(leader.get(f"/money/entries/{entry + 1}"))


def test_moves_are_no_payments(girls, leader):
    for entry in (girls.handed, 999999):
        assert leader.get(f"/money/entries/{entry}").status_code == 404
        assert leader.post(f"/money/entries/{entry}/take-back", data={"reason": "x"}).status_code == 404


FORMS = {
    "/money/turn-in": ("girl", "amount", "method", "date"),
    "/money/take-over": ("girl", "amount", "date"),
    "/money/sweep": ("amount", "date"),
}


@pytest.mark.parametrize("address", FORMS)
def test_odd_input_moves_no_money_and_is_kept(box, girls, leader, address):
    before = count(box, "journal")
    for name in FORMS[address]:
        for typed in [*ODD, "0", "0.00", "-5.00", "1000000", "12.345", "1,2,3", ""]:
            if (name, typed) in (("amount", "1.5"), ("date", "")):
                continue
            asked = {"girl": girls.ava, "amount": "10", "method": "cash", "reference": "Zoë Ñandú"} | {name: typed}
            answer = send(leader, address, **asked)
            assert answer.status_code in (404, 422), (name, typed, answer.status)
            if answer.status_code == 404:
                assert (name, typed) in (("girl", "999999999999"), ("girl", "1000000"))
            else:
                assert "Zoë Ñandú" in answer.text
                assert 'class="error"' in answer.text
    assert send(leader, address, amount="1", girl=girls.ava, method="cash", reference="x" * 5000).status_code == 422
    assert count(box, "journal") == before


def test_long_lists_have_pages(box, girls, leader):
    with box.write() as tx:
        for number in range(45):
            girl = scouts.add_scout(tx, f"Girl{number:02}", by=None)
            turn_ins.turn_in(tx, OLGA, girls.ava, 100 + number, "cash")
            assert girl
    for address in ("/money", "/money/entries", f"/money/families/{girls.ava}"):
        first = leader.get(address)
        assert len(first.data) < 50_000
        following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
        assert 'rel="prev"' in leader.get(following).text
    for name in ("after", "trail", "girl"):
        for typed in ODD:
            for address in ("/money", "/money/entries", f"/money/families/{girls.ava}", "/money/turn-in"):
                assert leader.get(address, query_string={name: typed}).status_code in (200, 422)


def test_nobody_is_let_in_without_signing_in(browser, girls):
    for address in ("/money", f"/money/families/{girls.ava}", "/money/troop"):
        assert browser.get(address).location.startswith("/sign-in")
    elsewhere = browser.post("/money/sweep", data={"amount": "1"}, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


def test_an_empty_box_says_what_to_do_first(box, signed_in):
    leader = signed_in("cookie_leader")
    assert "No girls yet" in leader.get("/money").text
    assert "No money yet" in leader.get("/money/entries").text
    assert leader.get("/money/troop").status_code == 200
    assert "No girl is linked" in signed_in("caregiver").get("/money").text
