"""Programs that come with a token: who they act for, within which scopes, and from which sites' pages.

No other site reads anything here, but the ones that a token names, and those only with that token.
"""

from flask import Request, Response, g, request

from gsctracker import clock
from gsctracker.db import Busy
from gsctracker.domain.people import sessions, tokens
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotAllowed
from gsctracker.web.context import parts
from gsctracker.words import N_

READING = ("GET", "HEAD")
_CARRIED = f"Bearer {tokens.PREFIX}"
_SUBJECT = {
    "sales_calls": "sales",
    "booths_calls": "booths",
    "booth_day_calls": "booths",
    "booth_entry_calls": "booths",
    "stock_calls": "stock",
    "cupboard_calls": "stock",
    "money_calls": "money",
    "goals_calls": "goals",
    "imports_calls": "imports",
    "products_calls": "season",
    "summary_calls": "reports",
    "scouts_calls": "reports",
}
"""Which scope each group of calls belongs to. A group that is not here is closed to every token."""
_FOR_ALL = ("auth_calls.me",)


def is_carried(asked: Request) -> bool:
    """Whether the request carries a token of ours; then no cookie counts."""
    return asked.headers.get("Authorization", "").startswith(_CARRIED)


def person(asked: Request) -> Person | None:
    """Whoever the token acts for, or None where it is none that works. Remembers it for the rest of the request."""
    g.bearer = None
    with parts().db.read() as tx:
        found = tokens.bearer(tx, asked.headers["Authorization"].removeprefix("Bearer ").strip())
        by = sessions.acting(tx, found.account_id) if found else None
    if by is None:
        return None
    g.bearer = found
    _note_use(found)
    return by


def require_scope(asked: Request) -> None:
    """Raise NotAllowed where a token asks for what is not in its scopes; pages are for no token."""
    bearer = g.get("bearer")
    if bearer is None or asked.endpoint in _FOR_ALL:
        return
    subject = _SUBJECT.get((asked.endpoint or "").partition(".")[0])
    wanted = f"{subject}:{'read' if asked.method in READING else 'write'}"
    if subject is None or wanted not in bearer.scopes:
        raise NotAllowed(
            N_("This token may not do that. Make one with the scope %(scope)s."), "token_scope", scope=wanted
        )


def is_named_site(asked: Request) -> bool:
    """Whether a write that comes from another site's page carries a token that names the site."""
    bearer = g.get("bearer")
    return bearer is not None and asked.headers.get("Origin", "").lower() in bearer.origins


def preflight(asked: Request) -> Response | None:
    """What a browser asks before it sends a page's call: yes for a site that a living token names, else no answer of ours."""
    origin = asked.headers.get("Origin", "").lower()
    if not asked.path.startswith("/api/") or not origin or "Access-Control-Request-Method" not in asked.headers:
        return None
    with parts().db.read() as tx:
        if not tokens.is_named(tx, origin):
            return None
    allowed = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }
    return Response(status=204, headers=allowed)


def let_read(response: Response) -> Response:
    """Let the page of a named site read the answer to its token."""

    if is_named_site(request):
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-ID"
        response.headers.add("Vary", "Origin")
    return response


def _note_use(found: tokens.Bearer) -> None:

    if found.used_on == clock.now()[:10]:
        return
    try:
        with parts().db.write() as tx:
            tokens.used(tx, found.id)
    except Busy:  # a box that is only read: when it was used is not so important
        return
