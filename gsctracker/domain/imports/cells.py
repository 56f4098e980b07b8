"""One cell of a foreign file as a value of ours: text, boxes, cents, an order number, a day, an instant, yes or no.

A cell is text, int, float, bool or None as `rows.Sheet` describes. What cannot be read raises Unreadable, whose note
says why in a sentence; a blank cell is "", 0 or None as each function says.
"""

import math
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from gsctracker.domain.imports.rows import Note
from gsctracker.words import N_

CENTRAL = "America/Chicago"  # the clock of Digital Cookie's troop exports, whatever the troop's own zone
PACKAGES_PER_CASE = 12
BOXES_MOST = 100_000
CENTS_MOST = 100_000_000
TEXT_MOST = 200
YEARS = range(2000, 2101)
NO_TIME: tuple[str | None, str | None] = (None, None)

_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock without a zone, as Excel means it
_TRADE_MARKS = re.compile(r"[™®©]|\((?:tm|r|c)\)", re.IGNORECASE)
_CLOCK_FORMS = (" %I:%M:%S %p", " %I:%M %p", " %H:%M:%S", " %H:%M", "")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,2})?", re.IGNORECASE | re.ASCII)
_DAY_FORMS = ("%m/%d/%Y", "%m/%d/%y", "%Y/%m/%d", "%Y-%m-%d", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y")


class Unreadable(Exception):
    """A cell that is not what its column holds."""

    def __init__(self, message: str, cell: str) -> None:
        super().__init__(message)
        self.message = message
        self.cell = cell

    def below(self, heading: str) -> Note:
        """The reason as a note that names the column."""
        return Note(self.message, {"heading": heading or "?", "cell": self.cell})


def letters(cell: object) -> str:
    """A heading or name reduced to its letters and digits in lower case: how names are compared."""
    if not isinstance(cell, str):
        return "" if cell is None else letters(text(cell))
    folded = unicodedata.normalize("NFKD", _TRADE_MARKS.sub("", cell)).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


def text(cell: object, most: int = TEXT_MOST) -> str:
    """A cell as one line of text without control characters, cut at `most` characters; blank gives ""."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, str):
        if cell.isascii() and cell.isprintable():
            return " ".join(cell.split())[:most]
        plain = "".join(" " if sign.isspace() else sign for sign in cell if sign.isspace() or _is_printable(sign))
        return " ".join(plain.split())[:most]
    return str(cell)[:most]


def _is_printable(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs", "Cf", "Cn", "Co")


def is_number(cell: object) -> bool:
    """Whether a cell holds a number, as a number or as text."""
    if isinstance(cell, bool) or cell is None:
        return False
    try:
        _decimal(cell)
    except Unreadable:
        return False
    return True


def _decimal(cell: object) -> Decimal:
    """A number, exactly: thousands commas, a currency sign and accounting's brackets for less than zero are taken."""
    if isinstance(cell, bool):
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not a number."), cell=text(cell))
    if isinstance(cell, int | float):
        if isinstance(cell, float) and not math.isfinite(cell):
            raise Unreadable(N_("%(heading)s: “%(cell)s” is not a number."), cell=str(cell))
        return Decimal(repr(cell))
    seen = text(cell)
    plain = seen.replace("−", "-").replace(" ", "")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").replace("$", "").replace("USD", "")
    if re.fullmatch(r"[-+]?\d+,\d{1,2}", plain):
        plain = plain.replace(",", ".")  # 36,00 as spreadsheets of other countries write it
    elif re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", plain):
        plain = plain.replace(",", "")
    if len(plain) > 30 or not re.fullmatch(
        r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,2})?", plain, re.IGNORECASE | re.ASCII
    ):
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not a number."), cell=seen)
    value = Decimal(plain)
    return -value if negative else value


def count(cell: object) -> int:
    """Boxes with their sign; blank and a lone dash are 0."""
    if cell is None or (isinstance(cell, str) and text(cell) in ("", "-", "–", "—")):
        return 0
    if type(cell) is int and abs(cell) <= BOXES_MOST:
        return cell
    if isinstance(cell, str) and len(cell) <= 5 and cell.isascii() and cell.isdecimal():
        return int(cell)
    value = _decimal(cell)
    if value != value.to_integral_value():
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not a whole number of boxes."), cell=text(cell))
    if abs(value) > BOXES_MOST:
        raise Unreadable(N_("%(heading)s: “%(cell)s” is more boxes than a troop can sell."), cell=text(cell))
    return int(value)


def boxes(cell: object) -> int:
    """Boxes, never less than zero; blank is 0."""
    value = count(cell)
    if value < 0:
        raise Unreadable(N_("%(heading)s: “%(cell)s” is less than no boxes."), cell=text(cell))
    return value


