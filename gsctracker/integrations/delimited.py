"""Text files of rows: which alphabet, which delimiter, and the records in them."""

import csv
import io
from collections.abc import Iterator

from gsctracker.errors import Invalid
from gsctracker.words import N_

DELIMITERS = ",;\t|"
BEGINNING = 20  # lines looked at to find the delimiter
LONGEST_CELL = 16 * 1024 * 1024  # no file that comes in is larger

# the whole process has one, so it is set once and never made smaller for somebody else
csv.field_size_limit(LONGEST_CELL)


def decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8 or UTF-16 by their marks, UTF-8, else Windows-1252; None when it is not text at all."""
    marked_as_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked_as_utf_16 else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if _reads_as_text(text) else None
    return None


def _reads_as_text(text: str) -> bool:
    return not any(ord(sign) < 32 and sign not in "\t\n\r\f\v\x1a" for sign in text[:10_000]) and "\x00" not in text


def records(text: str) -> Iterator[list[str]]:
    """The records of delimited text, cells as they stand there; a quoted cell may hold line ends."""
    first, _, rest = text.partition("\n")
    declared = first.strip().lower()
    if declared.startswith("sep=") and len(declared) <= 5:  # how Excel is told; a tab is stripped off
        delimiter, text = declared[4:] or "\t", rest
        yield []
    else:
        delimiter = _delimiter(text)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as broken:
        raise Invalid(
            N_("This text file cannot be read as rows. Open it in Excel or LibreOffice and save it as .xlsx."),
            "not_a_spreadsheet",
        ) from broken


def _delimiter(text: str) -> str:
    """The sign that parts the first line that has any; the header line names columns and seldom holds another."""
    for line in text[:100_000].splitlines()[:BEGINNING]:
        outside = "".join(line.split('"')[::2])
        counts = {sign: outside.count(sign) for sign in DELIMITERS}
        most = max(counts, key=lambda sign: counts[sign])
        if counts[most]:
            return most
    return ","
