"""What people say of a page: the form that every page leads to, the question after the season, and the list of all of it."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import __version__
from gsctracker.domain import feedback
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.words import N_

KINDS = {
    "problem": N_("Something does not work"),
    "idea": N_("I have an idea"),
    "praise": N_("Something is good as it is"),
}
SCORES = {
    5: N_("Very good"),
    4: N_("Good"),
    3: N_("All right"),
    2: N_("Hard"),
    1: N_("Very hard"),
}

bp = Blueprint("feedback", __name__, url_prefix="/feedback")


@bp.get("")
@allow("feedback")
def form():
    """What she wants to say of the page she came from; after the season, one question more."""
    return render_template("feedback/form.html", typed={}, errors={}, problem=None, **_asked())


@bp.post("")
@allow("feedback")
def say():
    """Write it down."""
    sent = request.form

    def act(tx) -> str:
        feedback.say(
            tx,
            g.by,
            sent.get("kind"),
            sent.get("said"),
            sent.get("page", ""),
            __version__,
            sent.get("request", ""),
        )
        return feedback.page_of(sent.get("page", "")) or "/"

    return forms.submit(
        act,
        lambda no: forms.again("feedback/form.html", no, **_asked()),
        gettext("Thank you. Who looks after the box reads it."),
    )


@bp.post("/season")
@allow("feedback")
def answer():
    """How the season was."""

    def act(tx) -> str:
        feedback.answer(tx, g.by, request.form.get("score"), request.form.get("remark"))
        return "/feedback"

    return forms.submit(
        act, lambda no: forms.again("feedback/form.html", no, **_asked()), gettext("Thank you. Your answer is kept.")
    )


@bp.get("/list")
@allow("operate")
def listed():
    """Everything that was said, what is open first; the answers after the season without who gave them."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        return render_template(
            "feedback/list.html",
            said=feedback.newest(tx, g.by),
            kinds=KINDS,
            scores=SCORES,
            score=feedback.score(tx, season.id),
            remarks=feedback.remarks(tx, season.id),
        )


@bp.post("/<id:feedback_id>")
@allow("operate")
def tick(feedback_id: int):
    """Somebody looked after it, or not after all."""
    done = request.form.get("done") == "1"
    with g.db.write() as tx:
        feedback.tick(tx, feedback_id, g.by, done)
    flash(gettext("It is looked after.") if done else gettext("It is open again."), "good")
    return redirect("/feedback/list", 303)


def _asked() -> dict[str, object]:
    with g.db.read() as tx:
        asked = feedback.is_asked(tx)
        hers = feedback.her_answer(tx, g.by) if asked else None
    return {
        "page": feedback.page_of(request.values.get("page", "")[:500]),
        "request_id": request.values.get("request", "")[:64],
        "kinds": [(kind, gettext(words)) for kind, words in KINDS.items()],
        "scores": [(score, gettext(words)) for score, words in SCORES.items()],
        "asked": asked,
        "hers": hers,
        "reads": roles.allows(g.by, "operate"),
    }
