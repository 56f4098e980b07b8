"""Where the links of letters about consent lead: a guardian says yes or no, or takes it back. She need not have an account.

The secret in the address is never logged, kept or shown again.
"""

from flask import Blueprint, g, redirect, render_template, request

from gsctracker import values
from gsctracker.domain.people import consent_letters, notices_accepted
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.web import limits
from gsctracker.web.access import allow
from gsctracker.web.errors import say

LONGEST_SECRET = 100
ANSWERS = ("yes", "no", "take-back")

bp = Blueprint("consent_letters", __name__, url_prefix="/consent")


@bp.get("/<secret>")
@allow("public")
def show(secret: str):
    """What is asked, or what was answered and can be taken back; looking at it changes nothing."""
    with g.db.read() as tx:
        if not troop.is_set_up(tx):
            return redirect("/set-up")
        shown = {"number": troop.own(tx).number, "notice": notices_accepted.in_force(tx, "privacy")}
    try:
        letter = _open(secret[:LONGEST_SECRET])
    except NotFound as no:
        return _gone(no)
    page = render_template("consent_letters/letter.html", letter=letter, **shown)
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/<secret>")
@allow("public")
def answer(secret: str):
    """She says yes, says no, or takes it back."""
    said = values.choice("answer", request.form.get("answer"), ANSWERS)
    address, secret = request.remote_addr or "", secret[:LONGEST_SECRET]
    try:
        _open(secret)
        with g.db.write() as tx:
            if said == "take-back":
                consent_letters.take_back(tx, secret, address)
                state = "taken back"
            else:
                state = consent_letters.answer(tx, secret, said == "yes", address).state
    except NotFound as no:
        return _gone(no)
    return render_template("consent_letters/answered.html", state=state), 200, {"Cache-Control": "no-store"}


def _open(secret: str):
    def find():
        with g.db.read() as tx:
            return consent_letters.open_letter(tx, secret)

    return limits.look_up(secret, find)


def _gone(no: NotFound):
    return render_template("consent_letters/gone.html", problem=say(no.message, no.params)), 404
