"""Receipts on paper: one a sheet for both sides, or all of a family's in one file with what it owes on the first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gsctracker.integrations.table_pdf import printable

if TYPE_CHECKING:
    from fpdf import FPDF

_FONT = "helvetica"
_FIELD = (600, 200)  # a signature's own field
_DRAWN = (72.0, 24.0)  # mm on paper


@dataclass(frozen=True)
class Sheet:
    """One receipt, or a page of text, in words that are ready to be printed.

    `facts` are (what, value); `lines` cells of a table below `headings`, the last cell on the right; `total` its last line;
    `strokes` a signature as lists of points; `stamp` stands across a receipt that is void.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    headings: Sequence[str] = ()
    lines: Sequence[Sequence[str]] = ()
    total: Sequence[str] = ()
    signed: str = ""
    strokes: Sequence[Sequence[tuple[int, int]]] = ()
    remarks: Sequence[str] = ()
    stamp: str = ""
    head: str = ""


def drawn(sheets: Sequence[Sheet]) -> bytes:
    """The PDF on letter paper: each sheet begins a page."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    page = FPDF("P", "mm", "letter")
    page.set_auto_page_break(True, 15)
    page.set_margins(18, 16)

    def words(text: str, size: float = 10, bold: bool = False, height: float = 6) -> None:
        page.set_font(_FONT, "B" if bold else "", size)
        page.multi_cell(0, height, printable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def row(cells: Sequence[str], bold: bool = False) -> None:
        page.set_font(_FONT, "B" if bold else "", 10)
        widths = [page.epw * 0.5, *[page.epw * 0.5 / max(1, len(cells) - 1)] * (len(cells) - 1)]
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            page.cell(width, 6.5, printable(cell), border="B", align="R" if at else "L")
        page.ln()

    for sheet in sheets:
        page.add_page()
        if sheet.head:
            words(sheet.head, 9)
        words(sheet.title, 16, True, 9)
        page.ln(1)
        for what, said in sheet.facts:
            page.set_font(_FONT, "", 10)
            page.cell(55, 6, printable(what))
            page.multi_cell(0, 6, printable(said), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if sheet.lines:
            page.ln(3)
            row(sheet.headings, True)
            for line in sheet.lines:
                row(line)
            if sheet.total:
                row(sheet.total, True)
        if sheet.strokes:
            page.ln(4)
            _sign(page, sheet.strokes)
        if sheet.signed:
            words(sheet.signed)
        for remark in sheet.remarks:
            page.ln(1)
            words(remark)
        if sheet.stamp:
            page.ln(4)
            page.set_draw_color(160, 40, 30)
            page.set_text_color(160, 40, 30)
            page.set_font(_FONT, "B", 22)
            page.cell(0, 14, printable(sheet.stamp), border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            page.set_draw_color(0)
            page.set_text_color(0)
    return bytes(page.output())


def _sign(page: "FPDF", strokes: Sequence[Sequence[tuple[int, int]]]) -> None:
    if page.will_page_break(_DRAWN[1] + 8):
        page.add_page()
    left, top = page.get_x(), page.get_y()
    across, down = _DRAWN[0] / _FIELD[0], _DRAWN[1] / _FIELD[1]
    page.set_line_width(0.4)
    for stroke in strokes:
        page.polyline([(left + x * across, top + y * down) for x, y in stroke])
    page.set_line_width(0.2)
    page.line(left, top + _DRAWN[1], left + _DRAWN[0], top + _DRAWN[1])
    page.set_y(top + _DRAWN[1] + 1)
