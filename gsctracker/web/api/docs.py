"""The description of the API: for machines as JSON, for people as a page to read and try."""

import json
from typing import Any

from flask import Blueprint, current_app, render_template

from gsctracker.web.access import allow
from gsctracker.web.api import openapi
from gsctracker.web.api.calls import call
from gsctracker.web.context import made_once

bp = Blueprint("docs_calls", __name__, url_prefix="/api")


@bp.get("/openapi.json")
@allow("public")
@call()
def described() -> dict[str, Any]:
    """This description, as OpenAPI 3.1."""
    return _description()


@bp.get("/docs")
@allow("public")
def page() -> str:
    """The same as a page."""
    described = _description()
    chapters: dict[str, list[dict[str, Any]]] = {}
    for address, methods in described["paths"].items():
        for method, operation in methods.items():
            shown = _shown(address, method.upper(), operation, described["components"]["schemas"])
            chapters.setdefault(operation["tags"][0], []).append(shown)
    return render_template("api/docs.html", chapters=chapters)


def _description() -> dict[str, Any]:
    return made_once("gsctracker.openapi", lambda: openapi.description(current_app))


def _shown(address: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """One call as the page shows it."""
    parameters = [
        {
            "name": one["name"],
            "place": one["in"],
            "kind": _kind(one["schema"]),
            "required": one["required"],
            "value": "1" if one["schema"].get("enum") == [1] else "",
        }
        for one in operation.get("parameters", ())
        if one["name"] != "If-None-Match"
    ]
    body = operation.get("requestBody", {}).get("content", {})
    form = body.get("multipart/form-data", {}).get("schema", {})
    parameters += [
        {"name": name, "place": "form", "kind": _kind(kind), "required": name in form["required"], "value": ""}
        for name, kind in form.get("properties", {}).items()
        if name != "file"
    ]
    sent = body.get("application/json", {}).get("schema")
    return {
        "id": operation["operationId"],
        "method": method,
        "address": address,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": parameters,
        "takes_file": bool(form),
        "plain": method == "GET" and "{" not in address,
        "example": json.dumps(_example(sent, schemas), indent=2) if sent else "",
        "answers": [(status, one["description"]) for status, one in operation["responses"].items()],
    }


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    return str(schema.get("format") or schema.get("type", ""))


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value of that shape: what must be there, in its plainest form."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = schema.get("required") or list(schema.get("properties", {}))[:3]
            return {name: _example(schema["properties"][name], schemas) for name in wanted}
        case "array":
            return [_example(schema.get("items", {}), schemas)]
        case "integer":
            return schema.get("minimum", 1) or 1
        case "boolean":
            return True
        case _:
            return "2026-02-14" if schema.get("format") == "date" else ""
