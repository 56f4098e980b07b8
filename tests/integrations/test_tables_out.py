"""Reports as files: exact amounts, no formulas, every alphabet."""

import csv
import io
import json

import pytest

from gsctracker.domain.reports.columns import Column, Table
from gsctracker.integrations import spreadsheets, tables_out


@pytest.fixture
def table():
    columns = (
        Column("id", "Number", "id"),
        Column("scout", "Scout"),
        Column("TM", "Thin Mints", "boxes", is_name=True),
        Column("owedCents", "Owes", "money"),
        Column("what", "What", "word"),
    )
    rows = [(7, "Ava B.", 3, 123456, "paid"), (8, "=1+1", 0, -5, "paid"), (9, "Zoé 李 Ж", None, None, "paid")]
    return Table("test", "A [test] table", columns, rows)


def of_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_has_dollars_with_two_decimals_and_begins_as_excel_wants_it(table):
    content = tables_out.made(table, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert of_csv(content)[:2] == [
        ["Number", "Scout", "Thin Mints", "Owes", "What"],
        ["7", "Ava B.", "3", "1234.56", "paid"],
    ]


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "=HYPERLINK(1)"])
def test_no_text_in_a_csv_is_a_formula(typed):
    content = tables_out.made(Table("t", "T", (Column("a", "A"),), [(typed,)]), "csv")
    assert of_csv(content)[1] == ["'" + typed]


def test_a_negative_amount_stays_a_number(table):
    assert of_csv(tables_out.made(table, "csv"))[2][3] == "-0.05"


def test_xlsx_has_numbers_as_numbers_and_text_as_text(table):
    rows = spreadsheets.read(tables_out.made(table, "xlsx"), "t.xlsx")[0].rows
    assert rows[1] == [7, "Ava B.", 3, 1234.56, "paid"]
    assert rows[2] == [8, "=1+1", 0, -0.05, "paid"]
    assert rows[3][1] == "Zoé 李 Ж"


def test_json_has_cents_and_the_keys_of_the_columns(table):
    said = json.loads(tables_out.made(table, "json"))
    assert said["total"] == 3
    assert said["items"][0] == {"id": 7, "scout": "Ava B.", "TM": 3, "owedCents": 123456, "what": "paid"}


def test_pdf_takes_every_alphabet_and_many_rows(table):
    wide = (*(Column(f"c{at}", f"Column {at}") for at in range(20)),)
    many = Table("t", "Привет 你好", wide, [tuple("word " * 12 for _ in wide)] * 120)
    assert tables_out.made(table, "pdf").startswith(b"%PDF-")
    assert tables_out.made(many, "pdf").startswith(b"%PDF-")


def test_headings_and_words_are_said_in_the_readers_language_but_names_are_not(table):
    rows = of_csv(tables_out.made(table, "csv", say=lambda sentence, params: f"<{sentence}>"))
    assert rows[0] == ["<Number>", "<Scout>", "Thin Mints", "<Owes>", "<What>"]
    assert rows[1][4] == "<paid>"


@pytest.mark.parametrize("file_type", tables_out.TYPES)
def test_a_table_without_rows_is_a_file_too(file_type):
    assert tables_out.made(Table("t", "T", (Column("a", "A"),), []), file_type)
