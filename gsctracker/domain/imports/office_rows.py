"""What a row of Smart Cookies or eBudde means here: a record of the office, and the move of boxes it stands for, if any.

Only cupboard pick-ups, troop-to-troop, hand-outs and returns move boxes. A divider's T2G, Cookie Share, echoes of Digital
Cookie, direct ship and planned orders are kept as what the office says and never move a box: those boxes left elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gsctracker.domain.imports import cells, own_moves
from gsctracker.domain.imports.known import Girl, Known
from gsctracker.domain.imports.office_records import Move, Record, Saying
from gsctracker.domain.imports.order_rows import OLDER
from gsctracker.domain.imports.rows import LedgerRow, Note, OrderRow, TransferRow
from gsctracker.domain.imports.verdicts import TOO_MUCH, Ask, Verdict, compared, is_too_much, refused
from gsctracker.words import N_

POSTS = {
    "c2t": "C2T", "t2c": "T2C", "t2t_in": "T2T_IN", "t2t_out": "T2T_OUT", "t2g": "T2G", "g2t": "G2T", "g2g": "G2G",
}  # fmt: skip
"""Kinds of records that move boxes, and the journal's word for it."""

CREDITS = {"t2g_booth": "booth", "share_booth": "booth", "t2g_site": "site", "t2g_ship": "site"}
"""Kinds of records that only credit a girl, and the channel."""

SHARES = ("share", "share_manual", "share_booth", "share_dc")
MEANINGS = (*POSTS, *CREDITS, "share_manual", "check")
"""What somebody can say that an unknown transfer type means; `check` only compares."""

UNSTATED = "T2G"
_WAYS = {
    ("t2g", "pickup"): "t2g", ("t2g", "booth_divider"): "t2g_booth", ("t2g", "virtual_booth"): "t2g_site",
    ("t2g", "direct_ship_divider"): "t2g_ship", ("cookie_share", "dc_echo"): "share_dc",
    ("cookie_share", "booth_divider"): "share_booth", ("cookie_share", "manual"): "share_manual",
    ("cookie_share", "unstated"): "share", ("t2t", "in"): "t2t_in", ("t2t", "out"): "t2t_out",
}  # fmt: skip
_LEDGER = {
    "initialorder": "c2t", "cupboardpickup": "c2t", "cupboard": "c2t", "cupboardorder": "c2t", "pickup": "c2t", "c2t": "c2t",
    "t2tin": "t2t_in", "t2tout": "t2t_out", "t2g": "t2g", "g2t": "g2t", "return": "t2c", "returns": "t2c",
}  # fmt: skip
_OPPOSITE = {"c2t": "t2c", "t2c": "c2t", "t2g": "g2t", "g2t": "t2g", "t2t_in": "t2t_out", "t2t_out": "t2t_in"}

WHICH_T2G = Note(
    N_(
        "This file does not say whether this T2G line is a hand-out or only credit from a booth or online sales. "
        "Say it once for all of them, or line by line; Smart Cookies' own JSON says it too."
    )
)
UNKNOWN_TYPE = N_("The transfer type “%(seen)s” is not known.")
UNKNOWN_COOKIE = N_("This season has no cookie called “%(seen)s”.")
NO_DAY = Note(N_("This row has no date, so its boxes cannot be moved."))
NO_BOXES = Note(N_("This row moves no cookies that can be handled."))
MIXED = Note(N_("This row takes some cookies and gives others back; it is compared, and moves nothing."))
PRICES = N_("Smart Cookies says $%(said)s, this season's prices come to $%(ours)s. This season's prices were kept.")


