"""Which of her browsers may be told of something while they are closed."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker.domain import pushes
from gsctracker.domain.people import roles
from gsctracker.integrations import web_push
from gsctracker.ops import metrics, push
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.web.agents import spoken

bp = Blueprint("push", __name__, url_prefix="/account/push")


@bp.get("")
@allow("shifts.sign_up")
def index():
    """Her browsers; a button for this one, where browser and address can."""
    return render_template("push/index.html", problem=None, **_known())


@bp.post("")
@allow("shifts.sign_up")
def subscribe():
    """This browser may be told. What it sends is its own; the key of the box is made with the first."""

    def act(tx) -> str:
        sent = request.form
        agent = spoken(request.user_agent.string)
        pushes.subscribe(tx, g.by, sent.get("endpoint"), sent.get("p256dh"), sent.get("auth"), agent)
        return "/account/push"

    return forms.submit(
        act,
        lambda no: forms.again("push/index.html", no, **_known()),
        gettext("This browser is told from now on."),
    )


@bp.post("/<id:push_id>/remove")
@allow("shifts.sign_up")
def remove(push_id: int):
    """That browser is told nothing any more."""
    with g.db.write() as tx:
        pushes.remove(tx, g.by, push_id)
    flash(gettext("That browser is told nothing any more."), "good")
    return redirect("/account/push", 303)


@bp.post("/try")
@allow("shifts.sign_up")
def try_it():
    """A message to the newest of her browsers, now; one alone, because she waits for it."""
    with g.db.read() as tx:
        to = pushes.of(tx, [g.by.id])[-1:]
    title, body = gettext("It works"), gettext("This is how the box tells you something.")
    told = push.tell(metrics.of().config, g.db, to, title, body, "/account/push")
    if told:
        flash(gettext("A message is on its way."), "good")
    else:
        flash(gettext("No browser took it. Remove it and add it again; the box needs the internet for this."), "bad")
    return redirect("/account/push", 303)


def _known() -> dict[str, object]:
    config, key = metrics.of().config, ""
    if web_push.is_there() and config.offline_pages:
        try:
            key = push.public_key(config)
        except OSError:  # a folder that can only be read: no key can be made there, and nobody subscribes
            key = ""
    with g.db.read() as tx:
        hers = pushes.of(tx, [g.by.id])
    return {
        "hers": hers,
        "key": key,
        "is_possible": bool(key),
        "operates": roles.allows(g.by, "operate"),
    }
