"""Where and when the troop sells together, its shifts, and signing up for them."""

from typing import Annotated, Literal

from flask import Blueprint, g
from msgspec import Meta

from gsctracker.domain.booths import booths, listing, policies, shifts, sign_ups
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Id, Listing, PageAsk

Instant = Annotated[str, Meta(min_length=20, max_length=20, description="An instant in UTC, 2026-02-14T18:05:00Z.")]
Girls = Annotated[int, Meta(ge=0, le=50)]
Adults = Annotated[int, Meta(ge=0, le=20)]

bp = Blueprint("booths_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Booth(Answer, frozen=True):
    """A booth with the packages it sold and those that girls were credited with, and how full its shifts are."""

    id: int
    name: str
    starts_at: str
    ends_at: str
    status: str
    sold_boxes: int
    credited_boxes: int
    address: str | None = None
    type: str = "troop"
    site_id: int | None = None
    sign_up_from: str | None = None
    girl_places: int = 0
    girls_going: int = 0
    adults_needed: int = 0
    adults_going: int = 0


class NewBooth(Ask, frozen=True):
    """A booth to plan. `siteId` is one of the troop's places and lends its address."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    starts_at: Instant
    ends_at: Instant
    type: Literal[policies.TYPES] = "troop"
    status: Literal[booths.FIRST_STATES] = "scheduled"
    site_id: Id | None = None
    address: Annotated[str, Meta(max_length=200)] = ""
    sign_up_from: Instant | None = None
    permit: Annotated[str, Meta(max_length=200)] = ""
    notes: Annotated[str, Meta(max_length=1000)] = ""


class NewShift(Ask, frozen=True):
    """A shift within the booth's hours; places that are not given are those of the season's policy."""

    starts_at: Instant
    ends_at: Instant
    min_girls: Girls | None = None
    max_girls: Girls | None = None
    min_adults: Adults | None = None
    max_adults: Adults | None = None


class Shift(Answer, frozen=True):
    """A shift with how many have a place and how many wait; no names."""

    id: int
    booth_id: int
    starts_at: str
    ends_at: str
    min_girls: int
    max_girls: int
    min_adults: int
    max_adults: int
    girls_going: int
    adults_going: int
    girls_waiting: int
    adults_waiting: int


class NewSignUp(Ask, frozen=True):
    """A girl for a shift, or (with neither id) whoever asks, as an adult. `wait`: a turn on the list of a full shift."""

    scout_id: Id | None = None
    account_id: Id | None = None
    wait: bool = False


class SignUp(Answer, frozen=True):
    """A sign-up: `going` or `waiting`."""

    id: int
    shift_id: int
    state: str
    scout_id: int | None = None
    account_id: int | None = None


@bp.get("/booths")
@allow("season.see")
@call(kept=True)
def calendar(tx, query: PageAsk) -> Listing[Booth]:
    """The season's booths, in the order they were planned; a family's are those open for sign-up and those where it stands."""
    rows = listing.for_calls(tx, g.by, seasons.current(tx).id)
    return cursors.part(rows, query, lambda row: (row.id,), _booth)


@bp.post("/booths")
@allow("booths.plan")
@call(201)
def plan(tx, body: NewBooth) -> Booth:
    """Plan a booth."""
    booth_id = booths.plan(
        tx,
        g.by,
        body.name,
        body.starts_at,
        body.ends_at,
        body.address,
        type=body.type,
        status=body.status,
        site_id=body.site_id,
        sign_up_from=body.sign_up_from,
        permit=body.permit,
        notes=body.notes,
    )
    return next(_booth(row) for row in listing.for_calls(tx, g.by, seasons.current(tx).id, only=booth_id))


@bp.get("/booths/<id:booth_id>/shifts")
@allow("season.see")
@call()
def shifts_of(tx, booth_id: int, query: PageAsk) -> Listing[Shift]:
    """The shifts of a booth."""
    booths.look_at(tx, g.by, booth_id)
    return cursors.part(shifts.of_booth(tx, booth_id), query, lambda row: (row.id,), _shift)


@bp.post("/booths/<id:booth_id>/shifts")
@allow("booths.plan")
@call(201, refuses=(404,))
def add_shift(tx, booth_id: int, body: NewShift) -> Shift:
    """Add a shift to a booth."""
    places = {name: getattr(body, name) for name in shifts.PLACES}
    shift_id = shifts.add_shift(tx, g.by, booth_id, body.starts_at, body.ends_at, **places)
    return next(_shift(row) for row in shifts.of_booth(tx, booth_id) if row.id == shift_id)


@bp.post("/shifts/<id:shift_id>/sign-ups")
@allow("shifts.sign_up")
@call(201, refuses=(404, 409))
def sign_up(tx, shift_id: int, body: NewSignUp) -> SignUp:
    """Sign a girl of hers up, or herself. The last place has one taker: everybody else gets 409 `shift_full`."""
    sign_up_id, state = sign_ups.sign_up(tx, g.by, shift_id, body.scout_id, body.account_id, body.wait)
    account = None if body.scout_id else body.account_id or g.by.id
    return SignUp(sign_up_id, shift_id, state, body.scout_id, account)


@bp.delete("/sign-ups/<id:sign_up_id>")
@allow("shifts.sign_up")
@call(204, refuses=(404, 409))
def leave(tx, sign_up_id: int) -> None:
    """Give a place back; the first who waits moves up."""
    sign_ups.leave(tx, g.by, sign_up_id)


def _booth(row) -> Booth:
    return Booth(
        id=row.id,
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        sold_boxes=row.sold,
        credited_boxes=row.credited,
        address=row.address or None,
        type=row.type,
        site_id=row.site_id,
        sign_up_from=row.sign_up_from,
        girl_places=row.girl_places,
        girls_going=row.girls_going,
        adults_needed=row.adults_needed,
        adults_going=row.adults_going,
    )


def _shift(row) -> Shift:
    return Shift(
        id=row.id,
        booth_id=row.booth_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        min_girls=row.min_girls,
        max_girls=row.max_girls,
        min_adults=row.min_adults,
        max_adults=row.max_adults,
        girls_going=row.girls,
        adults_going=row.adults,
        girls_waiting=row.girls_waiting,
        adults_waiting=row.adults_waiting,
    )
