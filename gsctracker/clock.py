"""What time it is: the only caller of the system clock."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> str:
    """The present instant in UTC, `2026-02-14T18:05:00Z`."""
    return instant(moment())


def moment() -> datetime:
    """The present instant as an aware datetime in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds on a clock that nobody sets: for measuring how long something took."""
    return time.monotonic()


def minute() -> int:
    """Minutes since 1970: another number once the clock's minute is over."""
    return int(time.time() // 60)


def instant(when: datetime) -> str:
    """An aware datetime as UTC text, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def after(**distance: float) -> str:
    """The instant that lies `distance` (as for timedelta) after now."""
    return instant(moment() + timedelta(**distance))


def today(time_zone: str = "UTC") -> str:
    """The calendar day in that time zone, `2026-02-14`."""
    return moment().astimezone(ZoneInfo(time_zone)).date().isoformat()


def time_of_day(time_zone: str = "UTC") -> str:
    """The hour and minute in that time zone, `18:05`."""
    return moment().astimezone(ZoneInfo(time_zone)).strftime("%H:%M")


def day_of(instant_text: str, time_zone: str) -> str:
    """The calendar day on which an instant falls in that time zone."""
    return datetime.fromisoformat(instant_text).astimezone(ZoneInfo(time_zone)).date().isoformat()


def is_instant(text: str) -> bool:
    """Whether the text is an instant in UTC as we write it."""
    try:
        return instant(datetime.fromisoformat(text)) == text
    except (ValueError, OverflowError):
        return False


def is_day(text: str) -> bool:
    """Whether the text is a calendar day as we write it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
