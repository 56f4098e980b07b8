"""Around every request: who really asks, an id that follows it everywhere, and one line in the log."""

import ipaddress
import logging
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from gsctracker import clock
from gsctracker.config import Network
from gsctracker.log import request_id

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

access = logging.getLogger("gsctracker.access")

ID_KEY = "gsctracker.request_id"
# set where a proxy that we were not told to trust spoke for the visitor: then nobody counts as a neighbour
STRANGE_PROXY_KEY = "gsctracker.strange_proxy"

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_-]{20,}")  # an invitation in a path is as good as a password
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)


def wrap(app: Wsgi, trusted: tuple[Network, ...] = ()) -> Wsgi:
    """The app with its requests named and logged. Wrapping twice is the same as wrapping once."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if ID_KEY in environ:
            return app(environ, start_response)
        began = clock.ticks()
        believe(environ, trusted)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)
        environ[ID_KEY] = name
        request_id.set(name)  # also replaces what an earlier request left in this thread
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line[:3]
            if not any(key.lower() == "x-request-id" for key, _ in headers):
                headers = [*headers, ("X-Request-ID", name)]
            return start_response(line, headers, exc_info)

        try:
            if environ.get("REQUEST_METHOD") not in METHODS:
                start("405 Method Not Allowed", [("Allow", ", ".join(sorted(METHODS))), ("Content-Length", "0")])
                return []
            return app(environ, start)
        finally:
            if access.isEnabledFor(logging.INFO):
                _note(environ, status, (clock.ticks() - began) * 1000)

    return answer


def believe(environ: dict[str, Any], trusted: tuple[Network, ...]) -> None:
    """Put the visitor's own address, scheme and host where a trusted proxy says so; drop what others claim."""
    claims = {key: environ.pop(key) for key in _FORWARDED if key in environ}
    if not claims:
        return
    if not is_within(environ.get("REMOTE_ADDR", ""), trusted):
        environ[STRANGE_PROXY_KEY] = True
        return
    chain = [part.strip() for part in claims.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    while chain:
        visitor = chain.pop().strip("[]")
        if not _is_address(visitor):
            break
        environ["REMOTE_ADDR"] = visitor
        if not is_within(visitor, trusted):
            break
    scheme = claims.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
    if scheme in ("http", "https"):
        environ["wsgi.url_scheme"] = scheme
    host = claims.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip()
    if _HOST.fullmatch(host):
        environ["HTTP_HOST"] = host


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address lies in one of the networks."""
    if not networks or not _is_address(address):
        return False
    return any(ipaddress.ip_address(address) in network for network in networks)


def is_neighbour(environ: dict[str, Any]) -> bool:
    """Whether the request comes from this machine or a private network, as far as we can know."""
    address = environ.get("REMOTE_ADDR", "")
    if STRANGE_PROXY_KEY in environ or not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    known = getattr(found, "ipv4_mapped", None) or found
    return bool(known.is_loopback or known.is_private or known.is_link_local)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _note(environ: dict[str, Any], status: str, milliseconds: float) -> None:
    asked = environ.get("werkzeug.request")
    rule = getattr(asked, "url_rule", None)
    method, path = environ.get("REQUEST_METHOD", ""), _shown(environ.get("PATH_INFO", ""))
    access.info(
        "%s %s %s %.1f ms",
        method,
        path,
        status,
        milliseconds,
        extra={
            "event": "request",
            "method": method,
            "path": path,
            "route": rule.rule if rule is not None else None,
            "status": int(status),
            "duration_ms": round(milliseconds, 1),
        },
    )


def _shown(path: str) -> str:
    """The path as it may stand in a log: no secrets, no control characters, not endless."""
    text = quote(path.encode("latin-1", "replace")[:400], safe="/:@-._~")
    return _TOKEN_LIKE.sub("*", text) if len(text) > 20 else text
