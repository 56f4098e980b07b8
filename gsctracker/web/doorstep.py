"""Before the app: who really asks, when proxies stand between."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from typing import Any

from gsctracker.config import Network

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# set where a proxy that we were not told to trust spoke for the visitor: then nobody counts as a neighbour
STRANGE_PROXY_KEY = "gsctracker.strange_proxy"

_NEIGHBOURS = tuple(
    ipaddress.ip_network(each)
    for each in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_CLAIMS = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_BY",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)


def refuse_invented_methods(environ: dict[str, Any]) -> None:
    """Turn a method nobody knows into TRACE, which gets 405 everywhere: invented words reach no log and no label."""
    if environ["REQUEST_METHOD"] not in METHODS:
        environ["REQUEST_METHOD"] = "TRACE"


def believe(environ: dict[str, Any], trusted: tuple[Network, ...]) -> None:
    """Put the visitor's own address, scheme and host where a trusted proxy says so; drop what others claim."""
    claims = {key: environ.pop(key) for key in _CLAIMS if key in environ}
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
    return any(known in network for network in _NEIGHBOURS)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
