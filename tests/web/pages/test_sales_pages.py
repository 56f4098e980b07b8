"""Sales in the browser: taken, listed, looked at, changed, delivered, paid, cancelled."""

import pytest

from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from tests.web.pages.browsing import ODD, OLGA, boxes_at, count, filled, owes, send, words


@pytest.fixture
def sale(box, girls):
    """Ava promised Mrs. Alvarez 2 Thin Mints; nothing is paid."""
    with box.write() as tx:
        return orders.take(tx, OLGA, [Item("TM", 2)], scout_id=girls.ava, customer_name="Mrs. Alvarez")


def field(girls, product, prefix="n"):
    return f"{prefix}__{getattr(girls, product)}"


def find(box, sale_id):
    with box.read() as tx:
        return orders.find(tx, sale_id, OLGA)


def test_a_family_takes_a_sale_with_one_number_and_one_button(box, girls, mother):
    """COOKIE-01: the form comes with her girl, handed over and paid in cash; only the boxes are missing."""
    with box.write() as tx:
        tx.execute("UPDATE seasons SET status = 'selling'")
    page = mother.get("/sales/new").text
    assert 'value="in_hand" required checked' in page
    assert 'value="cash" required checked' in page
    answer = send(
        mother, "/sales/new", scoutId=girls.ava, orderType="in_hand", paymentMethod="cash", **{field(girls, "tm"): 3}
    )
    assert answer.status_code == 303
    kept = find(box, int(answer.location.rpartition("/")[2]))
    assert (kept.scout_id, kept.boxes, kept.amount_cents, kept.collected_cents, kept.status) == (
        girls.ava,
        3,
        1800,
        1800,
        "delivered",
    )
    assert boxes_at(box, girls.home, girls.tm) == 17
    assert owes(box, girls.ava) == 25 * 600  # she still owes her boxes; the cash is part of it
    assert "The sale is kept." in words(mother.get(answer.location))


def test_a_leader_sells_cases_for_a_girl_and_for_the_troop(box, girls, leader):
    """DB-03: a case is twelve boxes, whoever sells it."""
    answer = send(leader, "/sales/new", scoutId=girls.bea, unitType="cases", **{field(girls, "tm"): 2})
    assert find(box, int(answer.location.rpartition("/")[2])).boxes == 24
    answer = send(
        leader, "/sales/new", scoutId="troop", orderType="in_hand", paymentMethod="cash", **{field(girls, "tre"): 1}
    )
    assert find(box, int(answer.location.rpartition("/")[2])).scout_id is None
    assert boxes_at(box, 2, girls.tre) == 30


def test_cookie_share_alone_is_a_donation(box, girls, mother):
    answer = send(
        mother, "/sales/new", scoutId=girls.ava, orderType="in_hand", paymentMethod="cash", **{field(girls, "share"): 4}
    )
    assert find(box, int(answer.location.rpartition("/")[2])).order_type == "donation"
    assert owes(box, girls.ava) == 25 * 600 + 4 * 600


def test_the_form_knows_whose_sale_it_is_when_the_page_before_said_so(girls, leader, mother, sale):
    assert f'<option value="{girls.bea}" selected>' in leader.get(f"/sales/new?girl={girls.bea}").text
    assert f'<option value="{girls.ava}" selected>' in leader.get(f"/sales/new?like={sale}").text
    assert "Bea" not in mother.get(f"/sales/new?girl={girls.bea}").text


def test_a_form_that_is_sent_twice_is_one_sale(box, girls, mother):
    sent = filled(mother, "/sales/new", scoutId=girls.ava, **{field(girls, "tm"): 1})
    first, second = (mother.post("/sales/new", data=sent) for _ in range(2))
    assert first.location == second.location
    assert count(box, "orders") == 1
    changed = mother.post("/sales/new", data=sent | {f"n-{girls.tm}": "2"})
    assert changed.status_code == 409
    assert count(box, "orders") == 1
    assert f'name="n-{girls.tm}" value="2"' in changed.text


FINE = {("paid", "1.5")}
"""Odd, and yet what it says: a dollar fifty."""


@pytest.mark.parametrize(
    "name", ["n", "scoutId", "paid", "date", "unitType", "orderType", "paymentMethod", "customerEmail"]
)
def test_odd_input_is_said_beside_the_field_and_kept(box, girls, leader, name):
    for typed in ODD:
        asked = filled(leader, "/sales/new", scoutId=girls.ava, paymentMethod="cash", customerName="Zoë Ñandú")
        asked[f"n-{girls.tm}"] = "1"
        answer = leader.post("/sales/new", data=asked | {f"n-{girls.tm}" if name == "n" else name: typed})
        if (name, typed) in FINE:
            assert answer.status_code == 303
        elif answer.status_code == 404:
            assert (name, typed) == ("scoutId", "999999999999")
        else:
            assert answer.status_code == 422, (typed, answer.status)
            assert "Zoë Ñandú" in answer.text
            assert 'class="error"' in answer.text
    assert count(box, "orders") == sum(fine[0] == name for fine in FINE)


