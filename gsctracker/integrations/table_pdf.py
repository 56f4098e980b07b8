"""A table drawn on pages of paper, letter size across."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gsctracker.words import N_

if TYPE_CHECKING:
    from fpdf import FPDF

LEFT_OUT = N_("Signs that this printing font lacks are shown as ?; the other file types have them.")
_FONT, _SIZE_MOST, _SIZE_LEAST = "helvetica", 9.0, 5.0
_SAMPLE = 400  # rows by which the widths are found
_ONE_LINE = 9  # letters of a heading that is not parted


def drawn(
    title: str, headings: Sequence[str], numbers: Sequence[bool], rows: Sequence[Sequence[str]], note: str = LEFT_OUT
) -> bytes:
    """The PDF: headings again on every page, long ones in two lines, numbers on the right, longer text cut with three dots."""
    from fpdf import FPDF
    from fpdf.enums import XPos, YPos

    in_latin = [[printable(cell) for cell in row] for row in rows]
    heads = [_in_two(printable(heading)) for heading in headings]
    lacking = any("?" in new and "?" not in old for before, after in zip(rows, in_latin, strict=True)
                  for old, new in zip(before, after, strict=True))  # fmt: skip

    class Page(FPDF):
        def header(self) -> None:
            self.set_font(_FONT, "B", 12)
            self.cell(0, 7, printable(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_font(_FONT, "B", size)
            for part in (0, 1) if any(head[0] for head in heads) else (1,):
                line([head[part] for head in heads])

        def footer(self) -> None:
            self.set_y(-10)
            self.set_font(_FONT, "", 7)
            self.cell(0, 5, f"{self.page_no()}/{{nb}}" + (f"   {printable(note)}" if lacking else ""))

    page = Page("L", "mm", "letter")
    page.set_auto_page_break(True, 12)
    page.set_margins(10, 10)
    size, widths = _fitted(page, heads, in_latin)
    height = size * 0.55

    def line(cells: Sequence[str]) -> None:
        for text, width, right in zip(cells, widths, numbers, strict=True):
            page.cell(width, height, _cut(page, text, width), align="R" if right else "L")
        page.ln(height)

    page.add_page()
    page.set_font(_FONT, "", size)
    for row in in_latin:
        line(row)
    return bytes(page.output())


def _in_two(heading: str) -> tuple[str, str]:
    """A heading of several words in two lines, parted where the longer one is shortest; a short one stands in the lower."""
    words = heading.split(" ")
    if len(heading) <= _ONE_LINE or len(words) == 1:
        return "", heading
    parted = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(parted, key=lambda lines: max(map(len, lines)))


def _fitted(page: "FPDF", heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> tuple[float, list[float]]:
    """A size of letters and the columns' widths (mm) that fill the page; the widest columns give way first."""
    room = page.epw
    size = _SIZE_MOST
    while True:
        page.set_font(_FONT, "B", size)
        widths = [
            max(page.get_string_width(text) for text in (*head, *(row[at] for row in rows[:_SAMPLE]))) + 3
            for at, head in enumerate(heads)
        ]
        if sum(widths) <= room or size <= _SIZE_LEAST:
            break
        size -= 0.5
    if sum(widths) > room:
        most = room / len(widths)
        narrow = sum(width for width in widths if width <= most)
        wide = sum(width for width in widths if width > most)
        widths = [width if width <= most else width * (room - narrow) / wide for width in widths]
    return size, widths


def _cut(page: "FPDF", text: str, width: float) -> str:
    measure = page.get_string_width
    if measure(text) <= width - 2:
        return text
    while text and measure(text + "...") > width - 2:
        text = text[: -max(1, len(text) // 8)]
    return text + "..."


def printable(text: str) -> str:
    """The text in the letters of Western Europe, which is what the built-in fonts have."""
    plain = text.translate(
        {0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0x2026: "..."}
    )
    signs = []
    for sign in unicodedata.normalize("NFC", plain):
        if sign.encode("latin-1", "ignore"):
            signs.append(sign)
        else:
            bare = unicodedata.normalize("NFKD", sign).encode("latin-1", "ignore").decode("latin-1")
            signs.append(bare or "?")
    return "".join(signs)
