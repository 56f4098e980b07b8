"""The troop and its council: what was charged, what the troop keeps, what is still due (domain notes, c.3 and c.8)."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import one
from gsctracker.domain.money import proceeds, proceeds_plans


@dataclass(frozen=True)
class Statement:
    """Cents and packages between troop and council as of now; `due_cents` below zero means the council owes the troop.

    `average` is the girls' average in packages as the proceeds plan counts it, over `girls`; empty where none counts.
    """

    packages: int
    charged_cents: int
    girls_selling: int
    girls: int
    average: str
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
    figures = proceeds_plans.figures(tx, season_id)
    kept = proceeds.reckon(proceeds_plans.plan(tx, season_id), figures)
    return Statement(
        packages=account.packages,
        charged_cents=account.charged_cents,
        girls_selling=figures.selling,
        girls=kept.girls,
        average="" if kept.counted_average is None else proceeds.figure(kept.counted_average),
        rate_cents=kept.rate_cents,
        exempt_packages=kept.exempt,
        proceeds_cents=kept.proceeds_cents,
        card_cents=account.card_cents,
        swept_cents=account.swept_cents,
        taken_over_cents=account.taken_over_cents,
    )
