"""Rewards and points in the browser: the ladder in and out, choosing, handing out, the radar, the ledger of points."""

import io

import pytest

from tests.domain.rewards.girls import LADDER, credited, with_ladder
from tests.web.pages.browsing import ODD, OLGA, count, send, words


@pytest.fixture
def items(box, girls):
    """The short ladder; Ava has 17 packages of her own, Bea 30."""
    with box.write() as tx:
        credited(tx, OLGA, girls.ava, 17)
        credited(tx, OLGA, girls.bea, 30)
        return with_ladder(tx, OLGA)


def csv(rows):
    return "\r\n".join(",".join(row) for row in rows).encode()


def bring_in(browser, content, way="cumulative"):
    return browser.post(
        "/rewards/ladder",
        data={"way": way, "file": (io.BytesIO(content), "ladder.csv")},
        content_type="multipart/form-data",
    )


def test_a_ladder_comes_in_and_goes_out_as_the_same_file(signed_in, girls, box):
    """COOKIE-22: CSV in and out; the example says on the page that it is one."""
    manager = signed_in()
    assert bring_in(manager, csv(LADDER)).status_code == 303
    out = manager.get("/reports/ladder.csv").data
    assert bring_in(manager, out).status_code == 303
    assert manager.get("/reports/ladder.csv").data == out
    assert count(box, "reward_items") == 6
    manager.post("/rewards/ladder", data={"way": "cumulative", "example": "1"})
    assert "stands in for your council" in words(manager.get("/rewards/ladder"))
    assert "Example: plush cat" in words(manager.get("/rewards/ladder"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv([("boxes", "10", "19", "A"), ("boxes", "30", "", "B")]), "nothing is said of 20 to 29 packages"),
        (b"", "Choose a file first."),
        (b"\x00\x01\x02", "not a text file"),
        (b"x" * 200_001, "too large for a ladder"),
        (b"a,b,c", "no step"),
        (csv([("boxes", "10", "", "A", "", "", "", "", "1e9")]), "Line 1 of the ladder cannot be read"),
    ],
)
def test_a_ladder_that_cannot_be_is_refused_and_the_old_one_stays(signed_in, items, box, content, sentence):
    """COOKIE-22: a ladder with gaps has its sentence."""
    answer = bring_in(signed_in(), content)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert count(box, "reward_items") == 6


def test_the_radar_is_what_a_leader_sees_first(signed_in, items, girls):
    page = signed_in("leader").get("/rewards")
    assert "Ava A. : 3 boxes more to 20 boxes" in words(page)
    assert "the top is reached" in words(page)


def test_a_family_chooses_and_sees_nobody_elses_rewards(signed_in, items, girls):
    """COOKIE-22."""
    mother = signed_in("caregiver", scout_ids=(girls.bea,))
    assert mother.get("/rewards").headers["Location"] == f"/rewards/girls/{girls.bea}"
    here = f"/rewards/girls/{girls.bea}"
    assert send(mother, f"{here}/choice", here, item=items["Shirt"], size="M").status_code == 303
    assert send(mother, f"{here}/choice", here, item=items["Dog"], size="").status_code == 303
    assert "Take another than Dog" in words(mother.get(here))
    answer = send(mother, f"{here}/choice", here, item=items["Shirt"], size="XXL")
    assert answer.status_code == 422
    assert "Choose one of the sizes: S, M" in words(answer)
    assert mother.get(f"/rewards/girls/{girls.ava}").status_code == 404
    assert send(mother, f"/rewards/girls/{girls.ava}/choice", here, item=items["Patch"], size="").status_code == 404
    assert mother.get("/rewards/order").status_code == 403
    assert "Ava" not in mother.get("/reports/rewards.csv").text


