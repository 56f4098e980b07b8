"""All that is kept of one girl: to read, to take away as a file, and to have forgotten."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker.db import Closed
from gsctracker.domain.people import consents, data_requests, forgetting, roles
from gsctracker.domain.reports import data_of_a_child
from gsctracker.ops import family_exports, metrics
from gsctracker.ops import forgetting as carrying_out
from gsctracker.ops.copies import last_named
from gsctracker.web import forms
from gsctracker.web.access import allow, require_fresh

ONE, DELETE = "family_data/one.html", "family_data/delete.html"

bp = Blueprint("family_data", __name__)


@bp.get("/scouts/<id:scout_id>/data")
@allow("family.data")
def show(scout_id: int):
    """Everything, table by table; that somebody looked is itself written down, once a day."""
    shown = _one(scout_id)
    _note_the_look(scout_id)
    return render_template(ONE, typed={}, errors={}, problem=None, **shown)


@bp.post("/scouts/<id:scout_id>/data/files")
@allow("family.data")
def ask_for_file(scout_id: int):
    """She wants it as a file: a job makes it."""
    shown = _one(scout_id)
    try:
        family_exports.ask(g.db, scout_id, g.by)
    except forms.NO as no:
        return forms.again(ONE, no, **shown)
    flash(gettext("The file is being made. Look here again in a minute."), "good")
    return redirect(f"/scouts/{scout_id}/data#files", 303)


@bp.get("/scouts/<id:scout_id>/data/files/<id:export_id>")
@allow("family.data")
def take_file(scout_id: int, export_id: int):
    """The file, for who asked for it, until its day is over."""
    with g.db.read() as tx:
        consents.may_decide(g.by, scout_id)
        consents.find_girl(tx, scout_id, g.by)
    raw = family_exports.content(metrics.of().config, g.db, export_id, g.by)
    headers = {"Content-Disposition": "attachment; filename=all-that-is-kept.zip", "Cache-Control": "no-store"}
    return Response(raw, mimetype="application/zip", headers=headers)


@bp.post("/scouts/<id:scout_id>/data/deletion")
@allow("family.data")
def ask_deletion(scout_id: int):
    """Her family wishes that she is forgotten."""
    return forms.submit(
        lambda tx: forgetting.ask(tx, scout_id, g.by) and f"/scouts/{scout_id}/data#deletion",
        lambda no: forms.again(ONE, no, **_one(scout_id)),
        gettext("Your wish is noted. A leader will confirm it."),
    )


@bp.post("/scouts/<id:scout_id>/data/deletion/take-back")
@allow("family.data")
def take_back_deletion(scout_id: int):
    """The wish is taken back."""
    with g.db.write() as tx:
        forgetting.take_back(tx, scout_id, g.by)
    flash(gettext("The wish is taken back. Nothing was deleted."), "good")
    return redirect(f"/scouts/{scout_id}/data", 303)


@bp.get("/scouts/<id:scout_id>/data/deletion")
@allow("people.forget")
def confirm_deletion(scout_id: int):
    """What will go, what will stay, and when the last copy with her name ends; with the button that does it."""
    return render_template(DELETE, typed={}, errors={}, problem=None, **_deletion(scout_id))


@bp.post("/scouts/<id:scout_id>/data/deletion/confirm")
@allow("people.forget")
def delete(scout_id: int):
    """A leader confirms it with her password; the answer says what was looked for afterwards, and where."""
    shown = _deletion(scout_id)
    try:
        require_fresh(always=True)
        proof = carrying_out.carry_out(metrics.of().config, g.db, scout_id, g.by, request.form.get("wholeName", ""))
    except forms.NO as no:
        return forms.again(DELETE, no, **shown)
    return render_template("family_data/deleted.html", scout_id=scout_id, proof=proof, ends=shown["ends"])


def _note_the_look(scout_id: int) -> None:
    with g.db.read() as tx:
        if data_requests.seen_today(tx, scout_id, g.by):
            return
    try:
        with g.db.write() as tx:
            data_requests.looked_at(tx, scout_id, g.by)
    except Closed:  # a box that is only read can be looked at
        pass


def _one(scout_id: int) -> dict:
    with g.db.read() as tx:
        girl = consents.find_girl(tx, scout_id, g.by)
        return {
            "girl": girl,
            "sections": data_of_a_child.of(tx, scout_id, g.by),
            "files": data_requests.of(tx, scout_id, g.by),
            "wish": forgetting.request_of(tx, scout_id, g.by),
            "may_confirm": roles.allows(g.by, "people.forget"),
        }


def _deletion(scout_id: int) -> dict:
    with g.db.read() as tx:
        girl = consents.find_girl(tx, scout_id, g.by)
        wish = forgetting.request_of(tx, scout_id, g.by)
    return {"girl": girl, "wish": wish, "ends": last_named.ends(metrics.of().config, g.db)}
