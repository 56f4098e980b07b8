"""What the troop says of a season when it is over, beside its figures; read again when the next one begins."""

from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, one, run, value
from gsctracker.domain import audit, feedback
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons

LONGEST = 4000


@dataclass(frozen=True)
class Figures:
    """A season in numbers: boxes, sales and girls who sold; families and how many of them looked in; booths held; faults of the
    box; what was said in feedback and how much of it is open; the mean answer in tenths and how many answered.
    """

    boxes: int
    sales: int
    girls: int
    families: int
    families_here: int
    booths: int
    faults: int
    said: int
    said_open: int
    answers: int
    tenths: int


def figures(tx: apsw.Connection, season_id: int) -> Figures:
    """The numbers of a season, as far as they can still be counted."""
    since = value(tx, "SELECT created_at FROM seasons WHERE id = :season", season=season_id)
    until = value(tx, "SELECT min(created_at) FROM seasons WHERE created_at > :since", since=since) or "9999"
    row = one(
        tx,
        """SELECT (SELECT ifnull(sum(boxes), 0) FROM troop_sold WHERE season_id = :season) AS boxes,
                  (SELECT count(*) FROM counted_orders WHERE season_id = :season) AS sales,
                  (SELECT count(DISTINCT scout_id) FROM orders WHERE season_id = :season AND scout_id NOT NULL) AS girls,
                  (SELECT count(*) FROM accounts WHERE role = 'caregiver' AND state = 'active') AS families,
                  (SELECT count(*) FROM accounts WHERE role = 'caregiver'
                      AND EXISTS (SELECT 1 FROM sessions WHERE account_id = accounts.id)) AS families_here,
                  (SELECT count(*) FROM booths
                    WHERE season_id = :season AND status IN ('counted', 'reconciled', 'credited', 'closed')) AS booths,
                  (SELECT count(*) FROM alerts
                    WHERE severity <> 'info' AND began_at >= :since AND began_at < :until) AS faults,
                  (SELECT count(*) FROM feedback WHERE at >= :since AND at < :until) AS said,
                  (SELECT count(*) FROM feedback
                    WHERE at >= :since AND at < :until AND done_at IS NULL) AS said_open""",
        season=season_id,
        since=since,
        until=until,
    )
    assert row is not None
    answers, tenths = feedback.score(tx, season_id)
    return Figures(
        row.boxes,
        row.sales,
        row.girls,
        row.families,
        row.families_here,
        row.booths,
        row.faults,
        row.said,
        row.said_open,
        answers,
        tenths,
    )


def of(tx: apsw.Connection, season_id: int) -> Row | None:
    """What was written of a season: went_well, went_badly, next_time, written_at, written_by; None where nothing was."""
    return one(
        tx,
        """SELECT went_well, went_badly, next_time, written_at, written_by
             FROM season_reviews WHERE season_id = :season""",
        season=season_id,
    )


def before(tx: apsw.Connection, season_id: int) -> Row | None:
    """What was written of the newest season before that one: name, went_well, went_badly, next_time."""
    return one(
        tx,
        """SELECT name, went_well, went_badly, next_time
             FROM season_reviews JOIN seasons ON seasons.id = season_id
            WHERE year < (SELECT year FROM seasons WHERE id = :season) ORDER BY year DESC LIMIT 1""",
        season=season_id,
    )


def write(tx: apsw.Connection, by: Person, went_well: object, went_badly: object, next_time: object) -> None:
    """Write it for the current season, in the place of what was written before. Raises Invalid."""
    roles.require(by, "season.manage")
    season = seasons.current(tx).id
    run(
        tx,
        """INSERT INTO season_reviews (season_id, went_well, went_badly, next_time, written_at, written_by)
           VALUES (:season, :well, :badly, :next, :now, :by)
           ON CONFLICT (season_id) DO UPDATE SET went_well = excluded.went_well, went_badly = excluded.went_badly,
              next_time = excluded.next_time, written_at = excluded.written_at, written_by = excluded.written_by""",
        season=season,
        well=values.text("well", went_well, LONGEST),
        badly=values.text("badly", went_badly, LONGEST),
        next=values.text("next", next_time, LONGEST),
        now=clock.now(),
        by=by.first_name[:80],
    )
    audit.note(tx, by.id, "season.reviewed", "season", season)
