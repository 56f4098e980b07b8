"""How sales, payments, the troop's accounts and stacks of boxes are called on pages."""

from typing import Any

from flask_babel import gettext, ngettext

from gsctracker.web import wording
from gsctracker.web.locale import number
from gsctracker.words import N_

ORDER_TYPES = {
    "order_card": N_("Order card"),
    "in_hand": N_("Handed over at once"),
    "delivery": N_("Girl delivery"),
    "pickup": N_("Pick-up"),
    "shipped": N_("Shipped"),
    "donation": N_("Cookie Share"),
    "booth": N_("Booth"),
    "unknown": N_("Not clear yet"),
}
STATUSES = {
    "promised": N_("Promised"),
    "delivered": N_("Delivered"),
    "paid": N_("Paid"),
    "unpaid": N_("Not all paid"),
    "to_deliver": N_("To deliver"),
    "to_thank": N_("To thank"),
    "needs_approval": N_("Waits for approval"),
    "cancelled": N_("Cancelled"),
    "unknown": N_("Not clear yet"),
}
KINDS_OF_STATE = {"promised": "wait", "needs_approval": "wait", "delivered": "good", "unknown": "bad"}
METHODS = {
    "none": N_("Not yet"),
    "cash": N_("Cash"),
    "check": N_("Check"),
    "venmo": N_("Venmo"),
    "card": N_("Card"),
    "pay_bill": N_("Pay My Cookie Bill"),
    "other": N_("Other"),
    "unknown": N_("Not clear yet"),
}
ACCOUNTS = {
    "stock": N_("Boxes the troop answers for"),
    "cash_box": N_("Cash box"),
    "bank": N_("Bank"),
    "council": N_("Council"),
    "card_clearing": N_("Card money at the council"),
    "over_short": N_("Booth cash over or short"),
    "losses": N_("Lost boxes"),
    "write_off": N_("Debts written off"),
    "proceeds": N_("Proceeds"),
}


def seller(row: Any) -> str:
    """Whose sale it is: the girl's, or the troop's own."""
    return wording.girl(row, "scout_") if row.scout_id else gettext("The troop itself")


def packs(boxes: int, per_case: int = 12) -> str:
    """Boxes as people stack them, `3 cases + 1`; less than a case, or less than nothing, as they are."""
    cases, rest = divmod(boxes, per_case)
    if cases < 1:
        return number(boxes)
    whole = ngettext("%(num)s case", "%(num)s cases", cases)
    return f"{whole} + {rest}" if rest else whole


def end(row: Any, side: str, names: dict[str, str]) -> str:
    """One end of a posting, `side` being the prefix of its columns: the girl whose it is, or what its kind is called."""
    kind = getattr(row, f"{side}_kind")
    return wording.girl(row) if kind == "scout" else gettext(names[kind])


def where(row: Any, columns: list[tuple[str, str]]) -> str:
    """Where the boxes of a cookie are: `144 Thin Mints: 37 on the shelf, 61 with families`."""
    places = ", ".join(f"{number(getattr(row, name))} {label.lower()}" for name, label in columns if getattr(row, name))
    return f"{number(row.received)} {row.name}: {places}"


def cookies(lines: list) -> str:
    """The cookies of a sale or a move in one line: `2 Thin Mints, 1 Trefoils`."""
    return ", ".join(f"{number(line.boxes)} {line.name}" for line in lines)
