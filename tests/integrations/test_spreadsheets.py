"""Uploaded files: real ones are read quickly and exactly, hostile ones get one sentence and take nothing with them."""

import io
import resource
import struct
import time
import zipfile
from datetime import datetime

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gsctracker.errors import Invalid
from gsctracker.integrations import sheet_reader, spreadsheets

SECONDS = 12  # no file may take longer, however it is made


def workbook(*rows, name="Sheet1", **formats):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row, *(book.add_format({"num_format": form}) for form in formats.values()))
    book.close()
    return buffer.getvalue()


def changed(content, part, change):
    """The same zip with one part rewritten."""
    source = zipfile.ZipFile(io.BytesIO(content))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            inside = source.read(name)
            target.writestr(name, change(inside) if name.endswith(part) else inside)
    return buffer.getvalue()


def refusal(content, file_name="upload.xlsx"):
    """The refusal of a file, which must come in time and without this process growing by much."""
    grown, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(Invalid) as caught:
        spreadsheets.read(content, file_name)
    assert time.monotonic() - started < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown < 200_000  # kB
    assert str(caught.value).endswith(".") and "%(" not in str(caught.value)
    return caught.value.code


def test_cells_are_plain_values():
    content = workbook(["Name", 3, 2.5, True, "  ", "0016491", 301234567.0, "", None, "x"])

    (sheet,) = spreadsheets.read(content, "a.xlsx")

    assert sheet == ("Sheet1", [["Name", 3, 2.5, True, None, "0016491", 301234567, None, None, "x"]], None)
    assert type(sheet.rows[0][6]) is int


def test_dates_are_iso_text_of_the_files_own_clock():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, datetime(2026, 1, 31, 13, 17), book.add_format({"num_format": "M/d/yyyy h:mm"}))  # noqa: DTZ001
    sheet.write_number(0, 1, 46053, book.add_format({"num_format": "M/d/yyyy"}))
    sheet.write_number(0, 2, 46053.55347, book.add_format({"num_format": "M/d/yyyy h:mm"}))
    sheet.write_number(0, 3, 46053.55347)
    book.close()

    row = spreadsheets.read(buffer.getvalue(), "a.xlsx")[0].rows[0]

    assert row == ["2026-01-31T13:17:00", "2026-01-31", "2026-01-31T13:17:00", 46053.55347]


def test_trap_18_a_wrong_declared_size_is_not_believed():
    content = workbook(["a", "b"], [1, 2], [3, 4])
    for wrong in (b"A1", b"A1:B1", b"A1:XFD1048576"):
        lying = changed(
            content, "sheet1.xml", lambda xml, wrong=wrong: xml.replace(b'ref="A1:B3"', b'ref="' + wrong + b'"')
        )
        assert wrong in zipfile.ZipFile(io.BytesIO(lying)).read("xl/worksheets/sheet1.xml")

        assert spreadsheets.read(lying, "a.xlsx")[0].rows == [["a", "b"], [1, 2], [3, 4]]


def test_rows_keep_their_place_and_blank_ends_are_cut():
    content = workbook([], ["", "a"], [], [], ["b", " "], [" "])

    assert spreadsheets.read(content, "a.xlsx")[0].rows == [[], [None, "a"], [], [], ["b"]]


def test_formulas_give_their_last_value_and_text_that_looks_like_one_stays_text():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_formula(0, 0, "=1+1", None, 2)
    sheet.write_string(0, 1, '=HYPERLINK("http://example.org","x")')
    book.close()

    assert spreadsheets.read(buffer.getvalue(), "a.xlsx")[0].rows == [[2, '=HYPERLINK("http://example.org","x")']]
    assert spreadsheets.read(b"a,=cmd|' /C calc'!A0\n", "a.csv")[0].rows == [["a", "=cmd|' /C calc'!A0"]]


def test_macros_are_not_looked_at():
    content = workbook(["a"])
    with zipfile.ZipFile(buffer := io.BytesIO(content), "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open")

    assert spreadsheets.read(buffer.getvalue(), "a.xlsm")[0].rows == [["a"]]


