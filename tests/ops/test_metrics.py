"""Numbers for Prometheus."""

import re
import threading

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from gsctracker import config
from gsctracker.db import Busy
from gsctracker.domain.people import sessions
from gsctracker.domain.sales import orders
from gsctracker.ops import metrics


@pytest.fixture
def measured(box, tmp_path):
    """A tiny app over a box that was set up, measured."""
    app = Flask("measured")
    app.add_url_rule("/scouts/<int:scout_id>", view_func=lambda scout_id: "Ana", endpoint="scout")
    return app, metrics.install(app, config.load({}, tmp_path), box)


def numbers(found):
    """Every sample as {name{labels}: value}."""
    text, _ = metrics.exposition(found, None)
    return {
        f"{sample.name}{sorted(sample.labels.items())}" if sample.labels else sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_process_is_measured(measured):
    """MON-01: the usual figures of a Python process."""
    found = numbers(measured[1])
    assert found["process_resident_memory_bytes"] > 1_000_000
    assert any(name.startswith("python_gc_collections_total") for name in found)
    assert any(name.startswith("python_info") for name in found)


def test_requests_are_grouped_by_route_and_no_label_holds_an_id(measured):
    """MON-02: two girls' pages are one series, whose buckets give a p99."""
    app, found = measured
    for scout in (17, 4711):
        app.test_client().get(f"/scouts/{scout}")
    text, _ = metrics.exposition(found, None)
    counts = re.findall(
        r"gsctracker_http_request_duration_seconds_count\{.*url_rule=\"/scouts/<int:scout_id>\"\} (\S+)", text
    )
    assert counts == ["2.0"]
    assert "17" not in re.findall(r'"([^"]*)"', text) and "4711" not in text
    buckets = re.findall(r'duration_seconds_bucket\{le="([^"]+)",method="GET",status="200",url_rule="/scouts', text)
    assert buckets == ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.0", "5.0", "+Inf"]


def test_an_answer_that_flask_never_saw_is_counted_in_the_same_series(measured):
    app, found = measured
    app.test_client().get("/scouts/1")
    found.count("GET", "/scouts/<int:scout_id>", 200, 0.001)
    labels = "[('method', 'GET'), ('status', '200'), ('url_rule', '/scouts/<int:scout_id>')]"
    assert numbers(found)[f"gsctracker_http_request_duration_seconds_count{labels}"] == 2


def test_signing_in_raises_the_sessions_and_signing_out_lowers_them(measured, box, admin):
    """MON-03."""
    assert numbers(measured[1])["gsctracker_active_sessions"] == 0
    with box.write() as tx:
        token = sessions.start(tx, admin.id)
    assert numbers(measured[1])["gsctracker_active_sessions"] == 1
    with box.write() as tx:
        sessions.end(tx, token)
    assert numbers(measured[1])["gsctracker_active_sessions"] == 0


def test_a_sale_is_counted_by_its_channel_and_a_cancelled_one_stays_counted(measured, box, admin):
    """MON-04: one more after a sale; it never goes down."""
    series = "gsctracker_sales_recorded_total[('channel', 'in_hand')]"
    assert numbers(measured[1])[series] == 0
    with box.write() as tx:
        sale = orders.take(tx, admin, [orders.Item("Thin Mints", 2)], customer_name="Test", order_type="in_hand")
    assert numbers(measured[1])[series] == 1
    with box.write() as tx:
        orders.cancel(tx, sale, admin)
    assert numbers(measured[1])[series] == 1


def test_the_file_is_measured(measured, box):
    """DB-13: size, log, free pages and connections of the file."""
    found = numbers(measured[1])
    assert found["gsctracker_db_size_bytes"] > 0
    assert found["gsctracker_db_wal_bytes"] >= 0
    assert found["gsctracker_db_freelist_pages"] >= 0
    assert found["gsctracker_db_connections"] == box.open_connections()
    assert found["gsctracker_db_readable"] == 1
    assert any(name.startswith("gsctracker_build_info") and "'schema'" in name for name in found)


def test_what_happens_to_the_file_moves_its_numbers(measured, box, monkeypatch):
    """DB-13: it grows with what is written, what is removed leaves free pages, a write that waits for its turn is counted."""
    before = numbers(measured[1])
    with box.write() as tx:
        tx.execute("CREATE TABLE much AS SELECT hex(zeroblob(200000)) AS text")
    grown = numbers(measured[1])
    assert grown["gsctracker_db_size_bytes"] + grown["gsctracker_db_wal_bytes"] > (
        before["gsctracker_db_size_bytes"] + before["gsctracker_db_wal_bytes"]
    )
    with box.write() as tx:
        tx.execute("DROP TABLE much")
    assert numbers(measured[1])["gsctracker_db_freelist_pages"] > grown["gsctracker_db_freelist_pages"]
    waited = numbers(measured[1])["gsctracker_db_write_wait_seconds_total"]
    monkeypatch.setattr("gsctracker.db.PATIENCE_SECONDS", 0.05)
    gave_up = []

    def write():
        with pytest.raises(Busy), box.write():
            pass
        gave_up.append(True)

    with box.write():
        other = threading.Thread(target=write)
        other.start()
        other.join(60)
    assert gave_up
    now = numbers(measured[1])
    assert now["gsctracker_db_write_wait_seconds_total"] >= waited + 0.04
    assert now["gsctracker_db_busy_total"] == before["gsctracker_db_busy_total"] + 1


def test_every_app_has_numbers_of_its_own(measured, box, tmp_path):
    other = Flask("other")
    found = metrics.install(other, config.load({}, tmp_path), box)
    measured[0].test_client().get("/scouts/1")
    assert not any("url_rule" in name for name in numbers(found))
    assert metrics.of(other) is found


def test_what_is_only_on_this_box_is_a_gauge(measured):
    """The age of the oldest entry that is in no copy off the box; without a bucket that is all of them."""
    found = numbers(measured[1])
    assert found["gsctracker_backup_unprotected_seconds"] >= 0
    assert found["gsctracker_backup_not_removed_total"] == 0
