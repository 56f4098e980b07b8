"""What the box does by itself: done on time, recorded, and never in the way."""

import time

import pytest
from apscheduler.triggers.cron import CronTrigger

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.domain.people import sessions
from gsctracker.jobs import TIMETABLE, Job, named, scheduler
from gsctracker.log import request_id
from gsctracker.ops import runs


def test_the_planner_has_statistics_after_its_job(box):
    """DB-04: the job log shows the run, and the planner's table is there."""
    assert scheduler.run(box, named("optimize")) == "done"
    with box.read() as tx:
        assert runs.last(tx, "optimize").result == "done"
        assert value(tx, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'") == 1


def test_expired_sessions_are_removed_and_living_ones_stay(box):
    with box.write() as tx:
        living, over = sessions.start(tx, 1), sessions.start(tx, 1)
        tx.execute(
            "UPDATE sessions SET expires_at = ? WHERE token_hash = (SELECT min(token_hash) FROM sessions)",
            (clock.after(seconds=-1),),
        )
    scheduler.run(box, named("forget"))
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM sessions") == 1
        assert [bool(sessions.resume(tx, token)) for token in (living, over)].count(True) == 1


def test_a_job_that_fails_is_recorded_and_stops_nothing(box, caplog):
    """LOG-06: the run carries the id that its log lines carry."""

    def break_down(db):
        raise ZeroDivisionError

    assert scheduler.run(box, Job("broken", {"hour": "1"}, "Breaks.", break_down)) == "failed"
    with box.read() as tx:
        run = runs.last(tx, "broken")
    assert run.result == "failed"
    assert run.said.startswith("ZeroDivisionError")
    assert run.request_id == request_id.get()
    assert run.request_id.startswith("job-")


def test_each_job_of_the_timetable_can_run(box):
    assert {job.name: scheduler.run(box, job) for job in TIMETABLE} == dict.fromkeys(
        (job.name for job in TIMETABLE), "done"
    )


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.name)
def test_each_line_of_the_timetable_has_a_next_run(job):
    assert CronTrigger(timezone="UTC", **job.when).get_next_fire_time(None, clock.moment())


def test_the_timetable_is_kept_in_a_thread_of_its_own(box, monkeypatch):
    done = []
    soon = Job("soon", {"second": "*"}, "Runs each second.", lambda db: done.append(1) or "said so")
    monkeypatch.setattr(scheduler, "TIMETABLE", (soon,))
    running = scheduler.start(box)
    try:
        for _ in range(100):
            if done:
                break
            time.sleep(0.05)
    finally:
        running.shutdown()
    with box.read() as tx:
        assert runs.last(tx, "soon").said == "said so"