def test_a_form_with_an_odd_key_or_none_is_still_a_sale(box, girls, leader):
    for sent, key in enumerate([*ODD, ""], 1):
        asked = {"form_key": key, "scoutId": str(girls.ava), f"n-{girls.tm}": "1"}
        assert leader.post("/sales/new", data=asked).status_code == 303
        assert count(box, "orders") == sent


@pytest.mark.parametrize("longest", ["customerName", "customerPhone", "customerAddress", "notes"])
def test_a_text_that_is_too_long_or_not_printable_is_refused_and_kept(box, girls, leader, longest):
    for typed in ("x" * 5000, "a\x07b"):
        answer = send(leader, "/sales/new", scoutId=girls.ava, **{field(girls, "tm"): 1, longest: typed})
        assert answer.status_code == 422
        assert typed in answer.text
    assert count(box, "orders") == 0


def test_several_mistakes_are_told_at_once(girls, leader):
    answer = send(leader, "/sales/new", scoutId="", paid="much", date="soon", **{field(girls, "tm"): "abc"})
    assert answer.status_code == 422
    assert "4 things to correct" in words(answer)
    assert "Whose sale is it? Choose the girl." in words(answer)
    assert 'value="much"' in answer.text


def test_a_sale_without_a_cookie_says_so(girls, leader):
    answer = send(leader, "/sales/new", scoutId=girls.ava)
    assert answer.status_code == 422
    assert "A sale needs at least one cookie." in words(answer)


def test_nobody_sells_for_another_familys_girl(box, girls, mother):
    answer = send(mother, "/sales/new", scoutId=girls.bea, **{field(girls, "tm"): 1})
    assert answer.status_code == 404
    assert count(box, "orders") == 0


def test_another_familys_sale_is_not_there(girls, signed_in, sale):
    stranger = signed_in("caregiver", first_name="Sue", scout_ids=(girls.bea,))
    for address in (f"/sales/{sale}", f"/sales/{sale}/change", f"/sales/{sale}/cancel", "/sales/999999"):
        assert stranger.get(address).status_code == 404
    for doing in ("change", "deliver", "undeliver", "pay", "cancel"):
        data = {"version": "1", "paymentMethod": "cash", "scoutId": str(girls.bea), f"n-{girls.tm}": "1"}
        assert stranger.post(f"/sales/{sale}/{doing}", data=data).status_code == 404
    assert "Alvarez" not in stranger.get("/sales").text
    assert stranger.get(f"/sales?girl={girls.ava}").status_code == 404


@pytest.mark.parametrize("role", ["leader", "cookie_leader", "admin", "caregiver", "scout"])
def test_everybody_sees_the_sales_that_are_hers(girls, signed_in, sale, role):
    """AUTH-01: leaders see all, a family and a scout their own."""
    family = {"scout_ids": (girls.ava,)} if role in ("caregiver", "scout") else {}
    her = signed_in(role, first_name="Ida", **family)
    assert "Mrs. Alvarez" in her.get("/sales").text
    page = words(her.get(f"/sales/{sale}"))
    assert "2 Thin Mints credited to Ava A." in page
    assert "Owes $12.00" in page


def test_a_stranger_is_sent_to_sign_in(browser, girls, sale):
    for address in ("/sales", "/sales/new", f"/sales/{sale}"):
        assert browser.get(address).location.startswith("/sign-in")
    assert browser.post("/sales/new", data={}).status_code == 302


def test_the_list_is_filtered_searched_and_summed(box, girls, leader, sale):
    """COOKIE-02: filters, a search that forgives, and the sums of what is shown."""
    with box.write() as tx:
        orders.take(tx, OLGA, [Item("TRE", 5)], scout_id=girls.bea, order_type="in_hand", payment_method="cash",
                    customer_name="Otto", day="2026-02-01")  # fmt: skip
        gone = orders.take(tx, OLGA, [Item("TM", 50)], scout_id=girls.bea, customer_name="Gone")
        orders.cancel(tx, gone, OLGA)
    everything = words(leader.get("/sales"))
    assert "Boxes sold 7" in everything
    assert "Comes to $42.00" in everything
    assert "One more is cancelled" in everything
    shown = {
        f"girl={girls.bea}": ("Otto", "Alvarez"),
        "cookie=TRE": ("Otto", "Alvarez"),
        "status=unpaid": ("Alvarez", "Otto"),
        "status=cancelled": ("Gone", "Otto"),
        "type=in_hand": ("Otto", "Alvarez"),
        "to=2026-02-01": ("Otto", "Alvarez"),
        "q=alvar": ("Alvarez", "Otto"),
        "q=trefiols": ("Otto", "Alvarez"),
    }
    for asked, (there, not_there) in shown.items():
        page = leader.get(f"/sales?{asked}").text
        assert there in page, asked
        assert not_there not in page, asked
    assert "Nothing fits that" in leader.get("/sales?q=nobody").text


