"""What an entry of a phone does when it comes: a closing closes, a count is written down, a signature signs, a sale is judged."""

from collections.abc import Iterable, Mapping
from typing import Any

import apsw

from gsctracker.db.rows import Row, value
from gsctracker.domain.booths import attendance, closing, counting, hours, seconding, tallies
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

MONEY = Money._fields
CLOCKS_PART_SECONDS = 5
"""So far may two phones be apart whose clocks were set by ours: each knows it to the second, less the way the answer took."""


def first(
    tx: apsw.Connection, by: Person, booth: Row, kind: str, said: Mapping[str, Any], happened_at: str, device: str
) -> str:
    """Do what a new entry of a device says; gives a flag where it has to wait for a person. Raises what the verbs refuse."""
    if kind == "sale":
        return _doubts(tx, booth, said, happened_at)
    if kind == "undo" and is_after_closing(tx, booth.id, happened_at):
        return "after_closing"
    if kind == "midcount":
        attendance.count_midway(tx, by, booth.id, _boxes(tx, booth, said["items"]), happened_at)
    elif kind == "close":
        standing = closing.find(tx, booth.id)
        if standing is None:
            _close(tx, by, booth, said)
        elif not says_the_same(tx, booth, standing, said):
            return "contradicts"
        elif is_hers(tx, by, booth.id, device):
            counts, money, how = _closing(tx, booth, said)
            seconding.sign(tx, by, booth.id, counts, money, **how)
    elif kind == "sign":
        _sign(tx, by, booth)
    return ""


def again(tx: apsw.Connection, by: Person, booth: Row, kind: str, said: Mapping[str, Any]) -> None:
    """Do what an entry says that a person accepts now. Raises what the verbs refuse."""
    if kind == "sale":
        for line in said["items"]:
            product_of(tx, booth, line["product"])
    elif kind == "close":
        _close(tx, by, booth, said)
    elif kind in ("midcount", "sign"):
        raise Conflict(N_("This can only be left out: count or sign on the booth's own page instead."), "only_left_out")


def product_of(tx: apsw.Connection, booth: Row, said: str) -> Row:
    """The cookie of the booth's season by any of its names, sold or not. Raises Invalid for one that nobody knows."""
    found = catalogue.recognise(tx, booth.season_id, said)
    if found is None:
        raise Invalid(N_("This season has no cookie called “%(said)s”."), "unknown_cookie", said=str(said)[:60])
    return found


def packages(tx: apsw.Connection, booth: Row, items: Iterable[Mapping[str, Any]]) -> list[tuple[Row, int]]:
    """The known cookies of a sale with their packages, each cookie once."""
    found: dict[int, tuple[Row, int]] = {}
    for line in items:
        product = catalogue.recognise(tx, booth.season_id, line["product"])
        if product is not None:
            before = found.get(product.id, (product, 0))[1]
            found[product.id] = (product, before + line["quantity"])
    return list(found.values())


def is_after_closing(tx: apsw.Connection, booth_id: int, happened_at: str) -> bool:
    """Whether the booth was closed before that instant, by the time of who closed it and more than their clocks may part."""
    closed_at = value(
        tx,
        """SELECT ifnull((SELECT max(happened_at) FROM booth_entries WHERE booth_id = :booth AND kind = 'close'
                             AND state IN ('taken', 'accepted')), closed_at)
             FROM booth_closings WHERE booth_id = :booth AND reopened_at IS NULL""",
        booth=booth_id,
    )
    return closed_at is not None and happened_at > hours.shifted(closed_at, seconds=CLOCKS_PART_SECONDS)


def says_the_same(tx: apsw.Connection, booth: Row, standing: Row, said: Mapping[str, Any]) -> bool:
    """Whether a second closing counted the same boxes, Cookie Share and money as the one that stands."""
    counted = {
        line.product_id: (line.remaining, line.damaged, line.donated) for line in standing.lines if not line.is_virtual
    }
    mine = {
        product_of(tx, booth, line["product"]).id: (line["remaining"], line.get("damaged", 0), line.get("donated", 0))
        for line in said["counts"]
    }
    share = {line.product_id: line.sold for line in standing.lines if line.is_virtual and line.sold}
    my_share = {product: boxes for product, boxes in _boxes(tx, booth, said.get("share", ())).items() if boxes}
    money = _money(said)
    standing_money = tuple(getattr(standing, f"{name}_cents") for name in MONEY)
    return counted == mine and share == my_share and tuple(money) == standing_money


def is_hers(tx: apsw.Connection, by: Person, booth_id: int, device: str) -> bool:
    """Whether nobody else sent anything of this booth from that phone: one that two people use counts for one of them only."""
    another = value(
        tx,
        "SELECT 1 FROM booth_entries WHERE booth_id = :booth AND device = :device AND sent_by IS NOT :by LIMIT 1",
        booth=booth_id,
        device=device,
        by=by.id,
    )
    return another is None


def _doubts(tx: apsw.Connection, booth: Row, said: Mapping[str, Any], happened_at: str) -> str:
    lines = [(catalogue.recognise(tx, booth.season_id, line["product"]), line["quantity"]) for line in said["items"]]
    if any(product is None for product, _ in lines):
        return "unknown_cookie"
    if any(not product.is_active for product, _ in lines if product):
        return "not_sold"
    if is_after_closing(tx, booth.id, happened_at):
        return "after_closing"
    share = {product.id: boxes for product, boxes in lines if product and product.is_virtual}
    if share and (standing := closing.find(tx, booth.id)):
        closed_with = {line.product_id: line.sold for line in standing.lines}
        tallied = tallies.packages(tx, booth.id)
        if any(tallied.get(product, 0) + boxes > closed_with.get(product, 0) for product, boxes in share.items()):
            return "late_share"
    return ""


def _close(tx: apsw.Connection, by: Person, booth: Row, said: Mapping[str, Any]) -> None:
    counts, money, how = _closing(tx, booth, said)
    counting.close(tx, by, booth.id, counts, money, **how)


def _closing(
    tx: apsw.Connection, booth: Row, said: Mapping[str, Any]
) -> tuple[dict[int, Count], Money, dict[str, Any]]:
    """A closing as the verbs take it: counts by cookie, the money, and the rest by name."""
    counts = {
        product_of(tx, booth, line["product"]).id: Count(
            line["remaining"], line.get("damaged", 0), line.get("donated", 0), line.get("brought")
        )
        for line in said["counts"]
    }
    how = {
        "share": {product: boxes for product, boxes in _boxes(tx, booth, said.get("share", ())).items() if boxes},
        "pieces": _pieces(said),
        "reason": said.get("reason") or None,
        "note": said.get("note", ""),
    }
    return counts, _money(said), how


def _sign(tx: apsw.Connection, by: Person, booth: Row) -> None:
    try:
        closing.sign(tx, by, booth.id)
    except NotFound:
        raise
    except Conflict as no:
        standing = closing.find(tx, booth.id)
        if no.code == "already_signed" and standing and by.id in (standing.signed_by, standing.closed_by):
            return
        raise


def _boxes(tx: apsw.Connection, booth: Row, items: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    return {product_of(tx, booth, line["product"]).id: line["quantity"] for line in items}


def _pieces(said: Mapping[str, Any]) -> dict[int, int]:
    return {int(denomination): number for denomination, number in said.get("cash", {}).items() if number}


def _money(said: Mapping[str, Any]) -> Money:
    money = Money(**{name: said.get("money", {}).get(name, 0) for name in MONEY})
    pieces = _pieces(said)
    return money._replace(end=sum(cents * number for cents, number in pieces.items())) if pieces else money
