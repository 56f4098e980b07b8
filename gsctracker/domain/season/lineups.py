"""The bakers' line-ups by season: names, codes, what the other systems call each cookie.

Names and codes as the bakers' own sheets and exports have them (domain notes, d.1); prices are the common ones of those
seasons and every troop sets her council's own. A season whose line-up nobody has published starts as last year's, to edit.
"""

from typing import NamedTuple


class Cookie(NamedTuple):
    """One cookie of a line-up; `also` are its other names and codes in files, `allergens` is from the pack."""

    code: str
    name: str
    family: str
    also: tuple[str, ...] = ()
    price_cents: int = 600
    is_gluten_free: bool = False
    is_virtual: bool = False
    colour: str = "#7a5c3e"
    allergens: str = ""


_MINT = "#1f7a4d"
_CARAMEL = "#8a4b9c"
_PATTY = "#b8322a"
_PEANUT = "#b5651d"
_SHORT = "#2a6fb0"
_BROWNIE = "#5b3a29"
_LEMON = "#b08a00"
_ROCKY = "#5f6f3a"
_GF = "#3d7f86"
_SMORE = "#c0562e"
_TOAST = "#a8722a"
_SHARE = "#6a4fa3"

_ABC_SHARE = Cookie(
    "CShare",
    "Cookie Share",
    "donation",
    ("Gift of Caring", "Donated Cookies", "37", "C1", "Donation"),
    is_virtual=True,
    colour=_SHARE,
)
_LBB_SHARE = Cookie(
    "GOC",
    "Gift of Caring",
    "donation",
    ("Cookie Share", "Donated Cookies", "Donated Cookies (DO NOT DELIVER)", "CShare", "Donation"),
    is_virtual=True,
    colour=_SHARE,
)

_ABC = (
    Cookie("TM", "Thin Mints", "mint", ("4", "C6", "TMint"), colour=_MINT, allergens="wheat, soy; vegan"),
    Cookie(
        "CD",
        "Caramel deLites",
        "caramel-coconut",
        ("Samoas", "Sam", "1", "C8"),
        colour=_CARAMEL,
        allergens="wheat, soy, milk, coconut",
    ),
    Cookie(
        "PBP",
        "Peanut Butter Patties",
        "peanut-butter-patty",
        ("Tagalongs", "Tags", "2", "C7"),
        colour=_PATTY,
        allergens="wheat, soy, peanuts; vegan",
    ),
    Cookie(
        "PBS",
        "Peanut Butter Sandwich",
        "peanut-butter-sandwich",
        ("Do-si-dos", "D-S-D", "Peanut Butter Sandwiches", "5", "C9"),
        colour=_PEANUT,
        allergens="wheat, soy, peanuts",
    ),
    Cookie("TRE", "Trefoils", "shortbread", ("Shortbread", "3", "C5"), colour=_SHORT, allergens="wheat, soy, milk"),
    Cookie(
        "ADV", "Adventurefuls", "brownie-caramel", ("Advf", "48", "C2"), colour=_BROWNIE, allergens="wheat, soy, milk"
    ),
    Cookie(
        "LEM", "Lemonades", "lemon", ("Lemon-Ups", "Lmup", "34", "C4"), colour=_LEMON, allergens="wheat, soy; vegan"
    ),
)
_ABC_GF = Cookie(
    "CCC",
    "Caramel Chocolate Chip",
    "gluten-free",
    ("GFC", "Toffee-tastic", "Toff", "52", "C11"),
    price_cents=700,
    is_gluten_free=True,
    colour=_GF,
    allergens="soy, milk; gluten-free",
)
_LBB = (
    Cookie("Advf", "Adventurefuls", "brownie-caramel", ("ADV",), colour=_BROWNIE, allergens="wheat, soy, milk"),
    Cookie("Lmup", "Lemon-Ups", "lemon", ("Lemonades", "LEM"), colour=_LEMON, allergens="wheat, soy, milk"),
    Cookie("Tre", "Trefoils", "shortbread", ("Shortbread",), colour=_SHORT, allergens="wheat, soy, milk"),
    Cookie(
        "D-S-D",
        "Do-si-dos",
        "peanut-butter-sandwich",
        ("Peanut Butter Sandwich", "Peanut Butter Sandwiches", "PBS"),
        colour=_PEANUT,
        allergens="wheat, soy, peanuts",
    ),
    Cookie(
        "Sam",
        "Samoas",
        "caramel-coconut",
        ("Caramel deLites", "CD"),
        colour=_CARAMEL,
        allergens="wheat, soy, milk, coconut",
    ),
    Cookie(
        "Tags",
        "Tagalongs",
        "peanut-butter-patty",
        ("Peanut Butter Patties", "PBP"),
        colour=_PATTY,
        allergens="wheat, soy, peanuts",
    ),
    Cookie("TMint", "Thin Mints", "mint", ("TM",), colour=_MINT, allergens="wheat, soy; vegan ingredients"),
)
_LBB_GF = Cookie(
    "Toff",
    "Toffee-tastic",
    "gluten-free",
    ("Toffee-tastics", "Caramel Chocolate Chip", "CCC", "GFC"),
    price_cents=700,
    is_gluten_free=True,
    colour=_GF,
    allergens="soy, milk; gluten-free",
)
_TOAST_YAY = Cookie("TY", "Toast-Yay!", "french-toast", ("Toast Yay",), colour=_TOAST, allergens="wheat, soy; vegan")
_SMORES = Cookie(
    "SvSm", "Girl Scout S'mores", "smores", ("S'mores", "Smores"), colour=_SMORE, allergens="wheat, soy, milk"
)
_ABC_EXPLOREMORES = Cookie(
    "EXP", "Exploremores", "rocky-road", ("56", "C3"), colour=_ROCKY, allergens="wheat, soy, milk"
)
_LBB_EXPLOREMORES = Cookie("Exp", "Exploremores", "rocky-road", (), colour=_ROCKY, allergens="wheat, soy, milk")

LINEUPS: dict[tuple[str, int], tuple[Cookie, ...]] = {
    ("abc", 2025): (*_ABC, _TOAST_YAY, _ABC_GF, _ABC_SHARE),
    ("abc", 2026): (*_ABC, _ABC_EXPLOREMORES, _ABC_GF, _ABC_SHARE),
    ("lbb", 2025): (*_LBB, _SMORES, _LBB_GF, _LBB_SHARE),
    ("lbb", 2026): (*_LBB, _LBB_EXPLOREMORES, _LBB_GF, _LBB_SHARE),
}
"""By baker and the year in which the season ends, in the order of the baker's own sheets."""

NEWEST = max(year for _, year in LINEUPS)
OLDEST = min(year for _, year in LINEUPS)


def lineup(baker: str, year: int) -> tuple[Cookie, ...]:
    """The line-up of that season; for a season not known yet the newest known one, to be edited."""
    return LINEUPS[baker, min(max(year, OLDEST), NEWEST)]


def is_published(year: int) -> bool:
    """Whether that season's line-up is known, or only last year's as a template."""
    return OLDEST <= year <= NEWEST
