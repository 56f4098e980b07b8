"""Errors reported to Sentry, where an address of one is set: the kind and the lines of the program, never what a message said."""

import importlib.util
import logging
from collections.abc import Callable
from types import TracebackType
from typing import Any, cast

from gsctracker import __version__

logger = logging.getLogger("gsctracker.reports")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
TAGS = ("door", "route", "request_id", "user_id", "role")
LAST_SECONDS = 2  # for what is on its way when the box is told to stop


def is_there() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("sentry_sdk") is not None


def teller(dsn: str | None, environment: str = "production") -> Callable[[ExcInfo, dict[str, str]], None] | None:
    """What reports an error and its tags; None without an address, or where the program that speaks to Sentry is missing.

    Reports leave in a thread of their own: whoever met the error does not wait.
    """
    if not dsn:
        return None
    try:
        import sentry_sdk
        from sentry_sdk.utils import event_from_exception
    except ImportError:
        logger.warning("SENTRY_DSN is set, but nothing here speaks to Sentry: pip install 'gsctracker[sentry]'")
        return None
    client = sentry_sdk.Client(
        dsn=dsn,
        environment=environment,
        release=f"gsctracker@{__version__}",
        server_name="box",
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=LAST_SECONDS,
    )

    def tell(error: ExcInfo, tags: dict[str, str]) -> None:
        event, hint = event_from_exception(error, client_options=client.options)
        client.capture_event(cast(Any, scrubbed(cast(dict[str, Any], event), tags)), hint=hint)

    tell.close = client.close  # type: ignore[attr-defined]  # a function may carry one
    return tell


def scrubbed(event: dict[str, Any], tags: dict[str, str]) -> dict[str, Any]:
    """The event with nothing in it but what happened where, and these tags."""
    found = event.get("exception", {}).get("values", [])
    return {
        "level": event.get("level", "error"),
        "exception": {"values": [_kind_and_lines(one) for one in found]},
        "tags": {name: tags[name][:200] for name in TAGS if tags.get(name)},
    }


def _kind_and_lines(one: dict[str, Any]) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames", [])
    kept = ("filename", "function", "module", "lineno", "in_app")
    return {
        "type": one.get("type"),
        "module": one.get("module"),
        "value": "",
        "stacktrace": {"frames": [{name: frame[name] for name in kept if name in frame} for frame in frames]},
    }
