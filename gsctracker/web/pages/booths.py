"""Booths: the list, the calendar, and planning a new one."""

import calendar as days
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import clock
from gsctracker.domain.booths import booths, deadline, hours, listing, policies, sites, swaps
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid
from gsctracker.web import booth_words, forms, paging
from gsctracker.web.access import allow
from gsctracker.web.errors import fields_of
from gsctracker.web.pages import booth_form

bp = Blueprint("booths", __name__, url_prefix="/booths")
PAGE = 30
FILTERS = ("group", "type", "site", "from", "mine")


@bp.get("")
@allow("season.see")
def index() -> str | tuple[str, int]:
    """The booths she may see by time, those to come first of all, and places that other families offer."""
    asked = {name: request.args.get(name, "").strip()[:40] for name in FILTERS}
    after = paging.start(str, int)
    errors: dict[str, str] = {}
    rows: list[Any] = []
    with g.db.read() as tx:
        season = seasons.current(tx)
        try:
            rows = listing.page(tx, g.by, season.id, _wanted(tx, asked), after, PAGE + 1)  # type: ignore[arg-type]
        except Invalid as no:
            errors = fields_of(no)
        page = paging.cut(rows, PAGE, lambda row: (row.starts_at, row.id))
        plans = roles.allows(g.by, "shifts.manage")
        places = [(row.id, row.name) for row in sites.all_of_them(tx, g.by)] if plans else []
        glows = plans and deadline.is_urgent(deadline.days_left(tx, season))
        offers = swaps.offered(tx, g.by, season.id) if roles.allows(g.by, "shifts.sign_up") else []
    shown = render_template(
        "booths/index.html",
        page=page,
        asked=asked,
        used=sum(bool(asked[name]) for name in FILTERS if name != "group"),
        errors=errors,
        places=places,
        counts_credit=plans,
        glows=glows,
        offers=[row for row in offers if not row.is_hers],
        booth_words=booth_words,
    )
    return (shown, 422) if errors else shown


def _wanted(tx: Any, asked: dict[str, str]) -> listing.Wanted:
    form = forms.Reading(asked)
    site = form.take("site", booth_form.row_id, empty=None)
    since = form.take("from", booth_form.values.day, empty=None)
    form.settle()
    group = asked["group"] or "ahead"
    return listing.Wanted(
        group=None if group == "all" else group if group in listing.GROUPS else "ahead",
        type=asked["type"] if asked["type"] in policies.TYPES else None,
        site_id=site,
        since=hours.to_utc(tx, "from", since, "00:00") if since else None,
        mine=bool(asked["mine"]),
    )


@bp.get("/calendar")
@allow("season.see")
def calendar() -> str:
    """A month as a sheet (on a phone its days as a list), or a week; `day` is any day of it."""
    week = request.args.get("view") == "week"
    with g.db.read() as tx:
        season = seasons.current(tx)
        given = request.args.get("day", "")
        sane = clock.is_day(given) and "2000" <= given[:4] <= "2099"
        day = date.fromisoformat(given if sane else hours.local(tx, hours.present(tx))[0])
        sheet = days.Calendar(firstweekday=6)
        if week:
            first = day - timedelta(days=(day.weekday() + 1) % 7)
            weeks = [[first + timedelta(days=at) for at in range(7)]]
            before, later = first - timedelta(days=7), first + timedelta(days=7)
        else:
            weeks = sheet.monthdatescalendar(day.year, day.month)
            before = day.replace(day=1) - timedelta(days=1)
            later = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        since = hours.to_utc(tx, "from", weeks[0][0].isoformat(), "00:00")
        until = hours.to_utc(tx, "to", (weeks[-1][-1] + timedelta(days=1)).isoformat(), "00:00")
        rows = listing.page(tx, g.by, season.id, listing.Wanted(since=since, until=until), None, listing.MOST)
        found: dict[str, list[Any]] = {}
        for row in rows:
            found.setdefault(hours.local(tx, row.starts_at)[0], []).append(row)
    return render_template(
        "booths/calendar.html",
        weeks=weeks,
        found=found,
        day=day,
        week=week,
        before=before,
        later=later,
        booth_words=booth_words,
    )


@bp.get("/new")
@allow("booths.plan")
def new() -> str:
    """The form that plans a booth, perhaps at a place that is named."""
    with g.db.read() as tx:
        named = {"site": request.args.get("site", "")[:12]}
        return render_template("booths/edit.html", typed={}, errors={}, now=named, **booth_form.offered(tx))


@bp.post("/new")
@allow("booths.plan")
def plan() -> Response | tuple[str, int]:
    """Put it on the calendar."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        facts = booth_form.read(tx, form)
        booth_id = booths.plan(tx, g.by, **facts, status=form.choose("status", booths.FIRST_STATES) or "planned")
        form.settle()
        if request.form.get("shift"):
            booth_form.one_shift(tx, booth_id)
        return url_for("booth_page.one", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        with g.db.read() as tx:
            offered = booth_form.offered(tx)
        return forms.again("booths/edit.html", no, names=booth_form.NAMES, now={}, **offered)

    return forms.submit(act, again, gettext("The booth is on the calendar."))
