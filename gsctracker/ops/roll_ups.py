"""How the box did in each minute, hour and day, in numbers that stay small: minutes are kept for two days, hours for ninety,
days for two years.

Minutes wait in memory and are written once an hour: each commit costs a little of the SD card's life.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw

from gsctracker import clock
from gsctracker.db import Database, timing
from gsctracker.db.rows import many, run, value

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, float("inf"))  # seconds; those of ops.metrics
KEPT_DAYS = {"minute": 2, "hour": 90, "day": 730}
MOST_WAITING = 48 * 60
DIGITS = {"minute": "%Y-%m-%dT%H:%M:00Z", "hour": "%Y-%m-%dT%H:00:00Z", "day": "%Y-%m-%dT00:00:00Z"}

TOOK, ANSWERED = "gsctracker_http_request_duration_seconds_bucket", "gsctracker_http_request_total"
SLOW, FILE = "gsctracker_db_slow_queries_total", "gsctracker_db_size_bytes"
DISK, MEMORY = "gsctracker_disk_free_bytes", "process_resident_memory_bytes"
ASKED = "gsctracker_db_query_seconds_bucket"
NAMES = frozenset({TOOK, ANSWERED, SLOW, FILE, DISK, MEMORY, ASKED})
CLASSES = (timing.READ, timing.WRITE)
STATEMENT_BOUNDS = (*timing.BOUNDS, float("inf"))
NO_STATEMENTS = ((0,) * len(STATEMENT_BOUNDS),) * len(CLASSES)

Labels = tuple[tuple[str, str], ...]
Numbers = Mapping[str, Mapping[Labels, float]]


@dataclass(frozen=True)
class Reading:
    """What happened from `began_at` (UTC) on: `took` counts requests up to each of BOUNDS; sizes are bytes at its end.

    `asked` counts statements up to each of STATEMENT_BOUNDS, for each of CLASSES.
    """

    began_at: str
    minutes: int
    requests: int
    failures: int
    took: tuple[int, ...]
    slow: int
    file_size: int
    disk_free: int
    memory: int
    asked: tuple[tuple[int, ...], ...] = NO_STATEMENTS

    def statements(self, kind: str) -> int:
        """How many statements of that class there were."""
        return sum(self.asked[CLASSES.index(kind)])

    def microseconds(self, kind: str, share: float) -> int:
        """How long that share of the statements of a class took at most, spread evenly between two bounds; 0 where there were none."""
        counts = self.asked[CLASSES.index(kind)]
        wanted, seen, low = share * sum(counts), 0, 0.0
        for bound, number in zip(STATEMENT_BOUNDS, counts, strict=True):
            if number and seen + number >= wanted:
                high = low if bound == float("inf") else bound
                return round(1_000_000 * (low + (high - low) * (wanted - seen) / number))
            seen, low = seen + number, bound
        return 0

    def milliseconds(self, share: float) -> int:
        """How long at most that share of the requests took, as far as the bounds tell; 0 where there were none."""
        wanted, seen, low = share * sum(self.took), 0, 0.0
        for bound, number in zip(BOUNDS, self.took, strict=True):
            seen += number
            if number and seen >= wanted:
                return round(1000 * (low if bound == float("inf") else bound))
            low = bound
        return 0


@dataclass(frozen=True)
class _State:
    requests: int
    failures: int
    took: tuple[int, ...]
    slow: int
    asked: tuple[tuple[int, ...], ...]


_NOTHING = _State(0, 0, (0,) * len(BOUNDS), 0, NO_STATEMENTS)


class Recorder:
    """Makes a reading of each minute from the numbers that Prometheus is shown, and keeps them."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._last = _NOTHING
        self._minute = ""
        self._waiting: list[Reading] = []

    def take(self, at: float, numbers: Numbers) -> None:
        """The numbers at `at` (seconds since 1970): where a minute is over, a reading of it waits to be kept."""
        now = datetime.fromtimestamp(at, UTC)
        minute = now.strftime(DIGITS["minute"])
        with self._turn:
            if not self._minute or minute < self._minute:  # the first look, or the clock was put back
                self._minute = minute
            if minute == self._minute:
                return
            state = _state(numbers)
            self._waiting.append(_reading(self._minute, self._last, state, numbers))
            del self._waiting[:-MOST_WAITING]
            self._last, self._minute = state, minute

    def is_due(self) -> bool:
        """Whether an hour is over that is not in the file yet."""
        with self._turn:
            return bool(self._waiting) and self._waiting[0].began_at[:13] < self._minute[:13]

    def keep(self, db: Database) -> None:
        """Write what waits, in one commit; whoever cannot write keeps it for the next time."""
        with self._turn:
            waiting = list(self._waiting)
        if not waiting:
            return
        with db.write() as tx:
            write(tx, waiting)
            forget(tx)
        with self._turn:
            self._waiting = [one for one in self._waiting if one not in waiting]

    def waiting(self) -> list[Reading]:
        """The minutes that are not in the file yet."""
        with self._turn:
            return list(self._waiting)


