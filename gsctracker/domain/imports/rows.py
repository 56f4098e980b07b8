"""What a file is turned into: plain rows that any system's file can be said in, and what was noticed on the way.

Everything here is JSON-able through `plain`, and back through `from_plain`. Boxes are whole packages, money is integer
cents, instants are UTC (`2026-01-31T19:17:00Z`), days are `2026-01-31`. Nothing of a customer is ever in a row.
A row that could not be understood stays in the list with `refused` set: its other fields hold what could be read and
`seen` what stood in the file. `doubts` are remarks on a row that can be taken nevertheless.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from gsctracker.words import in_english

Cell = str | int | float | bool | None


class Sheet(Protocol):
    """One sheet as it was read: its name, its rows from the file's first line on; `text` instead of rows for JSON."""

    @property
    def name(self) -> str: ...
    @property
    def rows(self) -> Sequence[Sequence[Cell]]: ...
    @property
    def text(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for people, marked for translation, and what fills its %(name)s places."""

    message: str
    params: dict[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return in_english(self.message, self.params)


@dataclass(frozen=True, slots=True)
class Line:
    """So many boxes of one cookie, named as the file names it.

    `known_by` says what kind of name `cookie` is: `name` (a column headed with a name or an abbreviation),
    `report_column` (C1 to C13 of Smart Cookies' report) or `id` (the number in Smart Cookies' JSON).
    """

    cookie: str
    boxes: int
    known_by: str = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """What every row has: its place in the file, what it is known by, why it is refused or doubted, and the cells that were read."""

    row_no: int
    key: str
    refused: Note | None = None
    doubts: tuple[Note, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(FileRow):
    """One customer order of Digital Cookie, or one line of Smart Cookies' order report.

    order_class: delivery, in_hand, shipped, pickup, booth, donation, unknown.
    status_class: needs_approval, pending, completed, void, unknown.
    payment_class: cash, venmo, card_captured, card_authorised, unknown.
    boxes_total is as the file says it: refunded and donated boxes are in it; `physical_boxes` is what is left.
    girl_id (Smart Cookies' own number of her) and gsusa_id are there to match her by, and never kept.
    amount_cents includes shipping_cents; subtotal_cents is the cookies alone. None where the file has no such column.
    """

    number: str = ""
    girl_first: str = ""
    girl_last: str = ""
    girl_name: str = ""
    girl_id: str = ""
    gsusa_id: str = ""
    is_site: bool = False
    ordered_at: str | None = None
    ordered_on: str | None = None
    order_type: str = ""
    order_class: str = "unknown"
    status: str = ""
    status_class: str = "unknown"
    payment: str = ""
    payment_class: str = "unknown"
    ship_status: str = ""
    boxes_total: int = 0
    refunded: int = 0
    donated: int = 0
    amount_cents: int | None = None
    subtotal_cents: int | None = None
    shipping_cents: int | None = None
    included_in_io: bool | None = None
    is_virtual_share: bool | None = None
    lines: tuple[Line, ...] = ()

    @property
    def physical_boxes(self) -> int:
        """Boxes somebody carries to the customer: total less refunded less donated."""
        return self.boxes_total - self.refunded - self.donated


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow(FileRow):
    """One line of Smart Cookies' orders: boxes moved, credited or echoed. Quantities are never negative here.

    transfer_class: c2t, t2t, t2g, g2t, g2g, dc_order, direct_ship, cookie_share, planned, unknown.
    via: for c2t pickup, delivery or empty; for t2g pickup, virtual_booth, booth_divider, direct_ship_divider or
    unstated (the spreadsheet does not say which); for cookie_share dc_echo, booth_divider, manual or unstated.
    direction: in or out, for t2t only. girl_name is the girl concerned (the giver's name too, for g2g).
    is_pending: not yet carried out, so it moves nothing.
    """

    number: str = ""
    transferred_on: str | None = None
    transfer_type: str = ""
    transfer_class: str = "unknown"
    via: str = ""
    direction: str = ""
    from_name: str = ""
    to_name: str = ""
    girl_name: str = ""
    giver_name: str = ""
    is_site: bool = False
    divider_id: str = ""
    dc_number: str = ""
    status: str = ""
    is_pending: bool = False
    boxes_total: int = 0
    amount_cents: int | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow(FileRow):
    """One line of an eBudde or other spreadsheet, read by a mapping. Negative boxes and cents are real there.

    row_class: girl, site (the troop's own storefront), booth, other.
    """

    row_class: str = "girl"
    number: str = ""
    happened_on: str | None = None
    entry_type: str = ""
    memo: str = ""
    girl_first: str = ""
    girl_last: str = ""
    girl_name: str = ""
    from_name: str = ""
    to_name: str = ""
    shown_to_family: bool | None = None
    boxes_total: int | None = None
    donated: int = 0
    paid_cents: int | None = None
    balance_cents: int | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoutRow(FileRow):
    """One scout of a roster. level is daisy, brownie, junior, cadette, senior, ambassador or empty; grade 0 is K."""

    first_name: str = ""
    last_name: str = ""
    level: str = ""
    grade: int | None = None
    gsusa_id: str = ""
    guardian_name: str = ""
    guardian_email: str = ""


Row = OrderRow | TransferRow | LedgerRow | ScoutRow
ROW_TYPES = {"order": OrderRow, "transfer": TransferRow, "ledger": LedgerRow, "scout": ScoutRow}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole file as rows.

    source: digital-cookie, smart-cookies, ebudde or roster. kind: troop_orders, girl_orders (a caregiver's file: one
    girl, who is not named in it), transfers, order_report, ledger or scouts. row_type: a key of `ROW_TYPES`.
    file_totals: `rows`, `refused` and, as far as the file has them, `boxes`, `refunded`, `donated`, `amountCents`,
    `subtotalCents`, `shippingCents`, `paidCents`, plus `stated...` for what the file's own total line says.
    cookies: headings (or ids) of every cookie column, used or not. notes: remarks on the whole file.
    """

    source: str
    kind: str
    row_type: str
    rows: tuple[Any, ...]
    file_totals: dict[str, int]
    cookies: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def needs_girl(self) -> bool:
        """Whether somebody must say whose file this is before it can be applied."""
        return self.kind == "girl_orders"


def plain(row: Any) -> dict[str, Any]:
    """A row (or a whole `Parsed`) as a dict that `json.dumps` takes."""
    return msgspec.json.decode(msgspec.json.encode(row))  # lists for tuples, as when read back from a file


def from_plain(row_type: str, stored: dict[str, Any]) -> Any:
    """The row that `plain` was made from; `row_type` is that of its `Parsed`."""
    return msgspec.convert(stored, ROW_TYPES[row_type])
