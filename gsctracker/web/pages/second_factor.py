"""Her second factor: setting it up, recovery codes, turning it off. What opens it is shown once and kept by no cache."""

import segno
from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup

from gsctracker.domain.people import second_factor
from gsctracker.domain.season import troop
from gsctracker.ops import metrics, secrets
from gsctracker.web import forms, limits
from gsctracker.web.access import allow, require_fresh

PAGE = "account/second_factor.html"
NOT_KEPT = {"Cache-Control": "no-store"}

bp = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@bp.get("")
@allow("home")
def show():
    """Whether it is on."""
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known())


@bp.post("")
@allow("home")
def begin():
    """Make a secret and show it, for the phone to take over."""
    try:
        require_fresh()
        with g.db.write() as tx:
            second_factor.begin(tx, g.by.id, _keys())
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known(), **_picture()), 200, NOT_KEPT


@bp.post("/confirm")
@allow("home")
def confirm():
    """The phone counts right: it is on, and the recovery codes are shown."""
    name = g.by.id
    try:
        limits.of().may_try(f"second factor of {name}", limits.SIGNED_IN)
        with g.db.write() as tx:
            codes = second_factor.confirm(tx, g.by.id, request.form.get("code", ""), _keys())
    except forms.NO as no:
        limits.of().attempts.wrong(f"second factor of {name}", request.remote_addr or "", limits.SIGNED_IN)
        page, status = forms.again(PAGE, no, **_known(), **_picture())
        return page, 422 if status == 401 else status, NOT_KEPT
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known(), codes=codes), 200, NOT_KEPT


@bp.post("/codes")
@allow("home")
def new_codes():
    """Ten new recovery codes in place of those before."""
    try:
        require_fresh()
        with g.db.write() as tx:
            codes = second_factor.renew_codes(tx, g.by.id)
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known(), codes=codes), 200, NOT_KEPT


@bp.post("/off")
@allow("home")
def turn_off():
    """Ask for no code any longer."""
    try:
        require_fresh()
        with g.db.write() as tx:
            second_factor.turn_off(tx, g.by.id, g.by.id)
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    flash(gettext("The second factor is off."), "good")
    return redirect("/account/second-factor", 303)


def _keys() -> list[str]:
    return secrets.keyring(metrics.of().config)


def _known() -> dict[str, object]:
    with g.db.read() as tx:
        return {"state": second_factor.state(tx, g.by.id)}


def _picture() -> dict[str, object]:
    with g.db.read() as tx:
        own = troop.own(tx)
        box = gettext("Troop %(number)s", number=own.number)
        address = second_factor.address(tx, g.by.id, _keys(), box)
        secret = second_factor.secret(tx, g.by.id, _keys())
    # the address is escaped by the code itself: no text of anybody's goes into the picture as text
    picture = Markup(segno.make(address, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S704
    return {"picture": picture, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}
