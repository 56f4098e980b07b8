"""Sales: taken, changed, delivered, cancelled; and what each of it means for the three ledgers."""

import pytest

from gsctracker.db.rows import many, value
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances
from gsctracker.domain.reports import summary
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotFound
from tests.factories import make_person, make_scout

MINTS = [Item("Thin Mints", 2)]


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana")


def customers(tx):
    """Boxes that are with customers, by code."""
    rows = many(
        tx,
        "SELECT code, boxes FROM boxes_at JOIN products ON products.id = product_id WHERE place_id = 5 AND boxes <> 0",
    )
    return {row.code: row.boxes for row in rows}


def credit_of(tx, scout, admin):
    return sum(row.boxes for row in summary.credit_of(tx, seasons.current(tx).id, scout, admin))


@pytest.mark.parametrize(
    ("items", "more", "field"),
    [
        ([], {}, "items"),
        ([Item("Oreo", 1)], {}, "product"),
        ([Item("TM", 0)], {}, "quantity"),
        ([Item("TM", -3)], {}, "quantity"),
        ([Item("TM", 100_001)], {}, "quantity"),
        ([Item("TM", 8_334, "cases")], {}, "quantity"),
        ([Item("TM", 60_000), Item("Thin Mints", 60_000)], {}, "quantity"),
        ([Item("TM", "2.5")], {}, "quantity"),
        ([Item("TM", 1, "crates")], {}, "unitType"),
        ([Item("TM", 1)] * 41, {}, "items"),
        (MINTS, {"order_type": "gift"}, "orderType"),
        (MINTS, {"order_type": "donation"}, "orderType"),
        (MINTS, {"payment_method": "gold"}, "paymentMethod"),
        (MINTS, {"collected_cents": 1201}, "amountCollectedCents"),
        (MINTS, {"collected_cents": -1}, "amountCollectedCents"),
        (MINTS, {"collected_cents": 5, "payment_method": "none"}, "paymentMethod"),
        (MINTS, {"collected_cents": 600, "payment_method": "card"}, "amountCollectedCents"),
        (MINTS, {"customer_name": "x" * 81}, "customerName"),
        (MINTS, {"customer_email": "nobody"}, "customerEmail"),
        (MINTS, {"customer_phone": "1" * 41}, "customerPhone"),
        (MINTS, {"notes": "x" * 501}, "notes"),
        (MINTS, {"notes": "a\x00b"}, "notes"),
        (MINTS, {"day": "yesterday"}, "date"),
    ],
)
def test_what_cannot_be_a_sale_is_refused_beside_its_field(tx, admin, ana, items, more, field):
    """COOKIE-01: and nothing of it is written."""
    tx.execute("SAVEPOINT try")
    with pytest.raises(Invalid) as no:
        orders.take(tx, admin, items, scout_id=ana, **more)
    assert field in no.value.fields
    tx.execute("ROLLBACK TO try")
    assert value(tx, "SELECT count(*) FROM orders") == value(tx, "SELECT count(*) FROM journal") == 0


def test_a_girl_who_is_not_there_sells_nothing(tx, admin):
    with pytest.raises(NotFound):
        orders.take(tx, admin, MINTS, scout_id=99)


def test_families_sell_for_their_own_girls_and_see_no_other_sale(tx, admin, ana):
    """AUTH-05: another family's sale is not there, whatever is asked of it."""
    bea = make_scout(tx, "Bea")
    gia = make_person(tx, "caregiver", scout_ids=(ana,))
    hers, other, troops = (
        orders.take(tx, by, MINTS, scout_id=s) for by, s in ((gia, None), (admin, bea), (admin, None))
    )
    assert orders.find(tx, hers, gia).scout_id == ana  # her only girl needs not be named
    with pytest.raises(NotFound):
        orders.take(tx, gia, MINTS, scout_id=bea)
    for sale in (other, troops, 999):
        for ask in (orders.find, orders.deliver, orders.cancel):
            with pytest.raises(NotFound, match="no such sale"):
                ask(tx, sale, gia)
        with pytest.raises(NotFound):
            orders.change(tx, sale, gia, {"notes": "x"})
    with pytest.raises(NotFound):
        orders.change(tx, hers, gia, {"scout_id": bea})


def test_a_caregiver_with_two_girls_says_whose_sale_it_is(tx, ana):
    gia = make_person(tx, "caregiver", scout_ids=(ana, make_scout(tx, "Bea")))
    with pytest.raises(Invalid, match="Choose the girl"):
        orders.take(tx, gia, MINTS)
    with pytest.raises(Invalid, match="not linked to a girl yet"):
        orders.take(tx, make_person(tx, "caregiver"), MINTS)


