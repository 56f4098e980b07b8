"""Which system a file comes from, by its headings, so that nobody has to be asked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gsctracker.domain.imports import cells, digital_cookie, ebudde, roster, smart_cookies
from gsctracker.domain.imports.rows import Parsed, Sheet
from gsctracker.errors import Invalid
from gsctracker.words import N_

SOURCES = ("digital-cookie", "smart-cookies", "ebudde", "roster", "csv")

NOT_KNOWN = N_(
    "This is not a file we know. Expected is an order export of Digital Cookie, CookieOrders or ReportExport of Smart "
    "Cookies, a grid of eBudde with a column per cookie, or a roster with First Name and Last Name."
)
NOT_OF_SOURCE = N_("This is not a file of %(source)s. Choose another file, or let us find out what it is.")
NAMES = {"digital-cookie": "Digital Cookie", "smart-cookies": "Smart Cookies", "roster": N_("a roster")}


@dataclass(frozen=True, slots=True)
class Recognised:
    """Where a file comes from: source and kind as in `rows.Parsed`, and the sheet that holds the rows.

    `needs_mapping`: its columns have to be confirmed first, by `ebudde.propose` and `ebudde.parse`.
    """

    source: str
    kind: str
    sheet: Sheet
    needs_mapping: bool = False


def recognise(sheets: Sequence[Sheet], source: str = "") -> Recognised:
    """The source and kind of a file. `source` (one of SOURCES) narrows it: `csv` takes any spreadsheet.

    Refuses with Invalid what is not known, or not what `source` says.
    """
    if source and source not in SOURCES:
        raise Invalid(N_("There is no such source of files."), "no_such_source")
    for name, kind_of in (
        (digital_cookie.SOURCE, digital_cookie.kind_of),
        (smart_cookies.SOURCE, smart_cookies.kind_of),
    ):
        for sheet in sheets:
            kind = kind_of(sheet) if source in ("", name) else ""
            if kind:
                return Recognised(name, kind, sheet)
    tables = [sheet for sheet in sheets if sheet.text is None and sheet.rows]
    grid = max(tables, key=ebudde.cookies_named, default=None)
    if grid is not None and source in ("", "ebudde", "csv") and (source or ebudde.cookies_named(grid) >= 2):
        return Recognised(ebudde.SOURCE, "ledger", grid, needs_mapping=True)
    for sheet in tables if source in ("", roster.SOURCE) else []:
        if roster.kind_of(sheet):
            return Recognised(roster.SOURCE, "scouts", sheet)
    if source in NAMES:
        raise Invalid(NOT_OF_SOURCE, "wrong_source", source=NAMES[source])
    raise Invalid(NOT_KNOWN, "file_not_known")


def parse(
    sheets: Sequence[Sheet],
    source: str = "",
    *,
    troop_number: str = "",
    time_zone: str = cells.CENTRAL,
    remembered: Mapping[str, str] | None = None,
) -> Parsed:
    """The rows of a file, whatever it is. For eBudde and other grids the proposed mapping with `remembered` is used.

    Refuses with Invalid: not known, wrong source, columns that nobody has explained yet (code `columns_unknown`).
    """
    found = recognise(sheets, source)
    if found.source == digital_cookie.SOURCE:
        return digital_cookie.parse(found.sheet)
    if found.source == smart_cookies.SOURCE:
        return smart_cookies.parse(found.sheet, troop_number, time_zone)
    if found.source == roster.SOURCE:
        return roster.parse(found.sheet)
    return ebudde.parse(found.sheet, ebudde.propose(found.sheet, remembered))
