"""Who holds which session: persons kept in memory by hashed token, for as long as what was read of them stands."""

import hashlib
import logging
import threading
from typing import Any

from flask import Response, after_this_request, g, request
from flask_login import UserMixin

from gsctracker import clock
from gsctracker.db import Busy, Database
from gsctracker.db.changes import Basis
from gsctracker.domain.people import devices, secrets, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.web import agents

COOKIE = "gsct_session"
SECURE_COOKIE = "__Host-gsct_session"  # over HTTPS: a browser takes this name from this host and over TLS alone
MOST_KEPT = 4096
SECONDS_KEPT = 60.0
WRITTEN_DOWN_SECONDS = 300.0  # signs of people are written down together: each write makes kept answers old
DEVICE_COOKIE = "gsct_device"
SECURE_DEVICE_COOKIE = "__Host-gsct_device"
DEVICE_DAYS = 400
_DEVICE = "gsctracker.device"
_RENEWED = "gsctracker.renewed_session"

logger = logging.getLogger("gsctracker.web")


class SignedIn:
    """Finds the person of a session token, without a query while nothing about people was written and for a minute at most."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: dict[bytes, tuple[Basis, float, Person]] = {}
        self._signs: dict[bytes, float] = {}
        self._writing = threading.Lock()
        self._written = clock.ticks()

    def person(self, token: str, *, watching: bool = False) -> Person | None:
        """The person of that token, or None when there is no such living session.

        `watching`: a board that stands open asks by itself, which is no sign of her.
        """
        if not 16 <= len(token) <= 200:
            return None
        name, now = hashlib.sha256(token.encode()).digest(), clock.ticks()
        kept = self._kept.get(name)
        if kept and now < kept[1] and self._db.holds(kept[0]):
            if not watching:
                self._signs[name] = now
            return kept[2]
        if now - self._written > WRITTEN_DOWN_SECONDS or len(self._signs) >= MOST_KEPT:
            self._write_down(now)
        sign = self._signs.get(name)
        with self._db.recalling() as reading, self._db.read() as tx:
            person = sessions.resume(tx, token, clock.after(seconds=sign - now) if sign is not None else "")
        if person is None:
            self._kept.pop(name, None)
            self._signs.pop(name, None)
            return None
        if not watching:
            self._signs[name] = now
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = (reading.basis, now + SECONDS_KEPT, person)
        return person

    def _write_down(self, now: float) -> None:
        """Write down when everybody was seen last, so that a start of the server does not sign people out."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            self._written = now
            signs = {name.hex(): clock.after(seconds=when - now) for name, when in self._signs.copy().items()}
            if signs:
                with self._db.write() as tx:
                    sessions.seen(tx, signs)
            if len(self._signs) >= MOST_KEPT:
                self._signs.clear()
        except Busy as no:  # a box that is only read, or busy: next time
            logger.info("when people were seen is not written down: %s", type(no).__name__)
        finally:
            self._writing.release()


class Visitor(UserMixin):
    """A person as flask-login wants to see her."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return str(self.person.id)


def enter(tx, account_id: int) -> str:
    """Sign an account in at this browser, whatever session it held before; gives the secret for `remember`."""
    old = token_of(request.environ)
    if old:
        sessions.end(tx, old)
    request.environ.pop(_RENEWED, None)
    device = device_of(request.environ) or secrets.new()
    setattr(g, _DEVICE, device)
    agent = agents.spoken(request.headers.get("User-Agent", ""))
    return sessions.start(tx, account_id, agent, devices.met(tx, account_id, device, agent))


def device_of(environ: dict[str, Any]) -> str:
    """The secret by which this browser is known again, or an empty text."""
    secure = environ["wsgi.url_scheme"] == "https"
    found = cookie_of(environ.get("HTTP_COOKIE", ""), SECURE_DEVICE_COOKIE if secure else DEVICE_COOKIE)
    return found if 16 <= len(found) <= 100 else ""


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
    if device := g.get(_DEVICE):
        response.set_cookie(
            SECURE_DEVICE_COOKIE if request.is_secure else DEVICE_COOKIE,
            device,
            max_age=DEVICE_DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def go_on_as(token: str) -> None:
    """Her session has another secret from now on: for the rest of this request, and in her browser with its answer."""
    request.environ[_RENEWED] = token

    @after_this_request
    def _(response: Response) -> Response:
        return remember(response, token) if request.environ.get(_RENEWED) == token else response


def forget(response: Response) -> Response:
    """Take the session's secret from the browser."""
    response.delete_cookie(_name(request.environ), httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def token_of(environ: dict[str, Any]) -> str:
    """The session token of a request, or an empty text."""
    return environ.get(_RENEWED) or cookie_of(environ.get("HTTP_COOKIE", ""), _name(environ))


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
