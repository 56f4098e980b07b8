"""Turns a plain function into a call: its annotations say what comes in and goes out, and describe it to the world.

    @bp.post("")
    @allow("anyone")
    @call(201)
    def take(tx, body: NewSale) -> Sale:
        '''Take a sale.'''

`tx` is a read for GET and a write for anything else, and is opened only if asked for; `body` and `query` are Structs
of `shapes`; everything else in the address comes by name (the troop's number does not: there is one troop). What the
function returns is encoded by its return annotation; None is 204. `before` runs outside any transaction, with the
same arguments but tx, and gives what the function gets as `ready`: slow things belong there.
"""

import functools
import inspect
import typing
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import msgspec
from flask import Response, g, request

from gsctracker.errors import Invalid
from gsctracker.web import locale
from gsctracker.web.api import complaints, once
from gsctracker.web.cache import Kept
from gsctracker.web.compression import accepts_gzip
from gsctracker.web.context import parts
from gsctracker.web.etags import already_there, etag_of
from gsctracker.words import N_

JSON = "application/json"
LARGEST_BODY = 256 * 1024
LARGEST_FILE = 12 * 1024 * 1024
LONGEST_KEPT_QUERY = 300


class Upload(typing.NamedTuple):
    """A file that came with a call."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Call:
    """What a call takes and gives, for the layer that serves it and for its description."""

    status: int
    answer: object
    body: type | None
    query: type | None
    takes_tx: bool
    takes_file: bool
    as_form: bool
    kept: bool
    before: Callable | None
    refuses: tuple[int, ...]


def call(
    status: int = 200,
    *,
    kept: bool = False,
    form: bool = False,
    before: Callable | None = None,
    refuses: tuple[int, ...] = (),
) -> Callable[[Callable], Callable]:
    """Serve the function as a call. `kept`: its answer may be kept; `form`: its body may also come as a form;
    `refuses`: statuses it may answer with beside those that follow from what it takes.
    """

    def wrap(verb: Callable) -> Callable:
        hints = typing.get_type_hints(verb, include_extras=True)
        asked = inspect.signature(verb).parameters
        shape = Call(
            status=status,
            answer=hints.get("return"),
            body=hints.get("body"),
            query=hints.get("query"),
            takes_tx="tx" in asked,
            takes_file="file" in asked,
            as_form=form,
            kept=kept,
            before=before,
            refuses=refuses,
        )

        @functools.wraps(verb)
        def view(**path: int) -> Response:
            path.pop("tid", None)
            if request.method in ("GET", "HEAD"):
                return _read(verb, shape, path)
            return _write(verb, shape, path)

        view.call = shape
        return view

    return wrap


def _read(verb: Callable, shape: Call, arguments: dict) -> Response:
    if shape.query:
        arguments["query"] = _query(shape.query)

    def make() -> bytes:
        with g.db.read() if shape.takes_tx else nullcontext() as tx:
            answer = verb(tx, **arguments) if shape.takes_tx else verb(**arguments)
        return msgspec.json.encode(answer)

    if shape.kept and _may_be_kept(request.environ["QUERY_STRING"]):
        return _from_kept(make)
    plain = make()
    return _conditional(plain, etag_of(plain))


def _may_be_kept(query: str) -> bool:
    """Not for an endless query, nor for one that asks past every cache (`?_=1234`)."""
    return len(query) <= LONGEST_KEPT_QUERY and not query.startswith("_") and "&_" not in query


def _from_kept(make: Callable[[], bytes]) -> Response:
    store, environ = parts().kept, request.environ
    path = environ["PATH_INFO"]
    key = store.key(path, environ["QUERY_STRING"], g.by, locale.of_request())
    store.misses.inc()
    answer: Kept = store.answer(key, path, request.url_rule.rule, make)
    if accepts_gzip(request.headers.get("Accept-Encoding", "")):
        answer = store.zip(key, path, answer)
        if answer.gzip is not None:
            response = _conditional(answer.gzip, answer.etag)
            response.headers["Content-Encoding"] = "gzip"
            return response
    return _conditional(answer.plain, answer.etag)


def _conditional(content: bytes, etag: str) -> Response:
    if already_there(request.headers.get("If-None-Match", ""), etag):
        return _empty(304, [("ETag", etag)])
    return Response(content, 200, [("ETag", etag)], content_type=JSON)


def _write(verb: Callable, shape: Call, arguments: dict) -> Response:
    given = b""
    if shape.takes_file:
        request.max_content_length = LARGEST_FILE
        arguments["file"] = file = _file()
        if shape.body:
            arguments["body"] = _fitted(shape.body, request.form.to_dict(), strict=False)
        given = msgspec.json.encode(request.form.to_dict()) + file.content
    elif shape.body:
        request.max_content_length = LARGEST_BODY
        given = request.get_data(cache=shape.as_form)
        if shape.as_form and request.mimetype == "application/x-www-form-urlencoded":
            arguments["body"] = _fitted(shape.body, request.form.to_dict(), strict=False)
        else:
            arguments["body"] = _body(shape.body, given)
    if shape.query:
        arguments["query"] = _query(shape.query)
    key = once.key_of_request() if g.by is not None else None
    if shape.before:
        arguments["ready"] = shape.before(**arguments)
    if not shape.takes_tx:
        return _answered(shape.status, _encoded(verb(**arguments)))
    with g.db.write() as tx:
        first = once.first_answer(tx, key, given) if key else None
        if first:
            return _answered(*first)
        answer = verb(tx, **arguments)
        if key:
            content = _encoded(answer)
            once.keep(tx, key, given, shape.status, content)
    return _answered(shape.status, content if key else _encoded(answer))


def _encoded(answer: object) -> bytes:
    return b"" if answer is None else msgspec.json.encode(answer)


def _answered(status: int, content: bytes) -> Response:
    if not content:
        return _empty(status)
    return Response(content, status, content_type=JSON)


def _empty(status: int, headers: list[tuple[str, str]] | None = None) -> Response:
    response = Response(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def _body(wanted: type, given: bytes) -> object:
    try:
        return msgspec.json.decode(given, type=wanted)
    except msgspec.ValidationError:
        raise complaints.refusal(wanted, _plain_json(given)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None


def _plain_json(given: bytes) -> object:
    try:
        return msgspec.json.decode(given)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise not_json() from None


def not_json() -> Invalid:
    """The refusal of a body that cannot be read at all; the doors answer it with 400."""
    return Invalid(N_("What was sent is not JSON."), "not_json")


def _query(wanted: type) -> object:
    given = {name: value for name, value in request.args.items() if value and not name.startswith("_")}
    return _fitted(wanted, given, strict=False)


def _fitted(wanted: type, given: dict, strict: bool) -> object:
    try:
        return msgspec.convert(given, wanted, strict=strict)
    except msgspec.ValidationError:
        raise complaints.refusal(wanted, given, strict) from None


def _file() -> Upload:
    sent = request.files.get("file")
    if sent is None:
        raise Invalid(
            N_("There is no file in what was sent."), "no_file", fields={"file": N_("Send one file under this name.")}
        )
    return Upload((sent.filename or "file")[-200:], sent.read())
