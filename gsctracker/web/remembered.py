"""Lists that may be a little old: kept in memory for their own time, made again after it."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from gsctracker import clock
from gsctracker.web.context import parts

LIFE = {"restock": 30 * 60, "together": 60 * 60, "trending": 15 * 60, "similar": 2 * 60 * 60}
"""Seconds that each list is kept."""
MOST = 500
_KEY = "gsctracker.remembered"


def remembered(kind: str, about: object, make: Callable[[], Any], ticks: Callable[[], float] = clock.ticks) -> Any:
    """The list of that kind about something: as it was kept, or made now. Nothing of it may depend on who asks."""
    about = (about, parts().db.era())  # a copy that was put back has lists of its own
    kept: dict[tuple[str, object], tuple[float, Any]] = current_app.extensions.setdefault(_KEY, {})
    known = kept.get((kind, about))
    if known is not None and ticks() < known[0]:
        return known[1]
    made = make()
    if len(kept) >= MOST:
        kept.clear()
    kept[kind, about] = (ticks() + LIFE[kind], made)
    return made
