"""A table as a file to take away: CSV, XLSX, JSON or PDF. Rows in, bytes out; nothing is written to disk by us.

Money comes in cents and leaves as dollars with two decimals (cents in JSON). Text is never a formula: a program that
opens the file must not run what a customer typed as her name.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Protocol

from gsctracker.words import in_english

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}
_BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_TITLE_ROWS = 1

Say = Callable[[str, Mapping[str, Any] | None], str]
"""Gives a marked sentence, its places filled, in the reader's language."""

Names = Mapping[str, Mapping[str, str]]
"""By the key of a column, how its kinds are called in marked sentences; where it is silent a kind is shown as it is kept."""


class Column(Protocol):
    """One column: key, heading, kind (text, day, boxes, money, id, word); a name is not translated."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def is_name(self) -> bool: ...


class Table(Protocol):
    """A report: its name and title, its columns, its rows in the columns' order."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def columns(self) -> Sequence[Any]: ...
    @property
    def rows(self) -> Sequence[Sequence[Any]]: ...


@dataclass(frozen=True, slots=True)
class _Named:
    """A table in which kinds are called by their names."""

    name: str
    title: str
    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]


def made(table: Table, file_type: str, say: Say = in_english, names: Names = MappingProxyType({})) -> bytes:
    """The table as a file of one of TYPES. JSON is for programs: there kinds keep their codes whatever `names` says."""
    if names and file_type != "json":
        table = _named(table, say, names)
    return {"csv": as_csv, "xlsx": as_xlsx, "json": as_json, "pdf": as_pdf}[file_type](table, say)


def _named(table: Table, say: Say, names: Names) -> Table:
    said = [{kind: say(name, None) for kind, name in names.get(column.key, {}).items()} for column in table.columns]
    rows = [
        [words.get(cell, cell) if words else cell for words, cell in zip(said, row, strict=True)] for row in table.rows
    ]
    return _Named(table.name, table.title, table.columns, rows)


def as_csv(table: Table, say: Say = in_english) -> bytes:
    """Comma-separated, UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_harmless(heading) for heading in _headings(table, say))
    for row in table.rows:
        writer.writerow(_plain(cell, column.kind, say) for cell, column in zip(row, table.columns, strict=True))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, say: Say = in_english) -> bytes:
    """One sheet with a heading line that stays in sight; text is text, numbers are numbers, money has two decimals."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(say(table.title, None)))
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    headings = _headings(table, say)
    for at, (heading, column) in enumerate(zip(headings, table.columns, strict=True)):
        sheet.set_column(at, at, max(10, min(28, len(heading) + 3)) if column.kind == "text" else max(10, len(heading)))
    for at, heading in enumerate(headings):
        sheet.write_string(0, at, heading, bold)
    sheet.freeze_panes(_TITLE_ROWS, 0)
    for line, row in enumerate(table.rows, _TITLE_ROWS):
        for at, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            if cell is None or cell in ("", ()):
                continue
            if column.kind == "money":
                sheet.write_number(line, at, Decimal(cell) / 100, money)
            elif column.kind in ("boxes", "id"):
                sheet.write_number(line, at, cell)
            else:
                sheet.write_string(line, at, _said(cell, say) if column.kind == "word" else str(cell))
    book.close()
    return buffer.getvalue()


def as_json(table: Table, say: Say = in_english) -> bytes:
    """`{"report", "items": [...], "total"}`, the columns' keys as names, money in cents."""
    items = [
        {
            column.key: _said(cell, say) if column.kind == "word" else cell
            for cell, column in zip(row, table.columns, strict=True)
        }
        for row in table.rows
    ]
    answer = {"report": table.name, "items": items, "total": len(items)}
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def as_pdf(table: Table, say: Say = in_english) -> bytes:
    """Pages to print, across; signs that no font of ours has are shown as question marks, with a word about it."""
    from gsctracker.integrations import table_pdf

    numbers = [column.kind in ("boxes", "money", "id") for column in table.columns]
    cells = [
        [_shown(cell, column.kind, say) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows
    ]
    return table_pdf.drawn(say(table.title, None), _headings(table, say), numbers, cells)


def _headings(table: Table, say: Say) -> list[str]:
    return [column.title if column.is_name else say(column.title, None) for column in table.columns]


def _said(cell: str | Sequence[tuple[str, dict[str, Any]]], say: Say) -> str:
    """A sentence, or several with places to fill, as one text."""
    if isinstance(cell, str):
        return say(cell, None)
    return " ".join(say(sentence, params) for sentence, params in cell)


def _plain(cell: Any, kind: str, say: Say) -> str:
    if cell is None:
        return ""
    if kind == "money":
        return f"{Decimal(cell) / 100:.2f}"
    if kind in ("boxes", "id"):
        return str(cell)
    return _harmless(_said(cell, say) if kind == "word" else str(cell))


def _shown(cell: Any, kind: str, say: Say) -> str:
    if cell is None or (kind == "boxes" and cell == 0):
        return ""
    if kind == "money":
        return f"{Decimal(cell) / 100:,.2f}"
    return _said(cell, say) if kind == "word" else str(cell)


def _harmless(text: str) -> str:
    """Text that a spreadsheet program does not take for a formula."""
    return f"'{text}" if text.startswith(_BEGIN_FORMULAS) else text


def _sheet_name(title: str) -> str:
    """At most 31 signs, none of those that Excel does not allow."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Report"
