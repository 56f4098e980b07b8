"""Standing in a shift: signing up, leaving, swapping, and noting who is there; and who had how many."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import booths, fairness, hours, presences, shifts, sign_ups, swaps
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons
from gsctracker.web import booth_words, choices, forms
from gsctracker.web.access import allow
from gsctracker.web.pages import booth_page
from gsctracker.words import N_

bp = Blueprint("shifts", __name__, url_prefix="/booths")


@bp.post("/shifts/<id:shift_id>/sign-up")
@allow("shifts.sign_up")
def sign_up(shift_id: int) -> Response | tuple[str, int]:
    """Take a place, or a turn on the waiting list."""
    with g.db.read() as tx:
        booth_id = shifts.look_at(tx, g.by, shift_id).booth_id
    said = [gettext("You are signed up.")]

    def act(tx: Any) -> str:
        who = _who(request.form.get("who", ""))
        _, state = sign_ups.sign_up(tx, g.by, shift_id, **who, wait=bool(request.form.get("wait")))
        if state == "waiting":
            said[0] = gettext("On the waiting list. You move up by yourself as soon as a place is free.")
        return url_for("booth_page.one", booth_id=booth_id)

    try:
        with g.db.write() as tx:
            address = forms.once(tx, lambda: act(tx))
    except forms.NO as no:
        return booth_page.again(booth_id, no)
    flash(said[0])
    return redirect(address, 303)


@bp.post("/sign-ups/<id:sign_up_id>/leave")
@allow("shifts.sign_up")
def leave(sign_up_id: int) -> Response | tuple[str, int]:
    """Give the place back."""
    booth_id = _booth_of(sign_up_id)
    return booth_page.done(
        booth_id, lambda tx: sign_ups.leave(tx, g.by, sign_up_id), gettext("The place is given back.")
    )


@bp.post("/sign-ups/<id:sign_up_id>/offer")
@allow("shifts.sign_up")
def offer(sign_up_id: int) -> Response | tuple[str, int]:
    """Offer the place to the other families."""
    booth_id = _booth_of(sign_up_id)
    sentence = gettext("Offered. The place stays yours until another family takes it.")
    return booth_page.done(booth_id, lambda tx: swaps.offer(tx, g.by, sign_up_id), sentence)


@bp.post("/swaps/<id:swap_id>/withdraw")
@allow("shifts.sign_up")
def withdraw(swap_id: int) -> Response | tuple[str, int]:
    """Keep the place after all."""
    booth_id = _booth_asked()
    return booth_page.done(booth_id, lambda tx: swaps.withdraw(tx, g.by, swap_id), gettext("You keep the place."))


@bp.post("/swaps/<id:swap_id>/accept")
@allow("shifts.sign_up")
def accept(swap_id: int) -> Response | tuple[str, int]:
    """Take a place that is offered."""
    booth_id = _booth_asked()

    def act(tx: Any) -> None:
        swaps.accept(tx, g.by, swap_id, _who(request.form.get("who", "me")).get("scout_id"))

    return booth_page.done(booth_id, act, gettext("The place is yours. Thank you."))


@bp.post("/<id:booth_id>/there")
@allow("shifts.sign_up")
def check_in(booth_id: int) -> Response | tuple[str, int]:
    """A girl or an adult comes; at the time that is typed, on the booth's day."""

    def act(tx: Any) -> None:
        form = forms.Reading(request.form)
        at = form.take("came", hours.o_clock)
        form.settle()
        who = _who(request.form.get("who", ""))
        presences.check_in(tx, g.by, booth_id, at=_instant(tx, booth_id, "came", at), **who)

    return booth_page.done(booth_id, act, gettext("Noted."))


@bp.post("/<id:booth_id>/there/<id:presence_id>")
@allow("shifts.sign_up")
def correct(booth_id: int, presence_id: int) -> Response | tuple[str, int]:
    """Somebody leaves, or her times are set right."""

    def act(tx: Any) -> None:
        form = forms.Reading(request.form)
        came, left = form.take("came", hours.o_clock), form.take("left", hours.o_clock, empty=None)
        form.settle()
        until = _instant(tx, booth_id, "left", left) if left else None
        presences.correct(tx, g.by, booth_id, presence_id, _instant(tx, booth_id, "came", came), until)

    return booth_page.done(booth_id, act, gettext("Noted."))


@bp.post("/<id:booth_id>/there/<id:presence_id>/leave")
@allow("shifts.sign_up")
def leaves_now(booth_id: int, presence_id: int) -> Response | tuple[str, int]:
    """She leaves at this moment."""
    return booth_page.done(booth_id, lambda tx: presences.leave(tx, g.by, booth_id, presence_id), gettext("Noted."))


@bp.post("/<id:booth_id>/there/<id:presence_id>/remove")
@allow("shifts.sign_up")
def was_not_there(booth_id: int, presence_id: int) -> Response | tuple[str, int]:
    """She was not there after all."""
    return booth_page.done(booth_id, lambda tx: presences.remove(tx, g.by, booth_id, presence_id), gettext("Noted."))


@bp.get("/fairness")
@allow("season.see")
def fair() -> str:
    """Who has had how many shifts, who none; a family sees its own girls beside the troop's average."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        return render_template(
            "booths/fairness.html",
            girls=fairness.girls(tx, g.by, season.id),
            average=fairness.average(tx, season.id),
            funnel=fairness.funnel(tx, g.by, season.id) if roles.allows(g.by, "shifts.manage") else None,
            booth_words=booth_words,
        )


def _who(given: str) -> dict[str, int]:
    """`girl-3`, `adult-5`, or `me` as arguments of a sign-up."""
    kind, _, number = given.partition("-")
    if given == "me":
        return {}
    if kind not in ("girl", "adult"):
        values.refuse("who", N_("Say who comes."))
    return {"scout_id" if kind == "girl" else "account_id": choices.row_id("who", number)}


def _booth_of(sign_up_id: int) -> int:
    with g.db.read() as tx:
        return shifts.find(tx, sign_ups.find(tx, g.by, sign_up_id).shift_id).booth_id


def _booth_asked() -> int:
    booth_id = choices.row_id("booth", request.form.get("booth"))
    with g.db.read() as tx:
        return booths.look_at(tx, g.by, booth_id).id


def _instant(tx: Any, booth_id: int, field: str, time: str) -> str:
    """A time on the wall as an instant: of the booth's day, or of the next where the booth goes on past midnight."""
    booth = booths.find(tx, booth_id)
    at = hours.to_utc(tx, field, hours.local(tx, booth.starts_at)[0], time)
    last_day = hours.local(tx, booth.ends_at)[0]
    return hours.to_utc(tx, field, last_day, time) if at < hours.shifted(booth.starts_at, hours=-6) else at
