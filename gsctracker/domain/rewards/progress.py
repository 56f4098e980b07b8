"""How far the troop and a family's own girls are, told kindly: nobody is compared with another unless her family agreed."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.people import consents
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import goals

FEWEST_ON_BOARD = 3
"""With fewer girls a board would point at one of them."""
MILESTONES = (25, 50, 75, 100)


@dataclass(frozen=True)
class Progress:
    """A goal in packages, what there is of it, whole per cent of it (cut off, above 100 past it), and the next milestone.

    `scout_id` None: the troop's. `to_next` is packages to that milestone; None where the goal is reached.
    """

    scout_id: int | None
    boxes: int
    so_far: int

    @property
    def per_cent(self) -> int:
        """Whole per cent of the goal; never 100 before it is reached."""
        return 100 * max(self.so_far, 0) // self.boxes

    @property
    def next_milestone(self) -> int | None:
        """The next quarter of the goal, in per cent."""
        return next((step for step in MILESTONES if self.per_cent < step), None)

    @property
    def to_next(self) -> int | None:
        """Packages to the next milestone."""
        step = self.next_milestone
        return None if step is None else -(-step * self.boxes // 100) - self.so_far


def of_family(tx: apsw.Connection, season_id: int, by: Person) -> tuple[Progress | None, list[Progress]]:
    """The troop's progress, if it has a goal, and that of her own girls who have one (a leader's: every girl's)."""
    found = [Progress(row.scout_id, row.boxes, row.so_far) for row in goals.goals(tx, season_id, by)]
    troops = next((one for one in found if one.scout_id is None), None)
    return troops, [one for one in found if one.scout_id is not None]


def board(tx: apsw.Connection, season_id: int) -> list[Row]:
    """The girls whose families agreed to be compared, most packages first: (scout_id, first_name, last_initial, boxes).

    Who did not also agree to be named has no name there. Nobody sees who is missing; with fewer than three there is no board.
    """
    ranked, named = consents.may_be_ranked(tx), consents.may_be_named(tx)
    if len(ranked) < FEWEST_ON_BOARD:
        return []
    rows = many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, ifnull(sum(boxes), 0) AS boxes
             FROM scouts LEFT JOIN credited ON scout_id = scouts.id AND season_id = :season
            WHERE status = 'active' GROUP BY scouts.id ORDER BY boxes DESC, first_name, scouts.id""",
        season=season_id,
    )
    shown = [row for row in rows if row.scout_id in ranked]
    for row in shown:
        if row.scout_id not in named:
            row.first_name, row.last_initial = None, None
    return shown if len(shown) >= FEWEST_ON_BOARD else []
