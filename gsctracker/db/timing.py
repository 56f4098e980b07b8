"""How long statements take: counted for the whole process, added up for each request, and the slow ones kept with their plan.

Each thread counts for itself, so that nobody waits for anybody; a statement's values are never kept, only its words.
"""

import logging
import re
import threading
from bisect import bisect_left
from dataclasses import dataclass

import apsw

from gsctracker import clock
from gsctracker.log import doing

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # a command has no log: what was slow is nothing it says on standard error

SLOW_SECONDS = 0.05
VERY_SLOW_SECONDS = 1.0
BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
READ, WRITE = "read", "write"
MOST_KEPT = 100
LONGEST_KEPT = 4000


class Tally:
    """What one thread has asked: `queries` and `seconds` since its last `begin`, and buckets of all it ever asked."""

    __slots__ = ("buckets", "queries", "seconds", "sums")

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0
        self.buckets = {READ: [0] * (len(BOUNDS) + 1), WRITE: [0] * (len(BOUNDS) + 1)}
        self.sums = {READ: 0.0, WRITE: 0.0}

    def add(self, other: "Tally") -> None:
        """Count all that another ever asked as well."""
        for kind in (READ, WRITE):
            self.buckets[kind] = [mine + its for mine, its in zip(self.buckets[kind], other.buckets[kind], strict=True)]
            self.sums[kind] += other.sums[kind]


@dataclass
class Slow:
    """A statement that took over SLOW_SECONDS while `route` (a rule or a job) was worked on: how often, how long at most."""

    sql: str
    route: str
    count: int = 0
    worst: float = 0.0
    last_at: str = ""


_turn = threading.Lock()
_tallies: dict[threading.Thread, Tally] = {}
_ended = Tally()  # what threads counted that are no more


def _add_up_ended() -> None:
    """Keep no tally of a thread that has ended; the caller has the turn."""
    for thread in [each for each in _tallies if not each.is_alive()]:
        _ended.add(_tallies.pop(thread))


class _Here(threading.local):
    def __init__(self) -> None:
        self.tally = Tally()
        with _turn:
            _add_up_ended()
            _tallies[threading.current_thread()] = self.tally


_slow: dict[tuple[str, str], Slow] = {}
_slow_count = [0]
_waited = [0.0]
_here = _Here()


def begin() -> Tally:
    """Count anew for what this thread does next."""
    tally = _here.tally
    tally.queries, tally.seconds = 0, 0.0
    return tally


def here() -> Tally:
    """What this thread counts."""
    return _here.tally


def note(kind: str, sql: str, began: float) -> None:
    """A statement that began at `began` (clock.ticks) is done."""
    seconds = clock.ticks() - began
    tally = _here.tally
    tally.queries += 1
    tally.seconds += seconds
    tally.buckets[kind][bisect_left(BOUNDS, seconds)] += 1
    tally.sums[kind] += seconds
    if seconds >= SLOW_SECONDS:
        _keep(sql, seconds)


def waited(since: float) -> None:
    """Somebody who asked to write at `since` (clock.ticks) has the turn now, or gave up."""
    with _turn:
        _waited[0] += clock.ticks() - since


def seconds_waited() -> float:
    """How long all who wanted to write waited for their turn, in seconds since this process began."""
    return _waited[0]


def counted() -> dict[str, tuple[list[tuple[str, float]], float]]:
    """For reads and writes: how many took up to each bound (`le`, as Prometheus counts them), and their seconds in all."""
    with _turn:
        _add_up_ended()
        tallies = [_ended, *_tallies.values()]
    found = {}
    for kind in (READ, WRITE):
        up_to, buckets = 0, []
        for place, bound in enumerate([*map(str, BOUNDS), "+Inf"]):
            up_to += sum(tally.buckets[kind][place] for tally in tallies)
            buckets.append((bound, float(up_to)))
        found[kind] = (buckets, sum(tally.sums[kind] for tally in tallies))
    return found


def slow_count() -> int:
    """How many statements were slow since this process began."""
    return _slow_count[0]


def slow() -> list[Slow]:
    """The slow statements that are kept, the slowest first."""
    with _turn:
        return sorted(_slow.values(), key=lambda one: -one.worst)


def forget() -> None:
    """Keep none of them any longer."""
    with _turn:
        _slow.clear()


def plan(tx: apsw.Connection, sql: str) -> list[str]:
    """How SQLite goes about a statement, a line for each step; empty where it cannot say so any more."""
    try:
        return [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", _Unset())]
    except apsw.Error:
        return []


class _Unset(dict):
    """Every value is nothing: a plan needs none."""

    def __missing__(self, name: str) -> None:
        return None


def _keep(sql: str, seconds: float) -> None:
    words, route = re.sub(r"\s+", " ", sql).strip()[:LONGEST_KEPT], doing.get()
    with _turn:
        _slow_count[0] += 1
        found = _slow.pop((words, route), None) or Slow(words, route)
        while len(_slow) >= MOST_KEPT:
            del _slow[next(iter(_slow))]  # the one that was not seen for longest
        found.count += 1
        found.worst = max(found.worst, seconds)
        found.last_at = clock.now()
        _slow[words, route] = found
    _tell(found, seconds)


def _tell(found: Slow, seconds: float) -> None:
    """A line of the log for a statement that is slow here for the first time, and for each that took over a second."""
    very = seconds >= VERY_SLOW_SECONDS
    if found.count == 1 or very:
        known = {
            "event": "slow_statement",
            "route": found.route,
            "milliseconds": round(seconds * 1000),
            "sql": found.sql,
        }
        logger.log(logging.WARNING if very else logging.INFO, "a statement took long", extra=known)
