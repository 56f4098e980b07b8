"""Receipts in the browser: made, signed, confirmed, voided, printed; seen by both sides and by nobody else."""

import re

import pytest

from gsctracker.domain.money import receipts
from tests.factories import lines
from tests.web.pages.browsing import OLGA, boxes_at, count, filled, owes, send, words

SIGNED = "M10 100L40 60L70 140L100 60L130 140L160 100"


@pytest.fixture
def handed(box, girls):
    """Receipt 1: Ava's family took two more Trefoils; nobody signed yet."""
    with box.write() as tx:
        return receipts.hand_over(tx, OLGA, "T2G", girls.ava, lines(tx, TRE=2))


def test_a_hand_out_is_written_down_signed_and_numbered_on_one_page(box, girls, leader, mother):
    """Girl, boxes, finger: the receipt is there for both sides at once."""
    assert "Choose the girl" in words(leader.get("/money/receipts/new/hand-out"))
    form = f"/money/receipts/new/hand-out?girl={girls.ava}"
    assert 'value="Mia"' in leader.get(form).text  # her mother is offered to sign
    fields = {"girl": girls.ava, f"boxes-{girls.tm}": 3, "adult": "Mia", "signature": SIGNED}
    made = leader.post("/money/receipts/new/hand-out", data=filled(leader, form, **fields))
    assert made.status_code == 303
    assert boxes_at(box, girls.home, girls.tm) == 23
    for browser in (leader, mother):
        page = browser.get(made.location)
        assert "Thin Mints 3 $18.00" in words(page)
        assert "Signed by Mia" in words(page)
        assert f'<path d="{SIGNED}"/>' in page.text
        assert "No. 1" in words(browser.get("/money/receipts"))


def test_a_form_sent_twice_makes_one_receipt(box, girls, leader):
    form = f"/money/receipts/new/payment?girl={girls.ava}"
    sent = filled(leader, form, girl=girls.ava, amount="20", method="cash")
    first, second = (leader.post("/money/receipts/new/payment", data=sent) for _ in range(2))
    assert first.location == second.location
    assert count(box, "receipts") == 1


def test_money_is_taken_with_a_receipt_and_never_more_than_is_owed_by_mistake(box, girls, leader):
    form = f"/money/receipts/new/payment?girl={girls.ava}"
    owed = owes(box, girls.ava)
    sent = {"girl": girls.ava, "amount": "9000", "method": "check", "reference": "118"}
    no = leader.post("/money/receipts/new/payment", data=filled(leader, form, **sent))
    assert no.status_code == 409
    assert "Take no more than that" in words(no)
    assert 'value="9000"' in no.text
    sent["amount"] = "20.50"
    made = leader.post("/money/receipts/new/payment", data=filled(leader, form, **sent))
    assert "$20.50" in words(leader.get(made.location))
    assert owes(box, girls.ava) == owed - 2050


@pytest.mark.parametrize("what", ["hand-out", "return", "payment"])
@pytest.mark.parametrize("bad", [{}, {"girl": "x"}, {"girl": "999999"}, {"adult": "x" * 81}, {"signature": "<svg>"}])
def test_what_is_wrong_is_said_and_nothing_is_kept(box, girls, leader, what, bad):
    sent = {"girl": girls.ava, "amount": "1", "method": "cash", f"boxes-{girls.tm}": "1"} if bad else {}
    answer = leader.post(f"/money/receipts/new/{what}", data=sent | bad)
    assert answer.status_code in (404, 422)
    assert count(box, "receipts") == 0


def test_the_family_confirms_with_its_own_account(box, girls, handed, mother, leader):
    assert "Waits for the family" in words(mother.get("/money/receipts"))
    address = f"/money/receipts/{handed}"
    assert "/confirm" not in leader.get(address).text  # she is not of the family
    assert send(mother, f"{address}/confirm", address).status_code == 303
    assert "Confirmed by Mia" in words(leader.get(address))
    assert send(leader, f"{address}/confirm", address).status_code == 409


def test_a_signature_is_kept_later_too(handed, leader):
    address = f"/money/receipts/{handed}"
    assert leader.post(f"{address}/sign", data={"adult": "Mia", "signature": ""}).status_code == 422
    sent = filled(leader, address, adult="", other="Grandma", signature=SIGNED)
    assert leader.post(f"{address}/sign", data=sent).status_code == 303
    assert "Signed by Grandma" in words(leader.get(address))


def test_a_receipt_is_voided_with_a_reason_and_once(box, girls, handed, leader, mother):
    address, before = f"/money/receipts/{handed}", owes(box, girls.ava)
    assert send(leader, f"{address}/void", address, reason="").status_code == 422
    assert send(leader, f"{address}/void", address, reason="two boxes too many").status_code == 303
    assert owes(box, girls.ava) == before - 1200
    assert "two boxes too many" in words(mother.get(address))
    second = leader.post(f"{address}/void", data={"reason": "again"})
    assert second.status_code == 409
    assert "void already" in words(second)


def test_what_was_written_down_elsewhere_gets_its_receipt(box, girls, leader):
    first = leader.post(f"/money/receipts/of/{girls.handed}")
    assert first.status_code == 303
    assert leader.post(f"/money/receipts/of/{girls.handed}").location == first.location
    assert leader.post("/money/receipts/of/999999").status_code == 404


def test_another_family_and_a_girl_see_none_of_it(handed, signed_in, girls, mother):
    """AUTH-05: receipts, papers and the evidence are the family's and the leaders' alone."""
    other = signed_in("caregiver", first_name="Kim", scout_ids=(girls.bea,))
    girl = signed_in("scout", first_name="Ava", scout_ids=(girls.ava,))
    for address in (
        f"/money/receipts/{handed}",
        f"/money/receipts/{handed}/receipt.pdf",
        f"/money/receipts?girl={girls.ava}",
        f"/money/families/{girls.ava}/receipts.pdf",
    ):
        assert mother.get(address).status_code == 200
        assert other.get(address).status_code == 404
        assert girl.get(address).status_code in (403, 404)
    assert "No receipts yet" in words(other.get("/money/receipts"))
    for address in ("/money/receipts/new/payment", f"/money/receipts/new/hand-out?girl={girls.ava}"):
        assert mother.get(address).status_code == 403


def test_papers_are_pdfs_with_every_receipt_of_the_season(box, girls, handed, leader):
    with box.write() as tx:
        receipts.sign(tx, handed, OLGA, "Mia", SIGNED)
        receipts.take_money(tx, OLGA, girls.ava, 500, "cash")
        receipts.void(tx, receipts.take_money(tx, OLGA, girls.ava, 900, "cash"), OLGA, "typed twice")
    one = leader.get(f"/money/receipts/{handed}/receipt.pdf")
    assert one.mimetype == "application/pdf"
    assert one.data.startswith(b"%PDF")
    evidence = leader.get(f"/money/families/{girls.ava}/receipts.pdf")
    assert len(re.findall(rb"/Type /Page\b", evidence.data)) == 5  # what is owed, the list, three receipts
    assert len(evidence.data) < 40_000
