"""One booth: what it is, its shifts and who stands in them, who is there, and moving it on."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import booths, hours, policies, presences, shifts, sign_ups, sites, states, swaps
from gsctracker.domain.people import consents, roles
from gsctracker.errors import Refusal
from gsctracker.web import booth_next, booth_words, choices, forms
from gsctracker.web.access import allow
from gsctracker.web.pages import booth_form

bp = Blueprint("booth_page", __name__, url_prefix="/booths/<id:booth_id>")
OURS = tuple(booth_words.MOVES)
"""The states to which this page moves a booth; packing, counting and crediting have pages of their own."""


@bp.get("")
@allow("season.see")
def one(booth_id: int) -> str:
    """The booth as she may see it."""
    return render_template("booths/one.html", typed={}, errors={}, problem=None, **shown(booth_id))


def shown(booth_id: int) -> dict[str, Any]:
    """All that the page of a booth says.

    A family sees how many have a place, and by name only its own; one that stands there also the adults, and the girls whose
    families agreed to that.
    """
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        names = sign_ups.stands_there(tx, g.by, booth_id)
        people = sign_ups.of_booth(tx, booth_id)
        for row in people:
            row.is_hers = sign_ups.is_hers(g.by, row)
            row.is_own = row.scout_id in g.by.scout_ids or row.account_id == g.by.id
        offers = {}
        if roles.allows(g.by, "shifts.sign_up"):
            offers = {row.sign_up_id: row for row in swaps.offered(tx, g.by, booth.season_id)}
        girls = choices.girls(tx) if roles.allows(g.by, "shifts.sign_up") else []
        adults = policies.adults(tx, g.by) if roles.allows(g.by, "shifts.manage") else []
        leads = roles.allows(g.by, "shifts.manage")
        there = presences.of_booth(tx, booth_id) if names else []
        _call([*people, *there], None if leads else consents.may_be_named(tx) | g.by.scout_ids)
        day, begins = hours.local(tx, booth.starts_at)
        present, rows = hours.present(tx), shifts.of_booth(tx, booth_id)
        goes_on = booth.starts_at <= present < booth.ends_at
        return {
            "booth": booth,
            "shifts": rows,
            "lacks": {row.id: shifts.lacks(tx, booth.season_id, booth.type, row) for row in rows},
            "people": people,
            "sees_names": names,
            "offers": offers,
            "girls": girls,
            "adults": adults,
            "may_sign_up": booth.status in states.SIGN_UP and roles.allows(g.by, "shifts.sign_up"),
            "opens_at": sign_ups.opens_at(tx, g.by, booth, None) if not leads else booth.sign_up_from,
            "present": present,
            "there": there,
            "comers": _comers(people, there, girls if leads else [], adults),
            "may_leave_now": presences.may_leave_now(booth),
            "comes": hours.local(tx, present)[1] if goes_on else begins,
            "adults_lacking": presences.adults_lacking(tx, booth.season_id, [booth]).get(booth_id) if names else None,
            "onward": [to for to in states.onward(g.by, booth.status) if to in OURS],
            "may_cancel": "cancelled" in states.onward(g.by, booth.status),
            "policy": policies.of_type(tx, booth.season_id, booth.type),
            "site": sites.find(tx, booth.site_id) if booth.site_id else None,
            "before": sites.sold_before(tx, booth.site_id, 5) if booth.site_id and leads else [],
            "begins": begins,
            "ends": hours.local(tx, booth.ends_at)[1],
            "day": day,
            "booth_words": booth_words,
            "booth_day": booth_next.of(tx, booth),
        }


def _call(rows: list[Any], named: frozenset[int] | None) -> None:
    """Give each row what its person is called: a girl who is not among `named` (None: all are) by a number alone."""
    strangers: dict[int, int] = {}
    for row in rows:
        if row.scout_id and named is not None and row.scout_id not in named:
            number = strangers.setdefault(row.scout_id, len(strangers) + 1)
            row.called = gettext("A girl of another family (%(n)s)", n=number)
        else:
            row.called = booth_words.person(row)


def _comers(people: list[Any], there: list[Any], girls: list[Any], adults: list[Any]) -> list[tuple[str, str]]:
    """(value, name) of whoever can be noted as coming: those who signed up, then anybody else of the troop for a leader."""
    here = {(row.scout_id, row.account_id) for row in there if not row.left_at}
    found = {(row.scout_id, row.account_id): row.called for row in people if row.state == "going"}
    found |= {(girl, None): name for girl, name in girls if (girl, None) not in found}
    found |= {
        (None, one.id): f"{one.first_name} {one.last_name}".strip() for one in adults if (None, one.id) not in found
    }
    return [
        (f"girl-{girl}" if girl else f"adult-{adult}", name)
        for (girl, adult), name in found.items()
        if (girl, adult) not in here
    ]


def again(booth_id: int, no: Refusal) -> tuple[str, int]:
    """The page once more, with what is wrong."""
    return forms.again("booths/one.html", no, names=booth_form.NAMES, **shown(booth_id))


def done(booth_id: int, act: Callable[[Any], object], sentence: str) -> Response | tuple[str, int]:
    """Do something on a booth's page, once, and come back to it."""

    def and_back(tx: Any) -> str:
        act(tx)
        return url_for("booth_page.one", booth_id=booth_id)

    return forms.submit(and_back, lambda no: again(booth_id, no), sentence)


