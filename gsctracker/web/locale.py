"""In which language a request is answered, and how money, numbers and days are written in it.

English and Spanish as written in the United States: both write $1,234.56; days and months differ.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Flask, g, request
from flask_babel import Babel, gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.web.visitors import cookie_of
from gsctracker.words import N_

LANGUAGES = ("en", "es")
COOKIE = "gsct_language"
SECURE_COOKIE = "__Host-gsct_language"
_REGIONAL = {"en": "en_US", "es": "es_US"}
ROLE_NAMES = {
    "scout": N_("Scout"),
    "caregiver": N_("Caregiver"),
    "leader": N_("Leader"),
    "cookie_leader": N_("Cookie leader"),
    "admin": N_("Admin"),
}


def set_up(app: Flask, translations: str) -> None:
    """Let gettext speak the language of each request; `translations` is the folder of the catalogues."""
    Babel(app, default_translation_directories=translations, locale_selector=of_request)


def choose(person: Person | None, cookies: str, accept: str) -> str:
    """`en` or `es`, from the account, then the cookie header, then the Accept-Language header."""
    if person is not None and person.language in LANGUAGES:
        return person.language
    chosen = (cookie_of(cookies, SECURE_COOKIE) or cookie_of(cookies, COOKIE)) if cookies else ""
    if chosen in LANGUAGES:
        return chosen
    return _best(accept[:200]) if accept else LANGUAGES[0]


@lru_cache(maxsize=256)
def _best(accept: str) -> str:
    """The language asked for first, whatever its region: `es-MX, en` is Spanish. The header is sorted by how much each is liked."""
    for wanted, liked in parse_accept_header(accept, LanguageAccept):
        spoken = wanted.lower().partition("-")[0].partition("_")[0]
        if liked > 0 and spoken in LANGUAGES:
            return spoken
    return LANGUAGES[0]


def cookie() -> str:
    """The name of the cookie that keeps a stranger's choice, by how she came."""
    return SECURE_COOKIE if request.is_secure else COOKIE


def of_request() -> str:
    """The language of the request that is being answered."""
    if "language" not in g:
        headers = request.headers
        g.language = choose(g.get("by"), headers.get("Cookie", ""), headers.get("Accept-Language", ""))
    return g.language


def role_name(role: str) -> str:
    """A role as people say it."""
    return gettext(ROLE_NAMES[role])


def money(cents: int | None) -> str:
    """Cents as dollars, `$1,234.50`; nothing for None."""
    if cents is None:
        return ""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}${cents // 100:,}.{cents % 100:02}"


def number(count: int | None) -> str:
    """A whole number with its thousands apart; nothing for None."""
    return "" if count is None else f"{count:,}"


def day(text: str | None) -> str:
    """A day like `2026-02-14` as `Feb 14, 2026`; nothing for None."""
    return _day(text, _REGIONAL[of_request()]) if text else ""


def moment(text: str | None) -> str:
    """A UTC instant as day and time in the troop's time zone; nothing for None."""
    return _moment(text, time_zone(), _REGIONAL[of_request()]) if text else ""


def time_zone() -> str:
    """The troop's time zone, read once a request; UTC where there is no troop, or no database."""
    if "time_zone" not in g:
        own = None
        if "db" in g:
            with g.db.read() as tx:
                own = troop.own(tx)
        g.time_zone = own.time_zone if own else "UTC"
    return g.time_zone


@lru_cache(maxsize=2048)
def _day(text: str, region: str) -> str:
    return format_date(date.fromisoformat(text), "medium", locale=region)


@lru_cache(maxsize=2048)
def _moment(text: str, zone: str, region: str) -> str:
    there = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
    return f"{format_date(there.date(), 'medium', locale=region)}, {format_time(there, 'short', locale=region)}"
