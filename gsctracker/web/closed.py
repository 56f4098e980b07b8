"""In front of everything: while the box is closed, a polite page instead of an answer. Open, it costs one look at two bytes."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from flask import Flask, Response, g, render_template

from gsctracker.db import Database, OnlyRead
from gsctracker.db.closing import DAMAGED
from gsctracker.domain.people.roles import Person
from gsctracker.ops import standby
from gsctracker.web import locale
from gsctracker.web.doorstep import Wsgi
from gsctracker.web.errors import say
from gsctracker.web.headers import constant
from gsctracker.web.visitors import SignedIn, token_of
from gsctracker.words import N_

ANSWER_ALWAYS = ("/health", "/livez", "/readyz", "/metrics", "/static/", "/favicon", "/robots.txt")
READING = ("GET", "HEAD", "OPTIONS")
SIGNING = ("/sign-in", "/sign-out", "/language", "/api/auth/login", "/api/auth/logout")
SECONDS_BY_HAND = 60
SECONDS_REPLACING = 5
SECONDS_ONLY_READ = 300

BY_HAND = N_("The box is closed for a moment, for its care. Nothing is lost; come back in a few minutes.")
REPLACING = N_("A copy is being put back at this moment. What you just sent was not saved: send it again in a minute.")


def guard(app: Flask, inside: Wsgi, db: Database, signed_in: SignedIn) -> Wsgi:
    """`inside`, unless the box is closed.

    Closed by hand nobody enters; while a copy is put back, or while nothing may be changed, people can read, and what they
    send gets 503. All say when to come back; /health, /metrics and the files of the pages always answer. Who may only read
    can still sign in and out, unless the file is damaged.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if db.is_open() or environ["PATH_INFO"].startswith(ANSWER_ALWAYS):
            return inside(environ, start_response)
        if db.is_closed_by_hand():
            return _refusal(app, environ, _reader(signed_in, environ), BY_HAND, SECONDS_BY_HAND, start_response)
        if environ["REQUEST_METHOD"] in READING:
            return inside(environ, start_response)
        if db.is_being_replaced():
            return _refusal(app, environ, None, REPLACING, SECONDS_REPLACING, start_response)
        if environ["PATH_INFO"] in SIGNING and db.why_only_read() != DAMAGED:
            with db.noting():
                return inside(environ, start_response)
        return _only_read(app, environ, db, _reader(signed_in, environ), start_response)

    return answer


def _only_read(
    app: Flask, environ: dict[str, Any], db: Database, person: Person | None, start_response: Callable
) -> Iterable[bytes]:
    why = standby.now(db)
    sentence = (why.sentence, why.params) if why else OnlyRead.sentence
    return _refusal(app, environ, person, sentence, SECONDS_ONLY_READ, start_response, OnlyRead.code)


def _reader(signed_in: SignedIn, environ: dict[str, Any]) -> Person | None:
    """Who asks, for the sake of her language; nobody where the database cannot say."""
    token = token_of(environ)
    try:
        return signed_in.person(token) if token else None
    except Exception:  # the box may be closed because its file is damaged
        return None


def _refusal(
    app: Flask,
    environ: dict[str, Any],
    person: Person | None,
    sentence: object,
    seconds: int,
    start_response: Callable,
    code: str = "maintenance",
) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    with app.request_context(environ):
        g._login_user = None  # the page is for everybody: nobody is looked up for it
        g.language = locale.choose(person, environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        if path.startswith("/api/"):
            error = {"error": {"code": code, "message": say(sentence)}}
            response = Response(msgspec.json.encode(error), 503, content_type="application/json")
        else:
            page = render_template("closed.html", sentence=say(sentence), by_hand=sentence == BY_HAND)
            response = Response(page, 503, content_type="text/html; charset=utf-8")
            response.headers["Cache-Control"] = "no-store"
        response.headers["Retry-After"] = str(seconds)

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            return start_response(status, constant(path, headers), exc_info)

        return response(environ, start)
