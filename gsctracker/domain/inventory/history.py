"""The moves made so far: what went where, who wrote it down, what was taken back."""

import apsw

from gsctracker.db.rows import Row, ids, many
from gsctracker.domain.inventory.transfers import KINDS
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

_MOVES = """SELECT journal.id, journal.kind, day, recorded_at, reference, note, reverses, count_id, journal.scout_id, journal.booth_id,
                   scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial, booths.name AS booth_name,
                   accounts.first_name AS recorder,
                   (SELECT later.id FROM journal AS later WHERE later.reverses = journal.id) AS reversed_by,
                   (SELECT sum(boxes) FROM box_moves WHERE entry_id = journal.id) AS boxes
              FROM journal LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = journal.booth_id
              LEFT JOIN accounts ON accounts.id = recorded_by"""


def recent(
    tx: apsw.Connection, season_id: int, by: Person, kind: str | None = None, before: int = 0, limit: int = 50
) -> list[Row]:
    """The season's moves, newest first, with `.lines`; `before` is the entry id where the page before ended."""
    roles.require(by, "stock.see")
    found = many(
        tx,
        f"""{_MOVES} WHERE journal.season_id = :season AND journal.kind IN {KINDS} AND (:kind IS NULL OR journal.kind = :kind)
                AND (:before = 0 OR journal.id < :before)
              ORDER BY journal.id DESC LIMIT :limit""",
        season=season_id,
        kind=kind,
        before=before,
        limit=limit,
    )
    lines = _lines(tx, [move.id for move in found])
    for move in found:
        move.lines = lines[move.id]
    return found


def find(tx: apsw.Connection, entry_id: int, by: Person) -> Row:
    """One move with `.lines` (name, boxes, from and to place). Raises NotFound."""
    roles.require(by, "stock.see")
    found = many(tx, f"{_MOVES} WHERE journal.id = :id AND journal.kind IN {KINDS}", id=entry_id)
    if not found:
        raise NotFound(N_("There is no such move."), "no_such_move")
    found[0].lines = _lines(tx, [entry_id])[entry_id]
    return found[0]


def _lines(tx: apsw.Connection, entry_ids: list[int]) -> dict[int, list[Row]]:
    lines: dict[int, list[Row]] = {entry_id: [] for entry_id in entry_ids}
    for line in many(
        tx,
        """SELECT entry_id, name, packs_per_case, box_moves.boxes, from_place, to_place,
                  giver.kind AS from_kind, giving.first_name AS from_first_name, giving.last_initial AS from_last_initial,
                  receiver.kind AS to_kind, getting.first_name AS to_first_name, getting.last_initial AS to_last_initial
             FROM box_moves JOIN products ON products.id = product_id
             JOIN places AS giver ON giver.id = from_place JOIN places AS receiver ON receiver.id = to_place
             LEFT JOIN scouts AS giving ON giving.id = giver.scout_id
             LEFT JOIN scouts AS getting ON getting.id = receiver.scout_id
            WHERE entry_id IN (SELECT value FROM json_each(:entries)) ORDER BY box_moves.id""",
        entries=ids(entry_ids),
    ):
        lines[line.entry_id].append(line)
    return lines
