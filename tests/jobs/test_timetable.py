"""What the box does by itself: done on time, recorded, and never in the way."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gsctracker import clock
from gsctracker import config as settings
from gsctracker.db.rows import value
from gsctracker.errors import Conflict, NotFound
from gsctracker.jobs import scheduler
from gsctracker.log import request_id
from gsctracker.ops import runs
from gsctracker.ops.timetable import Job, named, overview, running, timetable
from gsctracker.ops.timetable.when import Daily, Every, missed_since

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MADE_BY_OTHERS = {"copy", "daily-copy", "ship", "ship-rows", "drill"}


@pytest.fixture
def config(tmp_path):
    """Settings of a box without any of its own."""
    return settings.load({}, tmp_path)


def at(text):
    """An instant, `2026-03-08T07:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def kept(box, config, monkeypatch, *jobs):
    """A keeper of these jobs that was not started: its plan can be looked at."""
    monkeypatch.setattr(scheduler, "timetable", lambda _: jobs)
    keeper = scheduler.Keeper(config, box)
    keeper.scheduler.start(paused=True)
    return keeper


def next_run(keeper, name):
    """When that job runs next, or None."""
    job = keeper.scheduler.get_job(name)
    return job.next_run_time if job else None


def test_the_planner_has_statistics_after_its_job(box, config):
    """DB-04: the job log shows the run, and the planner's table is there; its own record counted in, a night finds nothing to do."""
    assert running.run_job(config, box, named(config, "optimize")) == "done"
    with box.read() as tx:
        assert runs.last(tx, "optimize").result == "done"
        assert value(tx, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'") == 1
    running.run_job(config, box, named(config, "optimize"))
    assert running.run_job(config, box, named(config, "optimize")) == "idle"


def test_a_run_that_finds_nothing_writes_nothing(box, config):
    """Each commit would cost a little of the SD card and be a change that the next copy looks at."""
    for name in ("after-upgrade", "optimize", "fold-in", "optimize"):
        running.run_job(config, box, named(config, name))
    before = box.generation(), (box.path.parent / "gsctracker.db-wal").stat().st_size
    for job in timetable(config):
        if job.name not in MADE_BY_OTHERS | {"check"}:
            assert running.run_job(config, box, job) == "idle", job.name
    time.sleep(0.1)
    assert (box.generation(), (box.path.parent / "gsctracker.db-wal").stat().st_size) == before
    assert runs.looks(box)["forget-audit"].said == "nothing to do"


def test_a_job_that_fails_is_recorded_and_stops_nothing(box, config, caplog):
    """LOG-06: the run carries the id that its log lines carry."""

    def break_down(config, db):
        raise ZeroDivisionError

    assert running.run_job(config, box, Job("broken", Every(1), "Breaks.", break_down)) == "failed"
    with box.read() as tx:
        run = runs.last(tx, "broken")
    assert run.result == "failed"
    assert run.said.startswith("ZeroDivisionError")
    assert run.request_id == request_id.get()
    assert run.request_id.startswith("job-")


def test_a_job_that_is_refused_says_why_in_its_record(box, config):
    def refuse(config, db):
        raise Conflict("The disk is full.", "no_space")

    assert running.run_job(config, box, Job("refused", Every(1), "Refuses.", refuse)) == "failed"
    with box.read() as tx:
        assert runs.last(tx, "refused").said == "The disk is full."


@pytest.mark.parametrize("code", ["copy_under_way", "restore_under_way", "upload_under_way"])
def test_a_job_that_meets_another_copy_waits_for_it(box, config, code):
    """Nothing failed: it does its work later, and the record of the failures stays what it is."""

    def wait(config, db):
        raise Conflict("Another one is under way.", code)

    assert running.run_job(config, box, Job("patient", Every(1), "Waits.", wait)) == "later"
    with box.read() as tx:
        assert runs.last(tx, "patient") is None
    assert runs.looks(box)["patient"].said == "waits: Another one is under way."


def test_a_daily_job_that_had_to_wait_comes_again_in_minutes(box, config, monkeypatch):
    def wait(config, db):
        raise Conflict("Another copy is under way.", "copy_under_way")

    job = Job("night", Daily("02:00"), "Runs.", wait)
    keeper = kept(box, config, monkeypatch, job)
    keeper.keep(job)
    soon = next_run(keeper, "night made up for") - clock.moment()
    assert timedelta(minutes=4) < soon < timedelta(minutes=7)
    keeper.shutdown()


def test_a_record_that_cannot_be_written_stops_nothing(box, config):
    with box.write() as tx:
        tx.execute("CREATE TRIGGER full BEFORE INSERT ON job_runs BEGIN SELECT RAISE(ABORT, 'full'); END")
    assert running.run_job(config, box, Job("any", Every(1), "Does.", lambda config, db: "did")) == "done"


def test_only_the_newest_runs_of_a_job_are_kept(box, monkeypatch):
    """JOB-09: old rows are gone."""
    monkeypatch.setattr(runs, "KEPT_PER_JOB", 3)
    with box.write() as tx:
        for number in range(5):
            runs.record(tx, "copy", clock.now(), "done", f"run {number}", "")
        assert value(tx, "SELECT group_concat(said, ', ') FROM job_runs") == "run 2, run 3, run 4"


@pytest.mark.parametrize("job", timetable(settings.load({})), ids=lambda job: job.name)
def test_each_line_of_the_timetable_has_a_next_run(job):
    now = clock.moment()
    assert now < job.when.next(now, NEW_YORK) <= now + timedelta(days=8)


def test_names_are_met_once_and_a_wrong_one_is_refused(config):
    names = [job.name for job in timetable(config)]
    assert len(set(names)) == len(names)
    with pytest.raises(NotFound, match="forget-sessions"):
        named(config, "nothing")


@pytest.mark.parametrize(
    ("zone", "time", "year"),
    [
        (NEW_YORK, "02:00", 2026),
        (NEW_YORK, "01:30", 2026),
        (BERLIN, "02:00", 2026),
        (BERLIN, "02:30", 2026),
        (LORD_HOWE, "02:00", 2026),
    ],
)
def test_each_day_has_exactly_one_daily_copy(zone, time, year):
    """BAK-04: Fault 45: summer-time nights at 02:00 among them, where that time is not there or there twice."""
    when, moment = Daily(time), datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    days = []
    while True:
        moment = when.next(moment, zone)
        if moment.astimezone(zone).year != year:
            break
        days.append(moment.astimezone(zone).date())
    assert len(days) == len(set(days)) == 365


def test_the_nights_when_the_clocks_change_in_new_york():
    """Fault 45."""
    assert Daily("02:00").next(at("2026-03-08T05:00"), NEW_YORK) == at("2026-03-08T07:00")  # the moment of the jump
    assert Daily("02:00").next(at("2026-03-08T07:00"), NEW_YORK) == at("2026-03-09T06:00")
    assert Daily("01:30").next(at("2026-11-01T04:00"), NEW_YORK) == at("2026-11-01T05:30")  # the first of the two
    assert Daily("01:30").next(at("2026-11-01T05:30"), NEW_YORK) == at("2026-11-02T06:30")


def test_weekly_work_is_done_on_sundays_and_short_work_each_few_minutes():
    assert Daily("03:00", 6).next(at("2026-02-14T18:00"), NEW_YORK) == at("2026-02-15T08:00")
    assert Daily("03:00", 6).next(at("2026-02-15T08:00"), NEW_YORK) == at("2026-02-22T08:00")
    assert Every(5, after=2).next(at("2026-02-14T18:02"), NEW_YORK) == at("2026-02-14T18:07")
    assert Every(5).next(at("2026-02-14T18:04"), NEW_YORK) == at("2026-02-14T18:05")


def test_a_run_was_missed_when_its_time_came_since_the_last():
    assert missed_since(Daily("02:00"), at("2026-02-14T07:00"), at("2026-02-15T07:00"), NEW_YORK)
    assert not missed_since(Daily("02:00"), at("2026-02-14T07:00"), at("2026-02-15T06:59"), NEW_YORK)


def test_the_settings_move_the_jobs(tmp_path):
    """BAK-20: the schedule and the window stand in the settings."""
    moved = settings.load({"BACKUP_TIME": "23:45", "BACKUP_EVERY_MINUTES": "15", "UPKEEP_TIME": "23:50"}, tmp_path)
    assert named(moved, "daily-copy").when == Daily("23:45")
    assert named(moved, "copy").when == Every(15)
    assert named(moved, "check").when == Daily("23:50", 6)
    assert named(moved, "shrink").when == Daily("00:05", 6)


def test_the_troops_own_time_zone_is_kept(box, config, monkeypatch):
    """A troop that moves gets its night's work in its own night."""
    keeper = kept(box, config, monkeypatch, Job("night", Daily("02:00"), "Runs.", lambda config, db: None))
    now = clock.moment()
    assert next_run(keeper, "night") == Daily("02:00").next(now, running.zone_of(box))
    with box.write() as tx:
        tx.execute("UPDATE troop SET time_zone = 'Pacific/Honolulu'")
    keeper.look(now, clock.ticks())
    assert next_run(keeper, "night") == Daily("02:00").next(now, ZoneInfo("Pacific/Honolulu"))
    keeper.shutdown()


def ran_soon(box, config, monkeypatch, jump, wait=5.0):
    """A job that falls due only because the clock jumps by that much: how often it ran when the scheduler was woken."""
    done = []
    keeper = kept(
        box, config, monkeypatch, Job("night", Every(60 * 24 * 7), "Runs.", lambda *_: done.append(1) or "did")
    )
    now, ticks = clock.moment(), clock.ticks()
    keeper.look(now, ticks)
    planned = next_run(keeper, "night")
    _jump_in(monkeypatch, jump)
    keeper.scheduler.resume()
    keeper.look(now + jump, ticks)
    until = time.monotonic() + wait
    while time.monotonic() < until and not done:
        time.sleep(0.02)
    time.sleep(0.1)
    found = len(done), next_run(keeper, "night"), planned
    keeper.shutdown()
    return found


def _jump_in(monkeypatch, jump):
    """The clock that APScheduler asks goes before or after the real one."""
    from apscheduler.schedulers import base

    class Jumped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + jump

    monkeypatch.setattr(base, "datetime", Jumped)
    monkeypatch.setattr(clock, "moment", lambda: datetime.now(UTC) + jump)


@pytest.mark.parametrize("jump", [timedelta(days=15), timedelta(days=3650)], ids=["asleep for two weeks", "ten years"])
def test_what_was_slept_through_is_done_once(box, config, monkeypatch, jump):
    """JOB-07: Faults 44 and 47: one run after a long sleep or a jump of the clock, and the next is planned from then."""
    ran, following, _ = ran_soon(box, config, monkeypatch, jump)
    assert ran == 1
    assert following - (datetime.now(UTC) + jump) <= timedelta(days=7)


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-1), datetime(1970, 1, 2, tzinfo=UTC) - datetime(2026, 6, 1, tzinfo=UTC)]
)
def test_a_clock_that_is_set_back_does_not_stop_the_timetable(box, config, monkeypatch, jump):
    """Fault 44: nothing runs twice at once, and the next run is the next by the clock as it is now."""
    keeper = kept(box, config, monkeypatch, Job("often", Every(5), "Runs.", lambda *_: "did"))
    now, ticks = clock.moment(), clock.ticks()
    keeper.look(now, ticks)
    _jump_in(monkeypatch, jump)
    keeper.look(now + jump, ticks + 30)
    assert timedelta() < next_run(keeper, "often") - (datetime.now(UTC) + jump) <= timedelta(minutes=5, seconds=5)
    keeper.shutdown()


def test_work_that_goes_by_dates_waits_for_a_clock_that_can_be_believed(box, config, monkeypatch):
    """Fault 46: a Pi that boots in 1970 forgets nothing by age, and makes its copies."""
    done = []
    dated = Job("forget", Every(5), "Forgets.", lambda *_: done.append("dated") or "did", dated=True)
    other = Job("copy", Every(5), "Copies.", lambda *_: done.append("other") or "did")
    with box.write() as tx:
        runs.record(tx, "forget", clock.now(), "done", "before", "")
    real, ticks = clock.moment(), clock.ticks()
    monkeypatch.setattr(clock, "moment", lambda: datetime(1970, 1, 1, 0, 5, tzinfo=UTC))
    keeper = kept(box, config, monkeypatch, dated, other)
    keeper.keep(dated)
    keeper.keep(other)
    assert done == ["other"]
    assert "clock" in runs.looks(box)["forget"].said
    monkeypatch.setattr(clock, "moment", lambda: real)
    keeper.look(real, ticks + 60)
    made_up = next_run(keeper, "forget made up for")
    assert made_up is not None
    keeper.keep(dated)
    assert done == ["other", "dated"]
    keeper.shutdown()


def test_nothing_is_forgotten_by_a_clock_that_jumped_ten_years(box, config, monkeypatch):
    """Fault 44: until it is set right again."""
    done = []
    dated = Job("forget", Every(5), "Forgets.", lambda *_: done.append(1) or "did", dated=True)
    with box.write() as tx:
        runs.record(tx, "forget", clock.now(), "done", "before", "")
    keeper = kept(box, config, monkeypatch, dated)
    now, ticks = clock.moment(), clock.ticks()
    keeper.look(now, ticks)
    keeper.look(now + timedelta(days=3650), ticks + 30)
    keeper.keep(dated)
    assert done == []
    keeper.look(now + timedelta(seconds=60), ticks + 60)
    keeper.keep(dated)
    assert done == [1]
    keeper.shutdown()


def test_a_box_that_was_off_makes_up_for_what_it_missed(box, config, monkeypatch):
    """JOB-19: Fault 58: a box that is restarted every few minutes still does its daily work."""
    night = Job("night", Daily("02:00"), "Runs.", lambda *_: "did")
    with box.write() as tx:
        runs.record(tx, "night", clock.after(days=-2), "done", "the day before yesterday", "")
    keeper = kept(box, config, monkeypatch, night)
    assert next_run(keeper, "night made up for") <= clock.moment() + timedelta(seconds=60)
    keeper.shutdown()
    with box.write() as tx:
        runs.record(tx, "night", clock.now(), "done", "just now", "")
    keeper = kept(box, config, monkeypatch, night)
    assert next_run(keeper, "night made up for") is None
    keeper.shutdown()


def test_the_timetable_is_kept_in_a_thread_of_its_own(box, config, monkeypatch):
    done = []

    class Soon(Every):
        def next(self, now, zone):
            return now + timedelta(seconds=0.2)

    soon = Job("soon", Soon(1), "Runs at once.", lambda config, db: done.append(1) or "said so")
    monkeypatch.setattr(scheduler, "timetable", lambda _: (soon,))
    keeper = scheduler.start(config, box)
    try:
        for _ in range(100):
            if done:
                break
            time.sleep(0.05)
    finally:
        keeper.shutdown()
    with box.read() as tx:
        assert runs.last(tx, "soon").said == "said so"


def test_the_list_shows_the_last_run_and_the_next(box, config):
    """JOB-19: the job table shows next, last and result."""
    running.run_job(config, box, named(config, "check"))
    running.run_job(config, box, named(config, "shrink"))
    found = {line.job.name: line for line in overview.lines(config, box)}
    assert (found["check"].last.result, found["check"].last_done is not None) == ("done", True)
    assert found["shrink"].last is None
    assert found["shrink"].look.said == "nothing to do"
    assert found["check"].next_run > clock.now()
