"""Cookies, prices and cases of a season."""

import pytest

from gsctracker.domain.sales import listing, orders
from gsctracker.domain.sales.listing import Filter
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons
from gsctracker.domain.season.lineups import Cookie
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import make_person, make_scout, product

PIE = Cookie("PIE", "Piecrusts", "pie")


@pytest.fixture
def season(tx):
    return seasons.current(tx).id


@pytest.mark.parametrize("said", ["", "   ", "Oreo", "!!!", "Thin", "T M M", "x" * 500, "'; DROP TABLE products; --"])
def test_a_name_nobody_knows_is_no_cookie(tx, season, said):
    """Never guessed: an import asks, a sale refuses."""
    assert catalogue.recognise(tx, season, said) is None
    with pytest.raises(Invalid, match="no cookie called"):
        catalogue.named(tx, season, said)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_cents": 0}, "priceCents"),
        ({"price_cents": 10_001}, "priceCents"),
        ({"price_cents": "6.00"}, "priceCents"),
        ({"packs_per_case": 0}, "packsPerCase"),
        ({"name": ""}, "name"),
        ({"name": "!!!"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"allergens": "x" * 201}, "allergens"),
    ],
)
def test_what_a_cookie_cannot_be_is_refused(tx, admin, changes, field):
    with pytest.raises(Invalid) as no:
        catalogue.change(tx, product(tx, "TM"), admin, **changes)
    assert field in no.value.fields


def test_a_cookie_does_not_take_the_name_of_another(tx, admin, season):
    with pytest.raises(Conflict, match="means Thin Mints already"):
        catalogue.change(tx, product(tx, "CD"), admin, name="thin mints")
    with pytest.raises(Conflict, match="means Thin Mints already"):
        catalogue.also_called(tx, product(tx, "CD"), "TMint", admin)
    with pytest.raises(Conflict, match="means Thin Mints already"):
        catalogue.introduce(tx, season, Cookie("TM2", "Thin-Mints", "mint"), admin)
    with pytest.raises(Conflict, match="code"):
        catalogue.add_product(tx, season, Cookie("tm", "Other", "other"), 20)


def test_only_who_manages_the_season_changes_it(tx, season):
    leader = make_person(tx, "leader")
    for change in (
        lambda: catalogue.change(tx, product(tx, "TM"), leader, price_cents=500),
        lambda: catalogue.introduce(tx, season, PIE, leader),
        lambda: catalogue.also_called(tx, product(tx, "TM"), "Mints", leader),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_a_new_price_restates_nothing_that_was_sold(tx, admin, season):
    """COOKIE-29: the price is copied onto the sale; the old sale keeps it, also when its boxes change."""
    sale = orders.take(tx, admin, [Item("TM", 2)], scout_id=make_scout(tx))
    catalogue.change(tx, product(tx, "TM"), admin, price_cents=700)
    assert orders.find(tx, sale, admin).amount_cents == 1200
    orders.change(tx, sale, admin, {"items": [Item("TM", 3), Item("CD", 1)]})
    assert orders.find(tx, sale, admin).amount_cents == 3 * 600 + 600
    assert orders.find(tx, orders.take(tx, admin, [Item("TM", 1)]), admin).amount_cents == 700


def test_each_cookie_has_its_own_price(tx, admin):
    """COOKIE-05: six dollars, seven without gluten, and Cookie Share by itself."""
    catalogue.change(tx, product(tx, "CShare"), admin, price_cents=500)
    sale = orders.take(tx, admin, [Item("TM", 1), Item("CCC", 1), Item("CShare", 1)])
    assert orders.find(tx, sale, admin).amount_cents == 600 + 700 + 500


def test_a_cookie_no_longer_sold_is_refused_and_its_sales_stay(tx, admin, season):
    sale = orders.take(tx, admin, [Item("CD", 1)])
    catalogue.change(tx, product(tx, "CD"), admin, is_active=False)
    with pytest.raises(Invalid, match="Caramel deLites is not sold any more"):
        orders.take(tx, admin, [Item("Samoas", 1)])
    assert [row.id for row in listing.page(tx, admin, season, Filter(product="CD"))] == [sale]


def test_a_cookie_is_introduced_with_all_its_names(tx, admin, season):
    """COOKIE-05: next season's line-up is edited, not programmed."""
    pie = catalogue.introduce(tx, season, PIE, admin)
    catalogue.also_called(tx, pie, "Pie Crust", admin)
    catalogue.change(tx, pie, admin, name="Piecrust Plus")
    for said in ("pie", "Piecrusts", "PIE CRUST", "piecrust plus"):
        assert catalogue.recognise(tx, season, said).id == pie
    assert [row.code for row in catalogue.products(tx, season)][-2:] == ["PIE", "CShare"]  # Cookie Share stays last


def test_what_is_not_there_is_not_found(tx):
    with pytest.raises(NotFound):
        catalogue.find(tx, 999)


@pytest.mark.parametrize(("quantity", "unit", "boxes"), [(2, "cases", 24), (3, "boxes", 3), (8333, "cases", 99_996)])
def test_cases_are_counted_in_boxes(tx, quantity, unit, boxes):
    """DB-03: twelve to a case, or whatever the cookie says."""
    assert catalogue.packages(catalogue.find(tx, product(tx, "TM")), quantity, unit) == boxes


@pytest.mark.parametrize(("quantity", "unit"), [(8334, "cases"), (100_001, "boxes"), (0, "boxes"), (-1, "cases")])
def test_more_than_a_season_holds_is_refused(tx, quantity, unit):
    with pytest.raises(Invalid):
        catalogue.packages(catalogue.find(tx, product(tx, "TM")), quantity, unit)
