"""Problems: what is wrong with the box, in words a volunteer needs, and who looks after it."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext, lazy_gettext

from gsctracker import clock, values
from gsctracker.ops import trends
from gsctracker.ops.alerts import record, watch
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.web.pages.trends import said

bp = Blueprint("problems", __name__, url_prefix="/problems")

SOON_DAYS = 30
LIGHTS = {
    "site": lazy_gettext("The site"),
    "data": lazy_gettext("The data is safe"),
    "proven": lazy_gettext("Copies are made and proven"),
    "disk": lazy_gettext("The disk"),
}


@bp.get("")
@allow("operate")
def index():
    """Four lights; each fault with what to do in three steps; who is on duty; what was wrong before."""
    return render_template("problems/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("/<name>/acknowledge")
@allow("operate")
def acknowledge(name: str):
    """She looks after it: nobody is told again."""
    with g.db.write() as tx:
        _watching().acknowledge(tx, name, g.by)
    flash(gettext("You look after it. Nobody is told again while it lasts."), "good")
    return redirect("/problems", 303)


@bp.post("/<id:alert_id>/verdict")
@allow("operate")
def judge(alert_id: int):
    """Was it worth telling?"""
    with g.db.write() as tx:
        record.judge(tx, alert_id, request.form.get("verdict"), g.by)
    flash(gettext("Thank you: that is kept."), "good")
    return redirect("/problems#before", 303)


@bp.post("/duty")
@allow("operate")
def duty():
    """Who looks after the box this week, and who does if she cannot."""

    def act(tx) -> str:
        holder = values.whole("holder", request.form.get("holder"), 1, 10**12)
        deputy = request.form.get("deputy") and values.whole("deputy", request.form.get("deputy"), 1, 10**12)
        record.take_duty(tx, record.this_monday(tx), holder, deputy or None, g.by)
        return "/problems"

    return forms.submit(
        act, lambda no: forms.again("problems/index.html", no, **_all()), gettext("It is written down.")
    )


def _watching() -> watch.Watch:
    return current_app.extensions[watch.PART]


def _soon(day: str | None) -> str | None:
    """The day, where it comes within SOON_DAYS."""
    return day if day and day <= clock.after(days=SOON_DAYS)[:10] else None


def _all() -> dict[str, object]:
    watching = _watching()
    with g.db.read() as tx:
        return {
            "faults": watching.faults(),
            "lights": [(LIGHTS[name], state) for name, state in watching.lights().items()],
            "has_looked": watching.looked_at is not None,
            "is_told": watching.channels.are_there(),
            "before": record.newest(tx),
            "accuracy": record.accuracy(tx),
            "on_duty": record.on_duty(tx),
            "able": [(row.id, row.first_name) for row in record.able_accounts(tx)],
            "full_on": _soon(trends.disk_full_on(trends.hours(tx, trends.LOOKED_BACK_DAYS))),
            "unusual": [said(one) for one in watching.unusual],
            "says": {rule.name: rule.says for rule in watching.rules},
        }
