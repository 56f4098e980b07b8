"""Statements and how long they take: numbers for Prometheus, and the slow ones with the route and SQLite's plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import apsw
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from gsctracker.db import Database, timing


@dataclass(frozen=True)
class Shown:
    """A slow statement: its words without any value, what was being done, how often, milliseconds at most, its plan."""

    sql: str
    route: str
    count: int
    milliseconds: int
    last_at: str
    plan: list[str]


def collect(db: Database) -> Iterator[Metric]:
    """All that is measured of statements; no label holds a statement's words."""
    took = HistogramMetricFamily(
        "gsctracker_db_query_seconds", "How long statements took, by what they do.", labels=["statement_class"]
    )
    for kind, (buckets, seconds) in timing.counted().items():
        took.add_metric([kind], buckets, seconds)
    yield took
    yield CounterMetricFamily(
        "gsctracker_db_slow_queries", "Statements that took over 50 ms.", value=timing.slow_count()
    )
    yield CounterMetricFamily(
        "gsctracker_db_write_wait_seconds", "How long writes waited for their turn.", value=timing.seconds_waited()
    )
    yield CounterMetricFamily(
        "gsctracker_db_busy", "Writes that were not begun because another did not end.", value=db.busy
    )


def slowest(tx: apsw.Connection, most: int = 50) -> list[Shown]:
    """The slow statements since the start, the slowest first. Their plans are those of now: asking costs nothing before."""
    return [
        Shown(one.sql, one.route, one.count, round(one.worst * 1000), one.last_at, timing.plan(tx, one.sql))
        for one in timing.slow()[:most]
    ]


def forget() -> None:
    """Keep none of them any longer."""
    timing.forget()