@pytest.mark.parametrize(
    "content",
    [
        b'\xef\xbb\xbfName,Note\r\nJos\xc3\xa9,"two\nlines, and ""quotes"""\r\n',
        'Name;Note\nJosé;"two\nlines, and ""quotes"""\n'.encode("cp1252"),
        'Name\tNote\nJosé\t"two\nlines, and ""quotes"""\n'.encode("utf-16"),
        'sep=;\nName;Note\nJosé;"two\nlines, and ""quotes"""\n'.encode(),
    ],
)
def test_trap_27_text_files_of_every_dialect_give_the_same_rows(content):
    (sheet,) = spreadsheets.read(content, "Roster 2026.csv")

    assert [row for row in sheet.rows if row] == [["Name", "Note"], ["José", 'two\nlines, and "quotes"']]
    assert sheet.name == "Roster 2026"


def test_an_ods_is_read_and_its_repeated_cells_cannot_fill_the_memory():
    def ods(cells):
        names = "".join(
            f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
            for short in ("office", "table", "text")
        )
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
            archive.writestr(
                "content.xml",
                f"<office:document-content{names}><office:body><office:spreadsheet><table:table table:name='S'>"
                f"{cells}</table:table></office:spreadsheet></office:body></office:document-content>",
            )
        return buffer.getvalue()

    cell = '<table:table-cell office:value-type="string"{}><text:p>a</text:p></table:table-cell>'
    row = "<table:table-row{}>{}</table:table-row>"

    nothing = '<table:table-cell table:number-columns-repeated="16384"/>'
    usual = row.format("", cell.format("") + nothing) + row.format(' table:number-rows-repeated="1048575"', nothing)
    assert spreadsheets.read(ods(usual), "a.ods")[0].rows == [["a"]]
    many = row.format(' table:number-rows-repeated="1048576"', cell.format(' table:number-columns-repeated="16384"'))
    assert refusal(ods(many)) in ("file_damaged", "file_too_large")


def test_a_zip_bomb_is_refused():
    zeros = changed(workbook(["a"]), "sharedStrings.xml", lambda xml: xml.replace(b"<t>a", b"<t>" + b"a" * 300_000_000))
    assert len(zeros) < spreadsheets.SIZE_MOST

    assert refusal(zeros) == "file_too_large"


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    bomb = changed(workbook(["a"]), "sharedStrings.xml", lambda xml: xml.replace(b"<t>a", b"<t>" + b"a" * 300_000_000))
    size = struct.pack("<L", max(part.file_size for part in zipfile.ZipFile(io.BytesIO(bomb)).infolist()))
    assert size in bomb

    assert refusal(bomb.replace(size, struct.pack("<L", 1000))) in ("file_too_large", "file_damaged", "cell_too_long")


def test_one_cell_in_the_last_corner_is_refused():
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    sparse = changed(workbook(["a"]), "sheet1.xml", lambda xml: xml.replace(b"</sheetData>", corner))

    assert refusal(sparse) == "file_too_large"


def test_a_cell_far_below_the_table_is_refused_with_its_row():
    far = changed(
        workbook(["a"]),
        "sheet1.xml",
        lambda xml: xml.replace(b"</sheetData>", b'<row r="5000"><c r="A5000"><v>1</v></c></row></sheetData>'),
    )

    assert refusal(far) == "cell_far_away"


def test_a_million_rows_are_refused():
    assert refusal(b"a,b\n" * 1_000_000, "a.csv") == "too_many_rows"
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    rows = b"".join(row % (number, number) for number in range(1, 400_001))
    many = changed(workbook(["a"]), "sheet1.xml", lambda xml: xml.split(b"<sheetData>")[0] + b"<sheetData>" + rows)
    closed = changed(many, "sheet1.xml", lambda xml: xml + b"</sheetData></worksheet>")
    assert refusal(closed) == "too_many_rows"


def test_rows_and_columns_have_a_limit_and_a_season_fits():
    assert len(spreadsheets.read(b"a,b\n" * sheet_reader.ROWS_MOST, "a.csv")[0].rows) == sheet_reader.ROWS_MOST
    assert refusal(b"a," * 201 + b"a", "a.csv") == "too_many_columns"
    assert refusal((b"a," * 150 + b"a\n") * 10_000, "a.csv") == "file_too_large"
    assert refusal(b"a,b\nc," + b"x" * 2001, "a.csv") == "cell_too_long"
    assert refusal(b'a,"b\n' + b"c,d\n" * 1000, "a.csv") == "cell_too_long"


