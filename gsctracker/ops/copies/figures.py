"""What ten of the app's own reports say of a file, as numbers: kept with a copy, asked again of what was restored from it."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

import apsw

from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary, tables
from gsctracker.domain.season import seasons
from gsctracker.errors import Refusal

logger = logging.getLogger("gsctracker.copies")

NOBODY = Person(id=0, role="admin", first_name="")  # the box itself: it sees everything, and is nobody's account


def _report(name: str) -> Callable[[apsw.Connection, int], Iterable[Any]]:
    return lambda tx, season: tables.make(tx, name, NOBODY, season).rows


REPORTS: dict[str, Callable[[apsw.Connection, int], Iterable[Any]]] = {
    "totals": lambda tx, season: [vars(summary.totals(tx, season)).values()],
    "days": lambda tx, season: [vars(row).values() for row in summary.per_day(tx, season, NOBODY)],
    **{
        name: _report(name)
        for name in (
            "scouts",
            "products",
            "stock",
            "balances",
            "payments",
            "differences",
            "council",
            "cupboard-orders",
        )
    },
}


def of(connection: apsw.Connection) -> dict[str, list[int]]:
    """For each report how many rows it has and what all their numbers add up to; none where the file cannot be asked.

    A copy must not fail for a report: one of an older schema, or of a box without a season, has no figures.
    """
    try:
        season = seasons.current(connection).id
        return {name: _added_up(rows(connection, season)) for name, rows in REPORTS.items()}
    except Refusal:
        return {}
    except Exception:
        logger.warning("the reports could not be asked for the figures of a copy", exc_info=True)
        return {}


def _added_up(rows: Iterable[Iterable[Any]]) -> list[int]:
    count = total = 0
    for row in rows:
        count += 1
        total += sum(value for value in row if type(value) is int)
    return [count, total]
