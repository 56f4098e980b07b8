"""The sheet that goes to a booth on paper: columns in the bakers' order, lines to fill in, so that it can be retyped quickly."""

from collections.abc import Sequence

from gsctracker.integrations.table_pdf import printable

_FONT = "helvetica"


def drawn(
    title: str,
    head: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    people: tuple[Sequence[str], Sequence[str]],
    money: Sequence[str],
    sign: Sequence[str],
) -> bytes:
    """One page of letter paper across.

    `head` are the lines below the title, `columns` the cookies with their price, `rows` (what, one cell a cookie; empty cells
    are written on), `people` the headings of the attendance and the names known so far, `money` and `sign` lines to fill in.
    """
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos
    from fpdf.util import Padding

    page = FPDF("L", "mm", "letter")
    page.set_auto_page_break(False)
    page.set_margins(10, 10)
    page.add_page()

    def words(text: str, width: float, height: float, size: float, bold: bool = False, box: bool = True) -> None:
        page.set_font(_FONT, "B" if bold else "", size)
        text = printable(text)
        while size > 5 and page.get_string_width(text) > width - 2:
            size -= 0.5
            page.set_font(_FONT, "B" if bold else "", size)
        page.cell(width, height, text, border=1 if box else 0)

    def heading_size(text: str, width: float) -> float:
        size = 8.0
        page.set_font(_FONT, "B", size)
        while size > 5 and max(page.get_string_width(word) for word in printable(text).split()) > width - 3.5:
            size -= 0.5
            page.set_font(_FONT, "B", size)
        return size

    page.set_font(_FONT, "B", 14)
    page.cell(0, 8, printable(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for line in head:
        page.set_font(_FONT, "", 9)
        page.cell(0, 5, printable(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(2)
    first = 46.0
    width = (page.epw - first) / max(1, len(columns))
    inner = Padding(0.6, 0.6, 0.6, 0.6)
    words("", first, 14, 8)
    for column in columns:
        left, above = page.get_x(), page.get_y()
        size = heading_size(column, width)
        page.set_font(_FONT, "B", size)
        page.rect(left, above, width, 14)
        page.multi_cell(
            width, size * 0.42, printable(column), new_x=XPos.RIGHT, new_y=YPos.TOP, align="L", padding=inner
        )
        page.set_xy(left + width, above)
    page.ln(14)
    for what, cells in rows:
        words(what, first, 10, 9, True)
        for cell in cells:
            words(cell, width, 10, 9)
        page.ln()
    page.ln(4)
    top = page.get_y()
    headings, names = people
    half = page.epw / 2 - 3
    each = [half * 0.5, *[half * 0.5 / (len(headings) - 1)] * (len(headings) - 1)]
    for heading, wide in zip(headings, each, strict=True):
        words(heading, wide, 6, 8, True)
    page.ln()
    for name in [*names, *[""] * max(0, 8 - len(names))][:10]:
        for place, wide in enumerate(each):
            words(name if place == 0 else "", wide, 7, 9)
        page.ln()
    page.set_xy(page.l_margin + half + 6, top)
    for line in money:
        page.set_x(page.l_margin + half + 6)
        words(line, half * 0.65, 7, 9)
        words("$", half * 0.35, 7, 9)
        page.ln()
    page.set_y(-26)
    for line in sign:
        words(line + ": ____________________________", page.epw / len(sign), 8, 9, box=False)
    return bytes(page.output())
