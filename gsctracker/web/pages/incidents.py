"""What went wrong or is planned: told to everybody, written down as it goes, and what was learned from it."""

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain import incidents
from gsctracker.web import forms, locale
from gsctracker.web.access import allow
from gsctracker.words import N_

KINDS = {"incident": N_("Something went wrong"), "maintenance": N_("Planned work on the box")}

bp = Blueprint("incidents", __name__, url_prefix="/incidents")


@bp.get("")
@allow("incidents")
def index():
    """All of them, newest first, and the form for a new one."""
    return render_template("incidents/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("")
@allow("incidents")
def begin():
    """Note a new one, and tell everybody if something was typed for them."""

    def act(tx) -> str:
        sent = request.form
        return f"/incidents/{incidents.begin(tx, g.by, sent.get('kind'), sent.get('title'), sent.get('notice'))}"

    return forms.submit(
        act, lambda no: forms.again("incidents/index.html", no, **_all()), gettext("It is written down.")
    )


@bp.post("/planned")
@allow("incidents")
def plan():
    """Tell everybody of planned work: when it begins, how long it takes, what works meanwhile. The words can be changed then."""

    def act(tx) -> str:
        sent = forms.Reading(request.form)
        day = sent.take("day", values.day)
        time = sent.take("time", values.time_of_day)
        minutes = sent.take("minutes", values.whole, 1, 24 * 60)
        sent.settle()
        when = f"{locale.day(day)}, {time}"
        title = gettext("Planned work: %(when)s", when=when)
        told = gettext(
            "%(when)s: the box is away for about %(minutes)s minutes. Booth mode goes on on your phone and sends what you tapped"
            " in afterwards. Nothing is lost.",
            when=when,
            minutes=minutes,
        )
        return f"/incidents/{incidents.begin(tx, g.by, 'maintenance', title, told)}"

    return forms.submit(
        act, lambda no: forms.again("incidents/index.html", no, **_all()), gettext("Everybody is told from now on.")
    )


@bp.get("/<id:incident_id>")
@allow("incidents")
def one(incident_id: int):
    """What happened, what is to be done, what was learned."""
    return render_template("incidents/one.html", typed={}, errors={}, problem=None, **_one(incident_id))


@bp.post("/<id:incident_id>")
@allow("incidents")
def change(incident_id: int):
    """Change its title, what everybody is told, and what was learned."""
    sent = request.form
    return _submit(
        incident_id,
        lambda tx: incidents.change(tx, incident_id, g.by, sent.get("title"), sent.get("notice"), sent.get("learned")),
    )


@bp.post("/<id:incident_id>/lines")
@allow("incidents")
def add_line(incident_id: int):
    """Write down what happened, or what is to be done."""
    sent = request.form
    return _submit(
        incident_id, lambda tx: incidents.add_line(tx, incident_id, g.by, sent.get("kind"), sent.get("said"))
    )


@bp.post("/<id:incident_id>/lines/<id:line_id>")
@allow("incidents")
def tick(incident_id: int, line_id: int):
    """Something is done, or not after all."""
    done = request.form.get("done") == "1"
    return _submit(incident_id, lambda tx: incidents.tick(tx, incident_id, line_id, g.by, done))


@bp.post("/<id:incident_id>/end")
@allow("incidents")
def end(incident_id: int):
    """It is over, or not after all."""
    over = request.form.get("over") == "1"
    return _submit(incident_id, lambda tx: incidents.end(tx, incident_id, g.by, over))


def _submit(incident_id: int, do):
    def act(tx) -> str:
        do(tx)
        return f"/incidents/{incident_id}"

    return forms.submit(
        act, lambda no: forms.again("incidents/one.html", no, **_one(incident_id)), gettext("It is written down.")
    )


def _all() -> dict[str, object]:
    with g.db.read() as tx:
        return {"found": incidents.newest(tx), "kinds": _kinds()}


def _one(incident_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        lines = incidents.lines(tx, incident_id)
        return {
            "incident": incidents.find(tx, incident_id),
            "happened": [line for line in lines if line.kind == "happened"],
            "to_do": [line for line in lines if line.kind == "to_do"],
            "kinds": dict(_kinds()),
        }


def _kinds() -> list[tuple[str, str]]:
    return [(kind, gettext(words)) for kind, words in KINDS.items()]
