"""The troop's facts, the season and its proceeds plan, the next season, and the settings of the box."""

from itertools import groupby

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.config import LATER, SETTINGS
from gsctracker.domain.people import roles
from gsctracker.domain.season import lineups, seasons, troop
from gsctracker.errors import Conflict
from gsctracker.ops import metrics, next_season, recovery
from gsctracker.web import forms, wording
from gsctracker.web.access import allow
from gsctracker.web.pages.set_up import time_zones
from gsctracker.words import N_

MOST_CENTS_A_PACKAGE = 500
MOST_TIERS = 8
SPARE_TIERS = 2

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@allow("season.manage")
def index():
    """What is set, and where it is changed."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        found = {
            "own": troop.own(tx),
            "current": season,
            "tiers": seasons.tiers(tx, season.id),
            "others": [row for row in seasons.all_of_them(tx) if row.id != season.id],
            "sheet_is_held": recovery.are_named(tx),
        }
    return render_template("settings/index.html", operates=roles.allows(g.by, "operate"), **found)


@bp.get("/troop")
@allow("season.manage")
def troop_form():
    """The troop's number, name, council and time zone."""
    return render_template("settings/troop.html", typed={}, errors={}, problem=None, **_troop())


@bp.post("/troop")
@allow("season.manage")
def change_troop():
    """Change them."""
    try:
        typed = forms.Reading(request.form)
        changes = {
            "number": typed.take("troop", values.line, 12, 1),
            "name": typed.take("name", values.line, 80, 1),
            "council": typed.take("council", values.line, 80, empty=""),
            "time_zone": typed.take("timeZone", values.line, 60, 3),
        }
        typed.settle()
        with g.db.write() as tx:
            troop.change(tx, g.by, **changes)
    except forms.NO as no:
        return forms.again("settings/troop.html", no, **_troop())
    flash(gettext("The troop's facts are changed."), "good")
    return redirect("/settings", 303)


@bp.get("/season")
@allow("season.manage")
def season_form():
    """The season's state, name, returns and proceeds plan."""
    return render_template("settings/season.html", typed={}, errors={}, problem=None, **_season())


@bp.post("/season")
@allow("season.manage")
def change_season():
    """Change them."""
    context = _season()
    try:
        typed = forms.Reading(request.form)
        changes = {
            "name": typed.take("name", values.line, 40, 1),
            "status": typed.choose("status", seasons.STATUSES),
            "base_proceeds": _per_package(typed, "baseProceeds"),
            "exempt_per_girl": typed.take("exemptPerGirl", values.whole, 0, 1000, empty=0),
            "returns_until": typed.take("returnsUntil", values.day, empty=None),
            "rewards_on": typed.take("rewardsOn", values.day, empty=None),
        }
        tiers = _tiers(typed)
        typed.settle()
        with g.db.write() as tx:
            season = seasons.current(tx)
            if str(season.id) != request.form.get("season"):
                raise Conflict(N_("Another season was begun in the meantime. Look at this page again."), "other_season")
            seasons.change(tx, season.id, g.by, **changes)
            seasons.set_tiers(tx, season.id, tiers, g.by)
    except forms.NO as no:
        return forms.again("settings/season.html", no, **context)
    flash(gettext("The season is changed."), "good")
    return redirect("/settings", 303)


@bp.get("/next-season")
@allow("season.manage")
def next_form():
    """What the next season would begin with."""
    return render_template("settings/next_season.html", typed={}, errors={}, problem=None, **_next())


@bp.post("/next-season")
@allow("season.manage")
def begin_next():
    """Begin the next season with the baker's line-up as a template to edit."""
    context = _next()
    try:
        typed = forms.Reading(request.form)
        year = typed.take("year", values.whole, 2000, 2100)
        baker = typed.choose("baker", seasons.BAKERS)
        if not typed.ticked("sure"):
            typed.wrong("sure", N_("Tick this if you mean it."))
        typed.settle()
        with g.db.write() as tx:
            before = seasons.current(tx).id
            season_id = seasons.begin(tx, year, baker, by=g.by)
            if typed.ticked("copy"):
                next_season.copy_settings(tx, before, season_id, g.by)
    except forms.NO as no:
        return forms.again("settings/next_season.html", no, names={"season": "year"}, **context)
    flash(gettext("The new season has begun. Check its cookies and prices."), "good")
    return redirect("/catalogue", 303)


@bp.get("/box")
@allow("operate")
def box():
    """Every setting of the box with what it does; a secret only says whether it is set."""
    config = metrics.of().config
    chapters = [
        (chapter, [_setting(config, one) for one in group])
        for chapter, group in groupby(SETTINGS, key=lambda one: one.metadata["chapter"])
    ]
    return render_template("settings/box.html", chapters=chapters)


def _setting(config, one) -> dict[str, object]:
    found = getattr(config, one.name)
    if one.metadata["secret"]:
        shown = gettext("set, and not shown") if found else ""
    else:
        shown = ", ".join(str(part) for part in found) if isinstance(found, tuple) else str(found or "")
    return {
        "name": one.name.upper(),
        "help": one.metadata["help"],
        "later": one.name in LATER,
        "value": shown,
        "own": found != one.default,
    }


def _troop() -> dict[str, object]:
    with g.db.read() as tx:
        own = troop.own(tx)
    return {"own": own, "zones": time_zones(own.time_zone)}


def _season() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        tiers = seasons.tiers(tx, season.id)
    rows = [(str(tier.min_pga), f"{tier.cents / 100:.2f}") for tier in tiers]
    rows += [("", "")] * max(SPARE_TIERS, 4 - len(rows))
    return {"current": season, "tier_rows": rows[:MOST_TIERS], "statuses": wording.options(wording.SEASON_STATUSES)}


def _per_package(typed: forms.Reading, name: str) -> int | None:
    cents = typed.take(name, values.dollars, empty=0)
    if cents is not None and cents > MOST_CENTS_A_PACKAGE:
        typed.wrong(name, N_("A package earns a troop $5.00 at most."))
    return cents


def _tiers(typed: forms.Reading) -> dict[int, int]:
    """The rows of the plan that are filled in; two rows from the same average on are a slip."""
    tiers: dict[int, int] = {}
    for n in range(1, MOST_TIERS + 1):
        average = typed.take(f"pga{n}", values.whole, 1, 10_000, empty=0)
        cents = _per_package(typed, f"cents{n}")
        if cents and average == 0:
            typed.wrong(f"pga{n}", N_("From which average on?"))
        elif average:
            if average in tiers:
                typed.wrong(f"pga{n}", N_("There is a line for this average already."))
            tiers[average] = cents or 0
    return tiers


def _next() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        newest = max(row.year for row in seasons.all_of_them(tx))
    year = min(newest + 1, 2100)
    return {
        "current": season,
        "year": year,
        "published": lineups.is_published(year),
        "line_ups": {baker: [cookie.name for cookie in lineups.lineup(baker, year)] for baker in seasons.BAKERS},
    }
