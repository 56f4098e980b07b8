"""Choosing a new password by a link. The secret in the address is never logged, kept or shown again."""

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import gettext

from gsctracker.domain.people import resets
from gsctracker.errors import NotFound
from gsctracker.web import forms, limits
from gsctracker.web.access import allow
from gsctracker.web.errors import say
from gsctracker.web.pages.set_up import new_password

LONGEST_SECRET = 100

bp = Blueprint("reset", __name__)


@bp.get("/reset/<secret>")
@allow("public")
def show(secret: str):
    """The form, while the link works."""
    try:
        account = _open(secret)
    except NotFound as no:
        return _gone(no)
    page = render_template("reset/reset.html", typed={}, errors={}, problem=None, account=account)
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/reset/<secret>")
@allow("public")
def choose(secret: str):
    """Keep the new password; she signs in with it."""
    try:
        account = _open(secret)
    except NotFound as no:
        return _gone(no)
    try:
        hashed = new_password(account.first_name, account.sign_in_name)
        with g.db.write() as tx:
            resets.finish(tx, secret, hashed)
    except NotFound as no:
        return _gone(no)
    except forms.NO as no:
        return forms.again("reset/reset.html", no, account=account)
    flash(gettext("Your password is changed. Sign in with it."), "good")
    return redirect("/sign-in", 303)


def _gone(no: NotFound):
    return render_template("reset/gone.html", problem=say(no.message, no.params)), 404


def _open(secret: str):
    def find():
        with g.db.read() as tx:
            return resets.open_reset(tx, secret[:LONGEST_SECRET])

    return limits.look_up(secret[:LONGEST_SECRET], find)