def test_a_girl_sees_that_a_reward_is_held_and_not_the_money(signed_in, items, girls):
    """COOKIE-22: what her family owes is the business of its adults."""
    bea = signed_in("scout", first_name="Bea", scout_ids=(girls.bea,))
    mother = signed_in("caregiver", scout_ids=(girls.bea,))
    here = f"/rewards/girls/{girls.bea}"
    send(mother, f"{here}/choice", here, item=items["Shirt"], size="S")
    assert "held until paid" in words(bea.get(here))
    assert "$" not in words(bea.get(here))
    assert "Until $60.00 is paid." in words(mother.get(here))
    assert bea.post(f"{here}/opt-out", data={"out": "1"}).status_code == 403


def test_handing_out_makes_a_receipt_and_the_order_is_by_item_and_size(signed_in, items, girls):
    """COOKIE-16: earned, ordered, handed out; void with a reason."""
    leader = signed_in("leader")
    here = f"/rewards/girls/{girls.bea}"
    assert "Bea B. : Cat / Dog" in words(leader.get("/rewards/order"))
    send(leader, f"{here}/choice", here, item=items["Cat"], size="")
    assert "Patch 2 Cat 1" in words(leader.get("/rewards/order"))
    assert leader.get("/reports/rewards-order.csv").text.splitlines()[1:] == ["Patch,,2", "Cat,,1"]
    answer = send(leader, f"{here}/hand-out", here, receivedBy="Gia")
    assert "Tick what is handed out." in words(answer)
    answer = send(leader, f"{here}/hand-out", here, items=items["Patch"], receivedBy="")
    assert answer.status_code == 422
    send(leader, f"{here}/hand-out", here, items=items["Patch"], receivedBy="Gia")
    assert "Receipt 1" in words(leader.get(here))
    leader.post("/rewards/receipts/1/void", data={"reason": "the wrong girl"})
    assert "the wrong girl" in words(leader.get(here))


def test_a_signed_receipt_of_rewards_is_a_pdf_for_the_family_alone(signed_in, items, girls):
    """COOKIE-16: the finger's signature is on the paper."""
    leader, here = signed_in("leader"), f"/rewards/girls/{girls.bea}"
    assert 'name="signature"' in leader.get(here).text
    signature = "M10 10L40 60L80 20L120 70L160 30L200 50"
    send(leader, f"{here}/hand-out", here, items=items["Patch"], receivedBy="Gia", signature=signature)
    page = signed_in("caregiver", scout_ids=(girls.bea,)).get(here)
    assert "Gia Signed" in words(page)
    paper = "/rewards/receipts/1/receipt.pdf"
    for reader, status in ((leader, 200), (signed_in("caregiver", scout_ids=(girls.ava,)), 404)):
        answer = reader.get(paper)
        assert answer.status_code == status
    assert leader.get(paper).data.startswith(b"%PDF")
    assert leader.get("/rewards/receipts/9/receipt.pdf").status_code == 404


def test_e_mails_and_the_last_day_of_credits_are_told(signed_in, girls, box):
    """COOKIE-22: as typed; a family sees them and types none."""
    manager, here = signed_in(), f"/rewards/girls/{girls.bea}"
    rows = [("emails", "18", "", "Mail patch"), ("boxes", "5", "", "Voucher", "", "", "", "", "5.00")]
    bring_in(manager, csv(rows))
    with box.write() as tx:
        credited(tx, OLGA, girls.bea, 5)
    send(manager, "/rewards/ladder/meaning", "/rewards/ladder", way="cumulative", creditsUntil="2027-09-15")
    send(manager, f"{here}/emails", here, emails="20")
    mother = signed_in("caregiver", scout_ids=(girls.bea,))
    page = words(mother.get(here))
    assert "Program credits: $5.00 · to be used until Sep 15, 2027" in page
    assert "20 e-mails sent" in page and "Mail patch earned 18 e-mails sent" in page
    assert mother.post(f"{here}/emails", data={"emails": "99"}).status_code == 403
    assert send(manager, f"{here}/emails", here, emails="many").status_code == 422


