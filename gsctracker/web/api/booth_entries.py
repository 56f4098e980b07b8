"""What phones tapped in at a booth: many entries in one call, each with its own answer, and the running tally."""

from typing import Annotated, Any, Literal

import msgspec
from flask import Blueprint, current_app, g
from msgspec import Meta, field

from gsctracker import clock, values
from gsctracker.domain.booths import closing, counting, entries, presences, tallies
from gsctracker.domain.booths.cash import MOST_PIECES, REASONS
from gsctracker.domain.season import catalogue, troop
from gsctracker.errors import Invalid, Refusal
from gsctracker.web import booth_words, offline_numbers
from gsctracker.web.access import allow
from gsctracker.web.api import complaints
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Ask, Cents, Word
from gsctracker.web.errors import fields_of, say
from gsctracker.words import N_

bp = Blueprint("booth_entry_calls", __name__, url_prefix="/api/troops/<troop:tid>/booths/<id:booth_id>")

MOST_IN_A_SALE = 1_000
Boxes = Annotated[int, Meta(ge=0, le=values.MOST_BOXES)]
Uid = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Device = Annotated[str, Meta(pattern="^[0-9a-z]{1,32}$")]


class Tapped(Ask, frozen=True):
    """So many packages of a cookie."""

    product: Word
    quantity: Annotated[int, Meta(ge=1, le=MOST_IN_A_SALE)]


class Left(Ask, frozen=True):
    """What the table holds of a cookie."""

    product: Word
    quantity: Boxes


class Counted(Ask, frozen=True):
    """What the table held of a cookie at the end; `brought` only where it was not what was packed."""

    product: Word
    remaining: Boxes
    damaged: Boxes = 0
    donated: Boxes = 0
    brought: Boxes | None = None


class Taken(Ask, frozen=True):
    """Money at the end, in cents: the float, the cash box with the float in it, what was carried away, and the rest."""

    start: Cents = 0
    end: Cents = 0
    drops: Cents = 0
    checks: Cents = 0
    cards: Cents = 0
    apps: Cents = 0


class _Entry(Ask, frozen=True, tag_field="kind"):
    id: Uid
    device: Device
    counter: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    captured_at: Annotated[str, Meta(min_length=20, max_length=20)]
    offset_seconds: Annotated[int, Meta(ge=-4_000_000_000, le=4_000_000_000)]


class SaleEntry(_Entry, frozen=True, tag="sale"):
    """A sale and how it was paid."""

    pay: Literal[entries.PAYS]
    items: Annotated[list[Tapped], Meta(min_length=1, max_length=40)]


class UndoEntry(_Entry, frozen=True, tag="undo"):
    """A sale is taken back; it may still be on its way."""

    undoes: Uid


class MidcountEntry(_Entry, frozen=True, tag="midcount"):
    """What is left at a change of shift."""

    items: Annotated[list[Left], Meta(min_length=1, max_length=40)]


class CloseEntry(_Entry, frozen=True, tag="close"):
    """The end of the booth."""

    counts: Annotated[list[Counted], Meta(max_length=40)]
    share: Annotated[list[Left], Meta(max_length=5)] = field(default_factory=list)
    money: Taken = Taken()
    cash: Annotated[dict[str, Annotated[int, Meta(ge=0, le=MOST_PIECES)]], Meta(max_length=20)] = field(
        default_factory=dict
    )
    reason: Literal[tuple(REASONS)] | None = None
    note: Annotated[str, Meta(max_length=500)] = ""


class SignEntry(_Entry, frozen=True, tag="sign"):
    """The second adult signs."""


KINDS = {"sale": SaleEntry, "undo": UndoEntry, "midcount": MidcountEntry, "close": CloseEntry, "sign": SignEntry}


class Batch(Ask, frozen=True):
    """Entries as phones keep them; each is looked at by itself, so that a wrong one stops no other.

    An entry has id (32 hexadecimal digits), device, counter, capturedAt, offsetSeconds and kind: sale (pay, items), undo
    (undoes), midcount (items), close (counts, share, money, cash, reason, note) or sign.
    """

    entries: Annotated[list[dict[str, Any]], Meta(max_length=entries.MOST_AT_ONCE)]
    device: Device | None = None


class Result(Answer, frozen=True):
    """What became of one entry: taken, again (it was kept before), flagged (kept, a person decides), refused (not kept)."""

    id: str
    result: Literal["taken", "again", "flagged", "refused"]
    code: str = ""
    message: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class CookieTally(Answer, frozen=True):
    """Packages of a cookie: on the table by the ledger, and sold by tally on other phones than the one that asks."""

    code: str
    brought: int
    elsewhere: int


class Tally(Answer, frozen=True):
    """The booth as the box knows it. `generation` is another after a restore: what was sent before is to be offered again.

    `warning` is a sentence for those who stand there, such as that an adult is missing; mostly empty.
    """

    generation: str
    now: str
    status: str
    is_closed: bool
    waiting: int
    items: list[CookieTally]
    cash_cents: int
    card_cents: int
    other_cents: int
    warning: str = ""


class Answers(Answer, frozen=True):
    """One result for each entry, in the order they were sent, and the booth afterwards."""

    results: list[Result]
    booth: Tally


class TallyAsk(Ask, frozen=True):
    """Which phone's own entries to leave out: it knows them itself."""

    device: Device | None = None


