"""Calls to addresses that others named: over HTTPS, to public machines alone, small and soon, or not at all.

Without this an address in somebody's answer could make the box ask the troop's own network, or its own admin pages
(request forgery). `near=True` is for what the operator herself has set up in the house.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from gsctracker import clock

SECONDS = 8
LARGEST = 256 * 1024
_HOUSE = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".localhost")


class Unreachable(Exception):
    """It was not asked, or gave no answer that counts; the words say why and hold no secret."""


def is_near(address: str) -> bool:
    """Whether an address is of this machine or the troop's own network, as far as its words tell."""
    host = (urlsplit(address).hostname or "").lower()
    if host == "localhost" or host.endswith(_HOUSE):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def fetch(
    address: str, *, near: bool = False, form: bytes | None = None, headers: Mapping[str, str] | None = None
) -> bytes:
    """The body of the answer to a GET, or to a POST of `form`. No redirect is followed. Raises Unreachable."""
    ends = clock.ticks() + SECONDS
    with _answer(address, form, headers or {}, near) as answer:
        if answer.status != 200:
            raise Unreachable(f"it answered {answer.status}")
        return _body(answer, ends)


def post(address: str, body: bytes, headers: Mapping[str, str], *, near: bool = False) -> int:
    """The status of the answer to a POST of `body`; what the answer says is not read. Raises Unreachable."""
    with _answer(address, body, headers, near) as answer:
        return answer.status


@contextmanager
def _answer(
    address: str, form: bytes | None, headers: Mapping[str, str], near: bool
) -> Iterator[http.client.HTTPResponse]:
    """What the machine answers, to be read inside the block. Whatever goes wrong, there too, is Unreachable."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (near and parts.scheme == "http"):
        raise Unreachable("it is not asked without HTTPS")
    if not parts.hostname or parts.username or parts.password:
        raise Unreachable("that is no address of a machine")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        line = _line(parts.scheme, parts.hostname, port, _allowed(parts.hostname, port, near))
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("GET" if form is None else "POST", target, form, dict(headers))
            yield line.getresponse()
        finally:
            line.close()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise Unreachable(type(problem).__name__) from None


def _allowed(host: str, port: int, near: bool) -> str:
    """The machine to ask, looked up once: a name that leads elsewhere the second time leads nowhere."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not (near or all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in found)):
        raise Unreachable("it leads into a private network")
    return found[0]


def _line(scheme: str, host: str, port: int, machine: str) -> http.client.HTTPConnection:
    line: http.client.HTTPConnection
    if scheme == "https":
        line = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        line = http.client.HTTPConnection(host, port, timeout=SECONDS)
    # the machine that was looked at, under its own name for TLS
    line._create_connection = lambda _, *rest: socket.create_connection((machine, port), *rest)  # type: ignore[attr-defined]
    return line


def _body(answer: http.client.HTTPResponse, ends: float) -> bytes:
    got = b""
    while more := answer.read1(16_384):
        got += more
        if len(got) > LARGEST:
            raise Unreachable("it says too much")
        if clock.ticks() > ends:
            raise Unreachable("it takes too long")
    return got
