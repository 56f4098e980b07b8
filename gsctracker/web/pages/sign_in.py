"""Signing in and out, and the language of somebody who is not signed in."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import accounts, sessions
from gsctracker.domain.season import troop
from gsctracker.web import forms, limits, locale
from gsctracker.web.access import allow, safe_next
from gsctracker.web.visitors import enter, forget, remember, token_of

YEAR_SECONDS = 365 * 86_400

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@allow("public")
def show():
    """The form; whoever is signed in goes on, and a box without a troop is set up first."""
    with g.db.read() as tx:
        if not troop.is_set_up(tx):
            return redirect("/set-up")
    wanted = safe_next(request.args.get("next"))
    if g.by is not None:
        return redirect(wanted)
    return render_template("sign_in/sign_in.html", typed={}, errors={}, problem=None, next=wanted)


@bp.post("/sign-in")
@allow("public")
def sign_in():
    """Sign in. A name nobody has and a wrong password get the same sentence after the same time."""
    wanted = safe_next(request.form.get("next"))
    name, password = request.form.get("email", "")[:254], request.form.get("password", "")
    try:
        found, renewed = limits.checked(name, password)
    except forms.NO as no:
        return forms.again("sign_in/sign_in.html", no, next=wanted)
    limits.of().note("right")
    with g.db.write() as tx:
        if renewed:
            accounts.renew_hash(tx, found.id, found.password_hash, renewed)
        token = enter(tx, found.id)
        chosen = request.cookies.get(locale.COOKIE)
        if chosen in locale.LANGUAGES:
            accounts.set_language(tx, found.id, chosen)
    response = remember(redirect(wanted, 303), token)
    if chosen:
        response.delete_cookie(locale.COOKIE)  # it is the account's now; the next one at this device chooses anew
    return response


@bp.post("/sign-out")
@allow("public")
def leave():
    """Sign out of this session."""
    token = token_of(request.environ)
    if token:
        with g.db.write() as tx:
            sessions.end(tx, token)
    flash(gettext("You are signed out."), "good")
    return forget(redirect("/sign-in", 303))


@bp.post("/language")
@allow("public")
def speak():
    """Keep the language that somebody who is not signed in wants to read."""
    chosen = values.choice("language", request.form.get("language"), locale.LANGUAGES)
    response: Response = redirect(safe_next(request.form.get("next")), 303)
    response.set_cookie(
        locale.COOKIE, chosen, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response
