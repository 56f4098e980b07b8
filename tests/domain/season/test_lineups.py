"""Both bakers' line-ups of 2024-25 and 2025-26, name by name and code by code as their own sheets and exports have them."""

import pytest

from gsctracker import values
from gsctracker.domain.season import catalogue, lineups, seasons
from tests.factories import set_up

ABC = {  # code: name, number in the programming interface, column of the report, the other baker's name and abbreviation
    "TM": ("Thin Mints", "4", "C6", "Thin Mints", "TMint"),
    "CD": ("Caramel deLites", "1", "C8", "Samoas", "Sam"),
    "PBP": ("Peanut Butter Patties", "2", "C7", "Tagalongs", "Tags"),
    "PBS": ("Peanut Butter Sandwich", "5", "C9", "Do-si-dos", "D-S-D"),
    "TRE": ("Trefoils", "3", "C5", "Trefoils", "Tre"),
    "ADV": ("Adventurefuls", "48", "C2", "Adventurefuls", "Advf"),
    "LEM": ("Lemonades", "34", "C4", "Lemon-Ups", "Lmup"),
    "EXP": ("Exploremores", "56", "C3", "Exploremores", "Exp"),
    "CCC": ("Caramel Chocolate Chip", "52", "C11", "Toffee-tastic", "Toff"),
    "CShare": ("Cookie Share", "37", "C1", "Gift of Caring", "Donated Cookies"),
}
LBB = {  # code: name, the other baker's name and code
    "Advf": ("Adventurefuls", "Adventurefuls", "ADV"),
    "Lmup": ("Lemon-Ups", "Lemonades", "LEM"),
    "Tre": ("Trefoils", "Shortbread", "TRE"),
    "D-S-D": ("Do-si-dos", "Peanut Butter Sandwich", "PBS"),
    "Sam": ("Samoas", "Caramel deLites", "CD"),
    "Tags": ("Tagalongs", "Peanut Butter Patties", "PBP"),
    "TMint": ("Thin Mints", "Thin Mints", "TM"),
    "Exp": ("Exploremores", "Exploremores", "EXP"),
    "Toff": ("Toffee-tastic", "Caramel Chocolate Chip", "CCC"),
    "GOC": ("Gift of Caring", "Cookie Share", "CShare"),
}


def line_up(tx):
    return catalogue.products(tx, seasons.current(tx).id)


@pytest.fixture
def lbb(db):
    with db.write() as tx:
        set_up(tx, baker="lbb")
        yield tx


def test_abc_2025_26_in_the_order_of_its_own_sheet(tx):
    """COOKIE-05."""
    assert [(row.code, row.name) for row in line_up(tx)] == [(code, names[0]) for code, names in ABC.items()]


def test_lbb_2025_26_in_the_order_of_its_booth_sheet(lbb):
    """COOKIE-05."""
    assert [(row.code, row.name) for row in line_up(lbb)] == [(code, names[0]) for code, names in LBB.items()]


@pytest.mark.parametrize("code", ABC)
def test_abc_cookies_go_by_every_name_of_the_files(tx, code):
    """COOKIE-05: name, code, number, report column, the other baker's name and eBudde's abbreviation."""
    season = seasons.current(tx).id
    for said in (code, *ABC[code]):
        for written in (said, said.upper(), said.lower(), f" {said}® "):
            assert catalogue.named(tx, season, written).code == code


@pytest.mark.parametrize("code", LBB)
def test_lbb_cookies_go_by_every_name_of_the_files(lbb, code):
    """COOKIE-05."""
    season = seasons.current(lbb).id
    for said in (code, *LBB[code]):
        assert catalogue.named(lbb, season, said).code == code


@pytest.mark.parametrize(
    ("baker", "year", "has", "has_not"),
    [
        ("abc", 2025, {"Toast-Yay!"}, {"Exploremores"}),
        ("abc", 2026, {"Exploremores"}, {"Toast-Yay!"}),
        ("lbb", 2025, {"Girl Scout S'mores"}, {"Exploremores"}),
        ("lbb", 2026, {"Exploremores"}, {"Girl Scout S'mores"}),
    ],
)
def test_what_came_and_what_was_retired(baker, year, has, has_not):
    names = {cookie.name for cookie in lineups.lineup(baker, year)}
    assert has <= names
    assert not has_not & names


@pytest.mark.parametrize(("baker", "year"), lineups.LINEUPS)
def test_no_name_means_two_cookies_of_a_line_up(baker, year):
    """A name that stands for two would quietly go to the first."""
    owner = {}
    for cookie in lineups.lineup(baker, year):
        for said in (cookie.code, cookie.name, *cookie.also):
            assert values.letters(said)
            assert owner.setdefault(values.letters(said), cookie.code) == cookie.code, said


@pytest.mark.parametrize(("baker", "year"), lineups.LINEUPS)
def test_each_line_up_has_one_cookie_share_and_one_without_gluten(baker, year):
    """COOKIE-05: Cookie Share has a price of its own and no boxes; the gluten-free cookie costs more."""
    cookies = lineups.lineup(baker, year)
    assert [cookie.family for cookie in cookies if cookie.is_virtual] == ["donation"]
    assert [cookie.price_cents for cookie in cookies if cookie.is_gluten_free] == [700]
    assert len({cookie.family for cookie in cookies}) == len(cookies)


def test_both_bakers_names_of_a_recipe_are_one_family():
    """COOKIE-05: a family is the same cookie whoever bakes it."""
    abc = {cookie.code: cookie.family for cookie in lineups.lineup("abc", 2026)}
    lbb = {cookie.name: cookie.family for cookie in lineups.lineup("lbb", 2026)}
    for code, (_, _, _, other, _) in ABC.items():
        assert abc[code] == lbb[other]


@pytest.mark.parametrize(("year", "published"), [(2024, False), (2025, True), (2026, True), (2027, False)])
def test_a_season_nobody_has_published_begins_as_a_template(year, published):
    """COOKIE-05: the newest known line-up, to be edited."""
    assert lineups.is_published(year) is published
    assert lineups.lineup("abc", year) == lineups.lineup("abc", min(max(year, 2025), 2026))
