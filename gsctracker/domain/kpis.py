"""The figures by which a troop sees whether its season, its families and its box do well, and where each should be."""

from collections.abc import Mapping
from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import many, one, run
from gsctracker.domain import audit, feedback
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary
from gsctracker.words import N_

CHAPTERS = {"season": N_("The season"), "families": N_("Families"), "box": N_("The box")}
NEAR = 20  # per cent: so far from its target a figure is amber, beyond it red
MOST_TARGET = 1_000_000
ACTIVE_DAYS = 14


@dataclass(frozen=True)
class Kpi:
    """One figure: its code, chapter and name, its unit (%, ms, hours, days, tenths or nothing), where it should be, and whether
    more is better.
    """

    code: str
    chapter: str
    title: str
    unit: str
    target: int
    is_more_better: bool


KPIS = (
    Kpi("goal", "season", N_("Boxes sold, of the troop's goal"), "%", 100, True),
    Kpi("delivered", "season", N_("Promised boxes that were handed over"), "%", 90, True),
    Kpi("paid", "season", N_("Paid, of what was sold"), "%", 90, True),
    Kpi("booths", "season", N_("Booths held whose boxes were credited to girls"), "%", 95, True),
    Kpi("accounts", "families", N_("Families with an account, of girls who sell"), "%", 80, True),
    Kpi("active", "families", N_("Families who looked in within two weeks, of those with an account"), "%", 70, True),
    Kpi("satisfied", "families", N_("How the season was, from 1 to 5"), "tenths", 40, True),
    Kpi("open", "families", N_("Problems and ideas nobody has looked after"), "", 5, False),
    Kpi("uptime", "box", N_("The box was up, in 30 days"), "%", 99, True),
    Kpi("p95", "box", N_("19 of 20 pages took less than, in 30 days"), "ms", 500, False),
    Kpi("errors", "box", N_("Pages that failed, of a million, in 30 days"), "", 1000, False),
    Kpi("copy", "box", N_("Age of the newest copy"), "hours", 26, False),
    Kpi("proven", "box", N_("Since a copy was proven by a rehearsal"), "days", 10, False),
)
CODES = frozenset(kpi.code for kpi in KPIS)


@dataclass(frozen=True)
class Shown:
    """A figure as it is: `value` None where nothing can be said yet; `light` good, wait or bad, nothing where there is no value."""

    kpi: Kpi
    value: int | None
    target: int
    light: str


def figures(tx: apsw.Connection, season_id: int) -> dict[str, int | None]:
    """The figures of the season and of its families, by code."""
    row = one(
        tx,
        """SELECT (SELECT boxes FROM goals WHERE season_id = :season AND scout_id IS NULL) AS goal,
                  (SELECT sum(boxes) FROM order_sums WHERE season_id = :season) AS all_boxes,
                  (SELECT sum(boxes) FROM counted_orders WHERE season_id = :season AND status = 'delivered') AS delivered,
                  (SELECT count(*) FROM booths
                    WHERE season_id = :season AND status IN ('counted', 'reconciled', 'credited', 'closed')) AS held,
                  (SELECT count(*) FROM booths WHERE season_id = :season AND status IN ('credited', 'closed')) AS credited,
                  (SELECT count(DISTINCT scouts.household_id) FROM orders JOIN scouts ON scouts.id = scout_id
                    WHERE orders.season_id = :season) AS selling,
                  (SELECT count(DISTINCT scouts.household_id) FROM orders JOIN scouts ON scouts.id = orders.scout_id
                     JOIN guardians ON guardians.household_id = scouts.household_id AND guardians.account_id NOT NULL
                    WHERE orders.season_id = :season) AS with_account,
                  (SELECT count(*) FROM accounts WHERE role = 'caregiver' AND state = 'active') AS caregivers,
                  (SELECT count(*) FROM accounts WHERE role = 'caregiver' AND state = 'active'
                      AND EXISTS (SELECT 1 FROM sessions WHERE account_id = accounts.id AND seen_at >= :since)) AS active""",
        season=season_id,
        since=clock.after(days=-ACTIVE_DAYS),
    )
    assert row is not None
    sold = summary.totals(tx, season_id)
    answers, tenths = feedback.score(tx, season_id)
    return {
        "goal": share(sold.boxes, row.goal),
        "delivered": share(row.delivered or 0, row.all_boxes),
        "paid": share(sold.collected_cents, sold.revenue_cents),
        "booths": share(row.credited, row.held),
        "accounts": share(row.with_account, row.selling),
        "active": share(row.active, row.caregivers),
        "satisfied": tenths if answers else None,
        "open": feedback.waiting(tx),
    }


def share(part: int, whole: int | None) -> int | None:
    """Part of whole in per cent, rounded down; None where there is no whole."""
    return part * 100 // whole if whole else None


def shown(tx: apsw.Connection, found: Mapping[str, int | None]) -> list[Shown]:
    """Every figure beside its target, in order; `found` holds what is known by code."""
    kept = {row.code: row.target for row in many(tx, "SELECT code, target FROM kpi_targets")}
    return [
        Shown(kpi, found.get(kpi.code), target, light(kpi, found.get(kpi.code), target))
        for kpi in KPIS
        for target in (kept.get(kpi.code, kpi.target),)
    ]


def light(kpi: Kpi, value: int | None, target: int) -> str:
    """good, wait or bad; nothing where nothing is known."""
    if value is None:
        return ""
    if (value >= target) if kpi.is_more_better else (value <= target):
        return "good"
    near = target * (100 - NEAR) <= value * 100 if kpi.is_more_better else value * 100 <= target * (100 + NEAR)
    return "wait" if near else "bad"


def set_targets(tx: apsw.Connection, by: Person, given: Mapping[str, object]) -> None:
    """Where the figures should be, by code; one that is left empty goes back to ours. Raises Invalid for each that is no number."""
    roles.require(by, "season.manage")
    for code in sorted(CODES & given.keys()):
        if not str(given[code]).strip():
            run(tx, "DELETE FROM kpi_targets WHERE code = :code", code=code)
            continue
        run(
            tx,
            """INSERT INTO kpi_targets (code, target) VALUES (:code, :target)
               ON CONFLICT (code) DO UPDATE SET target = excluded.target""",
            code=code,
            target=values.whole(code, given[code], 0, MOST_TARGET),
        )
    audit.note(tx, by.id, "kpis.targets", "kpi_targets", None, codes=sorted(CODES & given.keys()))
