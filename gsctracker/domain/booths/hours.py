"""Local hours and UTC: what people type at a wall clock, and the present as booths know it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import value
from gsctracker.domain.season import troop
from gsctracker.words import N_


def zone(tx: apsw.Connection) -> ZoneInfo:
    """The troop's time zone."""
    own = troop.own(tx)
    return ZoneInfo(own.time_zone if own else "UTC")


def present(tx: apsw.Connection) -> str:
    """The present instant. In the example troop time stands still when its last booth was held: the rest lies ahead."""
    held = value(
        tx,
        """SELECT max(ends_at) FROM booths
            WHERE (SELECT is_demo FROM instance) AND status IN ('counted', 'reconciled', 'credited', 'closed')""",
    )
    return min(held or clock.now(), clock.now())


def o_clock(field: str, given: object) -> str:
    """A time of day as `14:30`, also typed as `9:00`; Raises Invalid."""
    found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*", given, re.ASCII) if isinstance(given, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        values.refuse(field, N_("This must be a time such as 14:30."))
    return f"{int(found[1]):02}:{found[2]}"


def span(tx: apsw.Connection, day: str, begins: str, ends: str, names: tuple[str, str]) -> tuple[str, str]:
    """Two times of one local day as instants in UTC; `names` are the fields of begin and end.

    An end at 00:00 is the midnight that closes the day. Raises Invalid at the end's field where it is not after the
    begin, and at either where summer time leaves that hour out.
    """
    starts_at = to_utc(tx, names[0], day, begins)
    end_day = day
    if ends == "00:00" and begins != "00:00":
        end_day = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    ends_at = to_utc(tx, names[1], end_day, ends)
    if ends_at <= starts_at:
        values.refuse(names[1], N_("This ends before it begins."))
    return starts_at, ends_at


def to_utc(tx: apsw.Connection, field: str, day: str, time: str) -> str:
    """A local day and time as an instant in UTC; of an hour that comes twice in autumn, the first. Raises Invalid."""
    local = datetime.fromisoformat(f"{day}T{time}:00").replace(tzinfo=zone(tx))
    found = clock.instant(local)
    if datetime.fromisoformat(found).astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        values.refuse(field, N_("On that day the clocks go forward and leave this time out."))
    return found


def local(tx: apsw.Connection, instant: str) -> tuple[str, str]:
    """An instant as the troop's own day and time, (`2026-02-14`, `14:30`)."""
    there = datetime.fromisoformat(instant).astimezone(zone(tx))
    return there.date().isoformat(), there.strftime("%H:%M")


def said(tx: apsw.Connection, instant: str) -> str:
    """An instant in a sentence, `2026-02-14 14:30` in the troop's time zone."""
    return " ".join(local(tx, instant))


def days_on(tx: apsw.Connection, instant: str, days: int) -> str:
    """The same local time so many days later: over the change to summer time the hour on the wall stays."""
    day, time = local(tx, instant)
    later = (datetime.fromisoformat(day) + timedelta(days=days)).date().isoformat()
    return to_utc(tx, "startsAt", later, time)


def minutes(starts_at: str, ends_at: str) -> int:
    """How long from one instant to the other."""
    return int((datetime.fromisoformat(ends_at) - datetime.fromisoformat(starts_at)).total_seconds()) // 60


def shifted(instant: str, **distance: float) -> str:
    """The instant that lies `distance` (as for timedelta) after this one."""
    return clock.instant(datetime.fromisoformat(instant) + timedelta(**distance))
