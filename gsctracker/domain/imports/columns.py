"""The header line of a sheet: which column means what, by the letters of its heading and never by its place."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gsctracker.domain.imports import cells
from gsctracker.domain.imports.rows import Line, Note, Sheet
from gsctracker.words import N_

HEADER_WITHIN = 30  # lines in which the header line is looked for
COOKIES_MOST = 100


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Every name that either baker's systems print above a column, reduced to its letters.
COOKIE_LETTERS = _words(
    "thinmints tmint tm samoas samoa sam caramelldelites carameldelites carameldelite cd tagalongs tagalong tags "
    "peanutbutterpatties peanutbutterpatty pbp dosidos dosido dsd peanutbuttersandwich peanutbuttersandwiches pbs "
    "trefoils trefoil tre shortbread adventurefuls adventureful advf adv lemonups lemonup lmup lemonades lemonade "
    "lem exploremores exploremore exp toffeetastic toffeetastics toff caramelchocolatechip carchocchip gfc ccc "
    "girlscoutsmores smores svsm toastyay toast cshare cookieshare giftofcaring goc donatedcookies"
)

# Whoever bought is nobody's business here: such columns are dropped before anything is kept. Whole words only, so that
# a cookie of tomorrow called "Simplicity" or "Celebrates" is neither somebody's city nor a rate.
_CUSTOMER = _words(
    "customer customers billing buyer recipient shipping deliver delivery address street city state zip zipcode postal "
    "phone mobile email mail gift message notes"
)
_NOT_COOKIES = _words(
    "id number no date time year grade level price amount percent rate balance total totals name troop"
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Za-z][a-z]*|\d+")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header line is, what stands in which column, and which columns hold cookies."""

    row: int
    columns: dict[str, int]
    headings: dict[str, str]
    cookies: tuple[tuple[str, int], ...] = ()
    unused: tuple[str, ...] = ()


