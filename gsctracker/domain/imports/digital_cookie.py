"""Digital Cookie's order files as rows: the troop's "All Order Data" and a caregiver's two exports. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gsctracker.domain.imports import cells, columns
from gsctracker.domain.imports.rows import Note, OrderRow, Parsed, Sheet
from gsctracker.errors import Invalid
from gsctracker.words import N_

SOURCE = "digital-cookie"

MEANINGS = {
    "number": ("ordernumber", "orderno", "order"),
    "girl_first": ("girlfirstname",),
    "girl_last": ("girllastname",),
    "ordered": ("orderdate*",),
    "order_type": ("ordertype",),
    "status": ("orderstatus",),
    "payment": ("paymentstatus",),
    "ship_status": ("shipstatus",),
    "total": ("totalpackages*",),
    "refunded": ("refundedpackages", "packagesrefunded"),
    "amount": ("currentsaleamount", "saleamount"),
    "subtotal": ("currentsubtotal", "subtotal"),
    "shipping": ("currentsh", "currentsandh", "currentshippinghandling", "currentshippingandhandling"),
    "donated": ("donation", "donations", "donatedcookies*", "donatedpackages"),
    "in_io": ("orderincludedingirlio", "includedingirlio"),
}
TROOP_NEEDS = ("number", "girl_last", "order_type", "total")
CAREGIVER_NEEDS = ("number", "order_type", "total", "status")


def kind_of(sheet: Sheet) -> str:
    """troop_orders, girl_orders (a caregiver's file) or "" when the sheet is neither."""
    if columns.find_header(sheet, MEANINGS, TROOP_NEEDS):
        return "troop_orders"
    return "girl_orders" if columns.find_header(sheet, MEANINGS, CAREGIVER_NEEDS) else ""


def parse(sheet: Sheet) -> Parsed:
    """The orders of either export. Refuses with Invalid a sheet that is neither."""
    kind = kind_of(sheet)
    header = columns.find_header(sheet, MEANINGS, TROOP_NEEDS if kind == "troop_orders" else CAREGIVER_NEEDS)
    if not kind or not header:
        raise Invalid(N_("This is not an order file of Digital Cookie."), "not_digital_cookie")
    header = columns.with_cookies(sheet, header)
    keys = columns.Keys()
    rows: list[OrderRow] = []
    stated: dict[str, int] = {}
    for reading in columns.readings(sheet, header):
        if columns.is_total_line(reading):
            stated = _stated(reading)
            continue
        rows.append(_order(reading, kind, keys, rows))
    return Parsed(
        SOURCE,
        kind,
        "order",
        tuple(rows),
        order_totals(rows) | stated,
        tuple(heading for heading, _ in header.cookies),
        columns.notes_on(header),
    )


def _order(reading: columns.Reading, kind: str, keys: columns.Keys, before: Sequence[OrderRow]) -> OrderRow:
    number = reading.needed("number", cells.order_number, "")
    first, last = reading.text("girl_first"), reading.text("girl_last")
    is_site = last == "Site" and re.fullmatch(r"troop\s*\d+", first, re.IGNORECASE) is not None
    order_type, status, payment = reading.text("order_type"), reading.text("status"), reading.text("payment")
    ordered_at, ordered_on = reading.wished("ordered", cells.instant_and_day, cells.NO_TIME)
    row = OrderRow(
        row_no=reading.row_no,
        key="",
        number=number,
        girl_first=first,
        girl_last=last,
        girl_name=f"{first} {last}".strip(),
        is_site=is_site,
        ordered_at=ordered_at,
        ordered_on=ordered_on,
        order_type=order_type,
        order_class=order_class(order_type, is_site),
        status=status,
        status_class=status_class(status),
        payment=payment,
        # A caregiver's file has no such column: its orders come from the girl's page, where cards are charged at once.
        payment_class="card_captured" if kind == "girl_orders" and not payment else payment_class(payment),
        ship_status=reading.text("ship_status"),
        boxes_total=reading.needed("total", cells.boxes, 0),
        refunded=reading.needed("refunded", cells.boxes, 0),
        donated=reading.needed("donated", cells.boxes, 0),
        amount_cents=reading.needed("amount", cells.cents, None),
        subtotal_cents=reading.needed("subtotal", cells.cents, None),
        shipping_cents=reading.needed("shipping", cells.cents, None),
        included_in_io=reading.wished("in_io", cells.yes_or_no, None),
        lines=reading.lines(),
    )
    _judge(reading, row, kind)
    lines = [[line.cookie, line.boxes] for line in row.lines]
    key, repeated = keys.of(number, reading.row_no, row.girl_name, row.ordered_on, order_type, lines, row.boxes_total)
    if repeated:
        reading.refuse(Note(N_("Order %(number)s is already in row %(row)s."), {"number": number, "row": repeated}))
    return replace(row, key=key, refused=reading.refused, doubts=tuple(reading.doubts), seen=reading.seen())


def _judge(reading: columns.Reading, row: OrderRow, kind: str) -> None:
    if not row.number and not reading.refused:
        reading.doubt(columns.NO_NUMBER)
    if kind == "troop_orders" and not row.girl_name:
        reading.refuse(Note(N_("This row names no girl and not the troop's site.")))
    if row.refunded + row.donated > row.boxes_total:
        reading.refuse(
            Note(
                N_("Refunded (%(refunded)s) and donated (%(donated)s) boxes are more than the order has (%(total)s)."),
                {"refunded": row.refunded, "donated": row.donated, "total": row.boxes_total},
            )
        )
    if not row.boxes_total and not row.lines and row.amount_cents in (None, 0):
        reading.refuse(Note(N_("This row has no packages.")))
    if row.order_class == "unknown":
        reading.doubt(N_("The order type “%(seen)s” is not known."), seen=row.order_type)
    if row.status_class == "unknown":
        reading.doubt(N_("The order status “%(seen)s” is not known."), seen=row.status)
    if row.payment_class == "unknown":
        reading.doubt(N_("The payment status “%(seen)s” is not known."), seen=row.payment)
    named = sum(line.boxes for line in row.lines)
    if row.status_class != "void" and named != row.physical_boxes:
        reading.doubt(
            N_("Boxes by its cookies: %(named)s. Total less refunded less donated: %(physical)s."),
            named=named,
            physical=row.physical_boxes,
        )


def order_class(seen: str, is_site: bool) -> str:
    """How the customer gets the boxes, from the order type as Digital Cookie words it in this and earlier seasons."""
    words = re.sub(r"\b(completed|pending)\b", "", seen.lower())
    words = " ".join(words.replace("-", " ").split())
    if words == "donation":
        return "donation"
    if "shipped" in words:
        return "shipped"
    if "cookies in hand" in words:
        return "booth" if is_site else "in_hand"
    if "in person delivery" in words:
        return "delivery"
    return "pickup" if "pick up" in words or "pickup" in words else "unknown"


def status_class(seen: str) -> str:
    """How far the order is; an order that waits for approval is not a sale yet."""
    words = " ".join(seen.lower().split())
    if "needs approval" in words or "pending approval" in words:
        return "needs_approval"
    if words.startswith("not ") or "partial" in words:
        return "unknown"
    if re.search(r"\b(cancell?ed|refunded|declined|void|voided|expired)\b", words):
        return "void"
    if re.search(r"\b(completed?|delivered|shipped)\b", words):
        return "completed"
    if re.search(r"\b(pending|approved for delivery|processing|ordered)\b", words):
        return "pending"
    return "unknown"


def payment_class(seen: str) -> str:
    """Who holds the money: a captured card is at the council, an authorised one not yet, cash is with the girl."""
    words = seen.strip().upper()
    if "VENMO" in words:
        return "venmo"
    ways = {"CASH": "cash", "CAPTURED": "card_captured", "AUTHORIZED": "card_authorised"}
    return ways.get(words, "unknown")


def order_totals(rows: Sequence[OrderRow]) -> dict[str, int]:
    """What the file's rows add up to, refused ones too as far as they could be read."""
    totals = {
        "rows": len(rows),
        "refused": sum(1 for row in rows if row.refused),
        "boxes": sum(row.boxes_total for row in rows),
        "refunded": sum(row.refunded for row in rows),
        "donated": sum(row.donated for row in rows),
    }
    for name, attribute in (
        ("amountCents", "amount_cents"),
        ("subtotalCents", "subtotal_cents"),
        ("shippingCents", "shipping_cents"),
    ):
        amounts = [getattr(row, attribute) for row in rows]
        if any(amount is not None for amount in amounts):
            totals[name] = sum(amount or 0 for amount in amounts)
    return totals


def _stated(reading: columns.Reading) -> dict[str, int]:
    found: dict[str, Any] = {
        "statedBoxes": reading.wished("total", cells.count, 0),
        "statedAmountCents": reading.wished("amount", cells.cents, None),
    }
    return {name: value for name, value in found.items() if value}
