"""Deposits and reminders in the browser, and what a family says of its own figures each month."""

import pytest

from gsctracker.domain.money import limits, turn_ins
from gsctracker.domain.money.limits import Limits
from tests.web.pages.browsing import ODD, OLGA, count, filled, send, words


@pytest.fixture
def paid(box, girls):
    """Ava's family handed in $20 in cash and a check of $15."""
    with box.write() as tx:
        return [turn_ins.turn_in(tx, OLGA, girls.ava, cents, how) for cents, how in ((2000, "cash"), (1500, "check"))]


def test_two_people_take_the_box_to_the_bank(box, girls, paid, leader, signed_in):
    """One counts, the other counts without seeing the first figures, then it is banked and found on the statement."""
    page = leader.get("/money/deposits/new")
    assert "$35.00 can go to the bank" in words(page)
    sent = filled(leader, "/money/deposits/new", cash="20", checks="15") | {"payment": [str(one) for one in paid]}
    made = leader.post("/money/deposits/new", data=sent)
    assert made.status_code == 303
    address = made.location
    assert "another adult" in words(leader.get(address))
    assert "count it yourself" not in words(leader.get(address))
    assert leader.post(f"{address}/verify", data={"cash": "20", "checks": "15"}).status_code == 409
    second = signed_in("leader", first_name="Sam")
    assert "$20.00 Checks" not in words(second.get(address))
    assert "first count was another" in words(second.post(f"{address}/verify", data={"cash": "19", "checks": "15"}))
    assert send(second, f"{address}/verify", address, cash="20", checks="15").status_code == 303
    assert second.post(f"{address}/bank", data={}).status_code == 403
    assert send(leader, f"{address}/bank", address, slip="17").status_code == 303
    assert send(leader, f"{address}/match", address, bank_line="").status_code == 422
    assert send(leader, f"{address}/match", address, bank_line="DEPOSIT 17").status_code == 303
    assert "On the bank's statement" in words(leader.get("/money/deposits"))
    assert "DEPOSIT 17" in words(leader.get(address))


def test_a_deposit_larger_than_the_box_is_refused_and_what_was_typed_stays(box, paid, leader):
    no = send(leader, "/money/deposits/new", cash="35.01")
    assert no.status_code == 409
    assert "cannot be larger than the box" in words(no)
    assert 'value="35.01"' in no.text
    for typed in ODD:
        if typed != "1.5":
            assert send(leader, "/money/deposits/new", cash=typed).status_code == 422
    assert count(box, "deposits") == 0


def test_a_dropped_deposit_is_on_the_list_and_goes_no_further(box, paid, leader):
    address = send(leader, "/money/deposits/new", cash="20").location
    assert leader.post(f"{address}/drop").status_code == 303
    assert "Dropped" in words(leader.get("/money/deposits"))
    assert leader.post(f"{address}/drop").status_code == 409


def test_words_for_a_family_are_ready_in_two_languages_and_name_nobody_else(box, girls, leader):
    page = leader.get(f"/money/families/{girls.ava}/reminder")
    assert "Ava's cookies, from Troop 1234" in page.text.replace("&#39;", "'")
    assert "$150.00" in page.text
    assert 'lang="es"' in page.text
    assert "Bea" not in words(page).split("Ready to paste")[1].split("What the family was told")[0]


def test_a_debt_is_told_reported_and_settled(box, girls, leader, mother):
    address = f"/money/families/{girls.ava}"
    early = send(leader, f"{address}/report", f"{address}/reminder")
    assert "Tell the family first" in words(early)
    assert send(leader, f"{address}/reminder", kind="call", note="left a message").status_code == 303
    assert "left a message" in words(leader.get(f"{address}/reminder"))
    assert send(leader, f"{address}/report", f"{address}/reminder", reference="F-1").status_code == 303
    assert "reported to the council" in words(mother.get(address))
    form = f"/money/receipts/new/payment?girl={girls.ava}"
    fields = filled(leader, form, girl=girls.ava, amount="1", method="cash")
    refused = leader.post("/money/receipts/new/payment", data=fields)
    assert refused.status_code == 409
    assert "pays the council now" in words(refused)
    assert send(leader, f"{address}/settle", f"{address}/reminder", outcome="accepted", amount="200").status_code == 409
    assert send(leader, f"{address}/settle", f"{address}/reminder", outcome="accepted").status_code == 303
    assert "Accepted by the council" in words(leader.get("/money/reminders"))


def test_limits_are_set_and_warn_where_boxes_are_handed_out(box, girls, leader):
    assert send(leader, "/money/limits", cash="", boxes="100", days="7").status_code == 303
    with box.read() as tx:
        assert limits.of_season(tx, girls.season) == Limits(None, 10_000, 7)
    assert "Beyond a limit" in words(leader.get("/money/reminders"))
    assert "the limit is $100.00" in words(leader.get(f"/money/receipts/new/hand-out?girl={girls.ava}"))
    assert send(leader, "/money/limits", days="0").status_code == 422


def test_families_see_no_deposits_and_nobodys_reminders(girls, mother):
    for address in ("/money/deposits", "/money/reminders", f"/money/families/{girls.ava}/reminder", "/money/limits"):
        assert mother.get(address).status_code == 403


def test_a_mother_finds_what_she_owes_and_why_and_agrees(box, girls, mother, leader, signed_in):
    """AUTH-14: from her first page she is one touch from her figures; she says yes once, or what is wrong."""
    assert "are these figures right?" in words(mother.get("/"))
    address = f"/money/families/{girls.ava}"
    page = mother.get(address)
    assert "Boxes she still holds, at their price $150.00" in words(page)
    assert "Please look once a month" in words(page)
    no = filled(mother, address, agrees="no", seen_cents=15000, seen_boxes=25, note="")
    assert mother.post(f"{address}/agree", data=no).status_code == 422
    stale = filled(mother, address, agrees="yes", seen_cents=14999, seen_boxes=25)
    assert "just changed" in words(mother.post(f"{address}/agree", data=stale))
    yes = filled(mother, address, agrees="yes", seen_cents=15000, seen_boxes=25)
    assert mother.post(f"{address}/agree", data=yes).status_code == 303
    assert "Mia agreed" in words(leader.get(address))
    assert "are these figures right?" not in words(mother.get("/"))
    other = signed_in("caregiver", first_name="Kim", scout_ids=(girls.bea,))
    assert other.post(f"{address}/agree", data=yes).status_code == 404
    assert leader.post(f"{address}/agree", data=yes).status_code == 409


def test_what_a_family_says_is_wrong_is_seen_by_the_leaders(girls, mother, leader):
    address = f"/money/families/{girls.ava}"
    sent = filled(mother, address, agrees="no", seen_cents=15000, seen_boxes=25, note="I brought five back")
    assert mother.post(f"{address}/agree", data=sent).status_code == 303
    assert "I brought five back" in words(leader.get("/money/reminders"))
