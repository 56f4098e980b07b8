"""A booth closed by what its table holds at the end, and opened again when the count was wrong."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit, journal
from gsctracker.domain.booths import booths, cash, closing, family, states
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.inventory import transfers
from gsctracker.domain.journal import DONATED, LOSSES, STOCK, Boxes, goods
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed
from gsctracker.words import N_

NOT_ALLOWED = N_("A booth is closed by a cookie leader or by an adult who signed up for it.")


class Count(NamedTuple):
    """What the table held of one cookie at the end: packages left over, damaged and given away.

    `brought` is given where the load-out was counted otherwise at the site; else the ledger says it.
    """

    remaining: int
    damaged: int = 0
    donated: int = 0
    brought: int | None = None

    @property
    def there(self) -> int:
        """Packages at the beginning, once `brought` is filled in."""
        return self.brought or 0


def brought(tx: apsw.Connection, booth_id: int) -> dict[int, int]:
    """Packages on the booth's table by cookie, as the ledger has them: loaded out and topped up; or at home where it sells from."""
    if family.is_from_home(tx, booths.find(tx, booth_id)):
        return family.at_home(tx, booth_id)
    rows = many(
        tx,
        "SELECT product_id, sum(boxes) AS boxes FROM box_steps WHERE place_id = :place GROUP BY product_id HAVING sum(boxes) <> 0",
        place=journal.place_of_booth(tx, booth_id),
    )
    return {row.product_id: row.boxes for row in rows}


def close(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    counts: Mapping[int, Count],
    money: Money,
    *,
    share: Mapping[int, int] | None = None,
    pieces: Mapping[int, int] | None = None,
    reason: str | None = None,
    note: str = "",
    onward_booth_id: int | None = None,
) -> closing.Result:
    """Close a booth by what its table holds: sold = brought - remaining - damaged - given away, cookie by cookie.

    `share` is Cookie Share by tally, `pieces` the cash at the end by denomination (it then replaces `money.end`). What
    remains goes back to the shelf, or on to another booth; a family's own booth sells from home (`family.close`). Raises
    Conflict when closed before, Invalid for counts above what was brought, for a cookie that was not counted, and for a
    variance without its reason.
    """
    _allowed(tx, by, booth_id)
    booth = closing.to_close(tx, by, booth_id)
    if family.is_from_home(tx, booth):
        return family.close(tx, by, booth, _sold_from_home(tx, booth, counts) | dict(share or {}), money.cards, note)
    if pieces:
        money = money._replace(end=cash.counted(pieces))
    onward = None if onward_booth_id is None else _still_open(tx, onward_booth_id, booth)
    counted = _counted(tx, booth, counts)
    entries = _correct(tx, by, booth, counted, note)
    lines = [
        (product, count, count.there - count.remaining - count.damaged - count.donated) for product, count in counted
    ]
    for product_id, boxes in (share or {}).items():
        product = closing.of_season(tx, booth, product_id)
        if not product.is_virtual:
            raise Invalid(N_("%(name)s is counted, not tallied."), "not_virtual", name=product.name)
        lines.append((product, Count(0), values.boxes(f"share-{product_id}", boxes, 0)))
    place, day = journal.place_of_booth(tx, booth_id), troop.day_of(tx, booth.starts_at)
    sold = [(product, boxes) for product, _, boxes in lines]
    result, sale = closing.post_sale(tx, by, booth, sold, money, reason, note)
    for kind, part, to_place in (("DAMAGED", "damaged", journal.DAMAGED), ("TROOP_GIFT", "donated", DONATED)):
        gone = [(product, getattr(count, part)) for product, count in counted if getattr(count, part)]
        if gone:
            entries.append(
                journal.post(
                    tx,
                    booth.season_id,
                    kind,
                    day,
                    by=by.id,
                    booth_id=booth_id,
                    custody=[Boxes(product.id, boxes, place, to_place) for product, boxes in gone],
                    liability=[goods(LOSSES, STOCK, product.id, boxes, product.price_cents) for product, boxes in gone]
                    if kind == "TROOP_GIFT"
                    else (),
                )
            )
    left = [(product.id, count.remaining, product.price_cents) for product, count in counted if count.remaining]
    if left:
        entries.append(transfers.post(tx, booth.season_id, "BOOTH_TO_TROOP", day, left, by=by.id, booth_id=booth_id))
    if left and onward is not None:
        entries.append(transfers.post(tx, booth.season_id, "TROOP_TO_BOOTH", day, left, by=by.id, booth_id=onward.id))
    closing_id = closing.keep(tx, by, booth_id, sale, money, result, reason, pieces or {})
    for product, count, boxes in lines:
        add(
            tx,
            """INSERT INTO booth_closing_lines (closing_id, product_id, brought, remaining, damaged, donated, sold)
               VALUES (:closing, :product, :brought, :remaining, :damaged, :donated, :sold)""",
            closing=closing_id,
            product=product.id,
            brought=count.brought,
            remaining=count.remaining,
            damaged=count.damaged,
            donated=count.donated,
            sold=boxes,
        )
    closing.belong(tx, closing_id, [*entries, sale])
    return result


