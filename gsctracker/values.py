"""Text, JSON and cells into values: one function a kind of field, the same for forms, JSON, commands and files.

Each takes the field's name (it becomes the key in Invalid.fields) and what was given, and raises Invalid with one sentence.
"""

import re
import unicodedata
from typing import Never

from gsctracker import clock
from gsctracker.errors import Invalid
from gsctracker.words import N_

MOST_BOXES = 100_000
MOST_CENTS = 10_000_000  # a hundred thousand dollars: more than a troop's whole season


def refuse(field: str, sentence: str, **params: object) -> Never:
    """Say no to one field."""
    raise Invalid(sentence, "invalid", {field: (sentence, params)}, **params)


def text(field: str, given: object, longest: int, shortest: int = 0) -> str:
    """Trimmed text without control characters, `shortest` to `longest` characters."""
    if given is None:
        given = ""
    if not isinstance(given, str):
        refuse(field, N_("This must be text."))
    cleaned = unicodedata.normalize("NFC", given.replace("\r\n", "\n")).strip()
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and sign != "\n" for sign in cleaned):
        refuse(field, N_("This contains signs that cannot be shown."))
    if len(cleaned) < shortest:
        refuse(
            field,
            N_("Please fill this in.") if not cleaned else N_("This needs at least %(n)d characters."),
            n=shortest,
        )
    if len(cleaned) > longest:
        refuse(field, N_("This is longer than %(n)d characters."), n=longest)
    return cleaned


def line(field: str, given: object, longest: int, shortest: int = 0) -> str:
    """Text on a single line."""
    found = text(field, given, longest, shortest)
    return re.sub(r"\s+", " ", found)


def whole(field: str, given: object, least: int, most: int) -> int:
    """A whole number from `least` to `most`; digits as text count, 1.5, true and 1e3 do not."""
    if isinstance(given, str):
        found = re.fullmatch(r"\s*([+-]?)(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})\s*", given, re.ASCII)
        if not found:
            refuse(field, N_("This must be a whole number."))
        given = int(found[1] + found[2].replace(",", ""))
    if isinstance(given, bool) or not isinstance(given, int):
        refuse(field, N_("This must be a whole number."))
    if not least <= given <= most:
        refuse(field, N_("This must be from %(least)s to %(most)s."), least=f"{least:,}", most=f"{most:,}")
    return given


def boxes(field: str, given: object, least: int = 1) -> int:
    """A number of packages."""
    return whole(field, given, least, MOST_BOXES)


def cents(field: str, given: object, least: int = 0) -> int:
    """Cents given as a whole number."""
    return whole(field, given, least, MOST_CENTS)


def dollars(field: str, given: object, least: int = 0) -> int:
    """An amount as people write it, `$1,234.50`, `12` or `6,5`; gives cents."""
    if not isinstance(given, str):
        refuse(field, N_("This must be an amount such as 12.50."))
    found = re.fullmatch(r"\s*\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:[.,](\d{1,2}))?\s*", given, re.ASCII)
    if not found:
        refuse(field, N_("This must be an amount such as 12.50."))
    total = int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    if not least <= total <= MOST_CENTS:
        refuse(
            field,
            N_("This must be from $%(least)s to $%(most)s."),
            least=f"{least / 100:,.2f}",
            most=f"{MOST_CENTS / 100:,.2f}",
        )
    return total


def day(field: str, given: object) -> str:
    """A calendar day, `2026-02-14`, between 2000 and 2100."""
    if not isinstance(given, str) or not clock.is_day(given.strip()) or not "2000" <= given.strip()[:4] <= "2100":
        refuse(field, N_("This must be a day such as 2026-02-14."))
    return given.strip()


def time_of_day(field: str, given: object) -> str:
    """An hour and minute, `18:05`."""
    found = line(field, given, 5)
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", found, re.ASCII):
        refuse(field, N_("Write the time like 18:05."))
    return found


def instant(field: str, given: object) -> str:
    """An instant in UTC, `2026-02-14T18:05:00Z`, between 2000 and 2100."""
    if not isinstance(given, str) or not clock.is_instant(given) or not "2000" <= given[:4] <= "2100":
        refuse(field, N_("This must be an instant such as 2026-02-14T18:05:00Z."))
    return given


def email(field: str, given: object) -> str:
    """An e-mail address, in small letters."""
    found = line(field, given, 254, 3).lower()
    if not re.fullmatch(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}", found):
        refuse(field, N_("This must be an e-mail address such as name@example.org."))
    return found


def choice(field: str, given: object, allowed: tuple[str, ...]) -> str:
    """One of the words allowed."""
    if not isinstance(given, str) or given not in allowed:
        refuse(field, N_("This must be one of: %(allowed)s."), allowed=", ".join(allowed))
    return given


def letters(name: str) -> str:
    """The letters and digits of a name in small form, so that "Do-si-dos®" and "do si dos" are the same; at most 60."""
    plain = unicodedata.normalize("NFKD", name.replace("™", "").replace("®", ""))
    return "".join(sign for sign in plain.casefold() if sign.isalnum())[:60]
