"""How the box does over days and weeks: small roll-ups, a date for the full disk, what is unlike other weeks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.ops import roll_ups, trends
from gsctracker.ops.roll_ups import BOUNDS, Reading

NOW = datetime(2026, 2, 14, 18, 0, tzinfo=UTC)
QUIET = Reading("", 60, 40, 0, (40, *[0] * (len(BOUNDS) - 1)), 0, 20_000_000, 9_000_000_000, 90_000_000)


@pytest.fixture
def at_noon(monkeypatch):
    """It is six in the evening of a booth day."""
    monkeypatch.setattr(clock, "moment", lambda: NOW)


def hours(number, change=lambda at, n: {}):
    """So many hours up to NOW, each as QUIET but for what `change` gives."""
    found = []
    for n in range(number):
        at = NOW - timedelta(hours=number - n)
        found.append(replace(QUIET, began_at=clock.instant(at), **change(at, n)))
    return found


def numbers(requests, failed=0, slow=0):
    """What Prometheus would be shown."""
    of = "gsctracker_http_request_"
    return {
        of + "duration_seconds_bucket": {
            (("le", str(bound).replace("inf", "+Inf")), ("url_rule", "/")): float(requests if bound >= 0.1 else 0)
            for bound in BOUNDS
        },
        of + "total": {
            (("method", "GET"), ("status", "200")): float(requests - failed),
            (("status", "503"),): float(failed),
        },
        "gsctracker_db_slow_queries_total": {(): float(slow)},
        "gsctracker_db_size_bytes": {(): 5e6},
        "gsctracker_disk_free_bytes": {(("mount", "data"),): 4e9, (("mount", "backups"),): 1e9},
        "process_resident_memory_bytes": {(): 8e7},
    }


def test_minutes_become_hours_and_days_in_one_write_an_hour(box, at_noon):
    """MON-20: what happened in each minute is the difference of the counters; an hour's figures are its minutes' together."""
    taking = roll_ups.Recorder()
    for minute in range(62):
        at = (NOW - timedelta(minutes=61 - minute)).timestamp()
        taking.take(at, numbers(requests=10 * minute, failed=minute))
        taking.take(at + 30, numbers(requests=10 * minute + 5, failed=minute))
    assert taking.is_due()
    before = box.generation()
    taking.keep(box)
    taking.keep(box)  # nothing waits any more
    assert box.generation() != before
    assert not taking.is_due() and taking.waiting() == []
    with box.read() as tx:
        (first, second) = roll_ups.readings(tx, "hour", "2026-02-14T16:00:00Z")
        minutes = roll_ups.readings(tx, "minute", "2026-02-14T16:00:00Z")
        (day,) = roll_ups.readings(tx, "day", "2026-02-14")
    assert (first.began_at, second.began_at) == ("2026-02-14T16:00:00Z", "2026-02-14T17:00:00Z")
    assert [one.requests for one in minutes] == [10] * 61
    assert (second.minutes, second.requests, second.failures) == (60, 600, 60)
    assert second.milliseconds(0.99) == 100
    assert (second.disk_free, second.file_size) == (4_000_000_000, 5_000_000)
    assert (day.requests, day.minutes) == (610, 61)


def test_a_restarted_hour_is_added_to_and_the_clock_may_be_put_back(box, at_noon):
    """Two programs after each other fill one hour; a counter that began anew is no negative figure."""
    for start in (40, 10):
        taking = roll_ups.Recorder()
        for minute in (0, 1, 2):
            taking.take((NOW - timedelta(minutes=start - minute)).timestamp(), numbers(requests=7 * minute))
        taking.take((NOW - timedelta(minutes=start + 5)).timestamp(), numbers(requests=1))
        taking.take((NOW - timedelta(minutes=start + 3)).timestamp(), numbers(requests=2))
        taking.keep(box)
    with box.read() as tx:
        (hour,) = roll_ups.readings(tx, "hour", "2026-02-14T17:00:00Z")
    assert hour.minutes == 6
    assert hour.requests == 28


def test_a_year_of_readings_stays_small_and_old_ones_go(box, at_noon):
    """MON-20: the table stays under 5 MB however long the box runs."""
    with box.write() as tx:
        for span, step, length in (("minute", 1, 3), ("hour", 60, 92), ("day", 1440, 740)):
            tx.execute(
                """WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < ? * 1440 / ?)
                   INSERT INTO roll_ups SELECT ?, strftime(?, '2026-02-14T18:00:00Z', '-' || (value * ?) || ' minutes'),
                          1, 123456, 1234, '[' || replace(hex(zeroblob(10)), '00', '12345,') || '12345]', 123, 123456789,
                          123456789012, 123456789,
                          '[[' || replace(hex(zeroblob(10)), '00', '123456,') || '1],[' || replace(hex(zeroblob(10)), '00', '123456,')
                          || '1]]' FROM n""",
                (length, step, span, roll_ups.DIGITS[span], step),
            )
        gone = roll_ups.forget(tx)
        left = value(tx, "SELECT count(*) FROM roll_ups")
        size = value(tx, "SELECT sum(pgsize) FROM dbstat WHERE name = 'roll_ups'")
    assert gone > 1440
    assert 5_000 < left < 2 * 1440 + 90 * 24 + 730 + 5
    assert size < 5_000_000


def test_the_day_of_the_full_disk_is_that_of_the_week_and_not_of_one_film():
    """MON-18: 100 MB an hour fill 9 GB in under four days; a film that came and went for a night changes nothing."""
    falling = hours(168, lambda at, n: {"disk_free": 26_800_000_000 - 100_000_000 * n})
    assert trends.disk_full_on(falling) in ("2026-02-18", "2026-02-19")
    with_film = [
        replace(one, disk_free=one.disk_free - 5_000_000_000) if 40 < n < 50 else one for n, one in enumerate(falling)
    ]
    assert trends.disk_full_on(with_film) == trends.disk_full_on(falling)
    assert trends.disk_full_on(hours(168)) is None
    assert trends.disk_full_on(falling[:20]) is None
    assert trends.disk_full_on(hours(168, lambda at, n: {"disk_free": 9_000_000_000 - n})) is None


def test_a_day_of_slow_statements_is_told_and_an_ordinary_one_is_not():
    """DB-12: twice the median of the days before, reads and writes for themselves; a day of few statements says nothing."""

    def days(newest, busy=2000):
        usual = tuple(busy if bound == 0.001 else 0 for bound in roll_ups.STATEMENT_BOUNDS)
        found = [replace(QUIET, began_at=f"2026-02-{day:02}T00:00:00Z", asked=(usual, usual)) for day in range(1, 11)]
        return [*found, replace(QUIET, began_at="2026-02-11T00:00:00Z", asked=(usual, newest))]

    slow = tuple(2000 if bound == 0.005 else 0 for bound in roll_ups.STATEMENT_BOUNDS)
    (found,) = trends.slower(days(slow))
    assert (found.at, found.what, found.number, found.usual) == ("2026-02-11T00:00:00Z", "writes", 4800, 950)
    assert trends.slower(days(days(slow)[0].asked[1])) == []
    assert trends.slower(days(slow, busy=900)) == []
    assert trends.slower(days(tuple(number // 4 for number in slow))) == []
    assert trends.slower(days(slow)[-4:]) == []
    assert trends.slower([]) == []


def test_how_long_statements_took_is_kept_for_each_class(box, at_noon):
    """DB-12: each day's statements by how long they took, from the numbers that the box gives of itself."""
    name, taking = roll_ups.ASKED, roll_ups.Recorder()
    for minute in range(3):
        buckets = {
            (("le", str(bound).replace("inf", "+Inf")), ("statement_class", kind)): float(
                minute * times * (bound >= least)
            )
            for kind, times, least in (("read", 100, 0.001), ("write", 10, 0.01))
            for bound in roll_ups.STATEMENT_BOUNDS
        }
        taking.take((NOW - timedelta(minutes=9 - minute)).timestamp(), numbers(0) | {name: buckets})
    taking.take((NOW - timedelta(minutes=6)).timestamp(), numbers(0) | {name: buckets})
    taking.keep(box)
    with box.read() as tx:
        (day,) = trends.days(tx, 1)
        assert trends.days_over(tx, 30) == []  # today is not over
    assert (day.statements("read"), day.statements("write")) == (200, 20)
    assert (day.microseconds("read", 0.95), day.microseconds("write", 0.5)) == (950, 7500)


