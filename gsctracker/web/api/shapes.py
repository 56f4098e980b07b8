"""The shapes that every call is built from: asked bodies, given answers, lists, errors and bounded values."""

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from gsctracker import values

MOST_ON_A_PAGE = 200

Id = Annotated[int, Meta(ge=1, le=2**53)]
Packages = Annotated[int, Meta(ge=1, le=values.MOST_BOXES)]
Cents = Annotated[int, Meta(ge=0, le=values.MOST_CENTS)]
Word = Annotated[str, Meta(min_length=1, max_length=60)]
Day = date
Limit = Annotated[int, Meta(ge=1, le=MOST_ON_A_PAGE)]
Cursor = Annotated[str, Meta(min_length=1, max_length=200)]
Item = TypeVar("Item")


class Ask(Struct, rename="camel", forbid_unknown_fields=True, frozen=True):
    """What a caller sends: a body or the query of an address. Unknown names are refused."""


class Answer(Struct, rename="camel", omit_defaults=True, frozen=True):
    """What a call gives back: camelCase, and nothing where there is nothing to say."""


class PageAsk(Ask, frozen=True):
    """Which part of a list: at most `limit` items after the place that `cursor` names."""

    limit: Limit = 50
    cursor: Cursor | None = None


class Listing(Struct, Generic[Item], frozen=True):
    """A list or one page of it; `next` is the cursor of the page that follows."""

    items: list[Item]
    total: int
    next: str | None


class CookieAndCount(Ask, frozen=True):
    """So many boxes or cases of one cookie, called by any of its names or its code."""

    product: Word
    quantity: Packages
    unit_type: Literal["boxes", "cases"] = "boxes"


def listing(items: list) -> Listing:
    """A whole list in one page."""
    return Listing(items=items, total=len(items), next=None)


class Trouble(Answer, frozen=True):
    """What went wrong: a code for machines, a sentence for people, and a sentence per field."""

    code: str
    message: str
    fields: dict[str, str] = {}


class Error(Answer, frozen=True):
    """The one shape of every answer that is not what was asked for."""

    error: Trouble