@bp.post("/entries")
@allow("family.see")
@call()
def send(tx, booth_id: int, body: Batch) -> Answers:
    """Take in what a phone tapped, each entry exactly once however often it is sent."""
    booth = entries.must_tap(tx, g.by, booth_id)
    results = [_one(tx, booth, given) for given in body.entries]
    numbers: offline_numbers.OfflineNumbers = current_app.extensions[offline_numbers.PART]
    for one in results:
        numbers.came(one.result)
    new = [one for one in results if one.result in ("taken", "flagged")]
    entries.told(tx, g.by, booth_id, len(new), sum(one.result == "flagged" for one in new))
    return Answers(results, _tally(tx, booth_id, body.device))


@bp.get("/tally")
@allow("family.see")
@call()
def tally(tx, booth_id: int, query: TallyAsk) -> Tally:
    """The running tally of a booth."""
    entries.must_tap(tx, g.by, booth_id)
    return _tally(tx, booth_id, query.device)


def from_file(tx, booth, content: bytes) -> list[Result]:
    """Take in the file in which a phone kept what it could not send. Raises Invalid for what is none."""
    try:
        given = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        sentence = N_("This is no file of entries that a phone kept.")
        raise Invalid(sentence, "no_entries", {"file": sentence}) from None
    if given.booth != booth.id:
        sentence = N_("This file belongs to another booth: %(said)s.")
        params = {"said": given.name[:80]}
        raise Invalid(sentence, "other_booth", {"file": (sentence, params)}, **params)
    results = [_one(tx, booth, one) for one in given.entries]
    new = [one for one in results if one.result in ("taken", "flagged")]
    entries.told(tx, g.by, booth.id, len(new), sum(one.result == "flagged" for one in new))
    return results


class _File(msgspec.Struct, frozen=True):
    booth: int
    entries: Annotated[list[dict[str, Any]], Meta(max_length=5_000)]
    name: Annotated[str, Meta(max_length=200)] = ""


def _one(tx, booth, given: dict[str, Any]) -> Result:
    said_id = given.get("id")
    uid = said_id[:40] if isinstance(said_id, str) else ""
    try:
        wanted = KINDS.get(given["kind"]) if isinstance(given.get("kind"), str) else None
        if wanted is None:
            values.choice("kind", given.get("kind"), entries.KINDS)
        found = _fitted(wanted, given)
        taken = entries.take(tx, g.by, booth, found)
    except Refusal as no:
        return Result(uid, "refused", no.code, say(no.message, no.params), fields_of(no))
    result = "again" if taken.again else taken.state
    return Result(uid, result, taken.flag, say(FLAGS[taken.flag]) if taken.state == "flagged" else "")


def _fitted(wanted: type, given: dict[str, Any]) -> entries.Entry:
    try:
        found = msgspec.convert(given, wanted)
    except msgspec.ValidationError:
        plain = {name: value for name, value in given.items() if name != "kind"}
        no = complaints.refusal(wanted, plain)
        raise no if no.fields else Invalid(N_("This is no entry of a booth."), "invalid") from None
    said = msgspec.to_builtins(found)
    for name in ("kind", "id", "device", "counter", "capturedAt", "offsetSeconds"):
        said.pop(name, None)
    return entries.Entry(
        found.id, found.device, found.counter, found.captured_at, found.offset_seconds, given["kind"], said
    )


FLAGS = {
    "": "",
    "other_content": N_("The same entry came with other contents. Both are kept; a leader decides."),
    "unknown_cookie": N_("A cookie in it is not in the catalogue. It is kept; a leader decides."),
    "not_sold": N_("A cookie in it is not sold any more. It is kept; a leader decides."),
    "after_closing": N_("It was tapped in after the booth was closed. It is kept; a leader decides."),
    "late_share": N_("Its Cookie Share is not in the closing. It is kept; a leader decides."),
    "contradicts": N_("The booth was closed with other figures. Both are kept; a leader decides."),
    "refused": N_("It does not fit what is known of the booth. It is kept; a leader decides."),
    "early": N_("It is kept and counts as soon as the booth is closed."),
}
"""What a phone is told about an entry that was flagged."""


def warning(tx, booth) -> str:
    """What those who stand at a booth should know at this moment, or nothing."""
    lacking = presences.adults_lacking(tx, booth.season_id, [booth]).get(booth.id)
    return booth_words.adults_lacking(lacking) if lacking else ""


def _tally(tx, booth_id: int, device: str | None) -> Tally:
    booth = entries.must_tap(tx, g.by, booth_id)
    brought = counting.brought(tx, booth_id)
    elsewhere, money = tallies.packages(tx, booth_id, device or ""), tallies.money(tx, booth_id, device or "")
    return Tally(
        generation=troop.generation(tx),
        now=clock.now(),
        status=booth.status,
        is_closed=closing.find(tx, booth_id) is not None,
        waiting=entries.waiting(tx, booth_id),
        items=[
            CookieTally(one.code, brought.get(one.id, 0), elsewhere.get(one.id, 0))
            for one in catalogue.products(tx, booth.season_id)
        ],
        cash_cents=money["cash"],
        card_cents=money["card"],
        other_cents=money["other"],
        warning=warning(tx, booth),
    )
