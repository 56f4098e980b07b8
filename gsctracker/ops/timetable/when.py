"""When a job runs: every so many minutes, or at a time of the troop's own day; and the next such moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Every:
    """Every so many minutes of the hour or day, `after` minutes past."""

    minutes: int
    after: int = 0

    def next(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first such moment later than `now`, in UTC."""
        step, shift = timedelta(minutes=self.minutes), timedelta(minutes=self.after)
        start = datetime(1970, 1, 1, tzinfo=UTC) + shift
        return start + step * ((now - start) // step + 1)


@dataclass(frozen=True)
class Daily:
    """At a time of the troop's day, `02:00`; on one day of the week only (0 is Monday) where `weekday` says so."""

    at: str
    weekday: int | None = None

    def next(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The first such moment later than `now`, in UTC: once on each day, also where the clocks change at that time."""
        day = now.astimezone(zone).date() - timedelta(days=1)
        hour, minute = map(int, self.at.split(":"))
        while True:
            # a time that the clocks jump over is the moment of the jump; one they show twice is the first of the two
            found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=0).astimezone(UTC)
            if found > now and self.weekday in (None, day.weekday()):
                return found
            day += timedelta(days=1)


When = Every | Daily


def missed_since(when: When, last: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a run was due after `last` that has not been made by `now`."""
    return when.next(last, zone) <= now
