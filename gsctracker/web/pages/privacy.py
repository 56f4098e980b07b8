"""The privacy notice and the terms: for everybody to read, for a cookie leader to edit, for each person to accept."""

from flask import Blueprint, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker.domain.people import notices_accepted
from gsctracker.domain.season import troop
from gsctracker.ops import metrics
from gsctracker.ops.timetable import timetable
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.words import N_

TITLES = {"privacy": N_("Privacy"), "terms": N_("Terms")}
EDIT = "privacy/edit.html"

bp = Blueprint("privacy", __name__)


@bp.get("/privacy", defaults={"kind": "privacy"})
@bp.get("/terms", defaults={"kind": "terms"})
@allow("public")
def show(kind: str):
    """The text in force, and below the privacy notice how long each kind of record is kept, from the timetable itself."""
    with g.db.read() as tx:
        if not troop.is_set_up(tx):
            return redirect("/set-up")
        notice = notices_accepted.in_force(tx, kind)
        asks = g.by is not None and not notices_accepted.has_accepted(tx, g.by.id)
    config = metrics.of().config
    keeps = [job.keeps for job in timetable(config) if job.keeps] if kind == "privacy" else []
    return render_template(
        "privacy/show.html",
        title=TITLES[kind],
        kind=kind,
        notice=notice,
        keeps=keeps,
        days=config.backup_keep_days,
        asks=asks,
    )


@bp.post("/privacy/accept")
@allow("home")
def accept():
    """She accepts both texts as they are in force."""
    with g.db.write() as tx:
        notices_accepted.accept(tx, g.by.id)
    return redirect("/", 303)


@bp.get("/privacy/<any(privacy, terms):kind>/edit")
@allow("notices.publish")
def edit(kind: str):
    """The form that publishes another text."""
    return render_template(EDIT, typed={}, errors={}, problem=None, **_edited(kind))


@bp.post("/privacy/<any(privacy, terms):kind>/edit")
@allow("notices.publish")
def publish(kind: str):
    """Put another text in force."""
    shown = _edited(kind)

    def act(tx) -> str:
        notices_accepted.publish(tx, kind, request.form.get("said"), g.by)
        return f"/{kind}"

    return forms.submit(act, lambda no: forms.again(EDIT, no, **shown), gettext("The text is in force from now on."))


def _edited(kind: str) -> dict:
    with g.db.read() as tx:
        notice = notices_accepted.in_force(tx, kind)
    said = "\n\n".join(gettext(part) if notice.is_template else part for part in notice.paragraphs)
    return {"kind": kind, "title": TITLES[kind], "said": said}