def test_two_cases_and_three_boxes_are_27_everywhere(tx, admin, ana):
    """DB-03, COOKIE-01: in the sale, the girl's credit, her customers' hands and the troop's totals."""
    sale = orders.take(tx, admin, [Item("TM", 2, "cases"), Item("Thin Mints", 3)], scout_id=ana, order_type="in_hand")
    season = seasons.current(tx).id
    found = orders.find(tx, sale, admin)
    assert (found.boxes, [line.boxes for line in found.lines], found.amount_cents) == (27, [27], 27 * 600)
    assert credit_of(tx, ana, admin) == 27
    assert customers(tx) == {"TM": 27}
    assert summary.totals(tx, season).boxes == 27
    assert summary.scouts(tx, season, admin)[0].total_boxes == 27
    assert [row.boxes for row in stock.on_hand(tx, season, admin)] == [-27]  # she was never handed any: a signal


def test_one_sale_holds_several_cookies(tx, admin, ana):
    """COOKIE-01: and Cookie Share beside them, which is donated and never handled."""
    sale = orders.take(
        tx, admin, [Item("TM", 2), Item("CCC", 1), Item("Cookie Share", 3)], scout_id=ana, order_type="in_hand"
    )
    found = orders.find(tx, sale, admin)
    assert (found.boxes, found.donated_boxes, found.amount_cents) == (6, 3, 1200 + 700 + 1800)
    assert [line.code for line in found.lines] == ["TM", "CCC", "CShare"]
    assert customers(tx) == {"TM": 2, "CCC": 1}
    assert credit_of(tx, ana, admin) == 6


@pytest.mark.parametrize(
    ("given", "method", "collected"),
    [
        ({}, "none", 0),
        ({"payment_method": "cash"}, "cash", 1200),
        ({"collected_cents": 500}, "cash", 500),
        ({"payment_method": "check", "collected_cents": 0}, "check", 0),
        ({"payment_method": "card"}, "card", 1200),
        ({"payment_method": "none", "collected_cents": 0}, "none", 0),
    ],
)
def test_a_method_without_an_amount_is_paid_in_full(tx, admin, ana, given, method, collected):
    """COOKIE-04."""
    found = orders.find(tx, orders.take(tx, admin, MINTS, scout_id=ana, **given), admin)
    assert (found.payment_method, found.collected_cents) == (method, collected)


def test_what_was_paid_in_part_stays_a_part_when_only_the_way_is_corrected(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana, collected_cents=500)
    orders.change(tx, sale, admin, {"payment_method": "check"})
    found = orders.find(tx, sale, admin)
    assert (found.payment_method, found.collected_cents) == ("check", 500)


def test_a_promised_sale_moves_boxes_only_when_it_is_delivered_and_once(tx, admin, ana):
    """COOKIE-03: stock never goes out twice, and comes back when it was a mistake."""
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    assert customers(tx) == {}
    orders.deliver(tx, sale, admin)
    with pytest.raises(Conflict, match="delivered before"):
        orders.deliver(tx, sale, admin)
    assert customers(tx) == {"TM": 2}
    orders.undeliver(tx, sale, admin)
    with pytest.raises(Conflict):
        orders.undeliver(tx, sale, admin)
    assert customers(tx) == {}


def test_a_cancelled_sale_is_out_of_every_sum_and_its_row_stays(tx, admin, ana):
    """COOKIE-03: cancelled by mirroring entries, never deleted; cancelling twice is refused."""
    sale = orders.take(
        tx, admin, [*MINTS, Item("CShare", 1)], scout_id=ana, order_type="in_hand", payment_method="card"
    )
    season = seasons.current(tx).id
    orders.cancel(tx, sale, admin)
    for again in (orders.cancel, orders.deliver, orders.undeliver):
        with pytest.raises(Conflict):
            again(tx, sale, admin)
    assert orders.find(tx, sale, admin).status == "cancelled"
    assert customers(tx) == {}
    assert credit_of(tx, ana, admin) == 0
    assert summary.totals(tx, season) == summary.Totals(0, 0, 0, 0, 0, 0)
    assert balances.family(tx, season, ana, admin).balance_cents == 0
    assert set(balances.troop_accounts(tx, season).values()) == {0}


