"""The live board: a page for a big screen or a phone, and the stream of events that keeps it up to date."""

from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, render_template, request

from gsctracker.domain.booths import live
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons
from gsctracker.web import booth_words, locale
from gsctracker.web.access import allow
from gsctracker.web.context import parts
from gsctracker.web.etags import already_there, etag_of
from gsctracker.web.lines import TAKE_OVER
from gsctracker.web.visitors import token_of

bp = Blueprint("live_board", __name__, url_prefix="/booths/live")
RETRY = b"retry: 3000\n\n"


@bp.get("")
@allow("season.see")
def page() -> str:
    """The board as it is now; without script it loads itself again."""
    return render_template("live/page.html", **_shown())


@bp.get("/part")
@allow("season.see")
def part() -> Response:
    """The board alone, for a browser that asks again and again: the same board costs it nothing (304)."""
    content = _board().encode()
    etag = etag_of(content)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if already_there(request.headers.get("If-None-Match", ""), etag):
        return Response(status=304, headers=headers)
    return Response(content, headers=headers, mimetype="text/html")


@bp.get("/events")
@allow("season.see")
def events() -> Response:
    """The board as server-sent events: at once, and whenever it looks different.

    Where the answer cannot be kept open (another server, too many boards) it ends after the first event, and the browser
    asks again after three seconds.
    """
    first = _event(_board())
    take_over = request.environ.get(TAKE_OVER)
    hub = parts().live
    if take_over and request.method == "GET" and hub.has_room():
        reader = Reader(current_app._get_current_object(), request.environ)
        take_over(lambda line: hub.join(line, reader, first))
    response = Response(iter([RETRY + first]), mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
    return response


class Reader:
    """Somebody who watches the board: she is asked for again at every change, and her language stays."""

    def __init__(self, app: Flask, environ: dict[str, Any]) -> None:
        self._app = app
        kept = ("HTTP_HOST", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "wsgi.url_scheme", "SERVER_NAME", "SERVER_PORT")
        self._environ = {name: environ[name] for name in kept if name in environ} | {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/booths/live/part",
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", ""),
            "QUERY_STRING": "",
        }
        self._token = token_of(self._environ)
        self._parts = app.extensions["gsctracker"]

    def scope(self) -> str | None:
        """Leaders of one language see the same; every family its own; nothing once the session has ended."""
        by = self._person()
        if by is None or not roles.allows(by, "season.see"):
            return None
        who = "leaders" if roles.allows(by, "stock.see") else f"account {by.id}"
        spoken = locale.choose(by, self._environ.get("HTTP_COOKIE", ""), self._environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return f"{spoken} {who}"

    def draw(self) -> bytes:
        """The board as an event, drawn as if she had asked for it."""
        with self._app.request_context(dict(self._environ)):
            g.db = self._parts.db
            g.generation = g.db.generation()
            g.by = self._person()
            return _event(_board())

    def _person(self) -> roles.Person | None:
        return self._parts.signed_in.person(self._token, watching=True)


def _shown() -> dict[str, Any]:
    with g.db.read() as tx:
        return {"board": live.board(tx, g.by, seasons.current(tx).id), "booth_words": booth_words, "live": live}


def _board() -> str:
    return render_template("live/_board.html", **_shown())


def _event(content: str) -> bytes:
    """One event whose data is the board."""
    return b"event: board\n" + b"".join(b"data: %s\n" % line.encode() for line in content.splitlines()) + b"\n"
