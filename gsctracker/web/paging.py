"""Lists page by page: where a page begins stands in the address, and so does the way back."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import request, url_for

from gsctracker.web.api import cursors

FIRST = "0"
LONGEST_TRAIL = 30


class Page(NamedTuple):
    """The rows to show, and the addresses of the pages beside this one."""

    rows: Sequence[Any]
    previous: str | None
    next: str | None


def start(*kinds: type) -> tuple | None:
    """Where the page asked for begins: the values that `cut` sealed, or None for the first. Raises Invalid."""
    return cursors.open_cursor(request.args.get("after") or None, *kinds)


def cut(rows: Sequence[Any], limit: int, place: Callable[[Any], tuple]) -> Page:
    """At most `limit` of the rows; one more than that was asked for, to know of a next page. `place` names a row."""
    after = request.args.get("after") or ""
    trail = [one for one in request.args.get("trail", "").split(".") if one][-LONGEST_TRAIL:]
    following = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = _address(cursors.seal(place(rows[-1])), [*trail, after or FIRST])
    before = None
    if after:
        before = _address(trail[-1] if trail else FIRST, trail[:-1])
    return Page(rows, before, following)


def _address(after: str, trail: list[str]) -> str:
    kept = {name: text[:100] for name, text in request.args.items() if name not in ("after", "trail") and text}
    if after != FIRST:
        kept |= {"after": after[:300], "trail": ".".join(trail)[:3000]}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept})