def test_the_day_of_forfeiting_and_the_least_credits_are_told_and_kept_to(signed_in, girls, box):
    """COOKIE-22: the family before, the manager afterwards; the form keeps what was typed."""
    manager, here = signed_in(), f"/rewards/girls/{girls.bea}"
    bring_in(
        manager, csv([("boxes", "5", "", "Voucher", "", "", "", "", "3.00"), ("boxes", "5", "", "Cap", "", "S|M")])
    )
    with box.write() as tx:
        credited(tx, OLGA, girls.bea, 5)
    meaning = ("/rewards/ladder/meaning", "/rewards/ladder")
    send(manager, *meaning, way="cumulative", forfeitedOn="2099-09-30", creditsLeast="5.00")
    mother = signed_in("caregiver", scout_ids=(girls.bea,))
    page = words(mother.get(here))
    assert "Collect everything before Sep 30, 2099. From then on it is forfeited." in page
    assert "They can be used from $5.00 on: $2.00 more to earn." in page
    assert 'value="5.00"' in manager.get("/rewards/ladder").text

    no = send(manager, *meaning, way="cumulative", orderedOn="2026-04-01", forfeitedOn="2026-03-01")
    assert no.status_code == 422 and "Rewards are forfeited after the day" in no.text
    send(manager, *meaning, way="cumulative", forfeitedOn="2001-09-30")
    page = mother.get(here)
    assert "Cap forfeited 5 boxes · Nobody came for it before Sep 30, 2001." in words(page)
    assert "Take this" not in words(page) and "Collect everything" not in words(page)
    assert "Forfeited on Sep 30, 2001" in words(manager.get("/rewards/order"))
    assert "forfeited 1" in words(manager.get("/rewards"))


def test_levels_are_told_once(signed_in, items):
    """COOKIE-27."""
    leader = signed_in("leader")
    assert "Ava reached 10!" in words(leader.post("/rewards/tell", follow_redirects=True))
    assert "No girl has reached a new level." in words(leader.post("/rewards/tell", follow_redirects=True))


def test_points_are_given_spent_and_taken_back(signed_in, items, girls, box):
    """COOKIE-23, COOKIE-24."""
    manager = signed_in()
    assert "the points are off" in words(manager.get("/points"))
    send(manager, "/points/rules", "/points", boxes="5", training="10", referral="3")
    send(manager, "/points/prizes", "/points", prize="Board game", cost="20")
    manager.post("/points/award")
    here = f"/points/girls/{girls.bea}"
    send(manager, f"{here}/give", here, about="Booth safety")
    assert "Boxes credited +15" in words(manager.get(here))
    send(manager, f"{here}/redeem", here, prize="1")
    assert "Given for a prize: Board game -20" in words(manager.get(here))
    answer = send(manager, f"{here}/redeem", here, prize="1")
    assert answer.status_code == 409
    assert "costs 20 points and she has 5" in words(answer)
    entry = next(n for n in range(1, 9) if manager.post(f"/points/entries/{n}/give-back").status_code == 303)
    assert entry
    assert "Prize taken back +20" in words(manager.get(here))
    for odd in ODD:
        assert send(manager, "/points/rules", "/points", boxes=odd).status_code in (303, 422)
        assert send(manager, "/points/prizes", "/points", prize="X", cost=odd).status_code == 422


def test_a_mother_tells_the_birthday_month_if_she_likes(signed_in, girls, box):
    """COOKIE-25."""
    mother = signed_in("caregiver", scout_ids=(girls.ava,))
    here = f"/points/girls/{girls.ava}"
    assert send(mother, f"{here}/birth-month", here, month="4").status_code == 303
    assert count(box, "birth_months") == 1
    send(mother, f"{here}/birth-month", here, month="")
    assert count(box, "birth_months") == 0
    assert "Birthday month" not in words(signed_in("leader").get(here))
    assert mother.get(f"/points/girls/{girls.bea}").status_code == 404