@dataclass
class Office:
    """What the rows of one file are compared with. `age`: the file is older (-1), newer (1) or one cannot tell (0)."""

    known: Known
    records: Mapping[str, Record]
    age: int = 0
    own: Mapping[int, own_moves.Own] = field(default_factory=dict)

    def judge(self, row: Any, kept: tuple[int | None, int | None] = (None, None)) -> Verdict:
        """The verdict over one row; `kept` are the girls it was found to be of before, when their names are gone."""
        if row.refused:
            return refused(row.refused, scout_id=kept[0], knows_girl=not _names(row))
        if isinstance(row, TransferRow):
            return self._transfer(row, kept)
        return self._report(row, kept) if isinstance(row, OrderRow) else self._ledger(row, kept)

    def key(self, row: Any) -> str:
        """The record's key: each kind of file counts its own numbers."""
        prefix = {"TransferRow": "", "OrderRow": "report/", "LedgerRow": "ledger/"}[type(row).__name__]
        return f"{prefix}{row.key}"

    def _transfer(self, row: TransferRow, kept: tuple[int | None, int | None]) -> Verdict:
        asks, reasons = self._cookies(row)
        kind = self._kind(row, asks, reasons)
        girl = self._girl(row.girl_name, row.is_site, kept[0], asks, reasons)
        giver = self._girl(row.giver_name, False, kept[1], asks, reasons)
        counts, _ = self.known.lines(row.lines)
        if kind in POSTS and not row.is_pending and row.transferred_on is None:
            reasons.append(NO_DAY)
        if reasons:
            return replace(self._refused(reasons, asks, girl), giver_id=giver.scout_id)
        if row.is_pending:
            kind = "planned"
        elif girl.is_site and kind in ("t2g", "g2t"):
            kind = "check"  # boxes for the troop's own site stay on the troop's shelf
        doubts = [doubt for doubt in row.doubts if "type" not in doubt.params]
        sayings = [Saying(girl.scout_id, product, boxes) for product, boxes in sorted(counts.items())]
        if kind == "g2g":
            sayings += [Saying(giver.scout_id, product, -boxes) for product, boxes in sorted(counts.items())]
        if not sayings:
            sayings = [Saying(girl.scout_id, None, row.boxes_total)]
        sayings[0] = sayings[0]._replace(cents=row.amount_cents or 0)
        move = None
        if kind in POSTS:
            move, doubt = self._move(kind, row.transferred_on or "", counts, girl.scout_id, giver.scout_id)
            doubts += [doubt] if doubt else self._priced(row.amount_cents, counts)
        record = Record(kind, row.number, row.transferred_on, tuple(sayings), move)
        return replace(self._settled(row, record, doubts, girl.scout_id), giver_id=giver.scout_id)

    def _kind(self, row: TransferRow, asks: list[Ask], reasons: list[Note]) -> str:
        if row.transfer_class == "unknown":
            said = self.known.meaning("transfer_type", row.transfer_type)
            if said in MEANINGS:
                return said
            asks.append(Ask("transfer_type", row.transfer_type or "?"))
            reasons.append(Note(UNKNOWN_TYPE, {"seen": row.transfer_type}))
            return "check"
        if (row.transfer_class, row.via) == ("t2g", "unstated"):
            before = self.records.get(self.key(row))
            own = f"{UNSTATED} {row.number or row.key}"
            said = self.known.meaning("transfer_type", own)
            if not said and before is not None and before.kind in ("t2g", *CREDITS):
                said = before.kind  # another file of the same orders has said it
            said = said or self.known.meaning("transfer_type", UNSTATED)
            if said not in MEANINGS and not row.is_pending:
                asks += [Ask("transfer_type", UNSTATED), Ask("transfer_type", own)]
                reasons.append(WHICH_T2G)
            return said or "t2g"
        kind = _WAYS.get((row.transfer_class, row.via or row.direction), row.transfer_class)
        if kind == "share":
            before = self.records.get(self.key(row))
            if before is not None and before.kind in SHARES:
                return before.kind  # a file that says less does not unsay what another one said
        return kind

    def _report(self, row: OrderRow, kept: tuple[int | None, int | None]) -> Verdict:
        asks, reasons = self._cookies(row)
        name = f"{row.girl_first} {row.girl_last}".strip()
        girl = self._girl(name, row.is_site, kept[0], asks, reasons)
        if reasons:
            return self._refused(reasons, asks, girl)
        counts, _ = self.known.lines(row.lines)
        sayings = [Saying(girl.scout_id, product, boxes) for product, boxes in sorted(counts.items())]
        record = Record(
            "report", row.number, row.ordered_on, tuple(sayings) or (Saying(girl.scout_id, None, row.boxes_total),)
        )
        doubts = [doubt for doubt in row.doubts if "named" in doubt.params]
        return self._settled(row, record, doubts, girl.scout_id)

    def _ledger(self, row: LedgerRow, kept: tuple[int | None, int | None]) -> Verdict:
        asks, reasons = self._cookies(row)
        name = f"{row.girl_first} {row.girl_last}".strip() if row.row_class == "girl" else ""
        girl = self._girl(name, row.row_class == "site", kept[0], asks, reasons)
        kind = self._kind_of_entry(row, asks, reasons)
        counts, _ = self.known.lines(row.lines)
        if row.donated and self.known.share is not None:
            counts[self.known.share.id] = counts.get(self.known.share.id, 0) + row.donated
        if kind in POSTS and row.happened_on is None:
            reasons.append(NO_DAY)
        if reasons:
            return self._refused(reasons, asks, girl)
        doubts = [doubt for doubt in row.doubts if "named" in doubt.params]
        sayings = [Saying(girl.scout_id, product, boxes) for product, boxes in sorted(counts.items()) if boxes]
        if row.paid_cents:
            sayings.append(Saying(girl.scout_id, None, 0, row.paid_cents))
        move = None
        if kind in POSTS and kind != "g2g":
            if all(boxes <= 0 for boxes in counts.values()):
                kind = _OPPOSITE[kind]
                sayings = [saying._replace(boxes=abs(saying.boxes)) for saying in sayings]
                counts = {product: -boxes for product, boxes in counts.items()}
            if any(boxes < 0 for boxes in counts.values()):
                kind, doubts = f"ledger_{row.row_class}", [*doubts, MIXED]
            else:
                move, doubt = self._move(kind, row.happened_on or "", counts, girl.scout_id, None)
                doubts += [doubt] if doubt else []
        record = Record(kind, row.number, row.happened_on, tuple(sayings) or (Saying(girl.scout_id, None, 0),), move)
        return self._settled(row, record, doubts, girl.scout_id)

    def _kind_of_entry(self, row: LedgerRow, asks: list[Ask], reasons: list[Note]) -> str:
        kind = f"ledger_{row.row_class}"
        if not row.entry_type or row.row_class not in ("other", "girl"):
            return kind
        said = _LEDGER.get(cells.letters(row.entry_type)) or self.known.meaning("transfer_type", row.entry_type)
        if said in MEANINGS:
            return kind if said == "check" else said
        if row.row_class == "other":
            asks.append(Ask("transfer_type", row.entry_type))
            reasons.append(Note(UNKNOWN_TYPE, {"seen": row.entry_type}))
        return kind

    def _settled(self, row: Any, record: Record, doubts: list[Note], scout_id: int | None) -> Verdict:
        key = self.key(row)
        before = self.records.get(key)
        answer = self.known.meaning("move", own_moves.said_of(self.known.season.id, key))
        entries: tuple[int, ...] = ()
        if before is not None and own_moves.keeps(record, before, self.own, answer):
            record = record._replace(move=None, own=before.own)
            entries = (before.own,) if before.own else ()
            doubts = doubts if record.sayings == before.sayings else [*doubts, own_moves.CHANGED_THERE]
        if is_too_much(saying.boxes for saying in record.sayings):
            return refused(TOO_MUCH, scout_id=scout_id)
        verdict = compared(record, before, doubts, scout_id)
        if verdict.wanted is not None and before is not None and self.age < 0:
            return refused(OLDER, scout_id=scout_id)
        return replace(verdict, entries=entries)

    def _refused(self, reasons: list[Note], asks: list[Ask], girl: Girl) -> Verdict:
        knows = not any(ask.kind == "scout" for ask in asks)
        return refused(*reasons, asks=asks, scout_id=girl.scout_id, knows_girl=knows)

    def _cookies(self, row: Any) -> tuple[list[Ask], list[Note]]:
        _, asks = self.known.lines(row.lines)
        return asks, [Note(UNKNOWN_COOKIE, {"seen": ask.said}) for ask in asks]

    def _girl(self, name: str, is_site: bool, kept: int | None, asks: list[Ask], reasons: list[Note]) -> Girl:
        if is_site or kept is not None or not name:
            return Girl(kept, is_site)
        girl = self.known.girl_named(name)
        if girl.ask:
            asks.append(girl.ask)
        if girl.reason:
            reasons.append(girl.reason)
        return girl

    def _move(
        self, kind: str, day: str, counts: dict[int, int], girl: int | None, giver: int | None
    ) -> tuple[Move | None, Note | None]:
        handled = tuple(
            (product, boxes)
            for product, boxes in sorted(counts.items())
            if boxes and not self.known.products[product].is_virtual
        )
        if not handled:
            return None, NO_BOXES
        who, to = (giver, girl) if kind == "g2g" else (girl if kind in ("t2g", "g2t") else None, None)
        if (kind in ("t2g", "g2t", "g2g") and who is None) or (kind == "g2g" and to is None):
            return None, NO_BOXES
        return Move(POSTS[kind], day, who, to, handled), None

    def _priced(self, said: int | None, counts: dict[int, int]) -> list[Note]:
        ours = sum(self.known.products[product].price_cents * boxes for product, boxes in counts.items())
        if not said or said == ours:
            return []
        return [Note(PRICES, {"said": f"{said / 100:.2f}", "ours": f"{ours / 100:.2f}"})]


def _names(row: Any) -> bool:
    return bool(getattr(row, "girl_name", "") or getattr(row, "giver_name", ""))


def without_names(row: Any) -> Any:
    """The row without any girl's name, for keeping once it is known who she is."""
    gone = {"girl_first": "", "girl_last": "", "girl_name": "", "girl_id": "", "giver_name": "", "memo": ""}
    girls = {name for name in (getattr(row, "girl_name", ""), getattr(row, "giver_name", "")) if name}
    if isinstance(row, TransferRow):
        gone |= {end: "" for end in ("from_name", "to_name") if getattr(row, end) in girls}
    fitting = {name: blank for name, blank in gone.items() if hasattr(row, name)}
    named = ("girl_first", "girl_last", "girl_name", "giver_name")
    known = {cell.casefold() for name in named if (cell := getattr(row, name, ""))}
    seen = {heading: cell for heading, cell in row.seen.items() if cell.casefold() not in known}
    return replace(row, **fitting, seen=seen)
