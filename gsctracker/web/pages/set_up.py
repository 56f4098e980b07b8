"""The first run: the troop, its season and its first admin, behind a code that stands where the box was started."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import clock, values
from gsctracker.domain.people import passwords
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import NotAllowed
from gsctracker.web import forms, limits, locale, wording
from gsctracker.web.access import allow
from gsctracker.web.visitors import enter, remember
from gsctracker.words import N_

TIME_ZONES = {
    "America/New_York": N_("Eastern"),
    "America/Chicago": N_("Central"),
    "America/Denver": N_("Mountain"),
    "America/Phoenix": N_("Arizona"),
    "America/Los_Angeles": N_("Pacific"),
    "America/Anchorage": N_("Alaska"),
    "Pacific/Honolulu": N_("Hawaii"),
    "America/Puerto_Rico": N_("Puerto Rico and the Virgin Islands"),
    "Pacific/Guam": N_("Guam"),
    "Pacific/Pago_Pago": N_("American Samoa"),
    "Europe/Berlin": N_("Central Europe"),
    "Asia/Tokyo": N_("Japan"),
}
FIRST_MONTH = 7  # from July on people get ready for the season that ends next year

bp = Blueprint("set_up", __name__)


@bp.get("/setup")
@allow("public")
def other_spelling():
    """The address without its hyphen leads to the same page."""
    code = request.args.get("code", "")[:40]
    return redirect(f"/set-up?code={code}" if code.replace("-", "").isalnum() else "/set-up")


@bp.get("/set-up")
@allow("public")
def show():
    """The form of the first run; once it is over this leads home."""
    with g.db.read() as tx:
        if troop.is_set_up(tx):
            return redirect("/")
    return render_template("set_up/set_up.html", typed={}, errors={}, problem=None, **_choices())


@bp.post("/set-up")
@allow("public")
def make():
    """Set the box up and sign the first admin in."""
    typed = forms.Reading(request.form)
    code = typed.take("code", values.line, 40, 1) or ""
    number = typed.take("troop", values.line, 12, 1)
    facts = {
        "number": number,
        "name": typed.take("name", values.line, 80, empty="") or gettext("Troop %(number)s", number=number),
        "council": typed.take("council", values.line, 80, empty=""),
        "baker": typed.choose("baker", seasons.BAKERS),
        "year": typed.take("season", values.whole, 2000, 2100),
        "time_zone": typed.take("timeZone", values.line, 60, 3),
        "email": typed.take("email", values.email),
        "first_name": typed.take("firstName", values.line, 40, 1),
        "last_name": typed.take("lastName", values.line, 40, empty=""),
    }
    try:
        _require_code(code, typed)
        typed.settle()
        facts["password_hash"] = new_password(number, facts["name"], facts["first_name"], facts["email"])
        with g.db.write() as tx:
            troop.require_setup_code(tx, code)
            account_id = troop.set_up(tx, language=locale.of_request(), **facts)
            token = enter(tx, account_id)
    except forms.NO as no:
        return forms.again("set_up/set_up.html", no, **_choices())
    flash(gettext("Your box is ready. What comes next stands below, in order."), "good")
    return remember(redirect("/", 303), token)


def new_password(*about: str) -> str:
    """The hash of a password that was typed twice the same. Raises Invalid. Slow: never inside a write.

    `about` are her own words, which a guesser who knows her tries; the troop's are added.
    """
    field, repeated = "password", "repeat"
    typed = forms.Reading(request.form)
    if request.form.get(field, "") != request.form.get(repeated, ""):
        typed.wrong(repeated, N_("This is not the same password as above."))
    typed.settle()
    with g.db.read() as tx:
        own = troop.own(tx) if troop.is_set_up(tx) else None
    troops = (own.number, own.name) if own else ()
    return passwords.hashed(request.form.get(field, ""), (*about, *troops))


def time_zones(own: str = "") -> list[tuple[str, str]]:
    """The time zones to choose from, the troop's own among them."""
    known = [(zone, f"{gettext(name)} ({zone})") for zone, name in TIME_ZONES.items()]
    return known if not own or own in TIME_ZONES else [*known, (own, own)]


def _require_code(code: str, typed: forms.Reading) -> None:
    try:
        limits.must_be_setup_code(code)
    except NotAllowed as no:
        typed.wrong("code", no.message)


def _choices() -> dict[str, object]:
    today = clock.today()
    return {
        "zones": time_zones(),
        "bakers": wording.options(wording.BAKERS),
        "season_year": int(today[:4]) + (int(today[5:7]) >= FIRST_MONTH),
    }
