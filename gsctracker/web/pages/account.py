"""One's own account: name, language, password."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import force_locale, gettext

from gsctracker.domain.people import accounts
from gsctracker.web import forms, limits
from gsctracker.web.access import allow
from gsctracker.web.pages.set_up import new_password
from gsctracker.web.visitors import enter, remember
from gsctracker.words import N_

PAGE = "account/account.html"

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@allow("home")
def show():
    """Her name, language and password."""
    return render_template(PAGE, typed={}, errors={}, problem=None, account=_own())


@bp.post("/name")
@allow("home")
def rename():
    """Change how she is called."""
    try:
        with g.db.write() as tx:
            accounts.rename(tx, g.by.id, request.form.get("firstName"), request.form.get("lastName"))
    except forms.NO as no:
        return forms.again(PAGE, no, account=_own())
    flash(gettext("Your name is changed."), "good")
    return redirect("/account", 303)


@bp.post("/phone")
@allow("home")
def reach():
    """Keep where leaders reach her, or take it away; a girl has none."""
    try:
        with g.db.write() as tx:
            accounts.reach_at(tx, g.by.id, request.form.get("phone", ""))
    except forms.NO as no:
        return forms.again(PAGE, no, account=_own())
    flash(gettext("Your telephone number is changed."), "good")
    return redirect("/account", 303)


@bp.post("/language")
@allow("home")
def speak():
    """Change the language she reads; the answer is in the new one."""
    chosen = request.form.get("language", "")
    try:
        with g.db.write() as tx:
            accounts.set_language(tx, g.by.id, chosen)
    except forms.NO as no:
        return forms.again(PAGE, no, account=_own())
    with force_locale(chosen):
        flash(gettext("Your language is changed."), "good")
    return redirect("/account", 303)


@bp.post("/password")
@allow("home")
def change_password():
    """Replace the password; every other session of hers ends."""
    account = _own()
    try:
        limits.must_be_hers(request.form.get("current", ""), "current", N_("This is not your present password."))
        hashed = new_password(account.first_name, account.sign_in_name)
        with g.db.write() as tx:
            accounts.set_password(tx, g.by.id, hashed, g.by)
            token = enter(tx, g.by.id)
    except forms.NO as no:
        return forms.again(PAGE, no, account=account)
    flash(gettext("Your password is changed. Everywhere else you are signed out."), "good")
    return remember(redirect("/account", 303), token)


def _own():
    with g.db.read() as tx:
        return accounts.find(tx, g.by.id)
