"""Orders to the cupboard in the browser: drafted, placed, received by two, claimed, taken back."""

import pytest

from gsctracker.domain.inventory import cupboard_orders, cupboard_receipts, transfers
from gsctracker.domain.reports import tables
from tests import factories
from tests.web.pages.browsing import ODD, OLGA, boxes_at, count, filled, send, words

SHELF = 2
WHO = {"counted_by": "Lea", "checked_by": "Mr. Cupboard", "rest": "all"}


@pytest.fixture
def tm(box):
    with box.read() as tx:
        return factories.product(tx, "TM")


@pytest.fixture
def order(box):
    """12 cases of Thin Mints, placed."""
    with box.write() as tx:
        found = cupboard_orders.draft(
            tx, OLGA, "planned", factories.lines(tx, TM=144), cupboard="North side", pick_up_on="2026-02-14"
        )
        cupboard_orders.place(tx, found, OLGA)
    return found


def test_an_order_from_draft_to_claim(box, leader, tm):
    """COOKIE-09: written, placed, received short by two who count, the claim told and settled; every number leads to its why."""
    assert "No orders yet" in words(leader.get("/stock/cupboard"))
    answer = send(
        leader,
        "/stock/cupboard/new",
        kind="planned",
        cupboard="North side",
        pick_up_on="2026-02-14",
        **{f"cases__{tm}": 12},
    )
    assert answer.status_code == 303
    one = answer.location
    page = leader.get(one)
    assert "Draft" in page.text
    assert "Thin Mints 12 cases $864.00" in words(page)
    assert send(leader, f"{one}/place", one).location == one
    assert boxes_at(box, SHELF, tm) == 0
    fields = {f"cases__{tm}": 11, f"boxes__{tm}": 4, f"damaged__{tm}": 1}
    assert send(leader, f"{one}/receive", **WHO, reference="0016491", **fields).location == one
    assert boxes_at(box, SHELF, tm) == 135
    text = words(leader.get(one)).replace(" Why? Thin Mints", "")
    assert "Thin Mints 12 cases 11 cases + 4 -8 1" in text
    assert "Counted by Lea, checked by Mr. Cupboard. Slip 0016491." in text
    assert "8 Thin Mints: Missing" in text
    assert "1 Thin Mints: Damaged on arrival" in text
    assert 'href="/stock/claims/' in leader.get(one).text
    assert "2 claims" in words(leader.get("/stock/cupboard"))
    claim = "/stock/claims/2"
    assert "To tell the council" in words(leader.get(claim))
    assert send(leader, f"{claim}/tell", claim, told_on="2026-02-14", reference="mail").status_code == 303
    assert "The council knows" in words(leader.get("/stock/claims"))
    sent = send(leader, f"{claim}/settle", claim, outcome="delivered", settled_on="2026-02-20", note="one case")
    assert sent.status_code == 303
    text = words(leader.get(claim))
    assert "Delivered later" in text
    assert "/stock/moves/new/pick-up" in leader.get(claim).text
    assert send(leader, f"{claim}/open-again", claim).status_code == 303
    assert boxes_at(box, SHELF, tm) == 135


def test_a_receipt_is_taken_back_on_the_page_of_its_order(box, leader, order, tm):
    one = f"/stock/cupboard/{order}"
    send(leader, f"{one}/receive", **WHO, **{f"cases__{tm}": 11})
    assert "Why is it taken back?" in leader.get(one).text
    assert send(leader, f"{one}/receipts/1/take-back", one, reason="").status_code == 422
    assert send(leader, f"{one}/receipts/1/take-back", one, reason="another troop's").location == one
    text = words(leader.get(one))
    assert "Taken back" in text
    assert "Missing" not in text
    assert "Receive boxes" in text
    assert boxes_at(box, SHELF, tm) == 0
    assert leader.get("/stock/claims/1").status_code == 404
    assert send(leader, f"{one}/receipts/1/take-back", one, reason="again").status_code == 409
    assert leader.post(f"{one}/receipts/9/take-back", data={"reason": "x"}).status_code == 404


def test_the_pick_up_of_an_order_is_taken_back_with_the_order_where_more_hangs_on_it(box, leader, order, tm):
    one = f"/stock/cupboard/{order}"
    send(leader, f"{one}/receive", **WHO, **{f"cases__{tm}": 12, f"damaged__{tm}": 1})
    with box.read() as tx:
        entry = cupboard_receipts.of_order(tx, order)[0].entry_id
    move = f"/stock/moves/{entry}"
    answer = send(leader, f"{move}/take-back", move, reason="wrong")
    assert answer.status_code == 409
    assert "Take it back on the page of the order" in words(answer)


