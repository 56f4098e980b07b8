"""Who has had how many shifts, who none yet; and how much of what was asked for came about."""

from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, ids, many, one
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person


class Funnel(NamedTuple):
    """Sign-ups of girls on their way: places there are, asked for, with a place, waiting, left again, and who really came."""

    places: int
    asked: int
    going: int
    waiting: int
    left: int
    came: int

    @property
    def completed(self) -> int:
        """Of those who asked, how many have a place, in per cent."""
        return self.going * 100 // self.asked if self.asked else 0

    @property
    def filled(self) -> int:
        """Of the places there are, how many are taken, in per cent."""
        return self.going * 100 // self.places if self.places else 0


def girls(tx: apsw.Connection, by: Person, season_id: int) -> list[Row]:
    """Active girls that are hers to see, those with fewest shifts first: shifts, minutes, waiting, booths she was noted at."""
    everybody = roles.allows(by, "shifts.manage")
    return many(
        tx,
        """SELECT scouts.id, first_name, last_initial, ifnull(shifts, 0) AS shifts, ifnull(minutes, 0) AS minutes,
                   (SELECT count(*) FROM shift_sign_ups JOIN booth_shifts ON booth_shifts.id = shift_id
                      JOIN booths ON booths.id = booth_id
                     WHERE scout_id = scouts.id AND state = 'waiting' AND season_id = :season
                       AND booths.status IN ('scheduled', 'packed', 'open')) AS waiting,
                   (SELECT count(DISTINCT booth_id) FROM presences JOIN booths ON booths.id = booth_id
                     WHERE scout_id = scouts.id AND season_id = :season) AS booths
              FROM scouts LEFT JOIN (
                   SELECT scout_id, count(*) AS shifts,
                          sum(unixepoch(shift_places.ends_at) - unixepoch(shift_places.starts_at)) / 60 AS minutes
                     FROM shift_places JOIN booths ON booths.id = booth_id
                    WHERE season_id = :season AND scout_id IS NOT NULL GROUP BY scout_id) AS had ON had.scout_id = scouts.id
             WHERE scouts.status = 'active' AND (:everybody OR scouts.id IN (SELECT value FROM json_each(:girls)))
             ORDER BY shifts, minutes, first_name, scouts.id LIMIT 500""",
        season=season_id,
        everybody=everybody,
        girls=ids(by.scout_ids),
    )


def average(tx: apsw.Connection, season_id: int) -> float:
    """Shifts a girl has had on average over the whole troop: no name is in it."""
    found = one(
        tx,
        """SELECT (SELECT count(*) FROM shift_places JOIN booths ON booths.id = booth_id
                    WHERE season_id = :season AND scout_id IN (SELECT id FROM scouts WHERE status = 'active')) AS shifts,
                  (SELECT count(*) FROM scouts WHERE status = 'active') AS girls""",
        season=season_id,
    )
    return found.shifts / found.girls if found and found.girls else 0.0


def funnel(tx: apsw.Connection, by: Person, season_id: int) -> Funnel:
    """How far the sign-ups of girls got, over the season's booths that were not cancelled."""
    roles.require(by, "shifts.manage")
    found = one(
        tx,
        """WITH stands AS (SELECT booth_shifts.* FROM booth_shifts JOIN booths ON booths.id = booth_id
                            WHERE season_id = :season AND status NOT IN ('cancelled', 'lost')),
                people AS (SELECT shift_id, scout_id, min(CASE state WHEN 'going' THEN 1 WHEN 'waiting' THEN 2 ELSE 3 END) AS far
                             FROM shift_sign_ups WHERE scout_id IS NOT NULL AND shift_id IN (SELECT id FROM stands)
                            GROUP BY shift_id, scout_id)
           SELECT (SELECT ifnull(sum(max_girls), 0) FROM stands) AS places, count(*) AS asked,
                  count(*) FILTER (WHERE far = 1) AS going, count(*) FILTER (WHERE far = 2) AS waiting,
                  count(*) FILTER (WHERE far = 3) AS left,
                  count(*) FILTER (WHERE far = 1 AND EXISTS (
                      SELECT 1 FROM stands JOIN presences USING (booth_id)
                       WHERE stands.id = people.shift_id AND presences.scout_id = people.scout_id
                         AND came_at < stands.ends_at AND ifnull(left_at, '9999') > stands.starts_at)) AS came
             FROM people""",
        season=season_id,
    )
    assert found is not None
    return Funnel(**vars(found))
