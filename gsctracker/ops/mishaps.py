"""What broke, in groups of the same kind at the same place: who it met by number and role, never what a message said.

A message may hold what somebody typed; the kind, the lines of the program and the route say enough to find it.
"""

import logging
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw

from gsctracker import __version__, clock, log
from gsctracker.db import Database
from gsctracker.db.rows import Row, many, run

PART = "gsctracker.mishaps"
MOST_KEPT = 200
MOST_WAITING = 100
KEPT_DAYS = 90
LINES_OF_TRACE = 20
MOST_TOLD_AN_HOUR = 20
DOORS = ("page", "job", "browser", "box")
OURS = Path(__file__).parents[1]

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
Tell = Callable[[ExcInfo, dict[str, str]], None]


@dataclass(frozen=True)
class Mishap:
    """A kind of mishap: `place` is a line of the program, `route` a rule or a job; the ids are those of the newest."""

    door: str
    kind: str
    place: str
    route: str
    trace: str = ""
    count: int = 1
    first_at: str = ""
    last_at: str = ""
    request_id: str = ""
    role: str = ""
    account_id: int | None = None
    version: str = __version__

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two of them the same."""
        return self.door, self.kind, self.place, self.route


class Kept:
    """Mishaps that are not in the file yet; `keep` writes them, a few times a minute at most."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: dict[tuple[str, str, str, str], Mishap] = {}

    def note(self, one: Mishap) -> None:
        """It happened now, to whom this thread works for."""
        who, now = log.who.get(), clock.now()
        with self._turn:
            before = self._waiting.pop(one.key, None)
            while len(self._waiting) >= MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
            self._waiting[one.key] = replace(
                one,
                count=before.count + 1 if before else 1,
                first_at=before.first_at if before else now,
                last_at=now,
                request_id=log.request_id.get()[:64],
                role=who[1] if who else "",
                account_id=who[0] if who else None,
            )

    def waiting(self) -> list[Mishap]:
        """What is not in the file yet."""
        with self._turn:
            return list(self._waiting.values())

    def keep(self, db: Database) -> None:
        """Write down what waits; where nothing can be written it goes on waiting."""
        with self._turn:
            waiting = dict(self._waiting)
        if not waiting:
            return
        with db.write() as tx:
            for one in waiting.values():
                _put(tx, one)
            _forget_old(tx)
        with self._turn:
            for key, one in waiting.items():
                if self._waiting.get(key) is one:
                    del self._waiting[key]


