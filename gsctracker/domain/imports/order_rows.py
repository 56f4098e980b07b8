"""What a row of Digital Cookie's files means here: an order as it should stand, or why it cannot be said yet.

Decisions, each where it is taken: a subtotal that the season's prices do not give is the row's own truth and is spread over
its packages where that goes evenly; refunded packages are taken from the cookie where there is only one, otherwise somebody is
asked; a card that is only authorised has not paid; Venmo inside Digital Cookie is money the council holds, like a card.
"""

import re
from dataclasses import dataclass, field, replace

from gsctracker.domain.imports.columns import NO_NUMBER
from gsctracker.domain.imports.known import Known
from gsctracker.domain.imports.rows import Note, OrderRow
from gsctracker.domain.imports.verdicts import TOO_MUCH, Ask, Verdict, compared, is_too_much, refused
from gsctracker.domain.sales.imported import Line, Order
from gsctracker.words import N_, counted

TYPES = ("delivery", "in_hand", "shipped", "pickup", "donation", "booth")
STATUSES = {"needs_approval": "needs_approval", "pending": "promised", "completed": "delivered", "void": "cancelled"}
METHODS = {"cash": "cash", "venmo": "card", "card_captured": "card", "card_authorised": "none"}
NOT_SALES = ("needs_approval", "cancelled")

OLDER = Note(N_("This file is older than one that was applied before: what is known now was kept."))
BACKWARDS = Note(N_("This order was delivered before, and this file is not newer: it stays delivered."))
NO_DAY = Note(N_("This row has no order date that can be read."))
NO_SHARE = Note(N_("This season has no Cookie Share among its cookies, and this order donates some."))
ANOTHER_GIRL = Note(N_("This order belongs to another girl or to the troop's site. Is this her file?"))
TWO_SOURCES = counted(
    "The troop's own file says %(n)s package, this file %(theirs)s: the troop's file was kept.",
    "The troop's own file says %(n)s packages, this file %(theirs)s: the troop's file was kept.",
)
PRICES = N_(
    "The file says $%(said)s for the cookies, this season's prices come to $%(ours)s. The file's amount was kept."
)
PRICES_OURS = N_(
    "The file says $%(said)s for the cookies, this season's prices come to $%(ours)s, and the difference does not go "
    "into the packages evenly. This season's prices were kept: check them."
)
REFUNDED = counted(
    "%(n)s of these packages was refunded, and the file does not say of which cookie. Say which.",
    "%(n)s of these packages were refunded, and the file does not say of which cookie. Say which.",
)
AT_BOOTH = Note(
    N_("Paid through Digital Cookie at a booth of that day that was closed here: the booth counts these boxes.")
)


