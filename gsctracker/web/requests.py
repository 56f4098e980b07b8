"""Around every request: who really asks, an id that follows it everywhere, and one line in the log."""

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from gsctracker import clock
from gsctracker.config import Network
from gsctracker.log import request_id
from gsctracker.web import access_line, doorstep
from gsctracker.web.doorstep import Wsgi

ID_KEY = "gsctracker.request_id"

_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def wrap(app: Wsgi, trusted: tuple[Network, ...] = ()) -> Wsgi:
    """The app with its requests named and logged, and what trusted proxies say about the visitor believed."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = clock.ticks()
        doorstep.believe(environ, trusted)
        doorstep.refuse_invented_methods(environ)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if _SANE_ID.fullmatch(given) else secrets.token_hex(8)
        environ[ID_KEY] = name
        request_id.set(name)  # also replaces what an earlier request left in this thread
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            return start_response(line, [*headers, ("X-Request-ID", name)], exc_info)

        try:
            return app(environ, start)
        finally:
            access_line.write(environ, status, clock.ticks() - began)

    return answer
