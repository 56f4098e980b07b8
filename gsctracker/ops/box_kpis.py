"""The figures of the box itself beside those of the season: how much it was up, how fast, how often it failed, its copies."""

from datetime import datetime

import apsw

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.domain import kpis
from gsctracker.domain.kpis import Shown
from gsctracker.ops import roll_ups

DAYS = 30
MILLION = 1_000_000


def all_of_them(tx: apsw.Connection, season_id: int) -> list[Shown]:
    """Every figure beside its target."""
    return kpis.shown(tx, kpis.figures(tx, season_id) | figures(tx))


def figures(tx: apsw.Connection) -> dict[str, int | None]:
    """The figures of the box, by code; None where nothing was measured yet."""
    hours = roll_ups.readings(tx, "hour", clock.after(days=-DAYS))
    found: dict[str, int | None] = {"uptime": None, "p95": None, "errors": None}
    if hours:
        whole = roll_ups.together(hours[0].began_at, hours)
        minutes = _age(hours[0].began_at) / 60
        found["uptime"] = min(100, round(whole.minutes * 100 / max(minutes, whole.minutes, 1)))
        if whole.requests:
            found["p95"] = whole.milliseconds(0.95)
            found["errors"] = whole.failures * MILLION // whole.requests
    copied = value(tx, "SELECT max(ended_at) FROM copy_runs WHERE result <> 'failed'")
    proven = value(tx, "SELECT max(ended_at) FROM drill_runs WHERE result = 'done'")
    found["copy"] = int(_age(copied) // 3600) if copied else None
    found["proven"] = int(_age(proven) // 86_400) if proven else None
    return found


def _age(instant: str) -> float:
    """Seconds since then; never less than none, whatever the clock did."""
    return max(0.0, (clock.moment() - datetime.fromisoformat(instant)).total_seconds())
