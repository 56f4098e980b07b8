"""How files, their rows and what they change are called on pages."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import gettext

from gsctracker.domain.imports.answers import WORDS as ANSWERS
from gsctracker.domain.imports.changes import Change
from gsctracker.web import trade_words, wording
from gsctracker.web.errors import say
from gsctracker.web.locale import day, money, number
from gsctracker.words import N_

KINDS = {
    "troop_orders": N_("Digital Cookie, all orders of the troop"),
    "girl_orders": N_("Digital Cookie, one family's orders"),
    "transfers": N_("Smart Cookies, orders"),
    "order_report": N_("Smart Cookies, order detail by girl"),
    "ledger": N_("A spreadsheet whose columns were explained"),
    "scouts": N_("Roster"),
}
STATES = {"staged": N_("Not applied yet"), "applied": N_("Applied"), "undone": N_("Taken back")}
KINDS_OF_STATE = {"staged": "wait", "applied": "good", "undone": ""}
OUTCOMES = {
    "new": N_("New"),
    "ours": N_("Recorded here already"),
    "changed": N_("Changed"),
    "conflict": N_("To look at"),
    "refused": N_("Left out"),
    "vanished": N_("Vanished"),
    "same": N_("The same"),
}
SAY_OF = {
    "new": N_("Not known here before."),
    "ours": N_("Somebody wrote these moves down here by hand. They are recognised, and nothing moves twice."),
    "changed": N_("Known here, and this file says something newer."),
    "conflict": N_("They are taken as the file says, and somebody should look at them."),
    "refused": N_("Kept here and written nowhere. Where something was asked, an answer lets them in."),
    "vanished": N_("An earlier file had them and this one has not. Nothing is deleted."),
    "same": N_("Nothing to do."),
}
QUESTIONS = {
    "scout": N_("Who is this?"),
    "cookie": N_("What is this cookie?"),
    "order_type": N_("What kind of order is this?"),
    "status": N_("What does this status mean?"),
    "payment": N_("How was this paid?"),
    "transfer_type": N_("What is this transfer?"),
    "refund": N_("Which packages of this order were refunded?"),
    "move": N_("Was this recorded here already?"),
}
COLUMNS = {
    "girl": N_("The girl's name"),
    "girl_first": N_("Her first name"),
    "girl_last": N_("Her last name"),
    "number": N_("Order number"),
    "date": N_("Day"),
    "type": N_("Kind of entry"),
    "memo": N_("Note"),
    "from": N_("From"),
    "to": N_("To"),
    "shown": N_("Tick for the family to see"),
    "total": N_("Packages together"),
    "donated": N_("Donated packages"),
    "paid": N_("Paid"),
    "balance": N_("Balance"),
    "cookie": N_("Packages of a cookie"),
    "skip": N_("Leave it out"),
}
OFFICE_KINDS = {
    **ANSWERS,
    "planned": N_("Planned, not there yet"),
    "direct_ship": N_("Shipped by the baker"),
    "dc_order": N_("Order from Digital Cookie"),
    "share": N_("Cookie Share"),
    "share_booth": N_("Cookie Share from a booth"),
    "share_dc": N_("Cookie Share from Digital Cookie"),
    "report": N_("Only compared"),
    "ledger_girl": N_("On a girl's lines"),
    "ledger_site": N_("On the lines of the troop's site"),
    "ledger_booth": N_("On the lines of a booth"),
    "ledger_other": N_("On other lines"),
}
CHANGES = {
    "status": N_("Status"),
    "order_type": N_("Kind of order"),
    "payment_method": N_("Payment"),
    "girl": N_("Whose"),
    "day": N_("Day"),
    "paid": N_("Paid"),
    "worth": N_("Comes to"),
    "kind": N_("Kind"),
    "level": N_("Level"),
    "grade": N_("Grade"),
    "guardian": N_("Guardian"),
    "is_active": N_("On the roster"),
}
_NAMES_OF = {
    "status": trade_words.STATUSES,
    "order_type": trade_words.ORDER_TYPES,
    "payment_method": trade_words.METHODS,
    "kind": OFFICE_KINDS,
    "level": wording.LEVELS,
}
TOTALS = {
    "rows": N_("Rows"),
    "boxes": N_("Packages"),
    "donated": N_("Donated packages"),
    "refunded": N_("Refunded packages"),
    "cents": N_("For the cookies"),
}


REMARKS = {
    "included_in_io": N_("in the initial order"),
    "is_virtual_share": N_("virtual Cookie Share"),
    "shown_to_family": N_("the family sees it"),
}
"""Ticks of a row that are worth saying."""


class Compared(NamedTuple):
    """A total of the file beside what its rows come to. `left_out` is what refused rows hold; `agrees`: all of it is there."""

    label: str
    said: str
    taken: str
    left_out: str
    agrees: bool


def compared(batch: Any) -> list[Compared]:
    """The file's own totals beside those of its rows."""
    said, ours, counts = batch.file_totals, batch.totals, batch.counts
    refused = counts["refused"]
    theirs = {
        "rows": said.get("rows"),
        "boxes": said.get("statedBoxes", said.get("boxes")),
        "donated": said.get("donated"),
        "refunded": said.get("refunded"),
        "cents": said.get("subtotalCents", said.get("amountCents")),
    }
    left_out = {"rows": refused, "boxes": ours["left_out"]}
    found = []
    for what, total in theirs.items():
        if total is None or not (total or ours.get(what)):
            continue
        taken = ours["rows"] if what == "rows" else ours[what]
        rest = left_out.get(what, total - taken if refused else 0)
        show = money if what == "cents" else number
        found.append(
            Compared(gettext(TOTALS[what]), show(total), show(taken), show(rest) if rest else "", taken + rest == total)
        )
    return found


