"""The season's journal and its three ledgers: custody of boxes, liability in cents, credit of girls.

An entry posts to one, two or all three; nothing is ever edited. Every other subject writes here, and only through here.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, many, one, value
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

COUNCIL, TROOP, TRANSIT, DAMAGED, CUSTOMER, OTHER_TROOP, LOST, DONATED = range(1, 9)
"""Ids of the places of which there is one; schema.sql makes them."""

STOCK, CASH_BOX, BANK, COUNCIL_ACCOUNT, CARD_CLEARING, OVER_SHORT, LOSSES, WRITE_OFF, PROCEEDS = range(1, 10)
"""Ids of the money accounts of which there is one; schema.sql makes them."""


class Boxes(NamedTuple):
    """Custody: so many packages of a cookie go from one place to another."""

    product_id: int
    boxes: int
    from_place: int
    to_place: int


class Cents(NamedTuple):
    """Liability: so many cents onto one account from another; for goods with their cookie, packages and price."""

    debit: int
    credit: int
    cents: int
    product_id: int | None = None
    boxes: int | None = None
    price_cents: int | None = None


class Credit(NamedTuple):
    """Credit: so many packages of a cookie for a girl, by channel."""

    scout_id: int
    product_id: int
    boxes: int
    channel: str


def goods(debit: int, credit: int, product_id: int, boxes: int, price_cents: int) -> Cents:
    """Liability for packages at a price."""
    return Cents(debit, credit, boxes * price_cents, product_id, boxes, price_cents)


def post(
    tx: apsw.Connection,
    season_id: int,
    kind: str,
    day: str,
    *,
    by: int | None,
    custody: Iterable[Boxes] = (),
    liability: Iterable[Cents] = (),
    credit: Iterable[Credit] = (),
    **about: object,
) -> int:
    """Write an entry with its postings; gives its id.

    `by` is the account that did it (None: the box itself); `about` are the journal's other columns: scout_id, order_id,
    booth_id, count_id, batch_id, method, reference, note.
    """
    columns = "".join(f", {name}" for name in about)
    places = "".join(f", :{name}" for name in about)
    entry_id = add(
        tx,
        f"""INSERT INTO journal (season_id, kind, day, recorded_at, recorded_by{columns})
            VALUES (:season_id, :kind, :day, :now, :by{places})""",
        season_id=season_id,
        kind=kind,
        day=day,
        now=clock.now(),
        by=by,
        **about,
    )
    _write(tx, entry_id, custody, liability, credit)
    return entry_id


def reverse(tx: apsw.Connection, entry_id: int, *, by: int | None, note: str = "") -> int:
    """Mirror an entry so that its postings cancel out; gives the mirroring entry's id.

    Raises NotFound where there is none, Conflict where it was reversed before or is itself a reversal.
    """
    entry = one(
        tx,
        """SELECT season_id, kind, day, scout_id, order_id, booth_id, count_id, batch_id, method, reference, reverses,
                  (SELECT later.id FROM journal AS later WHERE later.reverses = journal.id) AS reversed_by
             FROM journal WHERE id = :id""",
        id=entry_id,
    )
    if entry is None:
        raise NotFound(N_("There is no such entry."), "no_such_entry")
    if entry.reverses or entry.reversed_by:
        raise Conflict(N_("That entry was taken back before."), "already_reversed")
    mirror = add(
        tx,
        """INSERT INTO journal (season_id, kind, day, recorded_at, recorded_by, scout_id, order_id, booth_id, count_id,
                                batch_id, method, reference, note, reverses)
           SELECT season_id, kind, day, :now, :by, scout_id, order_id, booth_id, count_id,
                  batch_id, method, reference, :note, id
             FROM journal WHERE id = :id""",
        now=clock.now(),
        by=by,
        note=note,
        id=entry_id,
    )
    _write(
        tx,
        mirror,
        [Boxes(m.product_id, m.boxes, m.to_place, m.from_place) for m in moves_of(tx, entry_id)],
        [
            Cents(m.credit, m.debit, m.cents, m.product_id, m.boxes, m.price_cents)
            for m in many(tx, "SELECT * FROM money_entries WHERE entry_id = :id", id=entry_id)
        ],
        [
            Credit(c.scout_id, c.product_id, -c.boxes, c.channel)
            for c in many(tx, "SELECT * FROM credits WHERE entry_id = :id", id=entry_id)
        ],
    )
    return mirror


def moves_of(tx: apsw.Connection, entry_id: int) -> list[Row]:
    """The custody postings of an entry."""
    return many(tx, "SELECT product_id, boxes, from_place, to_place FROM box_moves WHERE entry_id = :id", id=entry_id)


def place_of_scout(tx: apsw.Connection, scout_id: int) -> int:
    """The place that is a girl's home."""
    return value(tx, "SELECT id FROM places WHERE scout_id = :scout_id", scout_id=scout_id)


def place_of_booth(tx: apsw.Connection, booth_id: int) -> int:
    """The place that is a booth's table."""
    return value(tx, "SELECT id FROM places WHERE booth_id = :booth_id", booth_id=booth_id)


def account_of_scout(tx: apsw.Connection, scout_id: int) -> int:
    """The money account on which a girl's family owes the troop."""
    return value(tx, "SELECT id FROM money_accounts WHERE scout_id = :scout_id", scout_id=scout_id)


def _write(
    tx: apsw.Connection,
    entry_id: int,
    custody: Iterable[Boxes],
    liability: Iterable[Cents],
    credit: Iterable[Credit],
) -> None:
    _each(
        tx,
        "INSERT INTO box_moves (entry_id, product_id, boxes, from_place, to_place) VALUES (?, ?, ?, ?, ?)",
        entry_id,
        custody,
    )
    _each(
        tx,
        """INSERT INTO money_entries (entry_id, debit, credit, cents, product_id, boxes, price_cents)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        entry_id,
        (posting for posting in liability if posting.cents),
    )
    _each(
        tx,
        "INSERT INTO credits (entry_id, scout_id, product_id, boxes, channel) VALUES (?, ?, ?, ?, ?)",
        entry_id,
        credit,
    )


def _each(tx: apsw.Connection, sql: str, entry_id: int, postings: Iterable[Sequence[object]]) -> None:
    rows = [(entry_id, *posting) for posting in postings]
    if rows:
        tx.executemany(sql, rows)
