"""Numbers for Prometheus about copies and rehearsals: how old, how large, how many, and what only this box has."""

from collections.abc import Iterator
from datetime import datetime

import apsw
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gsctracker.config import Config
from gsctracker.db.rows import many, one, value
from gsctracker.ops.copies import protection, retention, shipments, shipments_away

HERE, AWAY = "box", "bucket"


def collect(tx: apsw.Connection, config: Config) -> Iterator[Metric]:
    """All numbers about copies, as the database and this disk remember them; no network is asked."""
    yield _gauge(
        "gsctracker_backup_unprotected_seconds",
        "Age of the oldest entry that stands in no verified copy or shipment off the box; 0 when all do.",
        protection.unprotected_seconds(tx, config),
    )
    yield CounterMetricFamily(
        "gsctracker_backup_not_removed",
        "How often a store said that it removed a copy and still listed it.",
        value=sum(retention.kept_against_plan.values()),
    )
    yield _pruned()
    yield from _successes(tx)
    yield from _last_copy(tx)
    yield _copies(tx, config)
    yield from _shipments(config)
    yield from _drills(tx)


def _successes(tx: apsw.Connection) -> Iterator[Metric]:
    succeeded = GaugeMetricFamily(
        "gsctracker_backup_last_success_timestamp_seconds",
        "When the newest verified copy was made (box) or brought off it (bucket); 0 for never.",
        labels=["location"],
    )
    succeeded.add_metric([HERE], _seconds(value(tx, "SELECT max(verified_at) FROM copy_runs")))
    succeeded.add_metric([AWAY], _seconds(value(tx, "SELECT max(uploaded_at) FROM copy_runs")))
    yield succeeded
    yield _gauge(
        "gsctracker_backup_last_attempt_timestamp_seconds",
        "When a copy was last begun; 0 for never.",
        _seconds(value(tx, "SELECT max(started_at) FROM copy_runs")),
    )
    runs = CounterMetricFamily("gsctracker_backup_runs", "Copies by what came of them.", labels=["result"])
    found = {row.result: row.n for row in many(tx, "SELECT result, count(*) AS n FROM copy_runs GROUP BY result")}
    for result in ("done", "suspicious", "failed"):
        runs.add_metric([result], found.get(result, 0))
    yield runs


def _last_copy(tx: apsw.Connection) -> Iterator[Metric]:
    last = one(
        tx, "SELECT size, started_at, ended_at FROM copy_runs WHERE result <> 'failed' ORDER BY seq DESC LIMIT 1"
    )
    yield _gauge("gsctracker_backup_size_bytes", "Size of the newest copy.", last.size if last else 0)
    took = _seconds(last.ended_at) - _seconds(last.started_at) if last else 0
    yield _gauge("gsctracker_backup_duration_seconds", "How long the newest copy took to make.", max(0, took))


def _copies(tx: apsw.Connection, config: Config) -> Metric:
    counted = GaugeMetricFamily("gsctracker_backup_copies", "Copies by kind.", labels=["location", "kind"])
    listed = {file.stem for file in config.backups.glob("gsctracker-*Z-*.json")}
    here: dict[str, int] = {}
    for row in many(tx, "SELECT name, kind FROM copy_runs WHERE result <> 'failed'"):
        if row.name in listed:
            here[row.kind] = here.get(row.kind, 0) + 1
    for kind, number in sorted(here.items()):
        counted.add_metric([HERE, kind], number)
    return counted


def _pruned() -> Metric:
    counted = CounterMetricFamily(
        "gsctracker_backup_prune_deleted",
        "Copies that were removed since the start as the plan says.",
        labels=["location"],
    )
    away = sum(number for place, number in retention.removed.items() if place.startswith("s3://"))
    counted.add_metric([HERE], sum(retention.removed.values()) - away)
    counted.add_metric([AWAY], away)
    return counted


def _shipments(config: Config) -> Iterator[Metric]:
    here = shipments.stems(config)
    away = shipments_away.away(config)
    made = GaugeMetricFamily(
        "gsctracker_backup_shipment_timestamp_seconds",
        "When the newest shipment of rows was made (box), and of when the newest off the box is; 0 for never.",
        labels=["location"],
    )
    made.add_metric([HERE], _seconds(here[-1].made_at if here else None))
    made.add_metric([AWAY], _seconds(away.made_at if away else None))
    yield made


def _drills(tx: apsw.Connection) -> Iterator[Metric]:
    proven = one(tx, "SELECT ended_at, milliseconds FROM drill_runs WHERE result = 'done' ORDER BY id DESC LIMIT 1")
    yield _gauge(
        "gsctracker_drill_last_success_timestamp_seconds",
        "When a copy was last proven by restoring it in a scratch place; 0 for never.",
        _seconds(proven.ended_at if proven else None),
    )
    took = proven.milliseconds / 1000 if proven else 0
    yield _gauge("gsctracker_drill_duration_seconds", "How long that restore took.", took)
    runs = CounterMetricFamily("gsctracker_drill_runs", "Rehearsals by what came of them.", labels=["result"])
    found = {row.result: row.n for row in many(tx, "SELECT result, count(*) AS n FROM drill_runs GROUP BY result")}
    for result in ("done", "failed"):
        runs.add_metric([result], found.get(result, 0))
    yield runs


def _gauge(name: str, words: str, number: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=number)


def _seconds(instant: str | None) -> float:
    return datetime.fromisoformat(instant).timestamp() if instant else 0
