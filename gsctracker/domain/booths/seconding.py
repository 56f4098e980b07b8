"""Two adults who each close a booth with the very same figures have both counted it: the second one signs by that."""

from collections.abc import Mapping

import apsw

from gsctracker.db.rows import Row, many, value
from gsctracker.domain.booths import closing
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.people.roles import Person


def sign(
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
) -> closing.Result | None:
    """Sign the booth for her where another adult closed it as she does now (packages, cents); gives what was sold.

    None, and nothing is signed, where any figure differs, where it is her own closing, where it was signed before or
    needs no second adult, and where no cookie was counted. The words of her note may be others.
    """
    standing = closing.find(tx, booth_id)
    if standing is None or not _waits_for(standing, by) or not closing.may_count(tx, by, booth_id):
        return None
    if standing.variance_cents and reason != standing.reason:
        return None
    if not _same_boxes(tx, standing, counts, share or {}) or not _same_money(standing, money, pieces or {}):
        return None
    if onward_booth_id not in (None, _went_on_to(tx, standing)):
        return None
    closing.sign(tx, by, booth_id, by_counting=True)
    sold = {line.product_id: line.sold for line in standing.lines if line.sold}
    return closing.Result(sold, standing.expected_cents, standing.collected_cents)


def _waits_for(standing: Row, by: Person) -> bool:
    return standing.scout_id is None and standing.signed_by is None and standing.closed_by not in (None, by.id)


def _same_boxes(tx: apsw.Connection, standing: Row, counts: Mapping[int, Count], share: Mapping[int, int]) -> bool:
    packed = _packed(tx, standing)
    mine = {
        product: count._replace(brought=packed.get(product, 0) if count.brought is None else count.brought)
        for product, count in counts.items()
    }
    theirs = {
        line.product_id: Count(line.remaining, line.damaged, line.donated, line.brought)
        for line in standing.lines
        if not line.is_virtual
    }
    tallied = {line.product_id: line.sold for line in standing.lines if line.is_virtual and line.sold}
    return bool(theirs) and mine == theirs and {product: boxes for product, boxes in share.items() if boxes} == tallied


def _packed(tx: apsw.Connection, standing: Row) -> dict[int, int]:
    """Packages by cookie that the ledger had on the table, before the closing set that right."""
    rows = many(
        tx,
        """SELECT product_id, sum(CASE kind WHEN 'FOUND' THEN boxes ELSE -boxes END) AS boxes
             FROM booth_closing_entries JOIN journal ON journal.id = booth_closing_entries.entry_id
             JOIN box_moves ON box_moves.entry_id = journal.id
            WHERE closing_id = :closing AND kind IN ('FOUND', 'LOST') GROUP BY product_id""",
        closing=standing.id,
    )
    set_right = {row.product_id: row.boxes for row in rows}
    return {line.product_id: (line.brought or 0) - set_right.get(line.product_id, 0) for line in standing.lines}


def _same_money(standing: Row, money: Money, pieces: Mapping[int, int]) -> bool:
    pieces = {denomination: number for denomination, number in pieces.items() if number}
    if pieces:
        if standing.pieces and pieces != standing.pieces:
            return False
        money = money._replace(end=sum(denomination * number for denomination, number in pieces.items()))
    return money == Money(**{name: getattr(standing, f"{name}_cents") for name in Money._fields})


def _went_on_to(tx: apsw.Connection, standing: Row) -> int | None:
    return value(
        tx,
        """SELECT booth_id FROM booth_closing_entries JOIN journal ON journal.id = booth_closing_entries.entry_id
            WHERE closing_id = :closing AND kind = 'TROOP_TO_BOOTH'""",
        closing=standing.id,
    )
