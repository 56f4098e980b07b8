"""The form of a booth: what it offers, and what was typed into it as the facts of a booth."""

from typing import Any

from flask import g

from gsctracker import values
from gsctracker.domain.booths import booths, hours, policies, shifts, sites
from gsctracker.domain.season import seasons
from gsctracker.web import booth_words, wording
from gsctracker.web.choices import row_id
from gsctracker.web.forms import Reading

NAMES = {"startsAt": "starts", "endsAt": "ends", "signUpFrom": "open_day"}
"""The fields of `booths.plan` as this form calls them."""

__all__ = ["NAMES", "now", "offered", "one_shift", "read", "row_id", "values"]


def offered(tx: Any) -> dict[str, Any]:
    """What the form lets one choose from, and the policy of every type for its hints."""
    season = seasons.current(tx)
    return {
        "places": [(row.id, row.name) for row in sites.all_of_them(tx, g.by) if row.is_active],
        "types": wording.options(booth_words.TYPES),
        "states": [one for one in wording.options(booth_words.STATES) if one[0] in booths.FIRST_STATES],
        "policies": policies.of_season(tx, season.id),
        "booth_words": booth_words,
    }


def read(tx: Any, form: Reading) -> dict[str, Any]:
    """Name, place, hours and the rest as `booths.plan` wants them. Raises Invalid with every field that is wrong."""
    facts: dict[str, Any] = {
        "name": form.take("name", values.line, 80, 1),
        "type": form.choose("type", policies.TYPES),
        "site_id": form.take("site", row_id, empty=None),
        "address": form.take("address", values.line, 200, empty=""),
        "permit": form.take("permit", values.line, 200, empty=""),
        "notes": form.take("notes", values.text, 1000, empty=""),
    }
    day = form.take("day", values.day)
    begins, ends = form.take("starts", hours.o_clock), form.take("ends", hours.o_clock)
    opens = form.take("open_day", values.day, empty=None)
    at = form.take("open_time", hours.o_clock, empty="18:00")
    form.settle()
    facts["starts_at"], facts["ends_at"] = hours.span(tx, day, begins, ends, ("starts", "ends"))
    facts["sign_up_from"] = hours.to_utc(tx, "open_time", opens, at) if opens else None
    return facts


def now(tx: Any, booth: Any) -> dict[str, Any]:
    """A booth as its form shows it."""
    day, begins = hours.local(tx, booth.starts_at)
    opens = hours.local(tx, booth.sign_up_from) if booth.sign_up_from else ("", "")
    return {
        "name": booth.name,
        "type": booth.type,
        "site": booth.site_id or "",
        "address": booth.address,
        "permit": booth.permit,
        "notes": booth.notes,
        "day": day,
        "starts": begins,
        "ends": hours.local(tx, booth.ends_at)[1],
        "open_day": opens[0],
        "open_time": opens[1],
    }


def one_shift(tx: Any, booth_id: int) -> None:
    """One shift as long as the booth, with the policy's places; a type at which nobody stands gets none."""
    booth = booths.find(tx, booth_id)
    if policies.of_type(tx, booth.season_id, booth.type).max_girls:
        shifts.add_shift(tx, g.by, booth_id, booth.starts_at, booth.ends_at)
