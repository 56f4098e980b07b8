"""Refusals and mishaps become answers: the only table of status codes."""

from typing import NamedTuple

import msgspec
from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext, ngettext
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from gsctracker.db import Busy
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from gsctracker.log import request_id
from gsctracker.web import refusals
from gsctracker.words import N_, for_one

STATUS = {Invalid: 422, NotAllowed: 403, NotFound: 404, Conflict: 409}
STATUS_BY_CODE = {
    "not_json": 400,
    "invalid_credentials": 401,
    "second_factor_required": 401,
    "second_factor_wrong": 401,
    "passkey_wrong": 401,
    "too_large": 413,
    "too_many": 429,
}
BUSY_SECONDS = 2


class Trouble(NamedTuple):
    """What a page of refusal shows."""

    code: str
    message: str


_HTTP = {
    400: ("bad_request", N_("That could not be read.")),
    404: ("not_found", N_("There is nothing here, or it is not yours to see.")),
    405: ("method_not_allowed", N_("That cannot be done with this address.")),
    413: ("too_large", N_("That is too large to take in.")),
    414: ("too_large", N_("That address is too long.")),
    415: ("wrong_type", N_("That kind of content is not understood here.")),
}


def set_up(app: Flask) -> None:
    """Answer every refusal and every mishap of the app."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(HTTPException, _by_http)
    app.register_error_handler(Exception, _broken)


def say(sentence: object, params: dict | None = None) -> str:
    """A sentence of ours, or (sentence, params), in the reader's language with its places filled."""
    if isinstance(sentence, tuple):
        sentence, params = sentence
    if counts := for_one(str(sentence), params):
        return ngettext(counts[0], str(sentence), counts[1], **(params or {}))
    words = gettext(str(sentence)) if sentence else ""
    return words % params if params else words


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return STATUS_BY_CODE.get(refusal.code) or next(
        (status for kind, status in STATUS.items() if isinstance(refusal, kind)), 422
    )


def fields_of(refusal: Refusal) -> dict[str, str]:
    """The sentences beside the fields, for a form or for JSON."""
    return {
        name: say(one) if isinstance(one, tuple) else say(one, refusal.params) for name, one in refusal.fields.items()
    }


def refused(refusal: Refusal) -> Response:
    """A refusal as JSON under /api/, else as a page."""
    refusals.count(refusal)
    message = say(refusal.message, refusal.params)
    return trouble(status_of(refusal), refusal.code, message, fields_of(refusal))


def trouble(status: int, code: str, message: str, fields: dict[str, str] | None = None) -> Response:
    """The one shape of every answer that is not what was asked for; `message` is already in the reader's language."""
    if request.path.startswith("/api/"):
        error = {"code": code, "message": message}
        if fields:
            error["fields"] = fields
        response = Response(msgspec.json.encode({"error": error}), status, content_type="application/json")
    else:
        response = Response(_page(status, code, message), status, content_type="text/html; charset=utf-8")
    if status == 503:
        response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def _page(status: int, code: str, message: str) -> str:
    try:
        return render_template(
            "refused.html", status=status, refusal=Trouble(code, message), request_id=request_id.get()
        )
    except Exception:  # what broke may be what a page needs too: the troop's name, the reader
        current_app.logger.exception("the page that says what went wrong could not be made")
        return f"<!doctype html><title>{status}</title><p>{escape(message)}"


def _busy(busy: Busy) -> Response:
    return trouble(503, busy.code, say(busy.sentence))


def _by_http(mishap: HTTPException) -> Response:
    if mishap.response is not None or (mishap.code or 500) < 400:
        return mishap.get_response()
    code, message = _HTTP.get(mishap.code or 500, ("refused", N_("That cannot be done.")))
    response = trouble(mishap.code or 500, code, say(message))
    for name, value in mishap.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _broken(mishap: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=mishap)
    return trouble(500, "broken", say(N_("Something broke here. It has been written down; nothing was changed.")))
