"""Sales: take one, list, look at, change, deliver, cancel."""

from collections.abc import Iterable
from contextlib import contextmanager
from typing import Annotated, Literal

import msgspec
from flask import Blueprint, g
from msgspec import UNSET, Meta, UnsetType

from gsctracker.domain.sales import follow_up as customers
from gsctracker.domain.sales import listing, orders
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, Refusal
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Cents, CookieAndCount, Day, Id, Listing, Packages, PageAsk, Word
from gsctracker.web.context import parts
from gsctracker.words import N_

bp = Blueprint("sales_calls", __name__, url_prefix="/api/sales")

CustomerName = Annotated[str, Meta(max_length=80)]
Address = Annotated[str, Meta(max_length=200)]
Phone = Annotated[str, Meta(max_length=40)]
Email = Annotated[str, Meta(max_length=254)]
Notes = Annotated[str, Meta(max_length=500)]
Type = Literal[orders.TYPES_BY_HAND]
Method = Literal[orders.METHODS]


class NewSale(Ask, frozen=True):
    """A sale of one cookie (`cookieType`, `quantity`) or of several (`items`)."""

    customer_name: CustomerName = ""
    cookie_type: Word | None = None
    product: Word | None = None
    quantity: Packages | None = None
    unit_type: Literal["boxes", "cases"] | None = None
    items: Annotated[list[CookieAndCount], Meta(min_length=1, max_length=orders.MOST_LINES)] | None = None
    scout_id: Id | None = None
    order_type: Type | None = None
    payment_method: Method | None = None
    amount_collected_cents: Cents | None = None
    customer_email: Email | None = None
    customer_phone: Phone | None = None
    customer_address: Address | None = None
    notes: Notes | None = None
    date: Day | None = None


class SaleChange(Ask, frozen=True):
    """What shall be different; what is not named stays. `version` refuses a change of what somebody else changed."""

    status: Literal["promised", "delivered"] | UnsetType = UNSET
    customer_name: CustomerName | UnsetType = UNSET
    items: Annotated[list[CookieAndCount], Meta(min_length=1, max_length=orders.MOST_LINES)] | UnsetType = UNSET
    scout_id: Id | UnsetType | None = UNSET
    payment_method: Method | UnsetType = UNSET
    amount_collected_cents: Cents | UnsetType = UNSET
    customer_email: Email | UnsetType | None = UNSET
    customer_phone: Phone | UnsetType | None = UNSET
    customer_address: Address | UnsetType | None = UNSET
    notes: Notes | UnsetType | None = UNSET
    date: Day | UnsetType = UNSET
    version: Id | UnsetType = UNSET


class Item(Answer, frozen=True):
    """So many boxes of one cookie, at the price of that day."""

    product: str
    code: str
    boxes: int
    price_cents: int


class Sale(Answer, frozen=True):
    """One sale. Without a scout it is the troop's own; `number` is Digital Cookie's."""

    id: int
    customer_name: str
    order_type: str
    status: str
    payment_method: str
    boxes: int
    donated_boxes: int
    amount_cents: int
    collected_cents: int
    ordered_at: str
    date: str
    source: str
    version: int
    items: list[Item]
    scout_id: int | None = None
    scout_first_name: str | None = None
    number: str | None = None
    customer_email: str | None = None
    customer_phone: str | None = None
    customer_address: str | None = None
    notes: str | None = None
    delivered_on: str | None = None


class FollowUp(Answer, frozen=True):
    """How many sales wait for a caregiver's approval, for delivery, and for a word of thanks."""

    needs_approval: int
    to_deliver: int
    to_thank: int


class SalesAsk(PageAsk, frozen=True):
    """Which sales: `from` and `to` are days, both included; `q` searches customer, girl, cookie and note."""

    scout_id: Id | None = None
    product: Word | None = None
    status: Literal[listing.STATUSES] | None = None
    order_type: Literal[listing.TYPES] | None = None
    first_day: Day | None = msgspec.field(name="from", default=None)
    last_day: Day | None = msgspec.field(name="to", default=None)
    q: Annotated[str, Meta(max_length=100)] | None = None


@bp.get("")
@allow("sales.record")
@call(kept=True)
def sales(tx, query: SalesAsk) -> Listing[Sale]:
    """The sales this person may see, newest first."""
    season = seasons.current(tx)
    wanted = listing.Filter(
        scout_id=query.scout_id,
        product=query.product,
        status=query.status,
        order_type=query.order_type,
        first_day=query.first_day and query.first_day.isoformat(),
        last_day=query.last_day and query.last_day.isoformat(),
        q=query.q,
    )
    place = cursors.open_cursor(query.cursor, str, int)
    after = listing.After(*place) if place else None
    text, following = listing.page_json(tx, g.by, season.id, wanted, after, query.limit)
    return Listing(
        items=msgspec.Raw(f"[{text}]".encode()),
        total=parts().kept.number(
            f"sales {season.id} {wanted}", g.by, lambda: listing.count(tx, g.by, season.id, wanted)
        ),
        next=cursors.seal((following.ordered_at, following.id)) if following else None,
    )