@pytest.mark.parametrize("name", ["girl", "cookie", "status", "type", "from", "to", "q", "after", "trail", "like"])
def test_an_odd_filter_is_no_accident(girls, leader, name):
    for typed in ODD:
        for address in ("/sales", "/sales/new"):
            assert leader.get(address, query_string={name: typed}).status_code in (200, 404, 422), typed


def test_the_list_has_pages(box, girls, leader):
    with box.write() as tx:
        for number in range(45):
            orders.take(tx, OLGA, [Item("TM", 1)], scout_id=girls.ava, customer_name=f"Customer {number:02}")
    first = leader.get("/sales")
    assert len(first.data) < 50_000
    assert "Customer 44" in first.text
    assert "Customer 03" not in first.text
    following = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = leader.get(following)
    assert "Customer 03" in second.text
    assert "Customer 44" not in second.text
    assert 'rel="prev"' in second.text
    assert "in 45 sales" in words(second)


def test_delivered_and_taken_back(box, girls, mother, sale):
    """COOKIE-03: the boxes leave her home, once, and come back when it was a mistake."""
    sent = filled(mother, f"/sales/{sale}")
    assert mother.post(f"/sales/{sale}/deliver", data=sent).status_code == 303
    assert mother.post(f"/sales/{sale}/deliver", data=sent).status_code == 303
    assert boxes_at(box, girls.home, girls.tm) == 18
    late = mother.post(f"/sales/{sale}/deliver", data={"version": sent["version"]})
    assert late.status_code == 409
    assert "Somebody changed this sale in the meantime." in words(late)
    assert send(mother, f"/sales/{sale}/undeliver", f"/sales/{sale}").status_code == 303
    assert boxes_at(box, girls.home, girls.tm) == 20


def test_a_customer_pays_in_two_parts(box, girls, mother, sale):
    assert send(mother, f"/sales/{sale}/pay", f"/sales/{sale}", paymentMethod="cash", paid="5").status_code == 303
    assert find(box, sale).collected_cents == 500
    more = send(mother, f"/sales/{sale}/pay", f"/sales/{sale}", paymentMethod="cash", paid="8")
    assert more.status_code == 422
    assert "That is more than is still open." in words(more)
    by_card = send(mother, f"/sales/{sale}/pay", f"/sales/{sale}", paymentMethod="card")
    assert by_card.status_code == 422
    assert send(mother, f"/sales/{sale}/pay", f"/sales/{sale}", paymentMethod="check").status_code == 303
    assert find(box, sale).collected_cents == 1200
    assert mother.post(f"/sales/{sale}/pay", data={"version": 3, "paymentMethod": "cash"}).status_code == 409


def test_an_odd_payment_is_refused(box, mother, sale):
    for typed in ODD:
        for sent in ({"paid": typed, "paymentMethod": "cash"}, {"paymentMethod": typed}):
            if sent.get("paid") != "1.5":
                answer = send(mother, f"/sales/{sale}/pay", f"/sales/{sale}", **sent)
                assert answer.status_code == 422, sent
    assert find(box, sale).collected_cents == 0


def test_a_sale_is_changed(box, girls, mother, sale):
    answer = send(
        mother, f"/sales/{sale}/change", scoutId=girls.ava, customerName="Mr. Brown", paymentMethod="none", notes="porch",
        **{field(girls, "tm"): 1, field(girls, "tre"): 2},
    )  # fmt: skip
    assert answer.status_code == 303
    kept = find(box, sale)
    assert (kept.customer_name, kept.notes, kept.boxes, kept.amount_cents) == ("Mr. Brown", "porch", 3, 1800)
    assert "2 Trefoils credited to Ava A." in words(mother.get(f"/sales/{sale}"))