def reopen(tx: apsw.Connection, by: Person, booth_id: int, reason: str) -> None:
    """Take a closing back, with its reason: the girls' credit first, then all that the closing posted.

    The boxes are on the booth's table again. Raises Conflict where it is not closed, or where the boxes that went on to the
    next booth were sold there.
    """
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    closed = closing.find(tx, booth_id)
    if closed is None:
        raise Conflict(N_("This booth is not closed yet."), "not_closed")
    closing.require_at_hand(booth, by)
    reason = values.text("reason", reason, 500)
    if not reason:
        sentence = N_("Say why the booth is opened again.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    onward = one(
        tx,
        """SELECT booths.name FROM booth_closing_entries JOIN journal ON journal.id = booth_closing_entries.entry_id
             JOIN booth_closings AS next ON next.booth_id = journal.booth_id AND next.reopened_at IS NULL
             JOIN booths ON booths.id = next.booth_id
            WHERE closing_id = :closing AND next.id <> :closing AND journal.kind = 'TROOP_TO_BOOTH'""",
        closing=closed.id,
    )
    if onward:
        raise Conflict(
            N_("Its boxes went on to %(name)s, which is closed too. Open that one again first."),
            "onward_closed",
            name=onward.name,
        )
    closing.take_credit_back(tx, by, booth_id, reason)
    for row in many(
        tx,
        """SELECT entry_id FROM booth_closing_entries JOIN standing_entries ON standing_entries.id = entry_id
            WHERE closing_id = :closing ORDER BY entry_id DESC""",
        closing=closed.id,
    ):
        journal.reverse(tx, row.entry_id, by=by.id, note=reason)
    run(tx, "UPDATE booth_closings SET reopened_at = :now WHERE id = :id", now=clock.now(), id=closed.id)
    states.follow(tx, booth_id, "open")
    audit.note(tx, by.id, "booth.reopened", "booth", booth_id)


def _allowed(tx: apsw.Connection, by: Person, booth_id: int) -> None:
    if not closing.may_count(tx, by, booth_id):
        raise NotAllowed(NOT_ALLOWED, "not_allowed")


def _sold_from_home(tx: apsw.Connection, booth: Row, counts: Mapping[int, Count]) -> dict[int, int]:
    """What is gone from a girl's home by what is left there; a cookie that was not counted was not sold."""
    there, sold = family.at_home(tx, booth.id), {}
    for product_id, count in counts.items():
        product = closing.of_season(tx, booth, product_id)
        had = (
            there.get(product_id, 0)
            if count.brought is None
            else values.boxes(f"brought-{product_id}", count.brought, 0)
        )
        sold[product_id] = had - values.boxes(f"remaining-{product_id}", count.remaining, 0)
        if count.damaged or count.donated:
            sentence = N_("%(name)s: what was damaged or given away at home is not the troop's.")
            fields = {f"remaining-{product_id}": (sentence, {"name": product.name})}
            raise Invalid(sentence, "not_the_troops", fields, name=product.name)
        if sold[product_id] < 0:
            sentence = N_("%(name)s: more is left than the %(n)d that were there.")
            params = {"name": product.name, "n": had}
            raise Invalid(sentence, "more_than_brought", {f"remaining-{product_id}": (sentence, params)}, **params)
    return sold


def _counted(tx: apsw.Connection, booth: Row, counts: Mapping[int, Count]) -> list[tuple[Row, Count]]:
    """Each cookie with its count, `brought` filled in. Raises Invalid for one that was brought and not counted."""
    ledger, found = brought(tx, booth.id), []
    for product_id, said in counts.items():
        product = closing.of_season(tx, booth, product_id)
        if product.is_virtual:
            raise Invalid(N_("%(name)s is tallied, not counted."), "virtual_cookie", name=product.name)
        numbers = {
            part: values.boxes(f"{part}-{product_id}", getattr(said, part), 0)
            for part in ("remaining", "damaged", "donated")
        }
        there = ledger.pop(product_id, 0)
        if said.brought is not None:
            there = values.boxes(f"brought-{product_id}", said.brought, 0)
        if there < 0:
            sentence = N_("%(name)s: the ledger has fewer than none on this table. Say how many were brought.")
            fields = {f"brought-{product_id}": (sentence, {"name": product.name})}
            raise Invalid(sentence, "below_zero", fields, name=product.name)
        found.append((product, Count(**numbers, brought=there)))
        if sum(numbers.values()) > there:
            sentence = N_("%(name)s: more is left, damaged or given away than the %(n)d that were brought.")
            params = {"name": product.name, "n": there}
            raise Invalid(sentence, "more_than_brought", {f"remaining-{product_id}": (sentence, params)}, **params)
    for product_id in ledger:
        product = closing.of_season(tx, booth, product_id)
        sentence = N_("%(name)s was brought and not counted. Write 0 where nothing is left.")
        fields = {f"remaining-{product_id}": (sentence, {"name": product.name})}
        raise Invalid(sentence, "not_counted", fields, name=product.name)
    return found


def _correct(tx: apsw.Connection, by: Person, booth: Row, counted: Sequence[tuple[Row, Count]], note: str) -> list[int]:
    """Bring the ledger to what was counted at the site at the beginning; gives the entries' ids."""
    there = brought(tx, booth.id)
    gaps = [(product, count.there - there.get(product.id, 0)) for product, count in counted]
    entries = []
    for kind, sign in (("FOUND", 1), ("LOST", -1)):
        lines = [(product.id, sign * gap, product.price_cents) for product, gap in gaps if sign * gap > 0]
        if lines:
            day = troop.day_of(tx, booth.starts_at)
            note = values.text("note", note, 500)
            if not note:
                sentence = N_("The table held another number at the beginning than was packed. Say in the note why.")
                raise Invalid(sentence, "note_needed", {"note": sentence})
            entries.append(
                transfers.post(tx, booth.season_id, kind, day, lines, by=by.id, booth_id=booth.id, note=note)
            )
    return entries


def _still_open(tx: apsw.Connection, onward_booth_id: int, booth: Row) -> Row:
    onward = booths.find(tx, onward_booth_id)
    if onward.id == booth.id or onward.season_id != booth.season_id or onward.status not in closing.BEFORE_CLOSING:
        sentence = N_("The boxes can only go on to a booth that is still to come.")
        raise Invalid(sentence, "not_open", {"onward": sentence})
    return onward
