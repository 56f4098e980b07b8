"""Numbers for Prometheus: requests by route, the process, the file, the season. No label holds an id or a name."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
from flask import Flask, current_app, request
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_flask_exporter import PrometheusMetrics

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.migrate import number_of
from gsctracker.db.rows import many, value
from gsctracker.domain.people import sessions
from gsctracker.log import doing

PREFIX = "gsctracker"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)
PART = "gsctracker.metrics"
CHANNELS = ("order_card", "in_hand", "delivery", "pickup", "shipped", "donation", "booth")  # those shown from the start
_SALES = "SELECT order_type, count(*) AS sales FROM orders GROUP BY order_type"
ROUTE_KEY = "gsctracker.route"  # in the WSGI environment: the rule that answers, for whoever logs the request

Count = Callable[[str, str, int, float], None]


@dataclass(frozen=True)
class Measured:
    """What /metrics and /health need of the app they belong to."""

    config: Config
    db: Database
    exporter: PrometheusMetrics
    count: Count
    started: float


def install(app: Flask, config: Config, db: Database, registry: CollectorRegistry | None = None) -> Measured:
    """Measure the app; every app has a registry of its own. `of()` finds the result again.

    `Measured.count(method, rule, status, seconds)` counts an answer that was given without Flask.
    """
    registry = registry or CollectorRegistry()
    disable_created_metrics()  # a second series for each, which nothing here reads
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    registry.register(Box(db, config))
    exporter = PrometheusMetrics(
        app=None, path=None, group_by="url_rule", defaults_prefix=PREFIX, buckets=BUCKETS, registry=registry
    )
    exporter.init_app(app)
    measured = Measured(config, db, exporter, _counter(registry), clock.ticks())
    app.extensions[PART] = measured
    app.before_request(_name_route)
    return measured


def _name_route() -> None:
    if request.url_rule is not None:
        request.environ[ROUTE_KEY] = request.url_rule.rule
        doing.set(request.url_rule.rule)


def of(app: Flask | None = None) -> Measured:
    """What `install` made for this app."""
    return (app or current_app).extensions[PART]


def exposition(measured: Measured, accept: str | None) -> tuple[str, str]:
    """The numbers as text, and the content type of it."""
    return measured.exporter.generate_metrics(accept)


class Box:
    """Reads the file's own numbers each time somebody asks."""

    def __init__(self, db: Database, config: Config) -> None:
        self._db = db
        self._config = config
        self._began = clock.ticks()

    def describe(self) -> list[Metric]:
        """Nothing: it would mean reading the file at the start."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All numbers of the box; those of a file that cannot be read are left out."""
        yield _gauge("gsctracker_db_size_bytes", "Size of the database file.", _size(self._db.path))
        yield _gauge("gsctracker_db_wal_bytes", "Size of the write-ahead log.", _size(Path(f"{self._db.path}-wal")))
        from gsctracker.ops import box_metrics, slow_queries

        yield from box_metrics.outside(self._config, self._db)
        yield from slow_queries.collect(self._db)
        found: list[Metric] = []
        try:
            with self._db.read() as tx:
                found.extend(_read(tx))
                found.extend(box_metrics.inside(tx, self._config, self._db, clock.ticks() - self._began))
                from gsctracker.ops import copy_metrics  # what copies need is not loaded before somebody asks

                found.extend(copy_metrics.collect(tx, self._config))
        except (apsw.Error, OSError):
            found.clear()
        yield _gauge("gsctracker_db_connections", "Connections this server holds.", self._db.open_connections())
        yield _gauge("gsctracker_db_readable", "Whether the database can be read.", int(bool(found)))
        yield from found


def _read(tx: apsw.Connection) -> Iterator[Metric]:
    build = GaugeMetricFamily(
        "gsctracker_build_info", "What is running here; always 1.", labels=["version", "schema", "sqlite"]
    )
    build.add_metric([__version__, str(number_of(tx)), apsw.sqlite_lib_version()], 1)
    yield build
    yield _gauge(
        "gsctracker_db_freelist_pages", "Pages of the file that hold nothing.", value(tx, "PRAGMA freelist_count")
    )
    yield _gauge(
        "gsctracker_active_sessions",
        "Sessions that are signed in.",
        sessions.count_active(tx),
    )
    sales = CounterMetricFamily("gsctracker_sales_recorded", "Sales recorded, by channel.", labels=["channel"])
    found = {row.order_type: row.sales for row in many(tx, _SALES)}
    for channel in {*CHANNELS, *found}:
        sales.add_metric([channel], found.get(channel, 0))
    yield sales


def _gauge(name: str, words: str, number: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=number)


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _counter(registry: CollectorRegistry) -> Count:
    """Counts into the exporter's own two series, keeping each label set at hand: a lookup costs more than the rest."""
    named: dict[str, Any] = registry._names_to_collectors
    seconds_of, total_of = (named[f"{PREFIX}_http_request_{what}"] for what in ("duration_seconds", "total"))
    kept: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def count(method: str, rule: str, status: int, seconds: float) -> None:
        found = kept.get((method, rule, status))
        if found is None:
            found = kept[method, rule, status] = (
                seconds_of.labels(method=method, url_rule=rule, status=status),
                total_of.labels(method=method, status=status),
            )
        found[0].observe(seconds)
        found[1].inc()

    return count