def test_a_change_from_an_old_tab_is_refused_and_what_was_typed_is_kept(box, girls, mother, sale):
    """Two tabs: the second one says what the first one did, and puts its own in place only when sent again."""
    old = filled(mother, f"/sales/{sale}/change", scoutId=girls.ava, customerName="From the old tab", **{
        field(girls, "tm"): 5
    })  # fmt: skip
    send(mother, f"/sales/{sale}/change", scoutId=girls.ava, customerName="From the new tab", **{field(girls, "tm"): 3})
    refused = mother.post(f"/sales/{sale}/change", data=old)
    assert refused.status_code == 409
    assert "Somebody changed this sale in the meantime" in words(refused)
    assert "It now says: 3 Thin Mints for From the new tab" in words(refused)
    assert "From the old tab" in refused.text
    assert find(box, sale).boxes == 3
    again = old | {"form_key": refused.text.split('name="form_key" value="')[1].split('"')[0]}
    again["version"] = refused.text.split('name="version" value="')[1].split('"')[0]
    assert mother.post(f"/sales/{sale}/change", data=again).status_code == 303
    assert find(box, sale).boxes == 5


def test_a_cancelled_sale_is_out_of_every_sum_and_cannot_be_touched(box, girls, mother, sale):
    assert "Cancel this sale?" in mother.get(f"/sales/{sale}/cancel").text
    assert send(mother, f"/sales/{sale}/cancel").status_code == 303
    assert find(box, sale).status == "cancelled"
    assert "Cancelled" in words(mother.get(f"/sales/{sale}"))
    assert mother.get(f"/sales/{sale}/change").status_code == 302
    for doing in ("deliver", "undeliver", "pay", "cancel", "change"):
        data = {"version": "2", "paymentMethod": "cash", "scoutId": str(girls.ava), f"n-{girls.tm}": "1"}
        refused = mother.post(f"/sales/{sale}/{doing}", data=data)
        assert refused.status_code == 409, doing
        assert "This sale was cancelled." in words(refused)


@pytest.mark.parametrize("version", ["", "abc", "-1", "1.5", "99999999999999999999"])
def test_an_odd_version_is_a_page_that_is_too_old(box, mother, sale, version):
    answer = mother.post(f"/sales/{sale}/cancel", data={"version": version})
    assert answer.status_code == 409
    assert find(box, sale).status == "promised"


def test_a_sale_of_digital_cookie_is_changed_there(box, girls, mother, sale):
    with box.write() as tx:
        tx.execute("UPDATE orders SET source = 'digital-cookie', external_number = '77' WHERE id = ?", (sale,))
    page = words(mother.get(f"/sales/{sale}"))
    assert "This sale comes from Digital Cookie (number 77). Change it there" in page
    assert "Cancel this sale" not in page
    assert mother.get(f"/sales/{sale}/change").status_code == 302
    assert mother.post(f"/sales/{sale}/cancel", data={"version": "1"}).status_code == 409


def test_a_family_whose_girl_is_not_linked_yet_is_told_what_to_do(signed_in, girls):
    alone = signed_in("caregiver", first_name="Nan")
    assert "Ask your cookie leader" in words(alone.get("/sales/new"))
    assert "No sales yet" in alone.get("/sales").text
    assert alone.post("/sales/new", data={f"n-{girls.tm}": "1"}).status_code == 422


def test_customers_to_come_back_to_are_counted_as_the_lists_have_them(box, girls, leader, mother, signed_in, sale):
    """AUTH-15: to approve, to deliver, to thank; the call's figures are the lists', a family has its own alone."""
    with box.write() as tx:
        for name in ("Mr. Brown", "Ms. Cole"):
            orders.take(tx, OLGA, [Item("TM", 1)], scout_id=girls.bea, order_type="in_hand", customer_name=name)
        orders.take(tx, OLGA, [Item("TM", 1)], scout_id=girls.ava, order_type="in_hand", customer_name="Mrs. Dale")
    for her, expected in ((leader, {"toDeliver": 1, "toThank": 3}), (mother, {"toDeliver": 1, "toThank": 1})):
        said = her.get("/api/sales/follow-up").json
        assert said == {"needsApproval": 0, **expected}
        for status, n in (("needs_approval", 0), ("to_deliver", said["toDeliver"]), ("to_thank", said["toThank"])):
            assert her.get(f"/api/sales?status={status}").json["total"] == n
    page = mother.get("/sales/follow-up")
    assert "To deliver · 1" in words(page) and "Mrs. Dale" in words(page)
    assert "Mr. Brown" not in words(page)
    with box.read() as tx:
        dale, brown = (
            tx.execute("SELECT id FROM orders WHERE customer_name = ?", (n,)).fetchone()[0]
            for n in ("Mrs. Dale", "Mr. Brown")
        )
    assert send(mother, f"/sales/{dale}/thank", "/sales/follow-up").status_code == 303
    assert mother.get("/api/sales/follow-up").json["toThank"] == 0
    assert mother.post(f"/sales/{dale}/thank").status_code == 409
    assert mother.post(f"/sales/{sale}/thank").status_code == 409
    assert mother.post(f"/sales/{brown}/thank").status_code == 404
    assert leader.get("/api/sales/follow-up").json["toThank"] == 2