def test_entities_are_neither_expanded_nor_fetched():
    def bomb(xml):
        declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        head = f'<!DOCTYPE s [<!ENTITY e0 "lol">{declared}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        return xml.replace(b"<sst", head.encode() + b"<sst", 1).replace(b"<t>a<", b"<t>&e11;&f;<")

    hostile = changed(workbook(["a"]), "sharedStrings.xml", bomb)
    assert b"&e11;" in zipfile.ZipFile(io.BytesIO(hostile)).read("xl/sharedStrings.xml")

    assert refusal(hostile) == "file_damaged"


def test_a_protected_workbook_is_refused_as_such():
    header = (
        sheet_reader.OLE + bytes(504) + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal(header + bytes(4096)) == "file_protected"

    locked = bytearray(workbook(["a"]))
    central = locked.index(b"PK\x01\x02")
    locked[central + 8] |= 1
    assert refusal(bytes(locked)) == "file_protected"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n \n", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b",,,\n,,\n", "file_empty"),
        (b"x" * (spreadsheets.SIZE_MOST + 1), "file_too_large"),
        (b"%PDF-1.7\n1 0 obj\n", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "not_a_spreadsheet"),
        (b"MZ\x90\x00\x03", "not_a_spreadsheet"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_spreadsheet"),
        (b"\xff\xfe\x00", "not_a_spreadsheet"),
        (b'{"orders": [', "json_cut_off"),
        (b"[" * 3_000_000, "json_cut_off"),
        (b'{"orders": "' + b"x" * 5_000_000 + b'"}', "file_too_large"),
        (sheet_reader.OLE + bytes(600), "file_damaged"),
        (b"PK\x03\x04 and nothing more", "file_damaged"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(content, code):
    assert refusal(content, "CookieOrders.xlsx") == code


def test_an_empty_workbook_and_another_zip_are_refused():
    assert refusal(workbook()) == "file_empty"
    with zipfile.ZipFile(buffer := io.BytesIO(), "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(buffer.getvalue()) == "not_a_spreadsheet"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_half_downloaded_workbook_is_refused(share):
    content = workbook(*([f"cell {n}", n] for n in range(500)))

    assert refusal(content[: int(len(content) * share)]) == "file_damaged"


def test_json_is_handed_on_whole():
    (sheet,) = spreadsheets.read(b'\xef\xbb\xbf {"orders": []}', "search.json")

    assert sheet == ("search", [], ' {"orders": []}')


def test_two_thousand_rows_are_read_well_under_a_second():
    content = workbook(*([f"30{n:07}", "Ana", "Rivera", 46053.5, "Shipped", *range(22)] for n in range(2000)))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    rows = spreadsheets.read(content, "a.xlsx")[0].rows
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert len(rows) == 2000 and len(rows[0]) == 27
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1  # however busy the machine is


def test_the_child_sees_nothing_of_this_process(monkeypatch):
    monkeypatch.setenv("SESSION_SECRET", "hidden")
    seen = []
    run = spreadsheets.subprocess.run
    monkeypatch.setattr(spreadsheets.subprocess, "run", lambda *a, **how: seen.append(how["env"]) or run(*a, **how))

    spreadsheets.read(b"a,b", "a.csv")

    assert seen == [{}]


SOUND = workbook(["Order Number", "Thin Mints"], ["301234567", 5])  # once: a workbook holds the time it was made
patient = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.binary(max_size=2000))
def test_random_bytes_are_read_or_refused(content):
    _read_or_refused(content)


@patient
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    _read_or_refused(bytes(content))


@patient
@given(st.data())
def test_a_workbook_with_damaged_xml_is_read_or_refused(data):
    def damage(xml):
        at = data.draw(st.integers(0, len(xml)))
        return xml[:at] + data.draw(st.binary(max_size=20)) + xml[at + data.draw(st.integers(0, 40)) :]

    part = data.draw(st.sampled_from(["sheet1.xml", "workbook.xml", "sharedStrings.xml", "styles.xml", ".rels"]))
    _read_or_refused(changed(SOUND, part, damage))


def _read_or_refused(content):
    """Anything but an Invalid leaves through here and fails the test."""
    try:
        sheets = spreadsheets.read(content, "a.xlsx")
    except Invalid:
        return
    assert sheets and all(isinstance(sheet, spreadsheets.Sheet) for sheet in sheets)