def test_the_rest_may_come_later(leader, order, tm):
    one = f"/stock/cupboard/{order}"
    send(leader, f"{one}/receive", **(WHO | {"rest": "later"}), **{f"cases__{tm}": 2})
    text = words(leader.get(one))
    assert "Partly received" in text
    assert "to come: 10 cases" in words(leader.get(f"{one}/receive"))
    assert send(leader, f"{one}/nothing-more", one).location == one
    assert "120 Thin Mints: Missing" in words(leader.get(one))


def test_an_initial_order_says_what_is_over(leader, tm):
    answer = send(leader, "/stock/cupboard/new", kind="initial", **{f"boxes__{tm}": 57})
    assert "Thin Mints 57 wished, 3 more to fill the case: for the shelf 5 cases" in words(leader.get(answer.location))
    assert "Initial order" not in words(leader.get("/stock/cupboard/new"))
    again = leader.post("/stock/cupboard/new", data={"kind": "initial", f"boxes-{tm}": "5"})
    assert again.status_code == 409
    assert "initial order already" in words(again)


def test_an_order_is_changed_while_it_is_a_draft_and_only_by_one_tab(leader, tm):
    one = send(leader, "/stock/cupboard/new", kind="extra", **{f"boxes__{tm}": 30}).location
    page = leader.get(f"{one}/change").text
    assert f'name="cases-{tm}" value="2"' in page
    assert f'name="boxes-{tm}" value="6"' in page
    stale = filled(leader, f"{one}/change", **{f"boxes__{tm}": 5})
    assert send(leader, f"{one}/change", note="call first", **{f"boxes__{tm}": 40}).location == one
    late = leader.post(f"{one}/change", data=stale)
    assert late.status_code == 409
    assert "in the meantime" in words(late)
    send(leader, f"{one}/place", one)
    assert f'name="cases-{tm}"' not in leader.get(f"{one}/change").text
    assert send(leader, f"{one}/change", reference="7731").location == one
    assert "7731" in words(leader.get(one))
    assert send(leader, f"{one}/open-again", one).location == one
    assert send(leader, f"{one}/cancel", one).location == one
    assert "Cancelled" in words(leader.get(one))
    assert leader.post(f"{one}/place", data={}).status_code == 409


def test_a_receipt_sent_twice_is_one(box, leader, order, tm):
    """COOKIE-09: the same form again changes nothing, and a second form finds the order received."""
    form = filled(leader, f"/stock/cupboard/{order}/receive", **WHO, **{f"cases__{tm}": 12})
    for _ in range(2):
        assert leader.post(f"/stock/cupboard/{order}/receive", data=form).status_code == 303
    assert boxes_at(box, SHELF, tm) == 144
    assert leader.post(f"/stock/cupboard/{order}/receive", data=form | {"form_key": "x" * 20}).status_code == 409
    assert count(box, "cupboard_receipts") == 1


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_gets_a_sentence_and_keeps_what_was_typed(box, leader, order, tm, odd):
    for field in (f"cases-{tm}", f"damaged-{tm}", "date", "version"):
        form = WHO | {f"boxes-{tm}": "12", field: odd}
        answer = leader.post(f"/stock/cupboard/{order}/receive", data=form)
        assert answer.status_code == 422, (field, odd)
        assert "Mr. Cupboard" in answer.text
    answer = leader.post("/stock/cupboard/new", data={"kind": odd, f"boxes-{tm}": odd, "pick_up_on": odd})
    assert answer.status_code == 422
    assert count(box, "cupboard_receipts") == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"checked_by": " lea "}, "the same name twice"),
        ({"checked_by": ""}, "Please fill this in"),
        ({"rest": "perhaps"}, "Please choose one of these"),
        ({"nothing": "1"}, "Nothing was loaded"),
        ({"spoilt": "1"}, "More are damaged than were loaded"),
    ],
)
def test_what_cannot_be_right_about_a_receipt(leader, order, tm, wrong, sentence):
    form = WHO | {f"boxes-{tm}": "" if "nothing" in wrong else "12"} | wrong
    answer = leader.post(
        f"/stock/cupboard/{order}/receive", data=form | ({f"damaged-{tm}": "13"} if "spoilt" in wrong else {})
    )
    assert answer.status_code == 422
    assert sentence in words(answer)


@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [("scout", 403, 403), ("caregiver", 403, 403), ("leader", 200, 403), ("cookie_leader", 200, 200)],
)
def test_who_sees_and_writes_orders(box, signed_in, order, tm, role, sees, writes):
    """AUTH-01: leaders see, cookie leaders write."""
    with box.write() as tx:
        ava = factories.make_scout(tx)
        cupboard_receipts.receive(
            tx, OLGA, order, factories.lines(tx, TM=12), counted_by="Lea", checked_by="Mia", rest_comes_later=False
        )
    her = signed_in(role, **({"scout_ids": (ava,)} if role in ("scout", "caregiver") else {}))
    for page in ("/stock/cupboard", f"/stock/cupboard/{order}", "/stock/claims", "/stock/claims/1"):
        assert her.get(page).status_code == sees, page
    for page in ("/stock/cupboard/new", f"/stock/cupboard/{order}/receive", f"/stock/cupboard/{order}/change"):
        assert her.get(page).status_code == writes, page
    for form in ("claims/1/tell", "claims/1/settle", "claims/1/open-again", f"cupboard/{order}/cancel", "cupboard/new"):
        answer = her.post(f"/stock/{form}", data={})
        assert answer.status_code in ((303, 409, 422) if writes == 200 else (403,)), form


