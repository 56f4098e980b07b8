"""Statements are measured, and those that take long are kept: their words, the route, the plan, never a value."""

import json
import logging
import threading

import pytest
from prometheus_client.core import CollectorRegistry

from gsctracker import clock, log
from gsctracker.db import timing
from gsctracker.db.rows import many, one, run, value
from gsctracker.ops import slow_queries

SLOW = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)
          SELECT count(*) FROM n, troop WHERE :girl <> ''"""


@pytest.fixture(autouse=True)
def empty():
    """Nothing was slow before, nor is afterwards."""
    timing.forget()
    yield
    timing.forget()
    log.doing.set("")


def sums(db):
    """How many statements of each class were counted."""
    registry = CollectorRegistry()
    registry.register(type("All", (), {"collect": lambda self: slow_queries.collect(db)})())
    return {
        kind: registry.get_sample_value("gsctracker_db_query_seconds_count", {"statement_class": kind})
        for kind in ("read", "write")
    }


def test_a_slow_statement_is_kept_with_its_route_and_its_plan_but_no_value(box, monkeypatch):
    """PERF-03: what took over 50 ms; the same again is counted, and a plan is made only for who looks."""
    monkeypatch.setattr(timing, "SLOW_SECONDS", 0.005)
    log.doing.set("/scouts/<id:scout_id>")
    before = timing.slow_count()
    with box.read() as tx:
        for _ in range(2):
            value(tx, SLOW, girl="Ana")
        (found,) = slow_queries.slowest(tx)
    assert (found.route, found.count) == ("/scouts/<id:scout_id>", 2)
    assert found.milliseconds >= 5
    assert "Ana" not in found.sql and ":girl" in found.sql
    assert any("SCAN" in step for step in found.plan)
    assert timing.slow_count() == before + 2


def test_a_slow_statement_is_a_line_of_the_log_and_a_very_slow_one_a_warning(box, monkeypatch, caplog):
    """DB-11: over 50 ms the first time in its place, over a second each time; with route and request, without a value."""
    monkeypatch.setattr(timing, "SLOW_SECONDS", 0.0)
    caplog.set_level(logging.INFO, logger=timing.__name__)
    log.doing.set("/scouts/<id:scout_id>")
    log.request_id.set("abc-123")
    before = timing.slow_count()
    with box.read() as tx:
        for very in (1.0, 1.0, 0.0, 0.0):
            monkeypatch.setattr(timing, "VERY_SLOW_SECONDS", very)
            value(tx, "SELECT :girl", girl="Ana")
    assert [line.levelname for line in caplog.records] == ["INFO", "WARNING", "WARNING"]
    line = json.loads(log._Json("production").format(caplog.records[0]))
    log.request_id.set("")
    assert (line["event"], line["route"], line["request_id"]) == ("slow_statement", "/scouts/<id:scout_id>", "abc-123")
    assert line["sql"] == "SELECT :girl" and line["milliseconds"] >= 0
    assert timing.slow_count() == before + 4


def test_what_is_kept_is_bounded(box, monkeypatch):
    monkeypatch.setattr(timing, "SLOW_SECONDS", 0.0)
    with box.read() as tx:
        for number in range(timing.MOST_KEPT + 20):
            value(tx, f"SELECT {number}")
    assert len(timing.slow()) == timing.MOST_KEPT


def test_reads_and_writes_are_counted_and_added_up_for_each_request(box):
    """MON-07: how many statements, and their time, since the request began in this thread."""
    with box.write() as tx:
        asked, before = timing.begin(), sums(box)
        many(tx, "SELECT 1 AS n")
        one(tx, "SELECT 1 AS n")
        run(tx, "DELETE FROM sessions WHERE account_id = 0")
        after = sums(box)
        assert asked.queries == 3
        assert 0 < asked.seconds < 10
    assert (after["read"] - before["read"], after["write"] - before["write"]) == (2, 1)
    assert timing.begin().queries == 0


def test_what_ended_threads_asked_still_counts_and_leaves_nothing_behind():
    """A box that runs for a season sees thousands of threads."""

    def ask():
        timing.note(timing.READ, "SELECT 1", clock.ticks())

    def asked():
        return timing.counted()[timing.READ][0][-1][1]

    before = asked()
    for _ in range(20):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert asked() == before + 20
    assert not [thread for thread in timing._tallies if not thread.is_alive()]
