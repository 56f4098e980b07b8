"""The recovery sheet: who holds it, and the page to print."""

from typing import Any

import segno
from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup

from gsctracker import values
from gsctracker.ops import metrics, recovery, rotation
from gsctracker.web import forms
from gsctracker.web.access import allow, require_fresh

bp = Blueprint("recovery", __name__, url_prefix="/recovery-sheet")


@bp.get("")
@allow("operate")
def index():
    """What the sheet is, who holds it, and a button that shows it."""
    return render_template("recovery/index.html", typed={}, errors={}, problem=None, **_known())


@bp.post("/holders")
@allow("operate")
def name_holders():
    """Write down who holds a sheet."""
    try:
        typed = forms.Reading(request.form)
        names = [typed.take(field, values.line, recovery.LONGEST_NAME, 1) for field in ("first", "second")]
        typed.settle()
        with g.db.write() as tx:
            recovery.name_holders(tx, g.by, names)
    except forms.NO as no:
        return forms.again("recovery/index.html", no, **_known())
    flash(gettext("Two people hold the sheet."), "good")
    return redirect("/recovery-sheet", 303)


@bp.post("")
@allow("operate")
def show():
    """The sheet with its key, to print: asked for on purpose, by her who knows her password, written down, kept by no cache."""
    try:
        require_fresh()
    except forms.NO as no:
        return forms.again("recovery/index.html", no, **_known())
    with g.db.write() as tx:
        recovery.shown(tx, g.by)
    with g.db.read() as tx:
        found = recovery.sheet(metrics.of().config, tx)
    # made of digits and letters of ours: no text of anybody's goes into the picture
    code = Markup(segno.make(found.identity, error="m").svg_inline(scale=4, omitsize=False)) if found.identity else ""  # noqa: S704
    page = render_template(
        "recovery/sheet.html", sheet=found, code=code, about=recovery.WHAT_IT_IS, steps=recovery.STEPS
    )
    return page, 200, {"Cache-Control": "no-store"}


def _known() -> dict[str, Any]:
    with g.db.read() as tx:
        held = recovery.holders(tx)
    return {"held": held, "about": recovery.WHAT_IT_IS, "keys": rotation.present(metrics.of().config)}
