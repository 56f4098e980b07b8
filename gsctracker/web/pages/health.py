"""Alive, well, measured: what watches the box from outside."""

import dataclasses
import hmac

from flask import Blueprint, Response, current_app, jsonify, request

from gsctracker import clock
from gsctracker.ops import health, metrics, outside
from gsctracker.ops.alerts import watch
from gsctracker.web.access import allow
from gsctracker.web.doorstep import is_neighbour

bp = Blueprint("health", __name__)


@bp.get("/health")
@allow("public")
def well() -> tuple[Response, int]:
    """Is the box well? 503 when it is not."""
    found = metrics.of()
    answer = health.report(found.config, found.db, clock.ticks() - found.started)
    return _fresh(jsonify(answer)), 503 if answer["status"] == "unhealthy" else 200


@bp.get("/livez")
@allow("public")
def alive() -> Response:
    """Whether the box can be reached: phones ask before they send."""
    return _fresh(Response(status=204))


@bp.get("/readyz")
@allow("public")
def ready() -> tuple[Response, int]:
    """Whether requests can be answered well: 503 while the box is closed, only read, being upgraded or too slow."""
    why = health.ready(metrics.of().db)
    said = jsonify({"status": "not ready", "because": why} if why else {"status": "ready"})
    return _fresh(said), 503 if why else 200


@bp.get("/health/detailed")
@allow("operate")
def detailed() -> Response:
    """The same with versions and sizes, for admins."""
    found = metrics.of()
    answer = health.detailed(found.config, found.db, clock.ticks() - found.started)
    watching = current_app.extensions[watch.PART]
    answer["faults"] = [
        {"rule": fault.rule.name, "severity": fault.rule.severity, "acknowledged": bool(fault.acknowledged_by)}
        for fault in watching.faults()
    ]
    asked: outside.Outside = current_app.extensions[outside.__name__]
    answer["services"] = {name: dataclasses.asdict(state) for name, state in asked.states().items()}
    answer["notifications"] = {f"{kind} {result}": number for (kind, result), number in watching.channels.sent.items()}
    return _fresh(jsonify(answer))


@bp.get("/metrics")
@allow("public")
def numbers() -> Response:
    """Prometheus text for a neighbour on the network, or for whoever holds METRICS_TOKEN."""
    found = metrics.of()
    if not _may_measure(found.config.metrics_token):
        said = "Numbers are given to this machine's own network, or with METRICS_TOKEN as a bearer token.\n"
        return Response(said, status=403, content_type="text/plain; charset=utf-8")
    text, kind = metrics.exposition(found, request.headers.get("Accept"))
    return _fresh(Response(text, content_type=kind))


@bp.get("/robots.txt")
@allow("public")
def robots() -> Response:
    """A private appliance asks not to be indexed."""
    return Response("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


def _may_measure(token: str | None) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return True
    return is_neighbour(request.environ)


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
