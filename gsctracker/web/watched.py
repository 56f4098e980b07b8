"""Which pages show what is measured and logged of the box: that somebody looked at one is written down."""

from flask import Flask, Response, g, request

from gsctracker.db import Database
from gsctracker.ops.looks import Looks

WATCHED = {
    "health.detailed": "health",
    "health.numbers": "metrics",
    "problems.index": "problems",
    "logs.index": "log",
    "errors.index": "errors",
    "slow.index": "slow requests",
    "trends.index": "trends",
    "support.index": "support",
}
"""The endpoints, and what is looked at there."""


def set_up(app: Flask, db: Database) -> None:
    """Write each look down, once a day for each person; of the numbers only those that are taken with their token."""
    looks = Looks(db)

    @app.after_request
    def _(response: Response) -> Response:
        what = WATCHED.get(request.endpoint or "")
        if what and request.method == "GET" and response.status_code == 200:
            by = g.get("by")
            if by is not None or "Authorization" in request.headers:
                looks.note(by and by.id, what)
        return response
