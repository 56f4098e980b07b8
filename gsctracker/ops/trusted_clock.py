"""Whether the box's clock can be believed: a Pi without a battery wakes up in the past until it has met a time server."""

from datetime import UTC, datetime, timedelta

import apsw

from gsctracker import clock
from gsctracker.db.rows import value

RELEASED = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before this never met a time server
NEVER_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
BACK_AT_MOST = timedelta(days=1)
SHELF_AT_MOST = timedelta(days=400)  # from one season to the next in a cupboard
BELIEVED_AFTER = timedelta(days=1)  # a clock that goes on steadily for so long is right, however odd


def newest_known(tx: apsw.Connection) -> datetime:
    """The latest instant that the box has written down; the line of a start says what the clock said then, right or wrong."""
    found = value(
        tx,
        """SELECT max(at) FROM (SELECT max(started_at) AS at FROM job_runs
                     UNION ALL SELECT max(at) FROM audit_log WHERE action NOT IN ('box.started', 'box.stopped', 'config.changed'))""",
    )
    return datetime.fromisoformat(found) if found else RELEASED


def is_plausible(now: datetime, known: datetime) -> bool:
    """Whether it can be `now`, for a box that knows it was `known` once."""
    if not RELEASED <= now < NEVER_AFTER:
        return False
    if known == RELEASED:
        return True
    return known - BACK_AT_MOST <= now <= known + SHELF_AT_MOST


class Trust:
    """What is believed of the clock from one look to the next. Work that goes by dates waits while it is not."""

    def __init__(self, known: datetime) -> None:
        self._known = known
        self._doubted_since: float | None = None
        self._last: tuple[datetime, float] | None = None

    def look(self, now: datetime, ticks: float) -> timedelta:
        """Look at the clock and at a stopwatch (seconds); gives how far the clock has jumped since the last look."""
        jumped = timedelta()
        if self._last:
            jumped = (now - self._last[0]) - timedelta(seconds=ticks - self._last[1])
        self._last = (now, ticks)
        if is_plausible(now, self._known):
            self._known = max(self._known, now)
            self._doubted_since = None
        elif self._doubted_since is None or abs(jumped) > BELIEVED_AFTER:
            self._doubted_since = ticks
        elif RELEASED <= now < NEVER_AFTER and ticks - self._doubted_since >= BELIEVED_AFTER.total_seconds():
            self._known, self._doubted_since = now, None
        return jumped

    @property
    def is_given(self) -> bool:
        """Whether the clock is believed."""
        return self._doubted_since is None


def trust(tx: apsw.Connection) -> Trust:
    """The trust of a start: by what the file knows."""
    found = Trust(newest_known(tx))
    found.look(clock.moment(), clock.ticks())
    return found
