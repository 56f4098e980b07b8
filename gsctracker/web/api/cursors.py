"""Where a page of a list ended, as text that a caller hands back without reading it."""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence

import msgspec

from gsctracker.errors import Invalid
from gsctracker.web.api.shapes import Listing, PageAsk
from gsctracker.words import N_


def seal(place: tuple) -> str:
    """Numbers and texts that name the last row shown, as one opaque word."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def open_cursor(cursor: str | None, *kinds: type) -> tuple | None:
    """The place a cursor names, or None for the first page. Refuses one that is not ours or holds other kinds."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        place = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=tuple[kinds])
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Invalid(
            N_("That page of the list is not there. Start again without a cursor."),
            "bad_cursor",
            fields={"cursor": N_("Give the cursor of the page before, unchanged.")},
        ) from None
    if any(isinstance(part, int) and abs(part) > 2**53 for part in place):
        raise Invalid(N_("That page of the list is not there. Start again without a cursor."), "bad_cursor")
    return place


def part(rows: Sequence, asked: PageAsk, key: Callable, shown: Callable) -> Listing:
    """The page asked for of rows that are all there; `key` gives the numbers that place a row, `shown` its shape."""
    rows = sorted(rows, key=key)
    first = 0
    if asked.cursor is not None and rows:
        after = open_cursor(asked.cursor, *(int for _ in key(rows[0])))
        first = bisect_right(rows, after, key=key)
    page = rows[first : first + asked.limit]
    more = first + len(page) < len(rows)
    return Listing([shown(row) for row in page], len(rows), seal(key(page[-1])) if more and page else None)