class Listener(logging.Handler):
    """Hears of every error that is logged, and of the trace behind it; `tell` passes it on to another service, each kind of
    mishap MOST_TOLD_AN_HOUR times and all together ten times that: how often it happened stands on the box's own page.
    """

    def __init__(self, kept: Kept, tell: Tell | None = None) -> None:
        super().__init__(logging.ERROR)
        self.kept, self.tell = kept, tell
        self._told: Counter[tuple[str, str, str, str]] = Counter()
        self._hour = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it; whatever goes wrong here must not hide what went wrong there."""
        try:
            one = of_record(record)
            self.kept.note(one)
            if self.tell and record.exc_info and record.exc_info[0] and self._may_tell(one):
                who = log.who.get()
                tags = {"door": one.door, "route": one.route, "request_id": log.request_id.get()}
                self.tell(record.exc_info, tags | ({"user_id": str(who[0]), "role": who[1]} if who else {}))
        except Exception:
            self.handleError(record)

    def _may_tell(self, one: Mishap) -> bool:
        if (hour := clock.ticks() // 3600) != self._hour:
            self._hour = hour
            self._told.clear()
        if self._told[one.key] >= MOST_TOLD_AN_HOUR or self._told.total() >= 10 * MOST_TOLD_AN_HOUR:
            return False
        self._told[one.key] += 1
        return True


def listen(kept: Kept, tell: Tell | None = None) -> None:
    """Hear of the errors of this process from now on, in place of whoever listened before."""
    root = logging.getLogger("gsctracker")
    for old in [one for one in root.handlers if isinstance(one, Listener)]:
        root.removeHandler(old)
    root.addHandler(Listener(kept, tell))


def of_record(record: logging.LogRecord) -> Mishap:
    """The mishap that a line of the log tells of."""
    route = log.doing.get()
    door = "job" if route.startswith("job ") else "page" if record.name.startswith("gsctracker.web") else "box"
    found: Any = record.exc_info[1] if record.exc_info else None
    if found is None:
        kind = str(getattr(record, "event", "") or record.levelname.lower())
        return Mishap(door, kind[:60], _line(record.pathname, record.lineno, record.funcName), route[:120])
    frames = traceback.extract_tb(found.__traceback__)
    lines = [_line(one.filename, one.lineno or 0, one.name) for one in frames]
    ours = [line for line, one in zip(lines, frames, strict=True) if Path(one.filename).is_relative_to(OURS)]
    place = (ours or lines or [_line(record.pathname, record.lineno, record.funcName)])[-1]
    return Mishap(door, type(found).__name__[:60], place, route[:120], "\n".join(lines[-LINES_OF_TRACE:])[-4000:])


def newest(tx: apsw.Connection, kept: Kept | None = None) -> list[Mishap]:
    """What broke, the newest first; with what `kept` has not written down yet."""
    found = {one.key: one for one in (Mishap(**vars(row)) for row in _rows(tx))}
    for one in kept.waiting() if kept else ():
        before = found.get(one.key)
        both = {"count": one.count + before.count, "first_at": before.first_at} if before else {}
        found[one.key] = replace(one, **both)  # type: ignore[arg-type]  # fields of its own by name
    return sorted(found.values(), key=lambda one: one.last_at, reverse=True)


def _rows(tx: apsw.Connection) -> list[Row]:
    return many(
        tx,
        """SELECT door, kind, place, route, trace, count, first_at, last_at, request_id, role, account_id, version
             FROM mishaps ORDER BY last_at DESC, id DESC LIMIT :most""",
        most=MOST_KEPT,
    )


def forget(tx: apsw.Connection) -> int:
    """Forget all of them; gives how many."""
    return run(tx, "DELETE FROM mishaps")


def _put(tx: apsw.Connection, one: Mishap) -> None:
    run(
        tx,
        """INSERT INTO mishaps (door, kind, place, route, trace, count, first_at, last_at, request_id, role, account_id, version)
           VALUES (:door, :kind, :place, :route, :trace, :count, :first, :last, :request, :role, :account, :version)
               ON CONFLICT (door, kind, place, route) DO UPDATE
              SET count = count + excluded.count, last_at = max(last_at, excluded.last_at), trace = excluded.trace,
                  request_id = excluded.request_id, role = excluded.role, account_id = excluded.account_id,
                  version = excluded.version""",
        door=one.door,
        kind=one.kind,
        place=one.place,
        route=one.route,
        trace=one.trace,
        count=one.count,
        first=one.first_at,
        last=one.last_at,
        request=one.request_id,
        role=one.role,
        account=one.account_id,
        version=one.version,
    )


def _forget_old(tx: apsw.Connection) -> None:
    run(
        tx,
        """DELETE FROM mishaps WHERE last_at < :before
                 OR id NOT IN (SELECT id FROM mishaps ORDER BY last_at DESC, id DESC LIMIT :most)""",
        before=clock.after(days=-KEPT_DAYS),
        most=MOST_KEPT,
    )


def _line(file: str, number: int, function: str) -> str:
    """`web/pages/home.py:31 index`, or the last folders of what is not ours."""
    path = Path(file)
    shown = path.relative_to(OURS) if path.is_relative_to(OURS) else Path(*path.parts[-2:])
    return f"{shown}:{number} {function}"[:200]