def write(tx: apsw.Connection, minutes: Iterable[Reading]) -> None:
    """Keep these minutes; the hours and days they belong to are added up anew."""
    minutes = list(minutes)
    for one in minutes:
        _put(tx, "minute", one)
    for small, large in (("minute", "hour"), ("hour", "day")):
        for began in sorted({_start_of(large, one.began_at) for one in minutes}):
            parts = readings(tx, small, began, _end_of(large, began))
            _put(tx, large, together(began, parts))


def readings(tx: apsw.Connection, span: str, since: str, until: str = "9999") -> list[Reading]:
    """The readings of that span (minute, hour, day) that began at or after `since` and before `until`, the oldest first."""
    return [
        Reading(
            row.began_at,
            row.minutes,
            row.requests,
            row.failures,
            tuple(json.loads(row.took)),
            row.slow,
            row.file_size,
            row.disk_free,
            row.memory,
            tuple(map(tuple, json.loads(row.asked))),
        )
        for row in many(
            tx,
            """SELECT began_at, minutes, requests, failures, took, slow, file_size, disk_free, memory, asked FROM roll_ups
                WHERE span = :span AND began_at >= :since AND began_at < :until ORDER BY began_at""",
            span=span,
            since=since,
            until=until,
        )
    ]


def first(tx: apsw.Connection) -> str | None:
    """When the oldest reading that is kept began, or None."""
    return value(tx, "SELECT min(began_at) FROM roll_ups")


def together(began_at: str, parts: list[Reading]) -> Reading:
    """One reading of several, which begins at `began_at`."""
    last = parts[-1]
    return Reading(
        began_at,
        sum(one.minutes for one in parts),
        sum(one.requests for one in parts),
        sum(one.failures for one in parts),
        tuple(map(sum, zip(*(one.took for one in parts), strict=True))),
        sum(one.slow for one in parts),
        last.file_size,
        min(one.disk_free for one in parts),
        max(one.memory for one in parts),
        tuple(
            tuple(map(sum, zip(*of_class, strict=True))) for of_class in zip(*(one.asked for one in parts), strict=True)
        ),
    )


def forget(tx: apsw.Connection) -> int:
    """Remove what is older than its span is kept; gives how many readings."""
    return sum(
        run(
            tx,
            "DELETE FROM roll_ups WHERE span = :span AND began_at < :before",
            span=span,
            before=clock.after(days=-days),
        )
        for span, days in KEPT_DAYS.items()
    )


def _put(tx: apsw.Connection, span: str, one: Reading) -> None:
    run(
        tx,
        """INSERT OR REPLACE INTO roll_ups
                  (span, began_at, minutes, requests, failures, took, slow, file_size, disk_free, memory, asked)
           VALUES (:span, :began, :minutes, :requests, :failures, :took, :slow, :size, :free, :memory, :asked)""",
        span=span,
        began=one.began_at,
        minutes=one.minutes,
        requests=one.requests,
        failures=one.failures,
        took=json.dumps(one.took, separators=(",", ":")),
        slow=one.slow,
        size=one.file_size,
        free=one.disk_free,
        memory=one.memory,
        asked=json.dumps(one.asked, separators=(",", ":")),
    )


def _reading(minute: str, before: _State, now: _State, numbers: Numbers) -> Reading:
    requests = max(0, now.requests - before.requests)
    return Reading(
        minute,
        1,
        requests,
        min(requests, max(0, now.failures - before.failures)),
        _less(now.took, before.took),
        max(0, now.slow - before.slow),
        _now(numbers, FILE),
        _now(numbers, DISK, mount="data"),
        _now(numbers, MEMORY),
        tuple(map(_less, now.asked, before.asked)),
    )


def _state(numbers: Numbers) -> _State:
    answered = numbers.get(ANSWERED, {})
    failed = sum(number for key, number in answered.items() if dict(key).get("status", "").startswith("5"))
    asked = tuple(_buckets(numbers, ASKED, STATEMENT_BOUNDS, statement_class=kind) for kind in CLASSES)
    return _State(
        round(sum(answered.values())), round(failed), _buckets(numbers, TOOK, BOUNDS), _now(numbers, SLOW), asked
    )


def _buckets(numbers: Numbers, name: str, bounds: tuple[float, ...], **labels: str) -> tuple[int, ...]:
    """How many there were between each bound and the one below it, of a histogram that counts up to each."""
    up_to = dict.fromkeys(bounds, 0.0)
    for key, number in numbers.get(name, {}).items():
        bound = float(dict(key)["le"])
        if bound in up_to and labels.items() <= dict(key).items():
            up_to[bound] += number
    counts = [round(up_to[bound]) for bound in bounds]
    return tuple(max(0, count - below) for count, below in zip(counts, [0, *counts], strict=False))


def _less(now: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    """What was added to each; nothing where a counter began anew."""
    return tuple(max(0, one - other) for one, other in zip(now, before, strict=True))


def _now(numbers: Numbers, name: str, **labels: Any) -> int:
    found = [number for key, number in numbers.get(name, {}).items() if labels.items() <= dict(key).items()]
    return max(0, round(sum(found)))


def _start_of(span: str, instant: str) -> str:
    return datetime.fromisoformat(instant).strftime(DIGITS[span])


def _end_of(span: str, began: str) -> str:
    length = timedelta(hours=1) if span == "hour" else timedelta(days=1)
    return clock.instant(datetime.fromisoformat(began) + length)