def test_what_is_not_there_is_not_found(leader):
    for page in ("/stock/cupboard/9", "/stock/cupboard/9/receive", "/stock/cupboard/9/change", "/stock/claims/9"):
        assert leader.get(page).status_code == 404
    for form in ("cupboard/9/place", "cupboard/9/receive", "cupboard/9/change", "claims/9/tell", "claims/9/settle"):
        assert leader.post(f"/stock/{form}", data={"outcome": "waived"}).status_code in (404, 422), form


def test_a_claim_is_settled_only_as_told(leader, order, tm):
    send(leader, f"/stock/cupboard/{order}/receive", **WHO, **{f"cases__{tm}": 13})
    claim = "/stock/claims/1"
    page = words(leader.get(claim))
    assert "Too many" in page
    assert "Waived" in page
    assert "Kept and charged" not in page
    assert send(leader, f"{claim}/settle", claim, outcome="credited").status_code == 409
    assert send(leader, f"{claim}/settle", claim).status_code == 422
    assert send(leader, f"{claim}/tell", claim, told_on="2099-01-01").status_code == 422
    send(leader, f"{claim}/tell", claim, told_on="2026-02-14")
    assert "Kept and charged" in words(leader.get(claim))
    early = send(leader, f"{claim}/settle", claim, outcome="credited", settled_on="2026-02-13")
    assert early.status_code == 422
    assert "before the council was told" in words(early)


def test_claims_and_orders_that_are_due_wait_on_today(box, leader, order, tm):
    """COOKIE-09: a draft before its cut-off, a pick-up whose day has come, a claim to tell and one to settle."""
    with box.write() as tx:
        cupboard_orders.draft(tx, OLGA, "planned", factories.lines(tx, TM=12), cut_off_on="2026-02-13")
        cupboard_orders.draft(tx, OLGA, "planned", factories.lines(tx, TM=12), cut_off_on="2099-02-13")
    page = leader.get("/")
    assert "drafts and whose cut-off is near or over: 1." in words(page)
    assert "whose pick-up day has come: 1." in words(page)
    assert 'href="/stock/cupboard"' in page.text
    assert "Claims" not in words(page)
    send(leader, f"/stock/cupboard/{order}/receive", **WHO, **{f"cases__{tm}": 11, f"damaged__{tm}": 1})
    page = leader.get("/")
    assert "Claims that the council does not know of yet: 2, together $78.00." in words(page)
    assert 'href="/stock/claims"' in page.text
    assert "pick-up day" not in words(page)
    send(leader, "/stock/claims/1/tell", "/stock/claims/1", told_on="2026-02-14")
    assert "Claims that wait for the council's answer: 1, together $6.00." in words(leader.get("/"))


def test_the_report_says_what_was_ordered_and_received(box, leader, order, tm):
    """COOKIE-09, COOKIE-12: the report shows the difference of each cookie and what is still claimed."""
    send(leader, f"/stock/cupboard/{order}/receive", **WHO, **{f"cases__{tm}": 11})
    with box.read() as tx:
        table = tables.make(tx, "cupboard-orders", OLGA)
    row = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    assert (row["ordered"], row["received"], row["difference"], row["openClaimCents"]) == (144, 132, -12, 7200)
    assert (row["state"], row["cookie"], row["pickUpOn"]) == ("received", "Thin Mints", "2026-02-14")


def test_a_pick_up_that_an_import_brought_is_chosen_and_not_written_twice(box, leader, order, tm):
    """COOKIE-09: the page to receive points at pick-ups of no order; choosing one moves nothing and claims what is missing."""
    one = f"/stock/cupboard/{order}"
    assert "Did an import bring this pick-up already?" not in words(leader.get(f"{one}/receive"))
    assert "Every pick-up has its order" in words(leader.get(f"{one}/recognise"))
    with box.write() as tx:
        entry = transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=132), reference="0016491")
    assert "Did an import bring this pick-up already?" in words(leader.get(f"{one}/receive"))
    assert "0016491 132 Thin Mints" in words(leader.get(f"{one}/recognise"))
    assert send(leader, f"{one}/recognise", **WHO).status_code == 422
    assert send(leader, f"{one}/recognise", **WHO, entry=entry + 1).status_code == 409
    assert send(leader, f"{one}/recognise", **WHO, entry=entry).location == one
    assert boxes_at(box, SHELF, tm) == 132
    assert "12 Thin Mints: Missing" in words(leader.get(one))
