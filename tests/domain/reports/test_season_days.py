"""The days of a season as they are summed up each night, against the tables they come from."""

import pytest

from gsctracker import config as settings
from gsctracker.db import Database
from gsctracker.db.rows import run, value
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import season_days, summary, tables
from gsctracker.domain.season import seasons
from gsctracker.errors import NotAllowed
from gsctracker.ops import demo
from gsctracker.ops import season_days as nightly
from tests.factories import make_person, make_scout

OLGA = Person(1, "admin", "Olga")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A small season that was lived through."""
    db = Database(tmp_path_factory.mktemp("days") / "gsctracker.db")
    demo.fill(db, 4, 80, 4)
    yield db
    db.close()


def test_each_sum_is_that_of_the_rows_it_comes_from(lived):
    """JOB-13: by cookie, girl and booth, said in other words than the job's."""
    with lived.read() as tx:
        whole = summary.totals(tx, 1)
        assert value(tx, "SELECT sum(boxes) FROM season_days WHERE product_id IS NOT NULL") == whole.boxes
        for kept, raw in (
            (
                "SELECT scout_id, sum(boxes), 0 FROM season_days WHERE scout_id IS NOT NULL GROUP BY 1",
                "SELECT scout_id, sum(boxes), 0 FROM credits GROUP BY 1",
            ),
            (
                "SELECT booth_id, sum(boxes), 0 FROM season_days WHERE booth_id IS NOT NULL GROUP BY 1",
                "SELECT booth_id, sum(boxes), 0 FROM booth_sold GROUP BY 1",
            ),
            (
                """SELECT product_id, sum(boxes), count(DISTINCT day) > 1 FROM season_days
                    WHERE product_id IS NOT NULL GROUP BY 1""",
                """SELECT product_id, sum(boxes), 1 FROM (
                       SELECT product_id, order_lines.boxes FROM order_lines JOIN orders ON orders.id = order_id
                        WHERE status IN ('promised', 'delivered')
                        UNION ALL SELECT product_id, boxes FROM booth_sold) GROUP BY 1""",
            ),
        ):
            assert tx.execute(kept).fetchall() == tx.execute(raw).fetchall()
        first = season_days.by_day(tx, 1, OLGA)[0]
        ordered = "SELECT sum(boxes) FROM counted_orders WHERE ordered_on = :day"
        assert first.boxes == value(tx, ordered, day=first.day), "no booth stands on the first day"


def test_the_night_writes_what_changed_and_nothing_else(lived, tmp_path):
    """JOB-13: a night without a sale writes nothing."""
    config = settings.load({}, tmp_path)
    assert nightly.sum_up(config, lived) is None
    with lived.write() as tx:
        run(tx, "DELETE FROM season_days WHERE product_id IS NOT NULL")
    assert nightly.sum_up(config, lived).endswith("sums of days")
    assert nightly.sum_up(config, lived) is None


def test_the_days_stay_when_the_next_season_has_begun(lived):
    """JOB-14: two seasons stand in one report, the newest first."""
    with lived.write() as tx:
        begun = seasons.begin(tx, 2027, "abc", by=OLGA)
        run(
            tx,
            """INSERT INTO season_days (season_id, day, product_id, boxes, cents)
               SELECT :season, '2027-01-09', max(id), 7, 4200 FROM products WHERE season_id = :season""",
            season=begun,
        )
        assert nightly.season_days.by_day(tx, begun, OLGA)[0].boxes == 7
        rows = tables.make(tx, "season-days", OLGA).rows
        assert rows[0][:3] == ("2026-27", "2027-01-09", 7)
        assert rows[-1][0] == "2025-26" and len(rows) > 10
        with pytest.raises(NotAllowed):
            season_days.by_day(tx, 1, make_person(tx, "caregiver", scout_ids=(make_scout(tx, "Zoe"),)))
