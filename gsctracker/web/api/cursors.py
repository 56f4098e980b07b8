"""Where a page of a list ended, as text that a caller hands back without reading it."""

import base64
import binascii

import msgspec

from gsctracker.errors import Invalid
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
