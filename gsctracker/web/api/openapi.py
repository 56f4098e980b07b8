"""Describes every call to machines, from the very code that serves it: OpenAPI 3.1."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from gsctracker import __version__
from gsctracker.web.access import PUBLIC
from gsctracker.web.api.calls import Call
from gsctracker.web.api.once import HEADER
from gsctracker.web.api.shapes import Error

REF = "#/components/schemas/{name}"
_PLACE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_PLACES = {
    "id": {"type": "integer", "minimum": 1, "maximum": 10**15 - 1},
    "troop": {"type": "integer", "enum": [1]},
    None: {"type": "string", "minLength": 1},
}
_SAID = {
    200: "What was asked for",
    201: "It was made",
    204: "Done; there is nothing to say",
    304: "Nothing has changed since the ETag in If-None-Match",
    400: "The body is not JSON",
    401: "Nobody is signed in, or the sign-in does not fit",
    403: "Not allowed, or sent from another site",
    404: "Not there, or not yours to see",
    409: "Right by itself, but not with what is already there",
    413: "The body is too large",
    422: "A value cannot be right; `fields` says which and why",
    429: "Too many wrong tries; Retry-After says when to try again",
    503: "Busy; Retry-After says when to try again",
}


class Described(NamedTuple):
    """One call: where, how, what."""

    address: str
    method: str
    rule: Rule
    view: Any
    shape: Call


def calls_of(app: Flask) -> list[Described]:
    """Every call of the app, by address."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        shape = getattr(view, "call", None)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if shape is not None:
                found.append(Described(_PLACE.sub(r"{\2}", rule.rule), method, rule, view, shape))
    return sorted(found, key=lambda one: (one.address, one.method))


def description(app: Flask) -> dict[str, Any]:
    """The whole API as OpenAPI 3.1."""
    calls = calls_of(app)
    types = [Error, *(kind for one in calls for kind in (one.shape.answer, one.shape.body) if _is_shape(kind))]
    types = list(dict.fromkeys(types))
    refs, schemas = msgspec.json.schema_components(types, ref_template=REF)
    ref_of = dict(zip(types, refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in calls:
        paths.setdefault(one.address, {})[one.method.lower()] = _operation(one, ref_of)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GSCTracker",
            "version": __version__,
            "description": "A Girl Scout troop's cookie season. Money is integer cents, quantities are whole packages.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "gsct_session"},
                "token": {"type": "http", "scheme": "bearer", "description": "gsct_..., within its scopes"},
            },
        },
    }


def _operation(one: Described, ref_of: dict) -> dict[str, Any]:
    words = inspect.getdoc(one.view) or ""
    summary, _, more = words.partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": one.rule.endpoint.replace(".", "_"),
        "tags": [one.rule.endpoint.split(".")[0].removesuffix("_calls")],
        "summary": " ".join(summary.split()).removesuffix("."),
        "security": [] if one.view.allowed == PUBLIC else [{"session": []}, {"token": []}],
        "responses": _answers(one, ref_of),
    }
    if more:
        operation["description"] = more
    parameters = [*_in_path(one.rule), *_in_query(one.shape), *_in_header(one)]
    if parameters:
        operation["parameters"] = parameters
    body = _body(one.shape, ref_of)
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for kind, name in _PLACE.findall(rule.rule):
        yield {"name": name, "in": "path", "required": True, "schema": _PLACES[kind or None]}


def _in_query(shape: Call) -> Iterator[dict[str, Any]]:
    if shape.query is None:
        return
    (_,), schemas = msgspec.json.schema_components([shape.query], ref_template=REF)
    schema = schemas[shape.query.__name__]
    for name, kind in schema["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _without_null(kind),
        }


def _without_null(kind: dict[str, Any]) -> dict[str, Any]:
    """In an address a value that is not there is left out, never null."""
    rest = [one for one in kind.get("anyOf", ()) if one != {"type": "null"}]
    if len(rest) == 1:
        return rest[0]
    if None in kind.get("enum", ()):
        return {"enum": [one for one in kind["enum"] if one is not None]}
    return {name: value for name, value in kind.items() if name != "default" or value is not None}


def _in_header(one: Described) -> Iterator[dict[str, Any]]:
    if one.method == "GET":
        yield {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
    if one.method == "POST" and one.view.allowed != PUBLIC:
        yield {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": "The same key with the same body gives the first answer again and changes nothing.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }


def _body(shape: Call, ref_of: dict) -> dict[str, Any]:
    if shape.takes_file:
        fields: dict[str, Any] = {"file": {"type": "string", "format": "binary"}}
        required = ["file"]
        if shape.body:
            _, schemas = msgspec.json.schema_components([shape.body], ref_template=REF)
            own = schemas[shape.body.__name__]
            fields |= {name: _without_null(kind) for name, kind in own["properties"].items()}
            required += own.get("required", [])
        return {"multipart/form-data": {"schema": {"type": "object", "properties": fields, "required": required}}}
    if shape.body is None:
        return {}
    content = {"application/json": {"schema": ref_of[shape.body]}}
    if shape.as_form:
        content["application/x-www-form-urlencoded"] = {"schema": ref_of[shape.body]}
    return content


def _answers(one: Described, ref_of: dict) -> dict[str, Any]:
    shape, writes, public = one.shape, one.method != "GET", one.view.allowed == PUBLIC
    statuses = {*shape.refuses, 503}
    if not public:
        statuses |= {401, 403, 409}
    if writes:
        statuses |= {403, 413}
    if writes and not public:
        statuses |= {422}
    if shape.body and not shape.takes_file:
        statuses |= {400, 422}
    if shape.takes_file or shape.query:
        statuses |= {422}
    if _PLACE.search(one.rule.rule) or not public:
        statuses |= {404}
    good: dict[str, Any] = {"description": _SAID[shape.status]}
    if _is_shape(shape.answer):
        good["content"] = {"application/json": {"schema": ref_of[shape.answer]}}
    answers = {str(shape.status): good}
    if not writes:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
        answers["304"] = {"description": _SAID[304]}
    trouble = {"application/json": {"schema": ref_of[Error]}}
    answers |= {str(status): {"description": _SAID[status], "content": trouble} for status in sorted(statuses)}
    return answers


def _is_shape(kind: object) -> bool:
    return kind is not None and kind is not type(None) and kind is not dict
