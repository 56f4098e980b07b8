"""Numbers for Prometheus about the box itself: disks, memory, timetable, whether anything may be written, the machine."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import apsw
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import many, value
from gsctracker.ops import certificates, host, machine, runs, standby

FAILURE_COUNTS_FOR_DAYS = 2


def outside(config: Config, db: Database) -> Iterator[Metric]:
    """What can be said without the database."""
    yield from _disks(config)
    has, left = machine.memory_of_machine()
    if has:
        yield _gauge("gsctracker_machine_memory_bytes", "Memory that the machine has.", has)
        yield _gauge("gsctracker_machine_memory_available_bytes", "Memory that it could still give.", left)
    why = standby.now(db)
    kept = GaugeMetricFamily("gsctracker_only_read", "Whether nothing may be changed, by reason.", labels=["reason"])
    for reason in standby.NAMES.values():
        kept.add_metric([reason], int(bool(why and why.reason == reason)))
    yield kept
    for name, words, number in host.numbers():
        yield _gauge(name, words, number)
    written = host.written_bytes(_there(config.database.parent))
    if written is not None:
        yield CounterMetricFamily(
            "gsctracker_disk_written_bytes",
            "Bytes that all programs wrote to the data's disk since it was started.",
            value=written,
        )
    yield from certificates.collect(config)
    yield _gauge("gsctracker_load_average", "Programs that want the processor, over a minute.", os.getloadavg()[0])


def inside(tx: apsw.Connection, config: Config, db: Database, uptime_seconds: float) -> Iterator[Metric]:
    """What the file knows: jobs, the last look at every page of it, copies that somebody should look at, booths."""
    yield from _jobs(tx, db, uptime_seconds)
    yield from _queues(tx, config)
    looked = many(tx, "SELECT result, ended_at FROM job_runs WHERE job = 'check' ORDER BY id DESC LIMIT 1")
    if looked:
        sound = int(looked[0].result == "done")
        yield _gauge("gsctracker_db_integrity_ok", "Whether the last look at the whole file found it sound.", sound)
        yield _gauge("gsctracker_db_integrity_timestamp_seconds", "When that look was.", _seconds(looked[0].ended_at))
    yield _gauge(
        "gsctracker_backup_off_box", "Whether copies are brought off the box.", int(bool(config.s3_backup_bucket))
    )
    yield _gauge(
        "gsctracker_backup_suspicious_unseen",
        "Copies in which suspiciously much is missing, and nobody has said that it is well so.",
        value(tx, "SELECT count(*) FROM copy_runs WHERE result = 'suspicious' AND looked_at IS NULL"),
    )
    yield _gauge(
        "gsctracker_booths_under_way",
        "Booths that are open at this moment.",
        value(tx, "SELECT count(*) FROM booths WHERE starts_at <= :now AND ends_at > :now", now=clock.now()),
    )


def _queues(tx: apsw.Connection, config: Config) -> Iterator[Metric]:
    """What waits to be done, and what was given up."""
    depth = GaugeMetricFamily("gsctracker_job_queue_depth", "What waits to be done.", labels=["queue", "state"])
    waiting = value(tx, "SELECT count(*) FROM family_exports WHERE made_at IS NULL")
    depth.add_metric(["family_files", "waiting"], waiting)
    if config.s3_backup_bucket:
        found = many(
            tx,
            """SELECT upload_tries FROM copy_runs WHERE result <> 'failed' AND uploaded_at IS NULL
                ORDER BY seq DESC LIMIT 50""",
        )
        depth.add_metric(["uploads", "waiting"], sum(row.upload_tries == 0 for row in found))
        depth.add_metric(["uploads", "failed"], sum(row.upload_tries > 0 for row in found))
    yield depth
    yield _gauge(
        "gsctracker_job_dead",
        "Jobs whose last three runs failed.",
        value(
            tx,
            """SELECT count(*) FROM (
                   SELECT job FROM (SELECT job, result, row_number() OVER (PARTITION BY job ORDER BY id DESC) AS place FROM job_runs)
                    WHERE place <= 3 GROUP BY job HAVING count(*) = 3 AND sum(result = 'failed') = 3)""",
        ),
    )


def _disks(config: Config) -> Iterator[Metric]:
    free = GaugeMetricFamily("gsctracker_disk_free_bytes", "Room that is left.", labels=["mount"])
    size = GaugeMetricFamily("gsctracker_disk_size_bytes", "Room there is.", labels=["mount"])
    writable = GaugeMetricFamily(
        "gsctracker_disk_writable", "Whether the disk takes what is written.", labels=["mount"]
    )
    for name, folder in {"data": config.database.parent, "backups": config.backups}.items():
        there = _there(folder)
        try:
            total, left = machine.disk_of(there)
            can = not machine.is_read_only(there)
        except OSError:
            continue
        free.add_metric([name], left)
        size.add_metric([name], total)
        writable.add_metric([name], int(can))
    yield from (free, size, writable)


def _there(folder: Path) -> Path:
    """The folder, or where it would be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _jobs(tx: apsw.Connection, db: Database, uptime_seconds: float) -> Iterator[Metric]:
    since = clock.after(days=-FAILURE_COUNTS_FOR_DAYS)
    yield _gauge("gsctracker_jobs_failing", "Jobs whose newest run failed.", len(runs.failed_since(tx, since)))
    done = GaugeMetricFamily(
        "gsctracker_job_last_success_timestamp_seconds", "When a job last did something and succeeded.", labels=["job"]
    )
    took = GaugeMetricFamily("gsctracker_job_duration_seconds", "How long that took.", labels=["job"])
    for row in many(
        tx,
        """SELECT job, started_at, ended_at FROM job_runs
            WHERE id IN (SELECT max(id) FROM job_runs WHERE result = 'done' GROUP BY job)""",
    ):
        done.add_metric([row.job], _seconds(row.ended_at))
        took.add_metric([row.job], max(0, _seconds(row.ended_at) - _seconds(row.started_at)))
    yield from (done, took)
    counted = CounterMetricFamily("gsctracker_job_runs", "Runs since the start, by result.", labels=["job", "result"])
    for (job, result), number in runs.counted(db).items():
        counted.add_metric([job, result], number)
    yield counted
    yield CounterMetricFamily(
        "gsctracker_job_missed",
        "Runs that came due while the box was off, and were made up for.",
        value=runs.missed(db),
    )
    newest = [value(tx, "SELECT max(started_at) FROM job_runs"), *(look.at for look in runs.looks(db).values())]
    ages = [clock.moment().timestamp() - _seconds(at) for at in newest if at]
    yield _gauge(
        "gsctracker_timetable_idle_seconds",
        "How long nothing of the timetable has run, while this program could have run it.",
        max(0.0, min([uptime_seconds, *ages])),
    )


def _gauge(name: str, words: str, number: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=number)


def _seconds(instant: str | None) -> float:
    return datetime.fromisoformat(instant).timestamp() if instant else 0
