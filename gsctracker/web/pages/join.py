"""Accepting an invitation. The secret in the address is never logged, kept or shown again."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import invitations, notices_accepted
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.web import forms, limits, locale
from gsctracker.web.access import allow
from gsctracker.web.errors import say
from gsctracker.web.pages.set_up import new_password
from gsctracker.web.visitors import enter, remember

LONGEST_SECRET = 100

bp = Blueprint("join", __name__)


@bp.get("/join/<secret>")
@allow("public")
def show(secret: str):
    """What the invitation is for, and the form that accepts it."""
    with g.db.read() as tx:
        if not troop.is_set_up(tx):
            return redirect("/set-up")
    try:
        invitation = _open(secret)
    except NotFound as no:
        return render_template("join/gone.html", problem=say(no.message, no.params)), 404
    return render_template("join/join.html", typed={}, errors={}, problem=None, invitation=invitation)


@bp.post("/join/<secret>")
@allow("public")
def accept(secret: str):
    """Open the account that was promised and sign it in."""
    typed = forms.Reading(request.form)
    try:
        invitation = _open(secret)
    except NotFound as no:
        return render_template("join/gone.html", problem=say(no.message, no.params)), 404
    first = typed.take("firstName", values.line, 40, 1)
    last = typed.take("lastName", values.line, 40, empty="")
    try:
        typed.settle()
        hashed = new_password(first, last, invitation.email)
        with g.db.write() as tx:
            account_id = invitations.accept(tx, secret, first, last, hashed, locale.of_request())
            notices_accepted.accept(tx, account_id)
            token = enter(tx, account_id)
    except forms.NO as no:
        return forms.again("join/join.html", no, invitation=invitation)
    flash(gettext("Welcome, %(name)s. This page is yours.", name=first), "good")
    return remember(redirect("/", 303), token)


def _open(secret: str):
    def find():
        with g.db.read() as tx:
            return invitations.open_invitation(tx, secret[:LONGEST_SECRET])

    return limits.look_up(secret[:LONGEST_SECRET], find)
