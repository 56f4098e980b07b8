"""The copies: what there is and where, one made now, one taken away, one looked at before it is put back."""

import shutil
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, send_file
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import hours
from gsctracker.errors import NotFound, Refusal
from gsctracker.ops import metrics
from gsctracker.ops.copies import (
    bucket,
    errands,
    finding,
    handing_out,
    history,
    making,
    names,
    offered,
    overview,
    places,
    restoring,
    uploading,
)
from gsctracker.ops.copies.places import Place
from gsctracker.ops.copies.staging import Found
from gsctracker.web import copy_words, forms
from gsctracker.web.access import allow, require_fresh
from gsctracker.web.errors import say
from gsctracker.web.pages.restore import errands_here
from gsctracker.words import N_

PAGE = 30
HERE, AWAY = "here", "bucket"

bp = Blueprint("copies", __name__, url_prefix="/copies")


@bp.get("")
@allow("operate")
def index():
    """The copies on this box or in the bucket, newest first, and how safe the data is."""
    return render_template("copies/index.html", typed={}, errors={}, problem=None, **_known())


@bp.post("")
@allow("operate")
def make():
    """Make a copy now, and bring it off the box where a bucket is set."""
    config = metrics.of().config
    try:
        typed = forms.Reading(request.form)
        label = typed.take("label", values.line, making.LONGEST_LABEL, empty="")
        typed.settle()
        made = making.make(config, g.db, "manual", label, by=g.by)
    except forms.NO as no:
        return forms.again("copies/index.html", no, **_known())
    assert made  # it was asked for, so it is made even where nothing changed
    flash(gettext("The copy is made and was read back whole."), "good")
    if made.suspicious:
        flash(gettext("Something about it is suspicious: look at it below."), "bad")
    try:
        if uploading.catch_up(config, g.db, at_once=True):
            flash(gettext("It is off the box too."), "good")
    except Refusal as no:
        flash(gettext("It is not off the box yet: %(why)s", why=say(no.message, no.params)), "bad")
    return redirect(f"/copies/{made.name}", 303)


@bp.post("/minute")
@allow("operate")
def minute():
    """Begin to look at the state of a minute, in the troop's time."""
    config = metrics.of().config
    try:
        typed = forms.Reading(request.form)
        day = typed.take("day", values.day)
        time = typed.take("time", hours.o_clock)
        typed.settle()
        with g.db.read() as tx:
            at = hours.to_utc(tx, "time", day, time)
        return _looking(errands.Order(lambda: finding.find(config, at=at), by=g.by))
    except forms.NO as no:
        return forms.again("copies/index.html", no, **_known())


@bp.get("/guide")
@allow("operate")
def guide():
    """How copies work, and what to do on a bad day."""
    return render_template("copies/guide.html")


@bp.get("/<name>")
@allow("operate")
def one(name: str):
    """One copy: what is in it, what is known of it, and what can be done with it."""
    return render_template("copies/one.html", typed={}, errors={}, problem=None, **_one(_found(name)))


@bp.post("/<name>/accept")
@allow("operate")
def accept(name: str):
    """Say that a suspicious copy is well."""
    with g.db.write() as tx:
        history.accept(tx, name, g.by.id)
    flash(gettext("The copy counts like any other from now on."), "good")
    return redirect(f"/copies/{name}", 303)


@bp.post("/<name>/download")
@allow("operate")
def download(name: str):
    """The copy and its manifest as one file, sealed; for her who types her password once more."""
    config = metrics.of().config
    found = _found(name)
    folder = None
    try:
        require_fresh(always=True)
        folder = offered.room(config)
        packed = handing_out.pack(config, found, folder)
        with g.db.write() as tx:
            handing_out.note(tx, g.by, name)
        response = send_file(packed.open("rb"), "application/x-tar", as_attachment=True, download_name=packed.name)
        response.content_length = packed.stat().st_size
    except forms.NO as no:
        return forms.again("copies/one.html", no, **_one(found))
    finally:
        if folder:  # the open file is read to its end all the same
            shutil.rmtree(folder, ignore_errors=True)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<name>/look")
@allow("operate")
def look(name: str):
    """Begin to look at a copy: what would be lost is shown before anything is put back."""
    found = _found(name)
    return _looking(errands.Order(lambda: found, by=g.by))


@bp.post("/undo")
@allow("operate")
def undo():
    """Begin to take the last restore back; what would be lost is shown first."""
    config = metrics.of().config
    with g.db.read() as tx:
        last = restoring.last_undoable(tx)
    name = last.before_name
    return _looking(errands.Order(lambda: finding.find(config, name), by=g.by, undoes=last.id))


def _looking(order: errands.Order) -> Response:
    return redirect(f"/restore/{errands_here().look(order).token}", 303)


def _found(name: str) -> Found:
    """The copy of that name, from the place that the address names. Raises NotFound."""
    config = metrics.of().config
    parsed = names.parse(name)
    if parsed and not parsed.ending:
        where = _places().get(_where()) or places.local(config)
        for manifest in where.listed():
            if manifest.name == name:
                return Found(where, manifest)
    raise NotFound(N_("There is no such copy any more."), "no_copy")


def _where() -> str:
    return AWAY if request.args.get("in") == AWAY else HERE


def _places() -> dict[str, Place]:
    config = metrics.of().config
    away = bucket.remote(config, uploading.Patience(attempts=1, connect=3, read=8))
    return {HERE: places.local(config)} | ({AWAY: away} if away else {})


def _one(found: Found) -> dict[str, Any]:
    with g.db.read() as tx:
        line = overview.lines(tx, [found.manifest])[0]
    return {"line": line, "place": found.place.name, "where": _where(), "words": copy_words}


def _known() -> dict[str, Any]:
    config = metrics.of().config
    there, where = _places(), _where()
    place = there.get(where) or there[HERE]
    problem_there, copies, broken = "", [], []
    try:
        copies, broken = place.looked_through()
    except Refusal as no:  # the internet is away
        problem_there = say(no.message, no.params)
    before = request.args.get("before", "")
    shown = [copy for copy in copies if not before.isdecimal() or copy.sequence < int(before[:8])]
    here = copies if place is there[HERE] else there[HERE].listed()
    with g.db.read() as tx:
        state = overview.state(tx, config, overview.lines(tx, here))
        lines = overview.lines(tx, shown[-PAGE:])
        undoable = _undoable(tx)
    return {
        "lines": lines,
        "older": shown[-PAGE].sequence if len(shown) > PAGE else None,
        "broken": broken,
        "unreachable": problem_there,
        "place": place.name,
        "where": where if where in there else HERE,
        "has_bucket": AWAY in there,
        "state": state,
        "undoable": undoable,
        "words": copy_words,
    }


def _undoable(tx) -> Any:
    try:
        return restoring.last_undoable(tx)
    except NotFound:
        return None
