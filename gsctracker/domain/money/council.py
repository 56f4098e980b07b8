"""The troop and its council: what was charged, what the troop keeps, what is still due (domain notes, c.3 and c.8)."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import many, one, value
from gsctracker.domain.season import seasons


@dataclass(frozen=True)
class Statement:
    """Cents and packages between troop and council as of now; `due_cents` below zero means the council owes the troop."""

    packages: int
    charged_cents: int
    girls_selling: int
    pga: float
    rate_cents: int
    exempt_packages: int
    proceeds_cents: int
    card_cents: int
    swept_cents: int
    taken_over_cents: int

    @property
    def due_cents(self) -> int:
        """What the council will still withdraw."""
        return self.charged_cents - self.proceeds_cents - self.card_cents - self.swept_cents - self.taken_over_cents


def statement(tx: apsw.Connection, season_id: int) -> Statement:
    """The council's account as the ledgers have it now."""
    account = one(
        tx,
        """SELECT *, (SELECT ifnull(sum(boxes), 0) FROM council_packages WHERE season_id = :season) AS packages
             FROM council_account WHERE season_id = :season""",
        season=season_id,
    )
    assert account is not None
    packages = account.packages
    girls = girls_selling(tx, season_id)
    rate = proceeds_rate(tx, season_id, packages, girls)
    exempt = min(seasons.find(tx, season_id).exempt_per_girl * girls, packages)  # never below no proceeds at all
    return Statement(
        packages=packages,
        charged_cents=account.charged_cents,
        girls_selling=girls,
        pga=packages / girls if girls else 0.0,
        rate_cents=rate,
        exempt_packages=exempt,
        proceeds_cents=(packages - exempt) * rate,
        card_cents=account.card_cents,
        swept_cents=account.swept_cents,
        taken_over_cents=account.taken_over_cents,
    )


def girls_selling(tx: apsw.Connection, season_id: int) -> int:
    """Girls credited with at least one package."""
    return value(
        tx,
        """SELECT count(*) FROM (SELECT scout_id FROM credited WHERE season_id = :season
                                  GROUP BY scout_id HAVING sum(boxes) > 0)""",
        season=season_id,
    )


def proceeds_rate(tx: apsw.Connection, season_id: int, packages: int, girls: int) -> int:
    """Cents the troop keeps of every package: the highest tier whose per-girl average is reached, or the base.

    The average is not rounded before it is compared (some councils do; it is whole packages against tier times girls).
    """
    tiers = many(
        tx,
        """SELECT 0 AS min_pga, base_proceeds AS cents FROM seasons WHERE id = :season
           UNION ALL SELECT min_pga, cents FROM proceeds_tiers WHERE season_id = :season ORDER BY min_pga""",
        season=season_id,
    )
    return [tier.cents for tier in tiers if tier.min_pga == 0 or (girls and packages >= tier.min_pga * girls)][-1]