def find_header(sheet: Sheet, meanings: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Header | None:
    """The first line that has every `needed` meaning; None when there is none.

    `meanings` gives for each meaning the headings it may have, as letters; one that ends in "*" is a beginning.
    """
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        columns, headings = _recognised(row, meanings)
        if all(meaning in columns for meaning in needed):
            return Header(index, columns, headings)
    return None


def _recognised(row: Sequence[Any], meanings: Mapping[str, Sequence[str]]) -> tuple[dict[str, int], dict[str, str]]:
    columns: dict[str, int] = {}
    headings: dict[str, str] = {}
    for index, cell in enumerate(row):
        seen = cells.letters(cell)
        if not seen:
            continue
        meaning = next((m for m, ways in meanings.items() if m not in columns and _fits(seen, ways)), None)
        if meaning:
            columns[meaning] = index
            headings[meaning] = cells.text(cell)
    return columns, headings


def _fits(seen: str, ways: Sequence[str]) -> bool:
    return any(seen.startswith(way[:-1]) if way.endswith("*") else seen == way for way in ways)


def with_cookies(sheet: Sheet, header: Header) -> Header:
    """The header with every other column sorted out: cookies by name, cookies by their numbers, and the unused rest.

    A column that nobody knows but that holds numbers is a cookie nobody knows yet: it must not vanish. A customer's
    columns are left out even of the unused ones.
    """
    known = set(header.columns.values())
    cookies, unused = [], []
    for index, cell in enumerate(sheet.rows[header.row]):
        heading = cells.text(cell)
        seen = cells.letters(cell)
        if index in known or not seen:
            continue
        if seen in COOKIE_LETTERS:
            cookies.append((heading, index))
        elif _CUSTOMER & (words := {word.lower() for word in _WORDS.findall(heading)}):
            continue
        elif not _NOT_COOKIES & words and _mostly_counts(sheet.rows[header.row + 1 :], index):
            cookies.append((heading, index))
        else:
            unused.append(heading)
    return Header(header.row, header.columns, header.headings, tuple(cookies[:COOKIES_MOST]), tuple(unused))


def _mostly_counts(rows: Sequence[Sequence[Any]], index: int) -> bool:
    filled = [row[index] for row in rows if index < len(row) and row[index] is not None]
    counts = sum(1 for cell in filled if _is_count(cell))
    return counts > 0 and counts * 2 > len(filled)


def _is_count(cell: Any) -> bool:
    try:
        cells.count(cell)
    except cells.Unreadable:
        return False
    return True


@dataclass
class Reading:
    """One line being read: values come out by meaning; what cannot be read becomes the first reason to refuse it."""

    row: Sequence[Any]
    row_no: int
    header: Header
    refused: Note | None = None
    doubts: list[Note] = field(default_factory=list)

    def cell(self, meaning: str) -> Any:
        """The cell below that meaning's heading; None when the file has no such column."""
        index = self.header.columns.get(meaning)
        return self.row[index] if index is not None and index < len(self.row) else None

    def text(self, meaning: str) -> str:
        """The cell as a line of text."""
        return cells.text(self.cell(meaning))

    def needed(self, meaning: str, read: Callable[[Any], _Value], otherwise: _Value) -> _Value:
        """The cell's value, or `otherwise` and a refused line."""
        try:
            return read(self.cell(meaning))
        except cells.Unreadable as no:
            self.refuse(no.below(self.header.headings.get(meaning, "")))
            return otherwise

    def wished(self, meaning: str, read: Callable[[Any], _Value], otherwise: _Value) -> _Value:
        """The cell's value, or `otherwise` and a doubt."""
        try:
            return read(self.cell(meaning))
        except cells.Unreadable as no:
            self.doubts.append(no.below(self.header.headings.get(meaning, "")))
            return otherwise

    def refuse(self, why: Note) -> None:
        """Refuse the line; the first reason stands."""
        self.refused = self.refused or why

    def doubt(self, message: str, **params: str | int) -> None:
        """Remark something on the line."""
        self.doubts.append(Note(message, params))

    def lines(self, read: Callable[[Any], int] = cells.boxes, known_by: str = "name") -> tuple[Line, ...]:
        """The cookies of the line, those with none left out."""
        found = []
        for heading, index in self.header.cookies:
            try:
                number = read(self.row[index] if index < len(self.row) else None)
            except cells.Unreadable as no:
                self.refuse(no.below(heading))
                continue
            if number:
                found.append(Line(heading, number, known_by))
        return tuple(found)

    def seen(self) -> dict[str, str]:
        """What stood in the line, for a refused one; nothing of a customer."""
        if not self.refused:
            return {}
        known = {self.header.headings[meaning]: self.text(meaning) for meaning in self.header.columns}
        cookies = {head: cells.text(self.row[at]) for head, at in self.header.cookies if at < len(self.row)}
        return {heading: cell for heading, cell in (known | cookies).items() if cell}


def readings(sheet: Sheet, header: Header) -> Iterator[Reading]:
    """Every line below the header that has anything in it, numbered as a spreadsheet program numbers it."""
    for index in range(header.row + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if any(cell is not None for cell in row):
            yield Reading(row, index + 1, header)


def is_total_line(reading: Reading) -> bool:
    """Whether a line sums the lines above it: its first words say so."""
    first = next((cell for cell in reading.row if cell is not None), None)
    return isinstance(first, str) and cells.letters(first) in ("total", "totals", "grandtotal", "trooptotal", "sum")


class Keys:
    """Keys of rows within one file: the number where there is one, else what the row says; repeats are counted."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._first_row: dict[str, int] = {}

    def of(self, number: str, row_no: int, *content: object) -> tuple[str, int | None]:
        """The row's key, and the row that had the same number before it (None for the first)."""
        if number:
            before = self._first_row.setdefault(number, row_no)
            self._seen[number] += 1
            times = self._seen[number]
            return (number, None) if times == 1 else (f"{number}#{times}", before)
        mark = "~" + hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:20]
        self._seen[mark] += 1
        return (mark if self._seen[mark] == 1 else f"{mark}#{self._seen[mark]}"), None


NO_NUMBER = N_("This row has no order number: it is known again only by what it says.")


def notes_on(header: Header) -> tuple[Note, ...]:
    """Remarks on the file's columns: cookies that no baker has named yet, columns that were not used."""
    strange = [heading for heading, _ in header.cookies if cells.letters(heading) not in COOKIE_LETTERS]
    notes = []
    if strange:
        notes.append(Note(N_("Cookies with a new name: %(columns)s."), {"columns": ", ".join(strange)}))
    if header.unused:
        notes.append(Note(N_("Columns that were not used: %(columns)s."), {"columns": ", ".join(header.unused)}))
    return tuple(notes)


def is_customer(heading: str) -> bool:
    """Whether a column tells of whoever bought, by the words of its heading."""
    return bool(_CUSTOMER & {word.lower() for word in _WORDS.findall(heading)})
