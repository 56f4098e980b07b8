"""What the back office says, record by record, and the one entry that stands for each record in our own journal."""

from collections.abc import Mapping
from typing import NamedTuple

import apsw

from gsctracker.db.rows import many, run
from gsctracker.domain import journal
from gsctracker.domain.inventory import transfers
from gsctracker.words import N_


class Saying(NamedTuple):
    """So many packages of a cookie, or cents, of a girl (None: the troop's), as the office has it."""

    scout_id: int | None
    product_id: int | None
    boxes: int
    cents: int = 0


class Move(NamedTuple):
    """A move of boxes that an office record stands for; `lines` are (product id, packages), sorted."""

    kind: str
    day: str
    scout_id: int | None
    to_scout_id: int | None
    lines: tuple[tuple[int, int], ...]


class Record(NamedTuple):
    """One record: its kind, number and day, what it says, and the move it stands for, if it moves boxes at all.

    `own` is the entry recorded here by hand that it was recognised as; then it has no move of its own.
    """

    kind: str
    number: str
    day: str | None
    sayings: tuple[Saying, ...]
    move: Move | None = None
    own: int | None = None


TAKEN_BACK = N_("The file that said so was taken back, or says something else now.")
"""The reason that a receipt of such an entry is voided with."""
MOVES = ("C2T", "T2C", "T2G", "G2T", "G2G", "T2T_IN", "T2T_OUT")


def known(tx: apsw.Connection, season_id: int, system: str) -> dict[str, Record]:
    """Every record of a system by its key."""
    sayings: dict[str, list[Saying]] = {}
    heads: dict[str, tuple[str, str, str | None]] = {}
    for row in many(
        tx,
        """SELECT key, kind, external_number, day, scout_id, product_id, boxes, cents FROM office_lines
            WHERE season_id = :season AND system = :system ORDER BY id""",
        season=season_id,
        system=system,
    ):
        heads[row.key] = (row.kind, row.external_number, row.day)
        sayings.setdefault(row.key, []).append(Saying(row.scout_id, row.product_id, row.boxes, row.cents))
    moves = _moves(tx, season_id, system)
    own = {
        row.key: row.entry_id
        for row in many(
            tx,
            "SELECT key, entry_id FROM external_entries WHERE season_id = :season AND system = :system AND is_own = 1",
            season=season_id,
            system=system,
        )
    }
    return {key: Record(*head, tuple(sayings[key]), moves.get(key), own.get(key)) for key, head in heads.items()}


def _moves(tx: apsw.Connection, season_id: int, system: str) -> dict[str, Move]:
    lines: dict[str, list[tuple[int, int]]] = {}
    heads: dict[str, tuple[str, str, int | None, int | None]] = {}
    for row in many(
        tx,
        f"""SELECT key, journal.kind, day, journal.scout_id, product_id, boxes,
                   CASE WHEN journal.kind = 'G2G' THEN places.scout_id END AS to_scout_id
              FROM external_entries JOIN journal ON journal.id = external_entries.entry_id
              JOIN box_moves ON box_moves.entry_id = journal.id JOIN places ON places.id = to_place
             WHERE external_entries.season_id = :season AND system = :system AND is_own = 0 AND journal.kind IN {MOVES}
             ORDER BY key, product_id""",
        season=season_id,
        system=system,
    ):
        heads[row.key] = (row.kind, row.day, row.scout_id, row.to_scout_id)
        lines.setdefault(row.key, []).append((row.product_id, row.boxes))
    return {key: Move(*head, tuple(lines[key])) for key, head in heads.items()}


def write(
    tx: apsw.Connection,
    season_id: int,
    system: str,
    wanted: Mapping[str, Record | None],
    *,
    by: int | None,
    batch_id: int,
    prices: Mapping[int, int],
) -> None:
    """Make these records stand as said (None: not there at all). An entry that no longer fits is reversed, never edited."""
    before = known(tx, season_id, system)
    for key, record in wanted.items():
        now = before.get(key)
        move, own = (record.move, record.own) if record else (None, None)
        if ((now.move, now.own) if now else (None, None)) != (move, own):
            take_back(tx, season_id, system, key, by=by)
            if own is not None:
                stand_for(tx, season_id, system, key, own, is_own=True)
            elif move is not None:
                _post(tx, season_id, system, key, move, record.number if record else "", by, batch_id, prices)
        run(
            tx,
            "DELETE FROM office_lines WHERE season_id = :season AND system = :system AND key = :key",
            season=season_id,
            system=system,
            key=key,
        )
        if record is not None:
            tx.executemany(
                """INSERT INTO office_lines (season_id, system, key, kind, external_number, day, batch_id, scout_id, product_id,
                                             boxes, cents) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                [
                    (season_id, system, key, record.kind, record.number[:40], record.day, batch_id, *saying)
                    for saying in record.sayings
                ],
            )


def take_back(tx: apsw.Connection, season_id: int, system: str, key: str, *, by: int | None) -> None:
    """Reverse the entry that stands for a record, if there is one that still stands; one recorded by hand is only let go."""
    for row in many(
        tx,
        """SELECT entry_id, is_own, EXISTS (SELECT 1 FROM journal WHERE reverses = entry_id) AS is_reversed FROM external_entries
            WHERE season_id = :season AND system = :system AND key = :key""",
        season=season_id,
        system=system,
        key=key,
    ):
        if not row.is_reversed and not row.is_own:
            journal.reverse(tx, row.entry_id, by=by, note=TAKEN_BACK)
        run(tx, "DELETE FROM external_entries WHERE entry_id = :entry", entry=row.entry_id)


def stand_for(
    tx: apsw.Connection, season_id: int, system: str, key: str, entry_id: int, *, is_own: bool = False
) -> None:
    """From now on this entry stands for that record; `is_own`: somebody recorded it by hand.

    One recorded by hand that stands for another record by now stays with that: this record is compared anew.
    """
    run(
        tx,
        """INSERT INTO external_entries (season_id, system, key, entry_id, is_own)
           SELECT :season, :system, :key, :entry, :own
            WHERE :own = 0 OR NOT EXISTS (SELECT 1 FROM external_entries WHERE entry_id = :entry)""",
        own=int(is_own),
        season=season_id,
        system=system,
        key=key,
        entry=entry_id,
    )


def _post(
    tx: apsw.Connection,
    season_id: int,
    system: str,
    key: str,
    move: Move,
    number: str,
    by: int | None,
    batch_id: int,
    prices: Mapping[int, int],
) -> None:
    entry_id = transfers.post(
        tx,
        season_id,
        move.kind,
        move.day,
        [(product, boxes, prices[product]) for product, boxes in move.lines],
        by=by,
        scout_id=move.scout_id,
        to_scout_id=move.to_scout_id,
        batch_id=batch_id,
        reference=number[:80],
    )
    stand_for(tx, season_id, system, key, entry_id)
