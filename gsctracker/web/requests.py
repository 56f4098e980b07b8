"""Around every request: who really asks, an id that follows it everywhere, and one line in the log."""

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from gsctracker import clock
from gsctracker.config import Network
from gsctracker.db import timing
from gsctracker.log import doing, request_id, who
from gsctracker.web import access_line, doorstep
from gsctracker.web.doorstep import Wsgi
from gsctracker.web.hosts import Hosts
from gsctracker.web.tracing import BEGAN_KEY

ID_KEY = "gsctracker.request_id"

_STRANGE_NAME = (
    b"This box does not go by that name. Open it by its address, or have the name set as APP_URL or TRUSTED_HOSTS.\n"
)
_IN_THE_OPEN = (
    b"This box is opened over HTTPS. What was sent without it was not looked at; change your password if it was sent.\n"
)
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def wrap(app: Wsgi, hosts: Hosts, trusted: tuple[Network, ...] = ()) -> Wsgi:
    """The app with its requests named and logged, and what trusted proxies say about the visitor believed.

    A request under a name that is not one of `hosts` goes no further; nor does one without HTTPS where there is HTTPS.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = clock.ticks()
        doorstep.believe(environ, trusted)
        doorstep.refuse_invented_methods(environ)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)
        environ[ID_KEY] = name
        request_id.set(name)  # also replaces what an earlier request left in this thread
        doing.set("")
        who.set(None)
        environ[BEGAN_KEY] = began
        asked = timing.begin()
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            if environ["wsgi.url_scheme"] == "https":
                headers = [*headers, *hosts.transport]
            return start_response(line, [*headers, ("X-Request-ID", name)], exc_info)

        try:
            if not hosts.are_ours(environ.get("HTTP_HOST", "")):
                return _strange_name(start)
            if _is_in_the_open(environ, hosts):
                return _over_https(environ, hosts.safe, start)
            return app(environ, start)
        finally:
            access_line.write(environ, status, clock.ticks() - began, asked.queries, asked.seconds)

    return answer


def _is_in_the_open(environ: dict[str, Any], hosts: Hosts) -> bool:
    """Whether it came without HTTPS to a box that has a public name with it. Who is in the house may come by address.

    Behind a proxy that we were not told to trust nobody can know; whether the box is well is no secret.
    """
    if not hosts.safe or environ["wsgi.url_scheme"] == "https" or doorstep.STRANGE_PROXY_KEY in environ:
        return False
    if environ.get("PATH_INFO") in ("/health", "/livez", "/readyz"):
        return False
    return hosts.is_public(environ.get("HTTP_HOST", "")) or not doorstep.is_neighbour(environ)


def _over_https(environ: dict[str, Any], safe: str, start: Callable[..., Any]) -> list[bytes]:
    """Lead whoever only looks to the same page over HTTPS; what was to be written is refused, for it was sent in the open."""
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_IN_THE_OPEN)))]
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        query = environ.get("QUERY_STRING", "")
        path = quote(environ.get("PATH_INFO", "").encode("latin-1", "replace"), safe="/:@-._~") + (
            query and f"?{query}"
        )
        start("308 PERMANENT REDIRECT", [("Location", safe + path), *headers])
    else:
        start("403 FORBIDDEN", headers)
    return [_IN_THE_OPEN]


def _strange_name(start: Callable[..., Any]) -> list[bytes]:
    start(
        "400 BAD REQUEST",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(_STRANGE_NAME)))],
    )
    return [_STRANGE_NAME]
