"""The calls that must work on any box that is up: asked from outside, as a phone would, after each upgrade."""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db.connections import open_writer
from gsctracker.errors import Invalid
from gsctracker.words import N_

SECONDS_FOR_ONE = 8
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Call:
    """One call: what it was for, whether it went as it must, what came instead, and how long it took."""

    name: str
    ok: bool
    said: str
    milliseconds: int


@dataclass(frozen=True)
class Answer:
    """What a box answered."""

    status: int
    headers: Message
    body: bytes

    def facts(self) -> dict:
        """The body as JSON, {} where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """A redirect is an answer like any other."""


class Visitor:
    """Somebody who asks a box, and keeps the cookie she is given."""

    def __init__(self, address: str, unknown_certificate: bool = False) -> None:
        if not re.fullmatch(r"https?://[^/?#\s]+/?", address):
            raise Invalid(
                N_("%(given)s is not the address of a box: it looks like https://cookies.example.org"),
                "bad_address",
                given=address,
            )
        self._address = address.rstrip("/")
        context = ssl.create_default_context()
        if unknown_certificate:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        self._open = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=context)).open
        self._cookie = ""

    def ask(self, method: str, path: str, body: dict | None = None) -> Answer:
        """One request. Raises OSError where there is no answer."""
        headers = {"Origin": self._address, "User-Agent": "gsctracker-smoke"}
        if self._cookie:
            headers["Cookie"] = self._cookie
        sent = None
        if body is not None:
            sent, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        asked = urllib.request.Request(self._address + path, sent, headers, method=method)  # noqa: S310 - checked above
        try:
            answer = self._open(asked, timeout=SECONDS_FOR_ONE)
        except urllib.error.HTTPError as no:
            answer = no
        with answer:
            given = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
            self._cookie = given or self._cookie
            return Answer(answer.status or 0, answer.headers, answer.read(MOST_BYTES))


Step = tuple[str, Callable[[], str]]


def try_all(config: Config, address: str, sign_in: tuple[str, str] | None = None, own: bool = False) -> list[Call]:
    """Make each call at `address`; `sign_in` is a name and its password. On the `own` box its version and its file are looked
    at as well. What is written is taken back. Raises Invalid for what is no address.
    """
    visitor = Visitor(address, unknown_certificate=own)
    steps: list[Step] = [*_signed_out(visitor, own)]
    if own:
        steps.append(("a change can be written", lambda: _written(config)))
    if sign_in:
        steps += _signed_in(visitor, *sign_in)
    return [_timed(name, step) for name, step in steps]


def began_apart(one: str, other: str) -> int | None:
    """How many seconds apart the boxes at two addresses were started; None where one of them does not say. Raises Invalid for what
    is no address.
    """
    up = []
    for address in (one, other):
        try:
            up.append(Visitor(address, unknown_certificate=True).ask("GET", "/health").facts().get("uptimeSeconds"))
        except OSError:
            return None
    here, there = up
    return abs(here - there) if isinstance(here, int) and isinstance(there, int) else None


def _timed(name: str, step: Callable[[], str]) -> Call:
    began = clock.ticks()
    try:
        said = step()
    except OSError as error:
        said = f"no answer: {getattr(error, 'reason', error)}"
    return Call(name, not said, said, round((clock.ticks() - began) * 1000))


def _signed_out(visitor: Visitor, own: bool) -> Iterator[Step]:
    def page() -> str:
        shown = visitor.ask("GET", "/sign-in")
        if shown.status in (302, 303) and "/set-up" in shown.headers.get("Location", ""):
            return ""  # a new box sends everybody to its first page
        if shown.status != 200 or b"<form" not in shown.body:
            return f"/sign-in answers {shown.status}"
        style = re.search(rb'href="([^"?]+\.css[^"]*)"', shown.body)
        looks = visitor.ask("GET", style[1].decode()) if style else None
        if looks is None or looks.status != 200 or "text/css" not in looks.headers.get("Content-Type", ""):
            return "its style sheet is missing"
        wanted = ("Content-Security-Policy", "X-Content-Type-Options", "X-Request-ID")
        missing = [name for name in wanted if not shown.headers.get(name)]
        return f"without the headers {', '.join(missing)}" if missing else ""

    def well() -> str:
        answer = visitor.ask("GET", "/health")
        said = answer.facts()
        if said.get("status") != "healthy":
            ill = [name for name, each in (said.get("checks") or {}).items() if each.get("status") == "unhealthy"]
            return f"/health answers {answer.status}: {', '.join(ill) or 'not healthy'}"
        if own and said.get("version") != __version__:
            return f"the server runs {said.get('version')}, this is {__version__}: start it anew"
        return ""

    def guarded() -> str:
        answer = visitor.ask("GET", "/api/sales")
        code = (answer.facts().get("error") or {}).get("code")
        return "" if answer.status == 401 and code else f"/api/sales answers {answer.status} to a stranger"

    yield "it is there", lambda: _status(visitor, "/livez", 204)
    yield "it is well", well
    yield "the first page", page
    yield "strangers see nothing", guarded
    yield "the calls are described", lambda: _status(visitor, "/api/openapi.json", 200)
    yield "phones can install it", lambda: _status(visitor, "/manifest.webmanifest", 200)
    yield "what is not there", lambda: _status(visitor, "/api/nothing-of-that-name", 404)


def _signed_in(visitor: Visitor, name: str, password: str) -> list[Step]:
    """A session is begun and ended again: the one thing that is written, and taken back."""

    def enter() -> str:
        answer = visitor.ask("POST", "/api/auth/login", {"email": name, "password": password})
        return "" if answer.status == 200 else f"signing in answers {answer.status}"

    def leave() -> str:
        left = visitor.ask("POST", "/api/auth/logout", {}).status
        after = visitor.ask("GET", "/api/auth/me").status
        return "" if (left, after) == (204, 401) else f"signing out answers {left}, and who I am then {after}"

    reads = (
        ("who I am", "/api/auth/me"),
        ("sales", "/api/sales?limit=1"),
        ("the summary", "/api/troops/1/summary"),
        ("stock", "/api/troops/1/inventory"),
        ("booths", "/api/troops/1/booths"),
        ("scouts", "/api/troops/1/scouts"),
    )
    shown = [(what, lambda path=path: _status(visitor, path, 200)) for what, path in reads]
    return [("signing in", enter), *shown, ("signing out", leave)]


def _status(visitor: Visitor, path: str, wanted: int) -> str:
    found = visitor.ask("GET", path).status
    return "" if found == wanted else f"{path} answers {found}"


def _written(config: Config) -> str:
    """Take the turn of a writer, change the file's number to what it is, and take that back."""
    if not config.database.exists():
        return "there is no database"
    try:
        writer = open_writer(config.database)
        try:
            writer.execute("BEGIN IMMEDIATE")
            writer.pragma("user_version", writer.pragma("user_version"))
            writer.execute("ROLLBACK")
        finally:
            writer.close()
    except apsw.Error as error:
        return type(error).__name__
    return ""
