"""What one family may hold before it is warned about: a setting of the season, in cents and days. It warns and never blocks."""

from dataclasses import dataclass

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import hours
from gsctracker.domain.money import balances
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop


@dataclass(frozen=True)
class Limits:
    """The season's limits; None: there is none of that kind."""

    cash_cents: int | None = None
    boxes_cents: int | None = None
    days: int | None = None


@dataclass(frozen=True)
class Over:
    """A family beyond a limit: which one (cash, boxes, days), what it holds, and what it may hold (cents or days)."""

    scout_id: int
    which: str
    held: int
    limit: int


def of_season(tx: apsw.Connection, season_id: int) -> Limits:
    """The limits of a season."""
    row = one(tx, "SELECT cash_cents, boxes_cents, days FROM family_limits WHERE season_id = :season", season=season_id)
    return Limits(row.cash_cents, row.boxes_cents, row.days) if row else Limits()


def change(tx: apsw.Connection, by: Person, limits: Limits) -> None:
    """Set the limits of the season under way."""
    roles.require(by, "season.manage")
    season = seasons.current(tx)
    run(
        tx,
        """INSERT INTO family_limits (season_id, cash_cents, boxes_cents, days) VALUES (:season, :cash, :boxes, :days)
           ON CONFLICT (season_id) DO UPDATE SET cash_cents = :cash, boxes_cents = :boxes, days = :days""",
        season=season.id,
        cash=None if limits.cash_cents is None else values.cents("cashCents", limits.cash_cents, 1),
        boxes=None if limits.boxes_cents is None else values.cents("boxesCents", limits.boxes_cents, 1),
        days=None if limits.days is None else values.whole("days", limits.days, 1, 120),
    )
    audit.note(tx, by.id, "season.limits", "season", season.id)


def over(tx: apsw.Connection, season_id: int, by: Person) -> dict[int, list[Over]]:
    """The families she may see that are beyond a limit, by girl."""
    limits = of_season(tx, season_id)
    if limits == Limits():
        return {}
    waits = days_without_payment(tx, season_id) if limits.days else {}
    found = {
        row.scout_id: exceeded(row, limits, waits.get(row.scout_id, 0)) for row in balances.families(tx, season_id, by)
    }
    return {scout_id: ones for scout_id, ones in found.items() if ones}


def exceeded(family: Row, limits: Limits, days: int) -> list[Over]:
    """Which limits a family (a row of balances) exceeds; `days` it held cash without handing any in."""
    held = (
        ("cash", family.cash_held_cents, limits.cash_cents),
        ("boxes", family.boxes_held_cents, limits.boxes_cents),
        ("days", days if family.cash_held_cents > 0 else 0, limits.days),
    )
    return [Over(family.scout_id, which, has, most) for which, has, most in held if most is not None and has > most]


def days_without_payment(tx: apsw.Connection, season_id: int) -> dict[int, int]:
    """Days since each girl's family last handed money in, or since it first collected cash where it never did."""
    rows = many(
        tx,
        """SELECT first.scout_id, CAST(julianday(:today) - julianday(ifnull(paid.day, first.day)) AS INTEGER) AS days
             FROM (SELECT scout_id, min(ordered_on) AS day FROM handled_orders
                    WHERE season_id = :season AND cash_cents > 0 GROUP BY scout_id) AS first
             LEFT JOIN (SELECT scout_id, max(day) AS day FROM standing_entries
                         WHERE season_id = :season AND kind = 'payment' GROUP BY scout_id) AS paid ON paid.scout_id = first.scout_id""",
        season=season_id,
        today=troop.day_of(tx, hours.present(tx)),
    )
    return {row.scout_id: row.days for row in rows}