def changes(found: list[Change], girls: dict[int, str]) -> list[str]:
    """Changes in words, `Status: Promised → Delivered`."""
    said = []
    for one in found:
        label = one.cookie if one.what == "packages" else gettext(CHANGES[one.what])
        said.append(f"{label}: {_value(one.what, one.old, girls)} → {_value(one.what, one.new, girls)}")
    return said


def _value(what: str, value: Any, girls: dict[int, str]) -> str:
    if what == "girl":
        return girls.get(value, "–") if value else gettext("The troop's own site")
    if value is None or value == "":
        return "–"
    if what in ("paid", "worth"):
        return money(value)
    if what == "day":
        return day(value)
    if what == "guardian":
        return str(value[0] or value[1])
    if what == "is_active":
        return gettext("Yes") if value else gettext("No")
    names = _NAMES_OF.get(what)
    if names is None:
        return str(value)
    return gettext(names[value]) if value in names else str(value)


def row_title(row: Any, row_type: str) -> str:
    """What a row is called: its order number, or the girl of a roster's."""
    fields = row.fields
    if row_type == "scout" and fields:
        return f"{fields['first_name']} {fields['last_name']}".strip() or (
            wording.girl(row, "scout_") if row.scout_id else ""
        )
    return fields.get("number") or (row.key if row.outcome == "vanished" else gettext("Row %(n)s", n=row.row_no))


def row_about(row: Any) -> str:
    """When it was, what kind it is, between whom."""
    fields = row.fields
    when = fields.get("ordered_on") or fields.get("transferred_on") or fields.get("happened_on")
    between = " → ".join(end for end in (fields.get("from_name"), fields.get("to_name")) if end)
    kind = fields.get("order_type") or fields.get("transfer_type") or fields.get("entry_type")
    level = wording.said(wording.LEVELS, fields.get("level")) if fields.get("level") else ""
    grade = gettext("grade %(n)s", n=fields["grade"]) if fields.get("grade") is not None else ""
    return " · ".join(
        str(part) for part in (day(when) if when else "", kind, fields.get("status"), between, level, grade) if part
    )


def row_girl(row: Any) -> str:
    """Whose row it is: the girl's, the troop's site, or the name that nobody has explained yet."""
    if row.scout_id:
        return wording.girl(row, "scout_")
    fields = row.fields
    if fields.get("is_site") or fields.get("row_class") == "site":
        return gettext("The troop's own site")
    return fields.get("girl_name") or f"{fields.get('girl_first', '')} {fields.get('girl_last', '')}".strip()


def row_packages(row: Any, name: Callable[[dict[str, Any]], str]) -> str:
    """Its packages, cookie by cookie, and the money it names where it names no package."""
    fields = row.fields
    parts = [f"{number(line['boxes'])} {name(line)}" for line in fields.get("lines", ())]
    if fields.get("donated"):
        parts.append(gettext("%(n)s donated", n=number(fields["donated"])))
    if fields.get("refunded"):
        parts.append(gettext("%(n)s refunded", n=number(fields["refunded"])))
    if fields.get("paid_cents"):
        parts.append(gettext("%(amount)s paid", amount=money(fields["paid_cents"])))
    for name_of, remark in REMARKS.items():
        if fields.get(name_of):
            parts.append(gettext(remark))
    return ", ".join(parts)


def own_move(move: Any) -> str:
    """A move recorded here by hand, `Handed to a girl: Ana R., Feb 14, 12 Thin Mints`."""
    girl = f"{move.first_name} {move.last_initial}".strip() if move.first_name else ""
    kind = wording.said(wording.ENTRIES, move.kind)
    return f"{kind}: " + ", ".join(part for part in (girl, day(move.day), move.cookies) if part)


def notes(found: list[Any]) -> list[str]:
    """Sentences of the rules, in the reader's language."""
    return [say(note.message, note.params) for note in found]
