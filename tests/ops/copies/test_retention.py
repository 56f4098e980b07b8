"""Which copies may go, and which never."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.ops.copies import retention
from gsctracker.ops.copies.retention import FLOOR, to_remove

NOW = datetime(2026, 2, 14, 18, 0, tzinfo=UTC)
TODAY = clock.instant(NOW)
KINDS = ("auto", "daily", "manual", "pre-migrate", "pre-restore", "season-end", "stop")


@dataclass(frozen=True)
class Made:
    """A copy as far as the plan looks at it."""

    sequence: int
    made_at: str
    kind: str = "auto"
    suspicious: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"copy-{self.sequence}"


def each(step: timedelta, count: int, until: datetime = NOW, first: int = 1) -> list[Made]:
    """So many copies, one in each step, the last at `until`."""
    return [Made(first + n, clock.instant(until - step * (count - 1 - n))) for n in range(count)]


def left(copies: list[Made], **how: object) -> list[Made]:
    gone = {copy.name for copy in to_remove(copies, **({"now": TODAY, "keep_days": 30} | how))}
    return [copy for copy in copies if copy.name not in gone]


def test_a_day_stays_whole_then_hours_days_weeks_and_months():
    """BAK-05: everything of 24 hours, each hour of 48, each of 30 days, 12 weeks, 12 months."""
    copies = each(timedelta(minutes=15), 4 * 24 * 400)
    kept = left(copies)
    ages = [NOW - datetime.fromisoformat(copy.made_at) for copy in kept]
    hours = Counter(copy.made_at[:13] for copy, age in zip(kept, ages, strict=True) if age > timedelta(hours=24))
    assert sum(age <= timedelta(hours=24) for age in ages) == 4 * 24 + 1
    assert sum(timedelta(hours=24) < age <= timedelta(hours=47) for age in ages) == 23
    assert set(hours.values()) == {1}
    days = {copy.made_at[:10] for copy, age in zip(kept, ages, strict=True) if age <= timedelta(days=30)}
    assert len(days) == 31  # thirty days back from the evening of the fourteenth touch thirty-one dates
    assert len([age for age in ages if age > timedelta(days=84)]) == 8  # what the months hold beyond the weeks
    assert kept[0].made_at == "2025-03-31T23:45:00Z"


def test_the_days_kept_are_a_setting():
    """BAK-05: BACKUP_KEEP_DAYS says for how many days each day has its copy."""
    copies = each(timedelta(days=1), 60)
    assert len(left(copies, keep_days=50)) > len(left(copies, keep_days=30)) > len(left(copies, keep_days=1))
    kept = {copy.made_at[:10] for copy in left(copies, keep_days=50)}
    assert {copy.made_at[:10] for copy in copies[-50:]} <= kept


def test_the_ring_on_the_box_holds_a_day_and_a_week_of_days():
    """BAK-06: here everything of 24 hours and the last copy of each of seven days."""
    copies = each(timedelta(minutes=30), 48 * 40)
    kept = left(copies, plan=retention.ring(30))
    older = [copy for copy in kept if NOW - datetime.fromisoformat(copy.made_at) > timedelta(hours=24)]
    assert len(kept) - len(older) == 49
    assert [copy.made_at[11:] for copy in older] == ["23:30:00Z"] * 6
    assert len(left(copies, plan=retention.ring(2))) < len(kept)


def test_the_last_copy_of_an_hour_is_the_one_that_stays():
    copies = each(timedelta(minutes=10), 6 * 40)
    hour = [copy for copy in copies if copy.made_at.startswith("2026-02-13T10")]
    assert [copy for copy in left(copies) if copy in hour] == [hour[-1]]


def test_seven_copies_stay_however_old_they_are():
    old = each(timedelta(minutes=1), 20, until=NOW - timedelta(days=3))
    assert left(old) == old[-FLOOR:]
    assert left(old, floor=0) == old[-1:]


@pytest.mark.parametrize("kind", ["pre-migrate", "pre-restore"])
def test_the_copy_before_a_migration_or_a_restore_stays_thirty_days(kind: str):
    copies = each(timedelta(minutes=5), 12 * 24 * 33)
    at = {days: next(c for c in copies if c.made_at == clock.instant(NOW - timedelta(days=days))) for days in (29, 31)}
    pinned = [replace(copy, kind=kind) if copy in at.values() else copy for copy in copies]
    kept = {copy.sequence for copy in left(pinned)}
    assert at[29].sequence in kept
    assert at[31].sequence not in kept


def test_the_end_of_a_season_stays_for_ever():
    copies = each(timedelta(days=1), 900)
    copies[3] = replace(copies[3], kind="season-end")
    assert left(copies)[0] == copies[3]


def test_a_suspicious_copy_and_all_older_ones_wait_until_somebody_looked_at_it():
    copies = each(timedelta(minutes=5), 2000)
    copies[1500] = replace(copies[1500], suspicious=("sales lost half of its rows",))
    assert left(copies)[:1501] == copies[:1501]
    assert len(left(copies)) < 2000
    looked_at = left(copies, looked_at={copies[1500].name})
    assert len(looked_at) < 500
    assert copies[1500] not in looked_at


def test_a_suspicious_copy_is_none_of_the_seven():
    copies = each(timedelta(minutes=1), 20, until=NOW - timedelta(days=3))
    copies[-3:] = [replace(copy, suspicious=("shrank",)) for copy in copies[-3:]]
    assert left(copies) == copies
    copies[5:8] = [replace(copy, suspicious=("shrank",)) for copy in copies[5:8]]
    looked_at = left(copies, looked_at={copy.name for copy in copies[-3:]})
    assert looked_at == [*copies[:8], *copies[-FLOOR:]]


def test_copies_from_the_future_are_neither_removed_nor_counted():
    """Fault 44: while the clock was wrong copies were dated ahead; they do not push the others out."""
    past = each(timedelta(minutes=1), 20, until=NOW - timedelta(days=3))
    ahead = each(timedelta(minutes=1), 50, until=NOW + timedelta(days=3650), first=21)
    assert left([*past, *ahead]) == [*past[-FLOOR:], *ahead]


@pytest.mark.parametrize("leap", [timedelta(days=3650), timedelta(days=40), timedelta(days=9)])
def test_a_clock_that_jumps_ahead_costs_no_copy(leap: timedelta):
    """Fault 44: everything looks old at once; nothing goes before a week of copies bears it out."""
    copies = left(each(timedelta(minutes=15), 4 * 24 * 33))
    now = NOW + leap
    copies.append(Made(copies[-1].sequence + 1, clock.instant(now)))
    assert left(copies, now=clock.instant(now)) == copies
    assert left(copies[:-1], now=clock.instant(now)) == copies[:-1]  # nor where no copy was made since
    week = each(timedelta(hours=1), 24 * 8, until=now + timedelta(days=8), first=copies[-1].sequence + 1)
    assert copies[5] not in left([*copies, *week], now=clock.instant(now + timedelta(days=8)))


def test_a_clock_that_jumps_back_costs_no_copy():
    """Fault 44: at 1970, and an hour back, what was made lies ahead."""
    copies = left(each(timedelta(minutes=15), 4 * 24 * 33))
    assert left(copies, now="1970-01-01T00:05:00Z") == copies
    lost = Made(copies[-1].sequence + 1, "1970-01-01T00:05:00Z")
    assert left([*copies, lost], now="1970-01-01T00:06:00Z") == [*copies, lost]
    assert left([*copies, lost]) == [*copies, lost]  # and the clock is right again


def test_a_plan_that_leaves_nothing_is_refused():
    copies = each(timedelta(minutes=5), 30, until=NOW - timedelta(days=1))
    with pytest.raises(Conflict, match="nothing is removed"):
        to_remove(copies, TODAY, 30, floor=0, plan=retention.Plan(every=0, hourly=0, daily=0, weekly=0, monthly=0))


def test_nothing_is_left_to_do_where_there_is_nothing():
    assert to_remove([], TODAY, 30) == []


def random_copies(dice: random.Random) -> list[Made]:
    """Copies of a box with a hard life: gaps of minutes to months, a clock that is set, kinds and doubts of all sorts."""
    when, copies = NOW - timedelta(days=dice.choice([1, 3, 10, 40, 400])), []
    steps = dice.choice([[5, 15, 60], [60, 600, 1440], [5, 600, 2880], [1440, 20_000, dice.randrange(1, 100_000)]])
    trouble = dice.choice([0, 0, 0.03])
    for sequence in range(dice.randrange(70)):
        step = dice.choice(steps)
        when += timedelta(minutes=step if dice.random() >= trouble else -step * dice.randrange(1, 400))
        copies.append(
            Made(
                sequence + 1,
                clock.instant(when),
                kind=dice.choice(KINDS) if dice.random() < 0.2 else "auto",
                suspicious=("shrank",) if dice.random() < trouble else (),
            )
        )
    dice.shuffle(copies)
    return copies


def test_whatever_copies_there_are_the_promises_hold():
    """Fault 57: 10,000 made-up sets of copies."""
    dice, removed = random.Random(57), 0
    for _ in range(10_000):
        copies, now = random_copies(dice), clock.instant(NOW + timedelta(minutes=dice.randrange(-2000, 2000)))
        keep_days, floor = dice.choice([1, 7, 30, 365]), dice.choice([1, 3, FLOOR, 20])
        plan = dice.choice([retention.long, retention.ring])(keep_days)
        looked_at = {copy.name for copy in copies if dice.random() < 0.3}
        gone = to_remove(copies, now, keep_days, floor, plan, looked_at)
        removed += len(gone)
        kept = [copy for copy in copies if copy not in gone]
        past = [copy for copy in copies if copy.made_at <= now]
        sound = [copy for copy in past if not copy.suspicious or copy.name in looked_at]
        still = [copy for copy in kept if copy in sound]
        assert len(still) >= min(floor, len(sound))
        if sound:
            assert max(sound, key=lambda copy: copy.sequence) in kept
        for copy in gone:
            age = datetime.fromisoformat(now) - datetime.fromisoformat(copy.made_at)
            assert copy.made_at <= now
            assert age > timedelta(hours=24)
            assert copy.kind != "season-end"
            assert copy.kind not in retention.PINNED or age > timedelta(days=30)
            assert not copy.suspicious or copy.name in looked_at
            assert not any(doubt.sequence >= copy.sequence for doubt in past if doubt not in sound)
        assert to_remove(kept, now, keep_days, floor, plan, looked_at) == []
    assert removed > 20_000
