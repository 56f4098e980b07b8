"""How booths, their states and their hours are called on pages."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask_babel import gettext, ngettext

from gsctracker.web import locale, wording
from gsctracker.words import N_

TYPES = {
    "troop": N_("Troop booth"),
    "family": N_("Family booth"),
    "council": N_("Council booth"),
    "virtual": N_("Virtual booth"),
    "pickup": N_("Booth pick-up"),
}
STATES = {
    "planned": N_("Planned"),
    "requested": N_("Requested"),
    "confirmed": N_("Confirmed"),
    "lost": N_("Not given to us"),
    "scheduled": N_("Open for sign-up"),
    "packed": N_("Packed"),
    "open": N_("Selling now"),
    "counted": N_("Counted"),
    "reconciled": N_("Money explained"),
    "credited": N_("Credited"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
}
GROUPS = {"ahead": N_("Still to come"), "to_close": N_("To be closed"), "held": N_("Held"), "off": N_("Did not happen")}
KINDS = {
    "scheduled": "news",
    "packed": "news",
    "open": "wait",
    "counted": "wait",
    "reconciled": "wait",
    "credited": "good",
    "closed": "good",
    "lost": "bad",
    "cancelled": "bad",
}
MOVES = {
    "planned": N_("Plan it again"),
    "requested": N_("It was asked for"),
    "confirmed": N_("It is confirmed"),
    "lost": N_("We did not get it"),
    "scheduled": N_("Open the shifts for sign-up"),
    "open": N_("Selling begins"),
}
"""What a button says that moves a booth on; the rest of a booth's way belongs to packing and closing it."""
WHO = {"leader": N_("Leaders"), **wording.LEVELS}


def hours(row: Any, day: bool = True) -> str:
    """When something takes place, `Sat, Feb 14, 10:00 AM – 1:00 PM` in the troop's time zone."""
    region = _region()
    zone = ZoneInfo(locale.time_zone())
    begins, ends = (datetime.fromisoformat(at).astimezone(zone) for at in (row.starts_at, row.ends_at))
    said = f"{format_time(begins, 'short', locale=region)} – {format_time(ends, 'short', locale=region)}"
    return f"{format_date(begins.date(), 'EEE, MMM d', locale=region)}, {said}" if day else said


def time(instant: str | None) -> str:
    """An instant as the time on the troop's wall, `14:30`, as a field of a form has it; nothing for None."""
    if not instant:
        return ""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(locale.time_zone())).strftime("%H:%M")


def stay(row: Any) -> str:
    """How long somebody is or was at a booth, `since 2:30 PM` or `2:30 PM – 4:00 PM` in the troop's time zone."""
    region, zone = _region(), ZoneInfo(locale.time_zone())
    came, left = (
        at and format_time(datetime.fromisoformat(at).astimezone(zone), "short", locale=region)
        for at in (row.came_at, row.left_at)
    )
    return f"{came} – {left}" if left else gettext("since %(time)s", time=came)


def by_the_minute(minutes: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Minutes in which something was sold (`2026-02-14T18:05` in UTC) by the troop's clock, newest first."""
    return [(time(f"{minute}:00Z"), boxes) for minute, boxes in reversed(minutes) if boxes]


def person(row: Any) -> str:
    """Who signed up: a girl as she is called, or an adult by her name."""
    if row.scout_id:
        return wording.girl(row, "scout_")
    return f"{row.adult_first_name} {row.adult_last_name}".strip()


def adults_lacking(missing: dict[str, int]) -> str:
    """What a booth that goes on now needs still, as `presences.adults_lacking` has it."""
    if number := missing.get("adults"):
        return ngettext("%(num)s adult more is needed there now.", "%(num)s adults more are needed there now.", number)
    return ngettext(
        "%(num)s of the adults must be registered and checked still.",
        "%(num)s of the adults must be registered and checked still.",
        missing.get("registered", 0),
    )


def wanted_girls(policy: Any) -> str:
    """How many girls a type of booth asks for, `2–4 girls`."""
    if not policy.max_girls:
        return gettext("No girls")
    return ngettext(
        "%(range)s girl", "%(range)s girls", policy.max_girls, range=_range(policy.min_girls, policy.max_girls)
    )


def wanted_adults(policy: Any) -> str:
    """How many adults a type of booth asks for, `2–3`."""
    return _range(policy.min_adults, policy.max_adults) if policy.max_adults else gettext("None")


def _range(least: int, most: int) -> str:
    return str(most) if least == most else f"{least}–{most}"


def length(minutes: int) -> str:
    """A length of time, `2:30 h`."""
    return gettext("%(hours)s h", hours=f"{minutes // 60}:{minutes % 60:02}")


def month(day: date) -> str:
    """A month as people say it, `February 2026`."""
    return format_date(day, "LLLL y", locale=_region())


def weekday(day: date) -> str:
    """A day of the week, `Sat`."""
    return format_date(day, "EEE", locale=_region())


def _region() -> str:
    return {"en": "en_US", "es": "es_US"}[locale.of_request()]
