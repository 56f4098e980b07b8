"""What each day of a season came to, by cookie, girl and booth: summed up each night, kept when the season is long over."""

import apsw

from gsctracker.db.rows import Row, many, run, value
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content
from gsctracker.words import N_

_NOW = """WITH now (season_id, day, product_id, scout_id, booth_id, boxes, cents) AS (
    SELECT season_id, day, product_id, NULL, NULL, sum(boxes), sum(cents)
      FROM (SELECT season_id, ordered_on AS day, product_id, order_lines.boxes, order_lines.boxes * price_cents AS cents
              FROM counted_orders JOIN order_lines ON order_id = counted_orders.id WHERE season_id = :season
             UNION ALL
            SELECT booths.season_id, (SELECT max(day) FROM journal WHERE booth_id = booths.id AND kind = 'booth_sale'),
                   product_id, boxes, boxes * price_cents
              FROM booths CROSS JOIN booth_sold ON booth_sold.booth_id = booths.id JOIN products ON products.id = product_id
             WHERE booths.season_id = :season)
     GROUP BY day, product_id
     UNION ALL
    SELECT journal.season_id, day, NULL, credits.scout_id, NULL, sum(credits.boxes), sum(credits.boxes * price_cents)
      FROM journal CROSS JOIN credits ON entry_id = journal.id JOIN products ON products.id = product_id
     WHERE journal.season_id = :season GROUP BY day, credits.scout_id
     UNION ALL
    SELECT booths.season_id, (SELECT max(day) FROM journal WHERE booth_id = booths.id AND kind = 'booth_sale'),
           NULL, NULL, booths.id, sum(boxes), sum(boxes * price_cents)
      FROM booths CROSS JOIN booth_sold ON booth_sold.booth_id = booths.id JOIN products ON products.id = product_id
     WHERE booths.season_id = :season GROUP BY booths.id)"""


def is_summed_up(tx: apsw.Connection, season_id: int) -> bool:
    """Whether a season's days are what its ledgers say now."""
    kept = (
        "SELECT season_id, day, product_id, scout_id, booth_id, boxes, cents FROM season_days WHERE season_id = :season"
    )
    differ = f"EXISTS (SELECT * FROM now EXCEPT {kept}) OR EXISTS ({kept} EXCEPT SELECT * FROM now)"
    return not value(tx, f"{_NOW} SELECT {differ}", season=season_id)


def sum_up(tx: apsw.Connection, season_id: int) -> int:
    """Bring a season's days to what its ledgers say now; gives how many rows there are."""
    run(tx, "DELETE FROM season_days WHERE season_id = :season", season=season_id)
    return run(
        tx,
        f"INSERT INTO season_days (season_id, day, product_id, scout_id, booth_id, boxes, cents) {_NOW} SELECT * FROM now",
        season=season_id,
    )


def by_day(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """All packages the troop sold on each day, (day, boxes, cents), oldest first, as they were summed up last."""
    roles.require(by, "sales.all")
    return many(
        tx,
        """SELECT day, sum(boxes) AS boxes, sum(cents) AS cents FROM season_days
            WHERE season_id = :season AND product_id IS NOT NULL GROUP BY day ORDER BY day""",
        season=season_id,
    )


def table(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each day of every season that was summed up, newest season first."""
    columns = (
        Column("season", N_("Season")),
        Column("day", N_("Day"), "day"),
        Column("boxes", N_("Packages sold"), "boxes"),
        Column("revenueCents", N_("Amount"), "money"),
    )
    rows = many(
        tx,
        """SELECT name, day, sum(boxes) AS boxes, sum(cents) AS cents FROM season_days JOIN seasons ON seasons.id = season_id
            WHERE product_id IS NOT NULL GROUP BY season_id, day ORDER BY year DESC, season_id DESC, day""",
    )
    return columns, [(row.name, row.day, row.boxes, row.cents) for row in rows]
