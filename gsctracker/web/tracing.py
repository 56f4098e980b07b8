"""Who asked, for the log line; and for an admin who wants to know, where the time of her request went."""

from flask import Flask, Response, g, request

from gsctracker import clock
from gsctracker.db import timing
from gsctracker.domain.people import roles
from gsctracker.log import who
from gsctracker.web.access_line import WHO_KEY

ASKED_BY = "X-Trace"
BEGAN_KEY = "gsctracker.began"  # in the WSGI environment: when the request came in, by clock.ticks


def set_up(app: Flask) -> None:
    """Look at every request of the app, once it is known who asks. An admin who sends `X-Trace: 1` is told in
    `Server-Timing` where the time went.
    """
    app.before_request(_name_who)
    app.after_request(_tell)


def _name_who() -> None:
    by = g.get("by")
    if by is not None:
        who.set((by.id, by.role))
        request.environ[WHO_KEY] = (by.id, by.role)


def _tell(response: Response) -> Response:
    if request.headers.get(ASKED_BY) != "1":
        return response
    by, began = g.get("by"), request.environ.get(BEGAN_KEY)
    if by is not None and began is not None and roles.allows(by, "operate"):
        asked, spent = timing.here(), clock.ticks() - began
        response.headers["Server-Timing"] = (
            f'total;dur={spent * 1000:.1f}, db;dur={asked.seconds * 1000:.1f};desc="{asked.queries} statements", '
            f"render;dur={max(0.0, spent - asked.seconds) * 1000:.1f}"
        )
    return response
