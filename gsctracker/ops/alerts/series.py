"""What is measured here, by name, with its labels and what they may say: a rule that asks for anything else would never hold.

A test compares it with what a box shows. Who measures something new writes it down here.
"""

import re
from collections.abc import Collection, Mapping

from gsctracker.config import Config

Label = Collection[str] | None
"""What a label may say; None where nobody can tell beforehand."""

_WITHOUT_LABELS = """
process_virtual_memory_bytes process_resident_memory_bytes process_start_time_seconds process_cpu_seconds_total
process_open_fds process_max_fds
gsctracker_db_size_bytes gsctracker_db_wal_bytes gsctracker_db_freelist_pages gsctracker_db_connections gsctracker_db_readable
gsctracker_db_slow_queries_total gsctracker_db_write_wait_seconds_total gsctracker_db_busy_total
gsctracker_db_integrity_ok gsctracker_db_integrity_timestamp_seconds
gsctracker_machine_memory_bytes gsctracker_machine_memory_available_bytes gsctracker_load_average
gsctracker_disk_written_bytes_total gsctracker_emmc_life_used_ratio
gsctracker_host_temperature_celsius gsctracker_host_undervoltage gsctracker_host_throttled
gsctracker_clock_unsynchronised gsctracker_certificate_left_seconds
gsctracker_jobs_failing gsctracker_job_dead gsctracker_job_missed_total gsctracker_timetable_idle_seconds
gsctracker_backup_off_box gsctracker_backup_suspicious_unseen gsctracker_backup_unprotected_seconds
gsctracker_backup_not_removed_total gsctracker_backup_last_attempt_timestamp_seconds
gsctracker_backup_size_bytes gsctracker_backup_duration_seconds
gsctracker_drill_last_success_timestamp_seconds gsctracker_drill_duration_seconds
gsctracker_active_sessions gsctracker_booths_under_way gsctracker_unusual gsctracker_offline_oldest_seconds
gsctracker_cache_entries gsctracker_live_streams gsctracker_live_oldest_seconds
gsctracker_authz_denied_total gsctracker_csrf_rejected_total gsctracker_policy_refused_total
"""

_MOUNT: dict[str, Label] = {"mount": ("data", "backups")}
_LOCATION: dict[str, Label] = {"location": ("box", "bucket")}
_GENERATION: dict[str, Label] = {"generation": ("0", "1", "2")}
_ANSWER: dict[str, Label] = {
    "method": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    "status": tuple(str(number) for number in range(100, 600)),
}
_LABELLED: dict[str, dict[str, Label]] = {
    "python_info": dict.fromkeys(("version", "implementation", "major", "minor", "patchlevel")),
    "python_gc_objects_collected_total": _GENERATION,
    "python_gc_objects_uncollectable_total": _GENERATION,
    "python_gc_collections_total": _GENERATION,
    "gsctracker_build_info": dict.fromkeys(("version", "schema", "sqlite")),
    "gsctracker_exporter_info": {"version": None},
    "gsctracker_http_request_total": _ANSWER,
    "gsctracker_http_request_exceptions_total": _ANSWER,
    "gsctracker_disk_free_bytes": _MOUNT,
    "gsctracker_disk_size_bytes": _MOUNT,
    "gsctracker_disk_writable": _MOUNT,
    "gsctracker_only_read": {"reason": ("by_hand", "damaged", "not_migrated", "unwritable")},
    "gsctracker_sales_recorded_total": {
        "channel": ("order_card", "in_hand", "delivery", "pickup", "shipped", "donation", "booth", "unknown")
    },
    "gsctracker_job_last_success_timestamp_seconds": {"job": None},
    "gsctracker_job_duration_seconds": {"job": None},
    "gsctracker_job_runs_total": {"job": None, "result": ("done", "idle", "later", "failed", "missed")},
    "gsctracker_job_queue_depth": {"queue": ("family_files", "uploads"), "state": ("waiting", "failed")},
    "gsctracker_backup_prune_deleted_total": _LOCATION,
    "gsctracker_backup_last_success_timestamp_seconds": _LOCATION,
    "gsctracker_backup_shipment_timestamp_seconds": _LOCATION,
    "gsctracker_backup_runs_total": {"result": ("done", "suspicious", "failed")},
    "gsctracker_backup_copies": _LOCATION
    | {
        "kind": ("auto", "daily", "manual", "pre-migrate", "pre-restore", "pre-upgrade", "season-end", "stop"),
    },
    "gsctracker_drill_runs_total": {"result": ("done", "failed")},
    "gsctracker_faults": {"severity": ("info", "warning", "critical")},
    "gsctracker_notifications_total": {"channel": None, "result": ("delivered", "failed", "capped")},
    "gsctracker_offline_ops_total": {"result": ("accepted", "duplicate", "conflict", "rejected")},
    "gsctracker_cache_requests_total": {"outcome": ("hit", "miss")},
    "gsctracker_login_total": {"result": ("right", "wrong", "too_many", "second_factor")},
    "gsctracker_ratelimited_total": {"scope": ("account", "address", "all")},
}
DISTRIBUTIONS: dict[str, dict[str, Label]] = {
    "gsctracker_http_request_duration_seconds": _ANSWER | {"url_rule": None},
    "gsctracker_db_query_seconds": {"statement_class": ("read", "write")},
    "gsctracker_client_page_load_seconds": {},
    "gsctracker_client_lcp_seconds": {},
    "gsctracker_client_inp_seconds": {},
}
SERIES: Mapping[str, Mapping[str, Label]] = {
    **{name: {} for name in _WITHOUT_LABELS.split()},
    **_LABELLED,
    **{f"{name}_bucket": {**labels, "le": None} for name, labels in DISTRIBUTIONS.items()},
    **{f"{name}_{end}": labels for name, labels in DISTRIBUTIONS.items() for end in ("count", "sum")},
}
MOST_NAMED = 12


def wrong(metric: str, labels: tuple[tuple[str, str, str], ...], is_distribution: bool) -> tuple[str, str] | None:
    """Why a rule that measures this could never hold: the word that is wrong, and a sentence without its stop. `labels` are (name,
    = or =~, value).
    """
    if metric in DISTRIBUTIONS and not is_distribution:
        return metric, f"{metric} is a distribution: p99 measures it, now and rise take {metric}_count"
    known = SERIES.get(f"{metric}_bucket" if is_distribution else metric)
    if known is None:
        there = is_distribution and metric in SERIES
        return metric, f"{metric} is no distribution" if there else f"nothing measures {metric}"
    for name, sign, value in labels:
        if name not in known:
            of = f"only {', '.join(known)}" if known else "and no other label"
            return name, f"{metric} has no label {name}, {of}"
        values = _jobs() if name == "job" else known[name]
        if values is None:
            continue
        for each in _alternatives(value) if sign == "=~" else [value]:
            if not any(re.fullmatch(each, one) if sign == "=~" else one == each for one in values):
                of = f", only {', '.join(values)}" if len(values) <= MOST_NAMED else ""
                return each or "with", f"{name} of {metric} is never {each or 'empty'}{of}"
    return None


def _alternatives(pattern: str) -> list[str]:
    """What stands between the bars of a pattern, where nothing else in it could hold a bar."""
    return [pattern] if re.search(r"[()\[\]]", pattern) else pattern.split("|")


def _jobs() -> tuple[str, ...]:
    from gsctracker.ops import timetable  # which speaks of everything the box does: only where a rule asks for a job

    return tuple(job.name for job in timetable.timetable(Config()))
