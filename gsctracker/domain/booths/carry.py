"""The season's carry: what each girl is ahead or behind by rounding, an exact fraction of packages, above zero when behind."""

from fractions import Fraction

import apsw

from gsctracker.db.rows import many


def of_season(tx: apsw.Connection, season_id: int) -> dict[int, Fraction]:
    """Each girl's carry over all divisions that stand; they sum to zero."""
    found: dict[int, Fraction] = {}
    for row in many(
        tx,
        """SELECT booth_shares.scout_id, ideal,
                  ifnull((SELECT sum(boxes) FROM credits
                           WHERE credits.entry_id = booth_shares.entry_id AND credits.scout_id = booth_shares.scout_id), 0) AS given
             FROM standing_entries JOIN booth_shares ON entry_id = standing_entries.id WHERE season_id = :season""",
        season=season_id,
    ):
        found[row.scout_id] = found.get(row.scout_id, Fraction(0)) + Fraction(row.ideal) - row.given
    return found


def said(part: Fraction) -> str:
    """A carry or an ideal with one decimal place and its sign where it is below zero, as people read it: 18.4, -0.6."""
    tenths = round(part * 10)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"