def test_a_change_leaves_the_ledgers_as_if_it_had_always_been_so(tx, admin, ana):
    """COOKIE-03: another girl, another cookie, another number."""
    bea = make_scout(tx, "Bea")
    sale = orders.take(tx, admin, MINTS, scout_id=ana, order_type="in_hand")
    orders.change(tx, sale, admin, {"scout_id": bea, "items": [Item("CD", 3)]})
    assert customers(tx) == {"CD": 3}
    assert (credit_of(tx, ana, admin), credit_of(tx, bea, admin)) == (0, 3)


def test_a_change_that_changes_nothing_writes_no_entry(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    before = value(tx, "SELECT count(*) FROM journal")
    orders.change(tx, sale, admin, {"items": MINTS, "scout_id": ana, "notes": "dog"})
    assert value(tx, "SELECT count(*) FROM journal") == before


def test_a_sale_that_moves_to_another_day_moves_whole(tx, admin, ana):
    """Its place in the list, its day in the journal and the day its boxes left follow."""
    sale = orders.take(tx, admin, MINTS, scout_id=ana, order_type="in_hand", day="2026-02-20")
    orders.change(tx, sale, admin, {"day": "2026-02-10"})
    found = orders.find(tx, sale, admin)
    assert (found.ordered_on, found.ordered_at, found.delivered_on) == (
        "2026-02-10",
        "2026-02-10T12:00:00Z",
        "2026-02-10",
    )
    days = many(tx, "SELECT DISTINCT day FROM standing_entries WHERE order_id = :id", id=sale)
    assert [row.day for row in days] == ["2026-02-10"]


def test_two_tabs_do_not_overwrite_each_other(tx, admin, ana):
    """COOKIE-03: whoever looked at an older version is told so, and nothing is lost."""
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    seen = orders.find(tx, sale, admin).version
    orders.change(tx, sale, admin, {"notes": "first"}, version=seen)
    for verb in (orders.deliver, orders.cancel):
        with pytest.raises(Conflict, match="changed this sale in the meantime"):
            verb(tx, sale, admin, version=seen)
    with pytest.raises(Conflict):
        orders.change(tx, sale, admin, {"notes": "second"}, version=seen)
    assert orders.find(tx, sale, admin).notes == "first"


def test_what_was_collected_never_exceeds_what_the_sale_now_comes_to(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana, payment_method="cash")
    with pytest.raises(Invalid, match="More was collected"):
        orders.change(tx, sale, admin, {"items": [Item("TM", 1)]})


def test_a_payment_comes_in_pieces_and_never_more_than_is_open(tx, admin, ana):
    """COOKIE-04."""
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    orders.receive(tx, sale, admin, "cash", 500)
    with pytest.raises(Invalid, match="more than is still open"):
        orders.receive(tx, sale, admin, "cash", 701)
    with pytest.raises(Invalid, match="card"):
        orders.receive(tx, sale, admin, "card")
    orders.receive(tx, sale, admin, "check")
    with pytest.raises(Conflict, match="paid before"):
        orders.receive(tx, sale, admin, "cash", 1)
    assert orders.find(tx, sale, admin).collected_cents == 1200


def test_a_sale_from_digital_cookie_is_changed_there(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    tx.execute("UPDATE orders SET source = 'digital-cookie', external_number = '7' WHERE id = ?", (sale,))
    for verb in (orders.deliver, orders.cancel):
        with pytest.raises(Conflict, match="comes from Digital Cookie"):
            verb(tx, sale, admin)


def test_an_unpaid_sale_whose_payment_is_named_is_paid_in_full(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    orders.change(tx, sale, admin, {"payment_method": "cash"})
    assert orders.find(tx, sale, admin).collected_cents == 1200


def test_a_sale_may_shrink_to_just_what_was_collected(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana, payment_method="cash", collected_cents=600)
    orders.change(tx, sale, admin, {"items": [Item("Thin Mints", 1)]})
    assert orders.find(tx, sale, admin).collected_cents == 600


def test_a_sale_goes_to_another_girl_or_the_troop_but_not_to_nobody(tx, admin, ana):
    sale = orders.take(tx, admin, MINTS, scout_id=ana)
    with pytest.raises(NotFound):
        orders.change(tx, sale, admin, {"scout_id": 99})
    orders.change(tx, sale, admin, {"scout_id": None})
    assert orders.find(tx, sale, admin).scout_id is None
    assert credit_of(tx, ana, admin) == 0


def test_a_sale_has_forty_lines_and_no_more(tx, admin, ana):
    assert orders.take(tx, admin, [Item("Thin Mints", 1)] * orders.MOST_LINES, scout_id=ana)
    with pytest.raises(Invalid, match="at most 40"):
        orders.take(tx, admin, [Item("Thin Mints", 1)] * (orders.MOST_LINES + 1), scout_id=ana)
