"""What booths ask for this season, who is registered, and the places to stand at."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import policies, sites
from gsctracker.domain.season import seasons
from gsctracker.web import booth_words, forms
from gsctracker.web.access import allow

bp = Blueprint("booth_rules", __name__, url_prefix="/booths")


@bp.get("/rules")
@allow("season.see")
def rules() -> str:
    """The policy of each type of booth and the rules of signing up: everybody may read them."""
    return render_template("booths/rules.html", typed={}, errors={}, problem=None, **_rules())


@bp.post("/rules/types/<kind>")
@allow("booths.plan")
def change_policy(kind: str) -> Response | tuple[str, int]:
    """Change what a type asks for."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        names = ("min_girls", "max_girls", "min_adults", "max_adults", "max_minutes")
        wanted = {name: form.take(name, values.whole, 0, 1440) for name in names}
        form.settle()
        registered = form.ticked("adults_are_registered")
        policies.set_policy(tx, g.by, seasons.current(tx).id, kind, **wanted, adults_are_registered=registered)
        return url_for(".rules")

    return forms.submit(
        act, lambda no: _again(no, kind), gettext("Kept. Shifts that are there already stay as they are.")
    )


@bp.post("/rules")
@allow("booths.plan")
def change_rules() -> Response | tuple[str, int]:
    """Change how late one may leave, and who may sign up early."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        leave = form.take("leave_hours", values.whole, 0, policies.MOST_HOURS)
        early = {
            who: form.take(f"early_{who}", values.whole, 0, policies.MOST_HOURS, empty=0) for who in policies.EARLY
        }
        form.settle()
        policies.set_rules(tx, g.by, seasons.current(tx).id, leave, early)
        return url_for(".rules")

    return forms.submit(act, lambda no: _again(no, ""), gettext("The rules of signing up are kept."))


@bp.post("/rules/adults/<id:account_id>")
@allow("booths.plan")
def clear_adult(account_id: int) -> Response | tuple[str, int]:
    """Note until when an adult is registered and checked; an empty day: she is not."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        until = form.take("until", values.day, empty=None)
        form.settle()
        policies.clear_adult(tx, g.by, account_id, until)
        return url_for(".rules") + "#adults"

    return forms.submit(act, lambda no: _again(no, ""), gettext("Noted."))


def _rules() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        leads = g.by.role in ("leader", "cookie_leader", "admin")
        return {
            "policies": policies.of_season(tx, season.id),
            "leave_hours": policies.leave_hours(tx, season.id),
            "early": policies.early_hours(tx, season.id),
            "adults": policies.adults(tx, g.by) if leads else [],
            "booth_words": booth_words,
            "kind": "",
        }


def _again(no: Any, kind: str) -> tuple[str, int]:
    return forms.again("booths/rules.html", no, **(_rules() | {"kind": kind}))


@bp.get("/sites")
@allow("shifts.manage")
def places() -> str:
    """The places, and how they sold."""
    with g.db.read() as tx:
        return render_template("booths/places.html", sites=sites.all_of_them(tx, g.by))


@bp.get("/sites/new")
@allow("booths.plan")
def new_place() -> str:
    """The form of a new place."""
    return render_template("booths/place.html", typed={}, errors={}, site=None)


@bp.post("/sites/new")
@allow("booths.plan")
def add_place() -> Response | tuple[str, int]:
    """Remember a place."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        return url_for(".place", site_id=sites.add_site(tx, g.by, **_facts(form)))

    return forms.submit(act, lambda no: forms.again("booths/place.html", no, site=None), gettext("The place is kept."))


@bp.get("/sites/<id:site_id>")
@allow("shifts.manage")
def place(site_id: int) -> str:
    """One place: where it is, what sold there before, and its form."""
    return render_template("booths/place.html", typed={}, errors={}, **_place(site_id))


@bp.post("/sites/<id:site_id>")
@allow("booths.plan")
def change_place(site_id: int) -> Response | tuple[str, int]:
    """Keep what was changed of a place."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        sites.change(tx, g.by, site_id, **_facts(form), is_active=form.ticked("is_active"))
        return url_for(".place", site_id=site_id)

    return forms.submit(
        act, lambda no: forms.again("booths/place.html", no, **_place(site_id)), gettext("The place is kept.")
    )


def _facts(form: forms.Reading) -> dict[str, str]:
    facts = {
        "name": form.take("name", values.line, 80, 1),
        "address": form.take("address", values.line, 200, empty=""),
        "notes": form.take("notes", values.text, 1000, empty=""),
    }
    form.settle()
    return facts


def _place(site_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        return {
            "site": sites.find(tx, site_id),
            "before": sites.sold_before(tx, site_id),
            "cookies": sites.cookies_sold(tx, site_id),
            "booth_words": booth_words,
        }
