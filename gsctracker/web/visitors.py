"""Who holds which session: persons kept in memory by hashed token, true to the database's last change."""

import hashlib
from typing import Any

from flask import Response, request
from flask_login import UserMixin

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.domain.people import sessions
from gsctracker.domain.people.roles import Person

COOKIE = "gsct_session"
SECURE_COOKIE = "__Host-gsct_session"  # over HTTPS: a browser takes this name from this host and over TLS alone
MOST_KEPT = 4096
SECONDS_KEPT = 60.0


class SignedIn:
    """Finds the person of a session token, without a query while nothing was written and for a minute at most."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: dict[bytes, tuple[int, float, Person]] = {}

    def person(self, token: str, generation: int) -> Person | None:
        """The person of that token, or None when there is no such living session.

        `generation` is the database's, read before: what is kept from another one is looked up again.
        """
        if not 16 <= len(token) <= 200:
            return None
        name = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(name)
        if kept and kept[0] == generation and clock.ticks() < kept[1]:
            return kept[2]
        with self._db.read() as tx:
            person = sessions.resume(tx, token)
        if person is None:
            self._kept.pop(name, None)
            return None
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = (generation, clock.ticks() + SECONDS_KEPT, person)
        return person


class Visitor(UserMixin):
    """A person as flask-login wants to see her."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return str(self.person.id)


def remember(response: Response, token: str) -> Response:
    """Give the browser the session's secret: no script reads it, no other site sends it."""
    response.set_cookie(
        _name(request.environ),
        token,
        max_age=sessions.DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def forget(response: Response) -> Response:
    """Take the session's secret from the browser."""
    response.delete_cookie(_name(request.environ), httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def token_of(environ: dict[str, Any]) -> str:
    """The session token of a request, or an empty text."""
    return cookie_of(environ.get("HTTP_COOKIE", ""), _name(environ))


def _name(environ: dict[str, Any]) -> str:
    return SECURE_COOKIE if environ["wsgi.url_scheme"] == "https" else COOKIE


def cookie_of(cookies: str, name: str) -> str:
    """The value of one cookie in a Cookie header, or an empty text."""
    start = cookies.find(name + "=")
    while start > 0 and cookies[start - 1] not in "; ":
        start = cookies.find(name + "=", start + 1)
    if start < 0:
        return ""
    start += len(name) + 1
    end = cookies.find(";", start)
    return cookies[start:] if end < 0 else cookies[start:end]
