"""Finding a sale though it is mistyped."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import characters, text

from gsctracker.domain.sales import listing, orders
from gsctracker.domain.sales.listing import Filter
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.factories import make_scout


@pytest.fixture
def sales(tx, admin):
    ana = make_scout(tx, "Ana")
    mints = orders.take(tx, admin, [Item("TM", 1)], scout_id=ana, customer_name="José Núñez", notes="ring twice")
    caramel = orders.take(tx, admin, [Item("CD", 1)], customer_name="Kim O'Hara-Smith")
    return {"mints": mints, "caramel": caramel}


def found(tx, admin, typed):
    return {row.id for row in listing.page(tx, admin, seasons.current(tx).id, Filter(q=typed))}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("thn mint", "mints"),
        ("thin mints", "mints"),
        ("THIN", "mints"),
        ("TM", "mints"),
        ("tihn mints", "mints"),
        ("karamel", "caramel"),
        ("delite", "caramel"),
        ("jose nunez", "mints"),
        ("NÚÑEZ", "mints"),
        ("ana", "mints"),
        ("ring tw", "mints"),
        ("o'hara", "caramel"),
        ("smith kim", "caramel"),
    ],
)
def test_a_sale_is_found_by_customer_girl_cookie_or_note(tx, admin, sales, typed, name):
    """COOKIE-30: "thn mint" finds Thin Mints."""
    assert found(tx, admin, typed) == {sales[name]}


@pytest.mark.parametrize("typed", ["zebra", "mints zebra", "nunez kim"])
def test_what_is_in_no_sale_finds_none(tx, admin, sales, typed):
    assert found(tx, admin, typed) == set()


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "a OR b",
        "NEAR(a b)",
        "*",
        "-mints",
        "text:mints",
        "(",
        "a AND",
        "_",
        "__ *",
        "'; --",
        "日本",
        "\u0301",
        "settled_before",
        "a²b",
        "x\U0001e922y",
    ],
)
def test_the_words_of_the_search_language_are_only_words(tx, admin, sales, typed):
    """Nothing that is typed breaks the search."""
    assert found(tx, admin, typed) <= set(sales.values())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=text(characters(exclude_categories=("C",)), max_size=40))
def test_whatever_is_typed_is_looked_for(tx, admin, sales, typed):
    """Of any alphabet there is, however new."""
    assert found(tx, admin, typed) <= set(sales.values())


def test_a_changed_sale_is_found_as_it_reads_now(tx, admin, sales):
    orders.change(tx, sales["caramel"], admin, {"customer_name": "Lou", "items": [Item("PBP", 1)]})
    assert found(tx, admin, "kim") == set()
    assert found(tx, admin, "lou peanut") == {sales["caramel"]}