@bp.post("")
@allow("sales.record")
@call(201)
def take(tx, body: NewSale) -> Sale:
    """Record a sale."""
    with _short_names(body):
        order_id = orders.take(
            tx,
            g.by,
            _asked(body),
            customer_name=body.customer_name,
            scout_id=body.scout_id,
            order_type=body.order_type,
            payment_method=body.payment_method,
            collected_cents=body.amount_collected_cents,
            customer_email=body.customer_email,
            customer_phone=body.customer_phone,
            customer_address=body.customer_address,
            notes=body.notes,
            day=body.date and body.date.isoformat(),
        )
    return _sale(orders.find(tx, order_id, g.by))


@bp.get("/follow-up")
@allow("sales.record")
@call(kept=True)
def follow_up(tx) -> FollowUp:
    """How many customers wait for what: as many as the list has with that `status` (needs_approval, to_deliver, to_thank)."""
    return FollowUp(**customers.counts(tx, g.by, seasons.current(tx).id))


@bp.get("/<id:sale_id>")
@allow("sales.record")
@call()
def sale(tx, sale_id: int) -> Sale:
    """One sale with its customer."""
    return _sale(orders.find(tx, sale_id, g.by))


@bp.patch("/<id:sale_id>")
@allow("sales.record")
@call()
def change(tx, sale_id: int, body: SaleChange) -> Sale:
    """Change a sale, or mark it as delivered or promised."""
    version = None if body.version is UNSET else body.version
    changes = _changes(body)
    if changes:
        orders.change(tx, sale_id, g.by, changes, version)
        version = None
    now = orders.find(tx, sale_id, g.by)
    if body.status is not UNSET and body.status != now.status:
        (orders.deliver if body.status == "delivered" else orders.undeliver)(tx, sale_id, g.by, version)
        now = orders.find(tx, sale_id, g.by)
    return _sale(now)


@bp.delete("/<id:sale_id>")
@allow("sales.record")
@call()
def cancel(tx, sale_id: int) -> Sale:
    """Cancel a sale: the row stays, what it did to the ledgers is reversed."""
    orders.cancel(tx, sale_id, g.by)
    return _sale(orders.find(tx, sale_id, g.by))


def _asked(body: NewSale) -> list[orders.Item]:
    if body.items is not None:
        for name in ("cookie_type", "product", "quantity", "unit_type"):
            if getattr(body, name) is not None:
                raise _wrong(_CAMEL[name], N_("Give one cookie here or several in items, not both."))
        return _items(body.items)
    cookie = body.cookie_type or body.product
    if cookie is None:
        raise _wrong("cookieType", N_("Which cookie? Give a name or a code here, or several in items."))
    if body.cookie_type and body.product:
        raise _wrong("product", N_("Give cookieType or product, not both."))
    if body.quantity is None:
        raise _wrong("quantity", N_("How many? Give a whole number."))
    return [orders.Item(cookie, body.quantity, body.unit_type or "boxes")]


_CAMEL = {"cookie_type": "cookieType", "product": "product", "quantity": "quantity", "unit_type": "unitType"}


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, "invalid", fields={field: sentence})


@contextmanager
def _short_names(body: NewSale):
    """In a refusal, call the fields as the caller did."""
    try:
        yield
    except Refusal as refusal:
        if body.cookie_type is not None and "product" in refusal.fields:
            refusal.fields["cookieType"] = refusal.fields.pop("product")
        raise


def _items(items: Iterable[CookieAndCount]) -> list[orders.Item]:
    return [orders.Item(item.product, item.quantity, item.unit_type) for item in items]


_SAME = ("customer_name", "scout_id", "payment_method", "customer_email", "customer_phone", "customer_address", "notes")


def _changes(body: SaleChange) -> dict[str, object]:
    changes = {name: getattr(body, name) for name in _SAME if getattr(body, name) is not UNSET}
    if body.items is not UNSET:
        changes["items"] = _items(body.items)
    if body.amount_collected_cents is not UNSET:
        changes["collected_cents"] = body.amount_collected_cents
    if body.date is not UNSET:
        changes["day"] = body.date.isoformat()
    return changes


def _sale(row) -> Sale:
    return Sale(
        id=row.id,
        scout_id=row.scout_id,
        scout_first_name=row.scout_first_name,
        customer_name=row.customer_name,
        order_type=row.order_type,
        status=row.status,
        payment_method=row.payment_method,
        boxes=row.boxes,
        donated_boxes=row.donated_boxes,
        amount_cents=row.amount_cents,
        collected_cents=row.collected_cents,
        ordered_at=row.ordered_at,
        date=row.ordered_on,
        source=row.source,
        number=row.external_number,
        version=row.version,
        items=[Item(line.name, line.code, line.boxes, line.price_cents) for line in row.lines],
        customer_email=row.customer_email,
        customer_phone=row.customer_phone,
        customer_address=row.customer_address,
        notes=row.notes,
        delivered_on=row.delivered_on,
    )
