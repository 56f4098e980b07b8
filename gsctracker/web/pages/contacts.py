"""Whom to call when something is wrong: who runs the box keeps the list, leaders read and print it."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker.domain import contacts
from gsctracker.domain.people import roles
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("contacts", __name__, url_prefix="/contacts")


@bp.get("")
@allow("incidents")
def index():
    """The list, and for who runs the box the form for one more."""
    return render_template("contacts/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("")
@allow("operate")
def enter():
    """Somebody more to call."""

    def act(tx) -> str:
        sent = request.form
        contacts.enter(tx, g.by, sent.get("role"), sent.get("name"), sent.get("phone"), sent.get("note"))
        return "/contacts"

    return forms.submit(
        act, lambda no: forms.again("contacts/index.html", no, **_all()), gettext("It is written down.")
    )


@bp.post("/<id:contact_id>/take-off")
@allow("operate")
def take_off(contact_id: int):
    """She is called no more."""
    with g.db.write() as tx:
        contacts.take_off(tx, contact_id, g.by)
    flash(gettext("Taken off the list."), "good")
    return redirect("/contacts", 303)


def _all() -> dict[str, object]:
    with g.db.read() as tx:
        return {"people": contacts.everybody(tx), "keeps": roles.allows(g.by, "operate")}