def test_a_spike_is_one_anomaly_and_a_booth_day_each_week_is_none():
    """MON-19: beyond the median and four times the median distance of the same hour of other weeks."""

    def booth_days(at, n):
        return {"requests": 5_000 + n % 7 if at.weekday() == 5 and 10 <= at.hour < 18 else 40 + n % 9}

    usual = hours(24 * 7 * 6, booth_days)
    assert trends.unusual(usual) == []
    spike = [*usual[:-5], replace(usual[-5], requests=50_000), *usual[-4:]]
    (found,) = trends.unusual(spike)
    assert (found.at, found.what, found.number) == ("2026-02-14T13:00:00Z", "requests", 50_000)
    assert 5_000 <= found.usual < 5_007
    assert trends.unusual(hours(24 * 7, booth_days)) == []  # one week says nothing about what is usual
    broken = [*usual[:-1], replace(usual[-1], failures=40)]
    assert [one.what for one in trends.unusual(broken)] == ["failures"]


def test_the_share_of_each_month_in_which_the_box_was_up(box, at_noon):
    """MON-21: from the first reading on; a day of which half was measured is half a day."""
    with box.write() as tx:
        for day in ("2026-01-31", "2026-02-01", "2026-02-02"):
            roll_ups._put(
                tx, "day", replace(QUIET, began_at=f"{day}T00:00:00Z", minutes=1440 if day != "2026-02-02" else 720)
            )
        found = dict(trends.uptime(tx))
    assert found["2026-01"] == 1
    assert found["2026-02"] == pytest.approx((1440 + 720) / (13 * 1440 + 18 * 60))
