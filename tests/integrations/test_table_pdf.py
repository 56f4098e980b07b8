"""Tables on paper: what their headings say, also where there are many of them."""

import re
import zlib

from gsctracker.integrations import table_pdf


def words_on_paper(pdf):
    """Every piece of text that is drawn, in order."""
    pages = b"".join(
        zlib.decompress(found) for found in re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", pdf, re.DOTALL)
    )
    return [piece.decode("latin-1") for piece in re.findall(rb"\((.*?)\) Tj", pages)]


def test_headings_of_many_cookies_stand_in_two_lines_and_none_is_cut():
    """A season's sales on a page: each cookie is a column of its own."""
    cookies = (
        "Thin Mints",
        "Caramel deLites",
        "Peanut Butter Patties",
        "Peanut Butter Sandwich",
        "Caramel Chocolate Chip",
    )
    headings = [
        "Day",
        "Number",
        "Order number",
        "Scout",
        "Customer",
        "Type",
        "Status",
        *cookies,
        *cookies,
        "Packages",
        "Amount",
    ]
    row = [
        "2026-03-04",
        "5969",
        "301041776",
        "Willa L.",
        "Rosa J.",
        "Girl delivery",
        "Promised",
        *["12"] * 10,
        "24",
        "144.00",
    ]
    said = words_on_paper(table_pdf.drawn("Sales", headings, [False] * 7 + [True] * 12, [row]))
    assert not [piece for piece in said if piece.endswith("...")]
    upper, lower = said.index("Peanut Butter"), said.index("Sandwich")
    assert upper < lower
    assert {"Order", "number", "Caramel", "Chocolate Chip", "Packages"} <= set(said)


def test_short_headings_stand_in_one_line():
    said = words_on_paper(table_pdf.drawn("Cookies", ["Code", "Cookie"], [False, False], [["TM", "Thin Mints"]]))
    assert said[:5] == ["Cookies", "Code", "Cookie", "TM", "Thin Mints"]