def cases_and_packages(cell: object) -> int:
    """Boxes written as cases/packages: "2/5" is 29; a plain number is packages. The sign of either part is dropped."""
    if isinstance(cell, str):
        parts = re.fullmatch(r"\s*(-?\d{1,5})\s*/\s*(-?\d{1,5})\s*", cell, re.ASCII)
        if parts:
            return boxes(abs(int(parts[1])) * PACKAGES_PER_CASE + abs(int(parts[2])))
        if re.match(r"\d{4}-\d\d-\d\d", cell):
            raise Unreadable(N_("%(heading)s: Excel has made a date of cases/packages: “%(cell)s”."), cell=text(cell))
    return abs(count(cell))


def cents(cell: object) -> int | None:
    """Money in cents with its sign; blank is None. A float's dust far below a cent is dropped."""
    if cell is None or (isinstance(cell, str) and text(cell) in ("", "-", "–", "—", "$-")):
        return None
    value = _decimal(cell) * 100
    if abs(value) > CENTS_MOST:
        raise Unreadable(N_("%(heading)s: “%(cell)s” is more money than a troop can take."), cell=text(cell))
    whole = value.to_integral_value()
    if abs(value - whole) > Decimal("0.001"):
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not an amount in dollars and cents."), cell=text(cell))
    return int(whole)


def order_number(cell: object) -> str:
    """An order number as text with exact digits, leading zeros kept, however the spreadsheet stored it; blank is ""."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not an order number."), cell=text(cell))
    if isinstance(cell, int | float):
        if (isinstance(cell, float) and not cell.is_integer()) or not 0 <= cell < 2**53:
            raise Unreadable(N_("%(heading)s: “%(cell)s” is not an order number."), cell=text(cell))
        return str(int(cell))
    seen = text(cell, 60).lstrip("'’").strip().removeprefix("#").strip()
    if re.fullmatch(r"\d+\.0*", seen, re.ASCII):
        return seen.split(".")[0]
    power = re.fullmatch(r"(\d)(?:\.(\d+))?e\+?(\d{1,2})", seen, re.IGNORECASE | re.ASCII)
    if power:
        digits = power[1] + (power[2] or "")
        if len(digits) != int(power[3]) + 1:  # 3.01E+08 may have been any of a million numbers
            raise Unreadable(
                N_("%(heading)s: Excel has shortened it to “%(cell)s”, its last digits are lost."),
                cell=seen,
            )
        return digits
    if len(seen) > 40 or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._/-]*", seen, re.ASCII):
        if not seen:
            return ""
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not an order number."), cell=seen)
    return seen


def wall_clock(cell: object) -> datetime | None:
    """Day and time as the file's own clock says it, without a zone; blank is None. Midnight where there is no time."""
    if cell is None or (isinstance(cell, str) and not text(cell)):
        return None
    found = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 1 <= cell < 2_958_466:  # Excel's serial days; the last is in the year 9999
            found = _EXCEL_DAY_ZERO + timedelta(seconds=round(cell * 86_400))
    elif isinstance(cell, str):
        found = _clock_of_text(text(cell))
    if found is None or found.year not in YEARS:
        raise Unreadable(N_("%(heading)s: “%(cell)s” is not a date of a cookie season."), cell=text(cell))
    return found


def _clock_of_text(seen: str) -> datetime | None:
    if re.fullmatch(r"\d{5}(\.\d+)?", seen, re.ASCII):
        return wall_clock(float(seen))
    try:
        return datetime.fromisoformat(seen).replace(tzinfo=None)
    except ValueError:
        pass
    upper = seen.upper()
    for day in _DAY_FORMS:
        for clock in _CLOCK_FORMS:
            try:
                return datetime.strptime(upper, day + clock)  # noqa: DTZ007 - the caller knows the zone
            except ValueError:
                continue
    return None


def instant_and_day(cell: object, time_zone: str = CENTRAL) -> tuple[str | None, str | None]:
    """The UTC instant and the calendar day of a cell on the clock of `time_zone`; no instant where no time is given."""
    local = wall_clock(cell)
    if local is None:
        return None, None
    day = local.date().isoformat()
    if local.time() == datetime.min.time():
        return None, day
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), day


def day(cell: object) -> str | None:
    """The calendar day of a cell, its time dropped."""
    local = wall_clock(cell)
    return None if local is None else date.isoformat(local.date())


def yes_or_no(cell: object) -> bool | None:
    """TRUE, Y, Yes, 1 and X against FALSE, N, No and 0, as text or not; blank is None."""
    answer = letters(cell)
    if not answer:
        return None
    if answer in ("true", "t", "yes", "y", "1", "x"):
        return True
    if answer in ("false", "f", "no", "n", "0"):
        return False
    raise Unreadable(N_("%(heading)s: “%(cell)s” is neither yes nor no."), cell=text(cell))


def person_name(cell: object) -> tuple[str, str]:
    """First and last name of "Ana Lopez" or "Lopez, Ana"; of more words the last is the last name."""
    seen = text(cell, 120)
    if "," in seen:
        last, _, first = seen.partition(",")
        return first.strip(), last.strip()
    first, _, last = seen.rpartition(" ")
    return (first.strip(), last) if first else (last, "")
