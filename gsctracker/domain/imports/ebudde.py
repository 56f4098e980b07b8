"""eBudde's grids, and any spreadsheet: a proposal what each column means, and the rows read by a mapping. Pure.

eBudde's layouts differ by council and year, so nothing is taken for granted: columns are proposed by their headings,
what nobody recognises is left open for a person to say, and what she says is remembered by the heading's letters.
"""

import re
from collections.abc import Mapping as Names
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gsctracker.domain.imports import cells, columns
from gsctracker.domain.imports.rows import LedgerRow, Note, Parsed, Sheet
from gsctracker.errors import Invalid
from gsctracker.words import N_

SOURCE = "ebudde"
COOKIE, SKIP, UNKNOWN = "cookie", "skip", ""

MEANINGS: dict[str, tuple[str, ...]] = {
    "girl": ("girl", "girlname", "girlsname", "scout", "scoutname", "name"),
    "girl_first": ("girlfirstname", "firstname", "first"),
    "girl_last": ("girllastname", "lastname", "last"),
    "number": ("ordernumber", "orderno", "order", "reference", "refnumber", "receipt", "receiptnumber", "transaction"),
    "date": ("date", "orderdate", "transactiondate", "entrydate"),
    "type": ("type", "ordertype", "transactiontype"),
    "memo": ("comment", "comments", "memo", "note", "notes", "description"),
    "from": ("from", "fromtroop"),
    "to": ("to", "totroop"),
    "shown": ("inv", "inventory", "invoice"),
    "total": ("total", "totalpackages", "totalpkgs", "pkgs", "packages", "totalboxes"),
    "donated": ("goc", "giftofcaring", "donation", "donations", "donatedcookies", "cookieshare", "cshare", "share"),
    "paid": ("paid", "payment", "payments", "amountpaid", "paidamount"),
    "balance": ("balance", "balancedue", "due", "amountdue"),
}
CHOICES = (*MEANINGS, COOKIE, SKIP)
_TITLES_WITHIN = columns.HEADER_WITHIN


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place, its heading, what it means (a key of MEANINGS, cookie, skip, or "" while nobody knows),
    and the first cells below it, so that a person can tell. A customer's columns are skipped and show no cells."""

    index: int
    heading: str
    meaning: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """What each column of a sheet means. `header_row` counts from 0; `columns` are those with a heading."""

    header_row: int
    columns: tuple[Column, ...]

    @property
    def unknown(self) -> tuple[Column, ...]:
        """The columns that somebody has to say something about."""
        return tuple(column for column in self.columns if column.meaning == UNKNOWN)

    def told(self, answers: Names[str, str]) -> "Mapping":
        """The mapping with a person's answers, by heading. Refuses with Invalid an answer that is no meaning."""
        by_letters = {cells.letters(heading): meaning for heading, meaning in answers.items()}
        if not set(by_letters.values()) <= {*CHOICES, UNKNOWN}:
            raise Invalid(N_("That is not something a column can mean."), "no_such_meaning")
        told = (replace(c, meaning=by_letters.get(cells.letters(c.heading), c.meaning)) for c in self.columns)
        return replace(self, columns=tuple(told))

    def to_remember(self) -> dict[str, str]:
        """Meanings by the headings' letters: give them to `propose` for the next file of the same kind."""
        return {cells.letters(column.heading): column.meaning for column in self.columns if column.meaning}


def propose(sheet: Sheet, remembered: Names[str, str] | None = None) -> Mapping:
    """What each column seems to mean: as remembered, as its heading says, a cookie by its name, else open.

    Refuses with Invalid a sheet without a header line.
    """
    row = _header_row(sheet, remembered or {})
    if row is None:
        raise Invalid(N_("This spreadsheet has no line of headings above its rows."), "no_headings")
    below = sheet.rows[row + 1 :]
    taken: set[str] = set()
    found = []
    for index, cell in enumerate(sheet.rows[row][:200]):
        heading = cells.text(cell)
        if not cells.letters(heading):
            continue
        meaning = _meaning(heading, remembered or {}, taken)
        taken.add(meaning)
        filled = [line[index] for line in below if index < len(line) and line[index] is not None]
        if meaning == UNKNOWN and not filled:
            meaning = SKIP
        samples = () if columns.is_customer(heading) else tuple(cells.text(cell, 40) for cell in filled[:3])
        found.append(Column(index, heading, meaning, samples))
    return Mapping(row, tuple(found))


def _meaning(heading: str, remembered: Names[str, str], taken: set[str]) -> str:
    seen = cells.letters(heading)
    if remembered.get(seen) in CHOICES:
        return remembered[seen]
    for meaning, ways in MEANINGS.items():
        if seen in ways and meaning not in taken:
            return meaning
    if seen in columns.COOKIE_LETTERS:
        return COOKIE
    return SKIP if columns.is_customer(heading) else UNKNOWN


def _header_row(sheet: Sheet, remembered: Names[str, str]) -> int | None:
    """The line with most headings that mean something; the first line of words where none does."""
    best, most, first_words = None, 0, None
    for index, row in enumerate(sheet.rows[:_TITLES_WITHIN]):
        words = [cells.text(cell) for cell in row if isinstance(cell, str) and cells.letters(cell)]
        if first_words is None and len(words) >= 2 and not any(cells.is_number(word) for word in words):
            first_words = index
        known = sum(1 for word in words if _meaning(word, remembered, set()) not in (UNKNOWN, SKIP))
        if known > most:
            best, most = index, known
    return best if most >= 2 else first_words


