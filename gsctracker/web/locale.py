"""In which language a request is answered: her own choice, else the device's, else the browser's."""

from functools import lru_cache

from flask import g, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from gsctracker.domain.people.roles import Person
from gsctracker.web.visitors import cookie_of

LANGUAGES = ("en", "es")
COOKIE = "gsct_language"


def choose(person: Person | None, cookies: str, accept: str) -> str:
    """`en` or `es`, from the account, then the cookie header, then the Accept-Language header."""
    if person is not None and person.language in LANGUAGES:
        return person.language
    chosen = cookie_of(cookies, COOKIE) if cookies else ""
    if chosen in LANGUAGES:
        return chosen
    return _best(accept[:200]) if accept else LANGUAGES[0]


@lru_cache(maxsize=256)
def _best(accept: str) -> str:
    return parse_accept_header(accept, LanguageAccept).best_match(LANGUAGES) or LANGUAGES[0]


def of_request() -> str:
    """The language of the request that is being answered."""
    if "language" not in g:
        headers = request.headers
        g.language = choose(g.get("by"), headers.get("Cookie", ""), headers.get("Accept-Language", ""))
    return g.language
