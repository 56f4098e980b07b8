"""Tokens for her programs: what each may do, until when, and a button that revokes it."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import tokens
from gsctracker.web import forms
from gsctracker.web.access import allow, require_fresh
from gsctracker.words import N_

PAGE = "account/tokens.html"
_SUBJECTS = {
    "sales": N_("Sales"),
    "booths": N_("Booths"),
    "stock": N_("Stock"),
    "money": N_("Money"),
    "goals": N_("Goals"),
    "imports": N_("Imports"),
    "season": N_("Cookies"),
    "reports": N_("Reports"),
}
_ACTS = {"read": N_("read"), "write": N_("write")}

bp = Blueprint("tokens", __name__, url_prefix="/account/tokens")


@bp.get("")
@allow("tokens")
def index():
    """Her tokens, and the form that makes one."""
    return render_template(PAGE, typed={}, errors={}, problem=None, token=None, **_known())


@bp.post("")
@allow("tokens")
def make():
    """Make a token and show it, once."""
    try:
        typed = forms.Reading(request.form)
        name = typed.take("name", values.line, 60, 1)
        days = typed.take("days", values.whole, 1, 365)
        origins = typed.take("origins", values.text, 500, empty="") or ""
        typed.settle()
        require_fresh()
        with g.db.write() as tx:
            token = tokens.make(tx, name, request.form.getlist("scopes")[:50], days, g.by, origins)
    except forms.NO as no:
        return forms.again(PAGE, no, token=None, **_known())
    page = render_template(PAGE, typed={}, errors={}, problem=None, token=token, **_known())
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/<id:token_id>/revoke")
@allow("tokens")
def revoke(token_id: int):
    """A token works no longer."""
    with g.db.write() as tx:
        tokens.revoke(tx, token_id, g.by)
    flash(gettext("The token works no longer."), "good")
    return redirect("/account/tokens", 303)


def _known() -> dict[str, object]:
    with g.db.read() as tx:
        mine = tokens.of_account(tx, g.by.id)
    chosen = set(request.form.getlist("scopes"))
    return {"tokens": mine, "scopes": [(scope, _spoken(scope), scope in chosen) for scope in tokens.SCOPES], "spoken": _spoken,
            "days": [(str(n), gettext("%(n)d days", n=n)) for n in tokens.DAYS]}  # fmt: skip


def _spoken(scope: str) -> str:
    subject, _, act = scope.partition(":")
    return f"{gettext(_SUBJECTS[subject])}: {gettext(_ACTS[act])}"
