"""Who stood at a booth and for how long, as it is needed to divide what the booth sold."""

from collections.abc import Mapping

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, closing, dividing
from gsctracker.domain.booths.dividing import Segment, Stay
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotAllowed
from gsctracker.words import N_


def stays(tx: apsw.Connection, booth_id: int) -> list[Stay]:
    """The girls' stays at a booth: as they checked in and out, or, where nobody did, as they signed up.

    Who did not check out stayed to the end.
    """
    rows = many(
        tx,
        """SELECT scout_id, came_at, ifnull(left_at, max(ends_at, came_at)) AS left_at
             FROM presences JOIN booths ON booths.id = booth_id
            WHERE booth_id = :booth AND scout_id IS NOT NULL ORDER BY scout_id, came_at""",
        booth=booth_id,
    ) or many(
        tx,
        """SELECT scout_id, starts_at AS came_at, ends_at AS left_at FROM shift_places
            WHERE booth_id = :booth AND scout_id IS NOT NULL ORDER BY scout_id, starts_at""",
        booth=booth_id,
    )
    return [Stay(row.scout_id, row.came_at, row.left_at) for row in rows]


def season_minutes(tx: apsw.Connection, season_id: int) -> dict[int, int]:
    """Each girl's minutes at all booths of the season."""
    found: dict[int, int] = {}
    for booth in many(tx, "SELECT id FROM booths WHERE season_id = :season LIMIT 2000", season=season_id):
        for scout_id, minutes in dividing.minutes(stays(tx, booth.id)).items():
            found[scout_id] = found.get(scout_id, 0) + minutes
    return found


def count_midway(
    tx: apsw.Connection, by: Person, booth_id: int, left: Mapping[int, int], counted_at: str | None = None
) -> None:
    """Write down what is left on the table at a change of shift (product id to packages); the same instant again corrects it.

    Raises Conflict once the booth is closed, Invalid outside its hours.
    """
    if not closing.may_count(tx, by, booth_id):
        raise NotAllowed(
            N_("A booth is counted by a cookie leader or by an adult who signed up for it."), "not_allowed"
        )
    booth = booths.find(tx, booth_id)
    if booth.status not in closing.BEFORE_CLOSING:
        raise Conflict(N_("This booth was closed before."), "already_closed")
    counted_at = values.instant("countedAt", counted_at) if counted_at else clock.now()
    if not booth.starts_at < counted_at < booth.ends_at:
        sentence = N_("A count at a change of shift lies within the hours of the booth.")
        raise Invalid(sentence, "outside_hours", {"countedAt": sentence})
    for product_id, boxes in left.items():
        if closing.of_season(tx, booth, product_id).is_virtual:
            raise Invalid(N_("Cookie Share has no boxes to count."), "virtual_cookie")
        run(
            tx,
            """INSERT INTO booth_midcounts (booth_id, counted_at, product_id, boxes) VALUES (:booth, :at, :product, :boxes)
               ON CONFLICT DO UPDATE SET boxes = excluded.boxes""",
            booth=booth_id,
            at=counted_at,
            product=product_id,
            boxes=values.boxes(f"remaining-{product_id}", boxes, 0),
        )
    audit.note(tx, by.id, "booth.counted_midway", "booth", booth_id)


def segments(tx: apsw.Connection, booth_id: int) -> list[Segment]:
    """The stretches between the counts of a closed booth, with what was sold in each; no count between: no segment.

    A table that holds more than before was topped up; what that hides is fitted to the closing count by the divider.
    """
    booth, closed = booths.find(tx, booth_id), closing.find(tx, booth_id)
    rows = many(
        tx,
        "SELECT counted_at, product_id, boxes FROM booth_midcounts WHERE booth_id = :booth ORDER BY counted_at, product_id",
        booth=booth_id,
    )
    if closed is None or not rows:
        return []
    there = {line.product_id: line.brought for line in closed.lines if line.brought is not None}
    gone = {line.product_id: line.remaining + line.damaged + line.donated for line in closed.lines}
    by_instant: dict[str, dict[int, int]] = {}
    for row in rows:
        by_instant.setdefault(row.counted_at, {})[row.product_id] = row.boxes
    by_instant[booth.ends_at] = {product: gone.get(product, 0) for product in there}
    found, start = [], booth.starts_at
    for at, left in by_instant.items():
        sold = {product: max(0, there.get(product, boxes) - boxes) for product, boxes in left.items()}
        there |= left
        found.append(Segment(start, at, sold))
        start = at
    return found


def has_midcounts(tx: apsw.Connection, booth_id: int) -> bool:
    """Whether it was counted at a change of shift."""
    return bool(one(tx, "SELECT 1 AS yes FROM booth_midcounts WHERE booth_id = :booth", booth=booth_id))
