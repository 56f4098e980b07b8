"""What the roll-ups say: how it goes on, when the disk will be full, what is unlike every other week, how long the box was up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median

import apsw

from gsctracker import clock
from gsctracker.ops import roll_ups
from gsctracker.ops.roll_ups import Reading

LOOKED_BACK_DAYS = 7
LEAST_HOURS = 24  # less than a day of readings says nothing about the next
FARTHEST_DAYS = 365
LEAST_WEEKS = 4  # of the same hour, to say what is usual
SPREADS = 4
WEEK = timedelta(days=7)
TIMES_SLOWER, DAYS_COMPARED = 2, 30
LEAST_DAYS, LEAST_STATEMENTS = 7, 1000  # of each day, to say how long a statement takes
LEAST_MICROSECONDS = 500  # between two days: what a busy neighbour on the machine costs is no fault
SHARE = 0.95


@dataclass(frozen=True)
class Unusual:
    """In the hour from `at` (UTC) on, `what` was `number` where `usual` is usual for that hour of the week."""

    at: str
    what: str
    number: int
    usual: int


# what is looked at, and how far at least it must be from the usual: a quiet hour is not unusual because one more came
MEASURES = {
    "requests": (lambda one: one.requests, 100),
    "failures": (lambda one: one.failures, 5),
    "slowest": (lambda one: one.milliseconds(0.99), 400),
}


def days(tx: apsw.Connection, number: int) -> list[Reading]:
    """A reading of each of the last `number` days on which the box was up, the oldest first."""
    return roll_ups.readings(tx, "day", clock.after(days=-number))


def disk_full_on(hours: Sequence[Reading]) -> str | None:
    """The day on which the disk will be full, if the last week goes on; None where that is far off or cannot be said.

    The slope is the median of the slopes between all pairs of hours (Theil and Sen): one film that was put on the
    disk and taken away again does not change it.
    """
    if len(hours) < LEAST_HOURS:
        return None
    points = [(datetime.fromisoformat(one.began_at).timestamp() / 86_400, one.disk_free) for one in hours]
    slope = median((b - a) / (later - at) for (at, a), (later, b) in combinations(points, 2) if later > at)
    if slope >= 0:
        return None
    last, free = points[-1][0], median(free for _, free in points[-6:])
    left = free / -slope
    if left > FARTHEST_DAYS:
        return None
    return datetime.fromtimestamp((last + left) * 86_400, UTC).date().isoformat()


def unusual(hours: Sequence[Reading], newest: int = 24) -> list[Unusual]:
    """What of the last `newest` hours lies beyond the median of the same hour of earlier weeks by more than four times the
    median distance from it; the newest first. A full booth day each week is usual.
    """
    known = {one.began_at: one for one in hours}
    found = []
    for one in list(hours)[-newest:]:
        at = datetime.fromisoformat(one.began_at)
        before = [known.get(clock.instant(at - WEEK * weeks)) for weeks in range(1, 13)]
        alike = [other for other in before if other is not None]
        if len(alike) < LEAST_WEEKS:
            continue
        for what, (figure, least) in MEASURES.items():
            usual = median(figure(other) for other in alike)
            spread = median(abs(figure(other) - usual) for other in alike)
            if figure(one) - usual > max(SPREADS * spread, least):
                found.append(Unusual(one.began_at, what, figure(one), round(usual)))
    return found[::-1]


def slower(days: Sequence[Reading]) -> list[Unusual]:
    """Whether reading or writing the database took twice as long on the newest of these days as on the median of the others.

    Of 95 of 100 statements, in microseconds; days with few statements say nothing. A day is judged once it is over.
    """
    found = []
    for kind in roll_ups.CLASSES:
        known = [one for one in days if one.statements(kind) >= LEAST_STATEMENTS]
        if len(known) <= LEAST_DAYS or known[-1] is not days[-1]:
            continue
        usual = median(one.microseconds(kind, SHARE) for one in known[:-1])
        now = known[-1].microseconds(kind, SHARE)
        if now > usual * TIMES_SLOWER and now - usual > LEAST_MICROSECONDS:
            found.append(Unusual(known[-1].began_at, f"{kind}s", now, round(usual)))
    return found


def days_over(tx: apsw.Connection, number: int) -> list[Reading]:
    """A reading of each of the last `number` days that are over, the oldest first."""
    today = clock.now()[:10]
    return [one for one in days(tx, number + 1) if one.began_at[:10] < today]


def hours(tx: apsw.Connection, number: int = 90) -> list[Reading]:
    """A reading of each hour of the last `number` days, the oldest first."""
    return roll_ups.readings(tx, "hour", clock.after(days=-number))


def uptime(tx: apsw.Connection) -> list[tuple[str, float]]:
    """For each month that is kept (`2026-02`), the newest first, which share of its minutes the box was up, 0 to 1.

    A month counts from its first reading where there is none before, and the present one up to now.
    """
    began = roll_ups.first(tx)
    if began is None:
        return []
    known = roll_ups.readings(tx, "day", began[:8])
    start, now = datetime.fromisoformat(began), clock.moment()
    up: dict[str, int] = {}
    for one in known:
        up[one.began_at[:7]] = up.get(one.began_at[:7], 0) + one.minutes
    found = []
    for month, minutes in up.items():
        first = datetime.fromisoformat(f"{month}-01T00:00:00Z")
        after = (first + timedelta(days=32)).replace(day=1)
        whole = (min(after, now) - max(first, start)).total_seconds() / 60
        found.append((month, min(1.0, minutes / max(1.0, whole))))
    return found[::-1]