@dataclass
class Orders:
    """What the rows of one file are compared with. `age`: the file is older (-1), newer (1) or one cannot tell (0)."""

    known: Known
    orders: dict[str, Order]
    age: int = 0
    scout_id: int | None = None  # whose file it is, for a caregiver's
    of_troop: frozenset[str] = frozenset()  # numbers that the troop's own file brought
    booth_days: frozenset[str] = frozenset()
    is_caregivers: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_caregivers = self.scout_id is not None

    def judge(self, row: OrderRow, scout_id: int | None = None) -> Verdict:
        """The verdict over one row; `scout_id` is the girl it was found to be before, when her name is gone."""
        if row.refused:
            girl = self._girl(row, scout_id)
            return refused(row.refused, scout_id=girl[0], knows_girl=not girl[1])
        girl_id, asks, reasons = self._girl(row, scout_id)
        knows_girl = not asks
        words, unknown = self._words(row)
        asks += unknown
        reasons += [Note(_QUESTIONS[ask.kind], {"seen": ask.said}) for ask in unknown]
        counts, strange = self.known.lines(row.lines)
        asks += strange
        reasons += [Note(N_("This season has no cookie called “%(seen)s”."), {"seen": ask.said}) for ask in strange]
        number = row.number or row.key
        before = self.orders.get(number)
        if not row.ordered_on and before is None:
            reasons.append(NO_DAY)
        if reasons:
            return refused(*reasons, asks=asks, scout_id=girl_id, knows_girl=knows_girl)
        if self.is_caregivers and before is not None and before.scout_id != girl_id:
            return refused(ANOTHER_GIRL, scout_id=girl_id)
        kind, status, method = words
        counts, doubts, refusal = self._packages(row, status, counts)
        if refusal is not None:
            return refused(refusal, asks=[Ask("refund", number)] if row.refunded else (), scout_id=girl_id)
        if row.boxes_total and row.refunded == row.boxes_total:
            status = "cancelled"
        lines, doubt = self._priced(row, counts, before, status)
        if doubt:
            doubts.append(doubt)
        if kind == "booth" and girl_id is None and status == "delivered" and row.ordered_on in self.booth_days:
            status, doubts = "unknown", [*doubts, AT_BOOTH]
        amount = sum(boxes * price for _, boxes, price in lines)
        if is_too_much(counts.values(), amount):
            return refused(TOO_MUCH, scout_id=girl_id)
        wanted = Order(
            number,
            girl_id,
            kind,
            status,
            method,
            amount if method == "card" or (method == "cash" and status == "delivered") else 0,
            *self._when(row, before),
            lines,
        )
        return self._settled(wanted, before, number, doubts)

    def _settled(self, wanted: Order, before: Order | None, number: str, doubts: list[Note]) -> Verdict:
        if before is not None and self.is_caregivers and number in self.of_troop:
            if before.boxes != wanted.boxes and before.status != "cancelled":
                note = Note(TWO_SOURCES, {"n": before.boxes, "theirs": wanted.boxes})
                return refused(note, scout_id=wanted.scout_id)
            forward = before.status == "promised" and wanted.status == "delivered"
            wanted = before._replace(status="delivered") if forward else before
        verdict = compared(wanted, before, doubts, wanted.scout_id)
        if verdict.wanted is None or before is None:
            return verdict
        if self.age < 0:
            return refused(OLDER, scout_id=wanted.scout_id)
        if self.age == 0 and before.status == "delivered" and wanted.status in ("promised", "needs_approval"):
            return refused(BACKWARDS, scout_id=wanted.scout_id)
        return verdict

    def _girl(self, row: OrderRow, scout_id: int | None) -> tuple[int | None, list[Ask], list[Note]]:
        if self.is_caregivers:
            return self.scout_id, [], []
        if row.is_site or scout_id is not None:
            return scout_id, [], []
        girl = self.known.girl(row.girl_first, row.girl_last)
        if girl.scout_id is not None or girl.is_site:
            return girl.scout_id, [], []
        return None, [girl.ask] if girl.ask else [], [girl.reason] if girl.reason else []

    def _words(self, row: OrderRow) -> tuple[tuple[str, str, str], list[Ask]]:
        """Order type, status and payment as ours, and what nobody knows of them."""
        asks = []
        kind = row.order_class if row.order_class in TYPES else self.known.meaning("order_type", row.order_type)
        if kind not in TYPES:
            asks.append(Ask("order_type", row.order_type or "?"))
        said = row.status_class if row.status_class in STATUSES else self.known.meaning("status", row.status)
        status = STATUSES.get(said, "")
        if not status:
            asks.append(Ask("status", row.status or "?"))
        paid = row.payment_class if row.payment_class in METHODS else self.known.meaning("payment", row.payment)
        method = METHODS.get(paid, "")
        if not method and status in NOT_SALES:
            method = "none"  # what is not a sale has not been paid for
        if not method:
            asks.append(Ask("payment", row.payment or "?"))
        if kind == "in_hand" and row.is_site:
            kind = "booth"
        return (kind, status, method), asks

    def _packages(
        self, row: OrderRow, status: str, counts: dict[int, int]
    ) -> tuple[dict[int, int], list[Note], Note | None]:
        """Packages by cookie with donations and without refunds, remarks, and why it cannot be said."""
        doubts = [doubt for doubt in row.doubts if "heading" in doubt.params or doubt.message == NO_NUMBER]
        named = sum(counts.values())
        if row.refunded and named == row.physical_boxes + row.refunded:
            counts = self._less_refunded(row, counts)
            if not counts and row.physical_boxes:
                return {}, [], Note(REFUNDED, {"n": row.refunded})
        elif named != row.physical_boxes and status not in NOT_SALES:
            doubts += [doubt for doubt in row.doubts if "named" in doubt.params]
        if row.donated:
            if self.known.share is None:
                return {}, [], NO_SHARE
            counts = counts | {self.known.share.id: counts.get(self.known.share.id, 0) + row.donated}
        return counts, doubts, None

    def _less_refunded(self, row: OrderRow, counts: dict[int, int]) -> dict[int, int]:
        """What is left after the refund, where that can be told: one cookie, all of them, or as somebody said."""
        if row.physical_boxes == 0:
            return {}
        if len(counts) == 1:
            return {product: boxes - row.refunded for product, boxes in counts.items()}
        left = dict(counts)
        for code, said in re.findall(r"(\S+) (\d+)", self.known.meaning("refund", row.number or row.key)):
            product = next((p for p in self.known.products.values() if p.code == code), None)
            if product is not None and product.id in left:
                left[product.id] -= int(said)
        fits = sum(left.values()) == row.physical_boxes and min(left.values()) >= 0
        return {product: boxes for product, boxes in left.items() if boxes} if fits else {}

    def _priced(
        self, row: OrderRow, counts: dict[int, int], before: Order | None, status: str
    ) -> tuple[tuple[Line, ...], Note | None]:
        """The lines with their prices: those the order had, else the season's, where they give the file's own subtotal."""
        if status == "cancelled" and not counts and before is not None:
            return before.lines, None
        counts = {product: boxes for product, boxes in sorted(counts.items()) if boxes}
        ours = {product: self.known.products[product].price_cents for product in counts}
        had = ours | {product: price for product, _, price in (before.lines if before else ()) if product in counts}
        said = row.subtotal_cents
        if said is None or status in NOT_SALES or not counts:
            return _lines(counts, had), None
        for prices in (had, ours):
            if sum(boxes * prices[product] for product, boxes in counts.items()) == said:
                return _lines(counts, prices), None
        total = sum(boxes * ours[product] for product, boxes in counts.items())
        amounts: dict[str, str | int] = {"said": f"{said / 100:.2f}", "ours": f"{total / 100:.2f}"}
        more, uneven = divmod(said - total, sum(counts.values()))
        spread = {product: price + more for product, price in ours.items()}
        if not uneven and all(1 <= price <= 10_000 for price in spread.values()):
            return _lines(counts, spread), Note(PRICES, amounts)
        return _lines(counts, ours), Note(PRICES_OURS, amounts)

    def _when(self, row: OrderRow, before: Order | None) -> tuple[str, str]:
        """Instant and day; a file that has only the day, or none, keeps what is known."""
        if row.ordered_at and row.ordered_on:
            return row.ordered_at, row.ordered_on
        if before is not None:
            return before.ordered_at, before.ordered_on
        assert row.ordered_on is not None
        return f"{row.ordered_on}T12:00:00Z", row.ordered_on


def _lines(counts: dict[int, int], prices: dict[int, int]) -> tuple[Line, ...]:
    return tuple((product, boxes, prices[product]) for product, boxes in counts.items())


_QUESTIONS = {
    "order_type": N_("The order type “%(seen)s” is not known."),
    "status": N_("The order status “%(seen)s” is not known."),
    "payment": N_("The payment status “%(seen)s” is not known."),
}


def without_names(row: OrderRow) -> OrderRow:
    """The row without the girl's name, for keeping once it is known who she is."""
    names = {name.casefold() for name in (row.girl_first, row.girl_last, row.girl_name) if name}
    seen = {heading: cell for heading, cell in row.seen.items() if cell.casefold() not in names}
    return replace(row, girl_first="", girl_last="", girl_name="", girl_id="", seen=seen)
