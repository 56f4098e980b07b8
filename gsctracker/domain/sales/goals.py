"""What a girl, or the troop, aims for and how far she is."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person


def set_goal(tx: apsw.Connection, season_id: int, scout_id: int | None, boxes: int, by: Person) -> None:
    """Aim for so many packages. Leaders set any goal, a family its own girl's; the troop's (None) only leaders."""
    if not roles.allows(by, "goals.set"):
        roles.must_see_scout(by, scout_id)
    if scout_id is not None:
        scouts.must_be_on_roster(tx, scout_id)
    run(
        tx,
        """INSERT INTO goals (season_id, scout_id, boxes) VALUES (:season, :scout, :boxes)
           ON CONFLICT (season_id, ifnull(scout_id, 0)) DO UPDATE SET boxes = excluded.boxes""",
        season=season_id,
        scout=scout_id,
        boxes=values.boxes("boxes", boxes),
    )
    audit.note(tx, by.id, "goal.set", "scout", scout_id, boxes=boxes)


def goals(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Goals she may see (scout_id None: the troop's) with the packages credited or sold so far."""
    everybody = roles.allows(by, "sales.all")
    return many(
        tx,
        """SELECT goals.scout_id, goals.boxes,
                  CASE WHEN goals.scout_id IS NULL
                       THEN ifnull((SELECT sum(boxes) FROM troop_sold WHERE season_id = :season), 0)
                       ELSE ifnull((SELECT sum(credits.boxes) FROM credits JOIN products ON products.id = product_id
                                     WHERE credits.scout_id = goals.scout_id AND products.season_id = :season), 0)
                   END AS so_far
             FROM goals
            WHERE goals.season_id = :season
              AND (:everybody OR goals.scout_id IS NULL OR goals.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY goals.scout_id""",
        season=season_id,
        everybody=everybody,
        account=by.id,
    )
