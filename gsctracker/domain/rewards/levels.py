"""Levels reached, each told once: to whom, when, and over all seasons."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, run
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import earned

NEWS_DAYS = 7
"""How long the first page says that a level was reached."""


def tell(tx: apsw.Connection, season_id: int, by: Person | None = None) -> list[Row]:
    """Write down the levels that were reached and not told yet; gives those, (scout_id, first_name, counts, from_boxes).

    A level is told once for good: also where credit is taken back and comes again, and where the ladder is replaced.
    `by` None: the timetable, for every girl.
    """
    new = []
    for girl in earned.girls(tx, season_id, by):
        for step in girl.reached:
            if run(
                tx,
                """INSERT INTO reward_levels_told (season_id, scout_id, counts, from_boxes, told_at)
                   VALUES (:season, :scout, :counts, :begins, :now) ON CONFLICT DO NOTHING""",
                season=season_id,
                scout=girl.scout_id,
                counts=step.counts,
                begins=step.from_boxes,
                now=clock.now(),
            ):
                new.append(
                    Row(
                        scout_id=girl.scout_id,
                        first_name=girl.first_name,
                        counts=step.counts,
                        from_boxes=step.from_boxes,
                    )
                )
    return new


def told(tx: apsw.Connection, scout_id: int, by: Person) -> list[Row]:
    """The levels she was told of over all seasons, newest first: (season, counts, from_boxes, told_at)."""
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT seasons.name AS season, counts, from_boxes, told_at
             FROM reward_levels_told JOIN seasons ON seasons.id = season_id WHERE scout_id = :scout
            ORDER BY told_at DESC, from_boxes DESC""",
        scout=scout_id,
    )


def news(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Her girls' highest levels of each kind told in the last NEWS_DAYS, newest first: (scout_id, first_name, last_initial,
    counts, from_boxes)."""
    return many(
        tx,
        """SELECT scout_id, first_name, last_initial, counts, max(from_boxes) AS from_boxes, max(told_at) AS told_at
             FROM reward_levels_told JOIN scouts ON scouts.id = scout_id
            WHERE season_id = :season AND told_at >= :since
              AND (:everybody OR scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            GROUP BY scout_id, counts ORDER BY told_at DESC, from_boxes DESC, scout_id""",
        season=season_id,
        since=clock.after(days=-NEWS_DAYS),
        everybody=roles.allows(by, "sales.all"),
        account=by.id,
    )


def lifetime(tx: apsw.Connection, scout_id: int, by: Person) -> list[Row]:
    """Packages credited to her in each season, newest first: (season, boxes)."""
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT seasons.name AS season, sum(credits.boxes) AS boxes
             FROM credits JOIN products ON products.id = product_id JOIN seasons ON seasons.id = season_id
            WHERE scout_id = :scout GROUP BY seasons.id ORDER BY year DESC, seasons.id DESC""",
        scout=scout_id,
    )
