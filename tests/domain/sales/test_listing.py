"""The list of sales: filtered, page by page, and never more than is hers to see."""

import json

import pytest

from gsctracker.domain.sales import listing, orders
from gsctracker.domain.sales.listing import After, Filter
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotFound
from tests.factories import make_person, make_scout


@pytest.fixture
def sold(tx, admin):
    """Ana, Bea and the troop with five sales on four days: name -> id."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")

    def sell(cookie, day, scout, **more):
        return orders.take(tx, admin, [Item(cookie, 2)], scout_id=scout, day=day, **more)

    found = {
        "first": sell("TM", "2026-02-01", ana, customer_name="Kim"),
        "second": sell("CD", "2026-02-02", ana, payment_method="cash"),
        "third": sell("TM", "2026-02-03", bea, order_type="in_hand", collected_cents=600),
        "troops": sell("TM", "2026-02-03", None, order_type="in_hand", payment_method="card"),
        "gone": sell("CShare", "2026-02-04", bea),
    }
    orders.cancel(tx, found["gone"], admin)
    return found | {"ana": ana, "bea": bea}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["gone", "troops", "third", "second", "first"]),
        ({"product": "Samoas"}, ["second"]),
        ({"product": "thin mints"}, ["troops", "third", "first"]),
        ({"status": "promised"}, ["second", "first"]),
        ({"status": "cancelled"}, ["gone"]),
        ({"status": "paid"}, ["troops", "second"]),
        ({"status": "unpaid"}, ["third", "first"]),
        ({"order_type": "in_hand"}, ["troops", "third"]),
        ({"first_day": "2026-02-02", "last_day": "2026-02-03"}, ["troops", "third", "second"]),
        ({"first_day": "2026-02-05"}, []),
        ({"troop_only": True}, ["troops"]),
        ({"product": "TM", "status": "delivered", "first_day": "2026-02-03"}, ["troops", "third"]),
    ],
)
def test_the_list_shows_what_was_asked_for_newest_first(tx, admin, sold, wanted, names):
    """COOKIE-02: filters, alone and together; the count agrees with the pages."""
    season = seasons.current(tx).id
    found = [row.id for row in listing.page(tx, admin, season, Filter(**wanted))]
    assert found == [sold[name] for name in names]
    assert listing.count(tx, admin, season, Filter(**wanted)) == len(names)
    text, following = listing.page_json(tx, admin, season, Filter(**wanted))
    assert [sale["id"] for sale in json.loads(f"[{text}]")] == found
    assert following is None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"product": "Oreo"}, "product"),
        ({"status": "lost"}, "status"),
        ({"order_type": "gift"}, "orderType"),
        ({"first_day": "soon"}, "from"),
        ({"last_day": "2026-02-30"}, "to"),
        ({"q": "x" * 101}, "q"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(tx, admin, wanted, field):
    with pytest.raises(Invalid) as no:
        listing.page(tx, admin, seasons.current(tx).id, Filter(**wanted))
    assert field in no.value.fields


def test_a_family_sees_its_own_sales_in_every_way_of_asking(tx, sold):
    """AUTH-05: not in the list, not in the count, not by the search, and not by asking for another girl."""
    season = seasons.current(tx).id
    gia = make_person(tx, "caregiver", scout_ids=(sold["ana"],))
    for wanted in (
        Filter(),
        Filter(product="TM"),
        Filter(q="mints"),
        Filter(first_day="2026-02-01"),
        Filter(troop_only=True),
    ):
        mine = {row.id for row in listing.page(tx, gia, season, wanted)}
        assert mine <= {sold["first"], sold["second"]}
        assert listing.count(tx, gia, season, wanted) == len(mine)
    with pytest.raises(NotFound):
        listing.page(tx, gia, season, Filter(scout_id=sold["bea"]))
    assert listing.page(tx, make_person(tx, "caregiver"), season, Filter()) == []


def test_pages_follow_each_other_without_gap_or_repetition(tx, admin, sold):
    season = seasons.current(tx).id
    whole = [row.id for row in listing.page(tx, admin, season, Filter())]
    paged, after = [], None
    while rows := listing.page(tx, admin, season, Filter(), after, limit=2):
        paged += [row.id for row in rows]
        after = After(rows[-1].ordered_at, rows[-1].id)
    assert paged == whole


def test_the_cookies_of_a_page_come_with_one_question(tx, admin, sold):
    found = listing.cookies(tx, [sold["first"], sold["second"]])
    assert {order: [line.code for line in lines] for order, lines in found.items()} == {
        sold["first"]: ["TM"],
        sold["second"]: ["CD"],
    }
    assert listing.cookies(tx, []) == {}
