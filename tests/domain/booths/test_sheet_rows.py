"""Booth sheets as rows: a line for each cookie, the printed sheet, and tables of payments."""

import io

import pytest
import xlsxwriter

from gsctracker.domain.booths import sheets
from gsctracker.domain.season import catalogue
from gsctracker.errors import Invalid
from gsctracker.integrations import spreadsheets

CSV = b"""Location,Market
Cookie,Start,End,Sold
Thin Mints,36,9,27
Caramel deLites,24,11,12
Starting cash,100
Ending cash,"$276.00"
Credit cards,64.50
Cookie Share,5
Total collected,240.50
"""


def workbook(*tables):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        for rows in tables:
            page = book.add_worksheet()
            for at, row in enumerate(rows):
                page.write_row(at, 0, row)
    return kept.getvalue()


def summed(tx, content, name="sheet.csv"):
    sheet = sheets.of_rows(tx, 1, [one.rows for one in spreadsheets.read(content, name)])
    return sheet, sheets.recompute(sheet, {one.id: one for one in catalogue.products(tx, 1)})


def test_a_line_for_each_cookie_and_lines_of_money(tx):
    """27 + 13 boxes and 5 Cookie Share are $270; 176 cash and 64.50 by card are $240.50."""
    sheet, sums = summed(tx, CSV)
    assert (sheet.where, sheet.share) == ("Market", 5)
    assert (sums.expected_cents, sums.collected_cents, sums.verdict) == (270_00, 240_50, "under")
    assert [(one.what, one.said, one.ours) for one in sums.differences] == [("Caramel deLites", 12, 13)]


def test_the_printed_sheet_has_a_column_for_each_cookie(tx):
    rows = [
        ["Booth Location", "Market"],
        ["", "Thin Mints $6", "Caramel deLites $6", "Total"],
        ["Starting Inventory", 36, 24, 60],
        ["Ending Inventory", 9, 11, 20],
        ["Total Packages Sold", 27, 13, 40],
        ["Ending Cash", 340.1],
        ["Starting Cash", 100],
    ]
    sheet, sums = summed(tx, workbook(rows), "sheet.xlsx")
    assert sums.expected_cents == 240_00
    assert (sheet.money["end"], sums.collected_cents, sums.differences) == (340_10, 240_10, [])


def test_sheets_of_a_workbook_are_one_booth(tx):
    inventory = [["sessionId", "cookie", "start", "end", "sold"], ["s1", "Thin Mints", 12, 2, 10]]
    money = [
        ["sessionId", "paymentType", "subType", "amount"],
        ["s1", "cash", "start", 20],
        ["s1", "cash", "end", 50],
        ["s1", "creditCard", "card1", 20],
        ["s1", "creditCard", "card2", 4],
        ["s1", "venmo", "app1", 6],
    ]
    _, sums = summed(tx, workbook(inventory, money), "sheet.xlsx")
    assert (sums.expected_cents, sums.collected_cents) == (60_00, 60_00)
    two = [*inventory, ["s2", "Trefoils", 12, 2, 10]]
    with pytest.raises(Invalid, match="more than one booth"):
        summed(tx, workbook(two), "sheet.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "no booth sheet"),
        (b"Cookie,Start,End\nOld Cookie,3,1\n", "has not"),
        (b"Cookie,Start,End\nThin Mints,-3,1\n", None),
        (b"Cookie,Start,End\nThin Mints,1,3\n", "More boxes at the end"),
        (b"Cookie,Start,End\nThin Mints,3,many\n", None),
        (b"Cookie,Start,End\nThin Mints,3,1\nEnding cash,lots\n", "amount that is none"),
    ],
)
def test_what_cannot_be_is_refused(tx, content, words):
    with pytest.raises(Invalid, match=words):
        summed(tx, content)
