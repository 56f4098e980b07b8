"""How often somebody was refused for who she is, or for where a form came from; and what browsers refused on our pages."""

from flask import Flask, current_app
from prometheus_client import CollectorRegistry, Counter

from gsctracker.errors import NotAllowed, Refusal

PART = "gsctracker.refusals"


class Refusals:
    """Three counters of one app."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.denied = Counter("gsctracker_authz_denied", "Requests refused for who asked.", registry=registry)
        self.foreign = Counter(
            "gsctracker_csrf_rejected", "Forms refused that came from another site.", registry=registry
        )
        self.not_allowed = Counter(
            "gsctracker_policy_refused",
            "What browsers did not carry out because a page does not allow it.",
            registry=registry,
        )


def set_up(app: Flask, registry: CollectorRegistry) -> None:
    """Give the app its counters."""
    app.extensions[PART] = Refusals(registry)


def count(refusal: Refusal) -> None:
    """A refusal is answered."""
    if isinstance(refusal, NotAllowed):
        found: Refusals = current_app.extensions[PART]
        (found.foreign if refusal.code == "cross_site" else found.denied).inc()