def cookies_named(sheet: Sheet) -> int:
    """How many cookies the sheet's headings name: whether it looks like one of these grids at all."""
    row = _header_row(sheet, {})
    return 0 if row is None else sum(1 for cell in sheet.rows[row] if cells.letters(cell) in columns.COOKIE_LETTERS)


def parse(sheet: Sheet, mapping: Mapping) -> Parsed:
    """The rows of a sheet as the mapping reads it. Refuses with Invalid while a column has no meaning yet."""
    if mapping.unknown:
        headings = ", ".join(column.heading for column in mapping.unknown)
        raise Invalid(N_("Say first what these columns mean: %(columns)s."), "columns_unknown", columns=headings)
    header = _header(sheet, mapping)
    if not header.cookies and "donated" not in header.columns and "paid" not in header.columns:
        raise Invalid(N_("None of these columns holds cookies or payments."), "no_cookies")
    keys = columns.Keys()
    rows: list[LedgerRow] = []
    stated: dict[str, int] = {}
    for reading in columns.readings(sheet, header):
        if columns.is_total_line(reading):
            stated = {"statedBoxes": reading.wished("total", cells.count, 0)}
            continue
        rows.append(_row(reading, keys))
    kept = tuple(heading for heading, _ in header.cookies)
    return Parsed(SOURCE, "ledger", "ledger", tuple(rows), _totals(rows) | stated, kept, columns.notes_on(header))


def _header(sheet: Sheet, mapping: Mapping) -> columns.Header:
    line = sheet.rows[mapping.header_row] if mapping.header_row < len(sheet.rows) else []
    for column in mapping.columns:
        here = line[column.index] if column.index < len(line) else None
        if cells.letters(here) != cells.letters(column.heading):
            raise Invalid(N_("The columns of this file are not those that were shown."), "columns_changed")
    meant = {c.meaning: c for c in reversed(mapping.columns) if c.meaning in MEANINGS}
    return columns.Header(
        mapping.header_row,
        {meaning: column.index for meaning, column in meant.items()},
        {meaning: column.heading for meaning, column in meant.items()},
        tuple((column.heading, column.index) for column in mapping.columns if column.meaning == COOKIE),
        tuple(c.heading for c in mapping.columns if c.meaning == SKIP and c.samples),
    )


def _row(reading: columns.Reading, keys: columns.Keys) -> LedgerRow:
    name = reading.text("girl")
    first, last = cells.person_name(reading.cell("girl"))
    first, last = reading.text("girl_first") or first, reading.text("girl_last") or last
    row = LedgerRow(
        row_no=reading.row_no,
        key="",
        row_class=_row_class(name or f"{first} {last}"),
        number=reading.needed("number", cells.order_number, ""),
        happened_on=reading.wished("date", cells.day, None),
        entry_type=reading.text("type"),
        memo=reading.text("memo"),
        girl_first=first,
        girl_last=last,
        girl_name=name or f"{first} {last}".strip(),
        from_name=reading.text("from"),
        to_name=reading.text("to"),
        shown_to_family=reading.wished("shown", cells.yes_or_no, None),
        boxes_total=reading.needed("total", _count_or_none, None),
        donated=reading.needed("donated", cells.count, 0),
        paid_cents=reading.needed("paid", cells.cents, None),
        balance_cents=reading.needed("balance", cells.cents, None),
        lines=reading.lines(cells.count),
    )
    if not (row.lines or row.donated or row.paid_cents or row.boxes_total):
        reading.refuse(Note(N_("This row has neither packages nor a payment.")))
    named = sum(line.boxes for line in row.lines)
    if row.boxes_total is not None and row.boxes_total not in (named, named + row.donated) and not reading.refused:
        reading.doubt(
            N_("Boxes by its cookies: %(named)s. The row's total: %(total)s."),
            named=named + row.donated,
            total=row.boxes_total,
        )
    lines = [[line.cookie, line.boxes] for line in row.lines]
    content = [row.girl_name, row.happened_on, row.entry_type, row.memo, row.donated, row.paid_cents, lines]
    key, repeated = keys.of(row.number, reading.row_no, *content)
    if repeated:
        reading.doubt(N_("Order %(number)s is already in row %(row)s."), number=row.number, row=repeated)
    return replace(row, key=key, refused=reading.refused, doubts=tuple(reading.doubts), seen=reading.seen())


def _row_class(name: str) -> str:
    seen = cells.letters(name)
    if re.fullmatch(r"(troop\d*)?(sitelinks?|links?|site)", seen):
        return "site"
    if seen.startswith("booth"):
        return "booth"
    return "other" if seen in ("", "other", "othertroop", "troop", "troopextras", "extras") else "girl"


def _count_or_none(cell: Any) -> int | None:
    return None if cell is None else cells.count(cell)


def _totals(rows: Sequence[LedgerRow]) -> dict[str, int]:
    return {
        "rows": len(rows),
        "refused": sum(1 for row in rows if row.refused),
        "boxes": sum(line.boxes for row in rows for line in row.lines),
        "donated": sum(row.donated for row in rows),
        "paidCents": sum(row.paid_cents or 0 for row in rows),
    }
