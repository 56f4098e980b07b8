"""The child program that opens a spreadsheet: bytes on standard input, JSON on standard output, within hard limits.

A parser of foreign files may be made to take all memory or all time; here it takes only this process with it.
Out comes {"sheets": [{"name", "rows", "text"}]} or {"refused": sentence, "code", "params"}. Exit 3: out of memory.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from gsctracker.errors import Invalid
from gsctracker.integrations import delimited
from gsctracker.words import N_

MEMORY_MOST = 512 * 1024 * 1024
CPU_SECONDS_MOST = 10
UNPACKED_MOST = 256 * 1024 * 1024
SHEETS_MOST = 50
ROWS_MOST = 20_000
COLUMNS_MOST = 200
CELLS_MOST = 1_000_000
TEXT_MOST = 2_000
BLANK_ROWS_MOST = 1_000
JSON_MOST = 4 * 1024 * 1024

OUT_OF_MEMORY = 3

NOT_A_SPREADSHEET = N_("This is not a spreadsheet. Choose a file that ends in .xlsx, .xls, .ods, .csv or .json.")
DAMAGED = N_("This spreadsheet is damaged or only half downloaded. Download it again and try once more.")
PROTECTED = N_("This spreadsheet is protected by a password. Save it without one and try again.")
TOO_LARGE = N_("This spreadsheet unpacks to far more than any season's export, or has cells far away from its table.")
FAR_CELL = N_("This spreadsheet has something far away from its table, in row %(row)s. Delete it, save and try again.")

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_KINDS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"SQLite format 3")


def sheets_of(content: bytes) -> list[dict[str, Any]]:
    """The sheets of a file, whatever its name says it is. Refuses with Invalid."""
    if content.startswith(ZIP):
        _refuse_a_bomb(content)
        return _sheets_of_workbook(content)
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Invalid(PROTECTED, "file_protected")
        return _sheets_of_workbook(content)
    if content.startswith(OTHER_KINDS):
        raise Invalid(NOT_A_SPREADSHEET, "not_a_spreadsheet")
    return [_sheet_of_text(content)]


def _refuse_a_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            names = set(archive.namelist())
            locked = any(part.flag_bits & 1 for part in archive.infolist())
    except MemoryError:
        raise
    except Exception as broken:  # zipfile has many ways to say that a directory is nonsense
        raise Invalid(DAMAGED, "file_damaged") from broken
    if locked:
        raise Invalid(PROTECTED, "file_protected")
    if unpacked > UNPACKED_MOST:
        raise Invalid(TOO_LARGE, "file_too_large")
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise Invalid(NOT_A_SPREADSHEET, "not_a_spreadsheet")


def _sheets_of_workbook(content: bytes) -> list[dict[str, Any]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        if len(book.sheets_metadata) > SHEETS_MOST:
            raise Invalid(N_("This spreadsheet has more than %(most)s sheets."), "too_many_sheets", most=SHEETS_MOST)
        kept = [sheet.name for sheet in book.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet]
        left = CELLS_MOST
        sheets = []
        for name in kept:
            sheet = book.get_sheet_by_name(name)
            rows = bounded(_rows_in_place(sheet), left) if sheet.start else []
            left -= sum(map(len, rows))
            sheets.append({"name": name[:TEXT_MOST], "rows": rows, "text": None})
        return sheets
    except (Invalid, MemoryError):
        raise
    except python_calamine.PasswordError as locked:
        raise Invalid(PROTECTED, "file_protected") from locked
    except BaseException as broken:  # a panic of the parser is not an Exception
        raise Invalid(DAMAGED, "file_damaged") from broken


def _rows_in_place(sheet: Any) -> Iterator[list[Any]]:
    """Rows from the sheet's first row on, each from column A on; the parser leaves out blank columns on the left."""
    first_row, first_column = sheet.start
    if first_row > BLANK_ROWS_MOST:
        raise Invalid(FAR_CELL, "cell_far_away", row=first_row + 1)
    if first_column > COLUMNS_MOST:
        _refuse_width()
    margin = [None] * first_column
    for row in sheet.iter_rows():
        yield margin + row


def _sheet_of_text(content: bytes) -> dict[str, Any]:
    text = delimited.decoded(content)
    if text is None:
        raise Invalid(NOT_A_SPREADSHEET, "not_a_spreadsheet")
    beginning = text.lstrip()[:1000].lower()
    if beginning.startswith(("{", "[")):
        return {"name": "", "rows": [], "text": _checked_json(text)}
    if beginning.startswith("<"):
        raise Invalid(
            N_("This is a web page and not a spreadsheet. Open it in Excel or LibreOffice and save it as .xlsx."),
            "not_a_spreadsheet",
        )
    return {"name": "", "rows": bounded(delimited.records(text), CELLS_MOST), "text": None}


def _checked_json(text: str) -> str:
    if len(text) > JSON_MOST:
        raise Invalid(N_("This JSON text is longer than %(most)s million characters."), "file_too_large", most=4)
    try:
        json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise Invalid(N_("This JSON text is not complete. Copy all of it and try again."), "json_cut_off") from broken
    return text


def bounded(rows: Iterable[list[Any]], cells_left: int) -> list[list[Any]]:
    """The rows as plain cells without blanks at their ends; Invalid where there is too much of anything."""
    kept: list[list[Any]] = []
    blank, filled, cells = 0, 0, 0
    for number, row in enumerate(rows, 1):
        cells_here = _plain_row(row, number)
        if not cells_here:
            blank += 1
            continue
        if blank > BLANK_ROWS_MOST:
            raise Invalid(FAR_CELL, "cell_far_away", row=number)
        filled += 1
        cells += len(cells_here)
        if filled > ROWS_MOST:
            raise Invalid(N_("This spreadsheet has more than %(most)s rows."), "too_many_rows", most=ROWS_MOST)
        if cells > cells_left:
            raise Invalid(TOO_LARGE, "file_too_large")
        kept.extend([] for _ in range(blank))
        kept.append(cells_here)
        blank = 0
    return kept


def _plain_row(row: list[Any], number: int) -> list[Any]:
    cells = [_plain_cell(cell, number) for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    if len(cells) > COLUMNS_MOST:
        _refuse_width()
    return cells


def _refuse_width() -> None:
    raise Invalid(N_("This spreadsheet has more than %(most)s columns."), "too_many_columns", most=COLUMNS_MOST)


def _plain_cell(cell: Any, number: int) -> Any:
    if isinstance(cell, str):
        if not cell or cell.isspace():
            return None
        if len(cell) > TEXT_MOST:
            raise Invalid(
                N_("Row %(row)s of this spreadsheet has a cell with more than %(most)s characters."),
                "cell_too_long",
                row=number,
                most=TEXT_MOST,
            )
        return cell.replace("\x00", "")
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _limit_this_process() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_MOST),
        (resource.RLIMIT_CPU, CPU_SECONDS_MOST),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # not every system knows every limit; the parent's clock still holds
            continue


def main() -> None:
    """Read standard input, answer on standard output."""
    _limit_this_process()
    try:
        answer: dict[str, Any] = {"sheets": sheets_of(sys.stdin.buffer.read())}
    except Invalid as no:
        answer = {"refused": no.message, "code": no.code, "params": no.params}
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    try:
        written = json.dumps(answer, separators=(",", ":")).encode("ascii")
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
