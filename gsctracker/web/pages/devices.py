"""Where she is signed in: each phone and computer, a button that ends it there, and what is new."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext, ngettext

from gsctracker.domain import audit
from gsctracker.domain.people import devices, sessions
from gsctracker.web.access import allow
from gsctracker.web.visitors import device_of, token_of

bp = Blueprint("devices", __name__, url_prefix="/account/devices")


@bp.get("")
@allow("home")
def index():
    """The sessions of her account, this one first, and devices she has not called hers yet."""
    with g.db.read() as tx:
        found = sessions.of_account(tx, g.by.id, token_of(request.environ))
        new = devices.untold(tx, g.by.id, device_of(request.environ))
    return render_template("account/devices.html", sessions=found, new=new)


@bp.post("/end")
@allow("home")
def end():
    """Sign out in one place."""
    with g.db.write() as tx:
        ended = sessions.end_named(tx, g.by.id, request.form.get("session", "")[: sessions.SHOWN])
        if ended:
            audit.note(tx, g.by.id, "session.ended", "account", g.by.id)
    flash(gettext("You are signed out there."), "good")
    return redirect("/account/devices", 303)


@bp.post("/end-others")
@allow("home")
def end_others():
    """Sign out everywhere but here, and know no other device any longer."""
    with g.db.write() as tx:
        ended = sessions.end_others(tx, g.by.id, token_of(request.environ))
        devices.forget(tx, g.by.id, device_of(request.environ))
        audit.note(tx, g.by.id, "session.ended_others", "account", g.by.id, sessions=ended)
    flash(
        ngettext("You are signed out in one other place.", "You are signed out in %(num)s other places.", ended), "good"
    )
    return redirect("/account/devices", 303)


@bp.post("/mine")
@allow("home")
def are_mine():
    """The new devices are hers."""
    with g.db.write() as tx:
        devices.are_hers(tx, g.by.id, device_of(request.environ))
    flash(gettext("Good. The notice is gone."), "good")
    return redirect("/account/devices", 303)