@bp.get("/change")
@allow("booths.plan")
def change_form(booth_id: int) -> str:
    """The form with what is known."""
    return render_template("booths/edit.html", typed={}, errors={}, **_edited(booth_id))


@bp.post("/change")
@allow("booths.plan")
def change(booth_id: int) -> Response | tuple[str, int]:
    """Keep what was changed."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        booths.change(tx, g.by, booth_id, **booth_form.read(tx, form))
        return url_for(".one", booth_id=booth_id)

    def once_more(no: Any) -> tuple[str, int]:
        return forms.again("booths/edit.html", no, names=booth_form.NAMES, **_edited(booth_id))

    return forms.submit(act, once_more, gettext("The booth is changed."))


def _edited(booth_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        booth = booths.find(tx, booth_id)
        return {"booth": booth, "now": booth_form.now(tx, booth), **booth_form.offered(tx)}


@bp.post("/move")
@allow("booths.plan")
def move(booth_id: int) -> Response | tuple[str, int]:
    """Move it on to another of OURS."""
    to = request.form.get("to", "")

    def act(tx: Any) -> None:
        values.choice("to", to, OURS)
        states.move(tx, g.by, booth_id, to)

    return done(booth_id, act, gettext("The booth is moved on."))


@bp.post("/cancel")
@allow("booths.plan")
def cancel(booth_id: int) -> Response | tuple[str, int]:
    """Call it off; packed boxes go back to the shelf."""
    reason = request.form.get("reason", "")
    sentence = gettext("The booth is called off. Families see it crossed out in their calendars.")
    return done(booth_id, lambda tx: booths.cancel(tx, g.by, booth_id, reason), sentence)


@bp.post("/copy")
@allow("booths.plan")
def copy(booth_id: int) -> Response | tuple[str, int]:
    """The same booth so many days later."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        later = form.take("days", values.whole, 1, 366)
        form.settle()
        return url_for(".one", booth_id=booths.copy(tx, g.by, booth_id, later))

    return forms.submit(
        act, lambda no: again(booth_id, no), gettext("Copied with its shifts; nobody is signed up yet.")
    )


@bp.post("/shifts")
@allow("booths.plan")
def add_shift(booth_id: int) -> Response | tuple[str, int]:
    """One more shift."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> None:
        booth = booths.find(tx, booth_id)
        begins, ends = form.take("starts", hours.o_clock), form.take("ends", hours.o_clock)
        places = {name: form.take(name, values.whole, 0, 50, empty=None) for name in shifts.PLACES}
        form.settle()
        day = hours.local(tx, booth.starts_at)[0]
        span = hours.span(tx, day, begins, ends, ("starts", "ends"))
        shifts.add_shift(tx, g.by, booth_id, *span, **places)

    return done(booth_id, act, gettext("The shift is added."))


@bp.post("/shifts/<id:shift_id>/places")
@allow("booths.plan")
def change_places(booth_id: int, shift_id: int) -> Response | tuple[str, int]:
    """How many are wanted in a shift; those who wait move up into new places."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> None:
        places = {name: form.take(name, values.whole, 0, 50) for name in shifts.PLACES}
        form.settle()
        shifts.change_places(tx, g.by, shift_id, **places)
        sign_ups.move_up(tx, shift_id)

    return done(booth_id, act, gettext("The places are changed."))


@bp.post("/shifts/<id:shift_id>/remove")
@allow("booths.plan")
def remove_shift(booth_id: int, shift_id: int) -> Response | tuple[str, int]:
    """Take a shift away for which nobody signed up."""
    return done(booth_id, lambda tx: shifts.remove(tx, g.by, shift_id), gettext("The shift is removed."))
