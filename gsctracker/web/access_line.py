"""One line in the log for each request: no query, no body, no name, no secret that stands in a path."""

import logging
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from gsctracker.ops.metrics import ROUTE_KEY

access = logging.getLogger("gsctracker.access")

_TOKEN_LIKE = re.compile(r"[A-Za-z0-9_-]{20,}")  # an invitation in a path is as good as a password


WHO_KEY = "gsctracker.who"  # in the WSGI environment: the number and the role of who asks


def write(environ: dict[str, Any], status: str, seconds: float, queries: int = 0, db_seconds: float = 0.0) -> None:
    """Note one answer: its status line, how long it took, how many statements that needed and how long those took."""
    if not access.isEnabledFor(logging.INFO):
        return
    method, path = environ.get("REQUEST_METHOD", "")[:10], shown(environ.get("PATH_INFO", ""))
    milliseconds, code = round(seconds * 1000, 1), int(status[:3]) if status[:3].isdigit() else 500
    who = environ.get(WHO_KEY, (None, None))
    access.info(
        "%s %s %d %.1f ms",
        method,
        path,
        code,
        milliseconds,
        extra={
            "event": "request",
            "method": method,
            "path": path,
            "route": environ.get(ROUTE_KEY),
            "status": code,
            "duration_ms": milliseconds,
            "queries": queries,
            "db_ms": round(db_seconds * 1000, 1),
            "user_id": who[0],
            "role": who[1],
        },
    )


@lru_cache(maxsize=1024)
def shown(path: str) -> str:
    """The path as it may stand in a log: no secrets, no control characters, not endless."""
    text = quote(path.encode("latin-1", "replace")[:400], safe="/:@-._~")
    return _TOKEN_LIKE.sub("*", text) if len(text) > 20 else text
