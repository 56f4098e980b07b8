"""Who may sign in: accounts and their roles, invitations, and whose girls a caregiver sees."""

import segno
from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext
from markupsafe import Markup

from gsctracker import values
from gsctracker.domain.people import accounts, families, invitations, resets, roles, scouts
from gsctracker.ops import metrics
from gsctracker.web import forms, locale, paging, wording
from gsctracker.web.access import allow, require_fresh

PAGE = 50
MOST_GIRLS = 500

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
@allow("people.see")
def index():
    """The accounts by sign-in name, page by page, and the invitations that wait."""
    (after,) = paging.start(str) or ("",)
    with g.db.read() as tx:
        page = paging.cut(accounts.page(tx, after, PAGE + 1), PAGE, lambda row: (row.sign_in_name,))
        girls = families.of_accounts(tx, [row.id for row in page.rows])
        waiting = invitations.waiting(tx) if not after else []
        lone = accounts.lone_admin(tx)
    return render_template("people/index.html", page=page, girls=girls, waiting=waiting, lone=lone)


@bp.get("/invite")
@allow("people.manage")
def invite_form():
    """The form that makes an invitation, perhaps for a guardian of the roster."""
    return render_template("people/invite.html", typed={}, errors={}, problem=None, **_invited(request.args))


@bp.post("/invite")
@allow("people.manage")
def invite():
    """Make an invitation and show its link, once."""
    context = _invited(request.form)
    guardian = context["guardian"]
    try:
        typed = forms.Reading(request.form)
        email = typed.take("email", values.email)
        role = typed.choose("role", invitations.ROLES)
        typed.settle()
        with g.db.write() as tx:
            secret = invitations.invite(tx, email, role, g.by, guardian.id if guardian else None)
    except forms.NO as no:
        return forms.again("people/invite.html", no, **context)
    link = f"{metrics.of().config.app_url or request.host_url.rstrip('/')}/join/{secret}"
    picture = Markup(segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S704
    return render_template("people/invited.html", email=email, role=role, link=link, picture=picture)


@bp.post("/invitations/<id:invitation_id>/withdraw")
@allow("people.manage")
def withdraw(invitation_id: int):
    """A link works no longer."""
    with g.db.write() as tx:
        invitations.withdraw(tx, invitation_id, g.by)
    flash(gettext("The invitation is withdrawn. Its link works no longer."), "good")
    return redirect("/people", 303)


@bp.get("/<id:account_id>")
@allow("people.see")
def one(account_id: int):
    """One account: its role, its state, its girls."""
    return render_template("people/one.html", typed={}, errors={}, problem=None, **_one(account_id))


@bp.post("/<id:account_id>/role")
@allow("people.manage")
def change_role(account_id: int):
    """Give somebody another role."""
    return _change(
        account_id, lambda tx: accounts.change_role(tx, account_id, request.form.get("role", ""), g.by), matters=True
    )


@bp.get("/<id:account_id>/reset")
@allow("people.manage")
def before_reset(account_id: int):
    """What a link for a new password does, and the button that makes it."""
    with g.db.read() as tx:
        account = accounts.find(tx, account_id)
    return render_template(
        "people/reset.html", typed={}, errors={}, problem=None, account=account, minutes=resets.MINUTES
    )


@bp.post("/<id:account_id>/reset")
@allow("people.manage")
def start_reset(account_id: int):
    """Make a link with which she chooses a new password herself, and show it, once."""
    with g.db.read() as tx:
        shown = {"account": accounts.find(tx, account_id), "minutes": resets.MINUTES}
    try:
        require_fresh()
        with g.db.write() as tx:
            secret = resets.start(tx, account_id, g.by)
    except forms.NO as no:
        return forms.again("people/reset.html", no, **shown)
    link = f"{metrics.of().config.app_url or request.host_url.rstrip('/')}/reset/{secret}"
    picture = Markup(segno.make(link, error="m").svg_inline(border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S704
    page = render_template("people/reset.html", typed={}, errors={}, problem=None, link=link, picture=picture, **shown)
    return page, 200, {"Cache-Control": "no-store"}


@bp.post("/<id:account_id>/disable")
@allow("people.manage")
def disable(account_id: int):
    """Let somebody sign in no more."""
    return _change(account_id, lambda tx: accounts.disable(tx, account_id, g.by))


@bp.post("/<id:account_id>/enable")
@allow("people.manage")
def enable(account_id: int):
    """Let somebody sign in again."""
    return _change(account_id, lambda tx: accounts.enable(tx, account_id, g.by))


@bp.post("/<id:account_id>/girls")
@allow("people.manage")
def entrust(account_id: int):
    """Somebody answers for a girl from now on."""

    def act(tx) -> None:
        families.entrust(tx, account_id, values.whole("scout", request.form.get("scout"), 1, 2**53), g.by)

    return _change(account_id, act)


@bp.post("/<id:account_id>/girls/<id:scout_id>/remove")
@allow("people.manage")
def release(account_id: int, scout_id: int):
    """Somebody answers for a girl no longer."""
    return _change(account_id, lambda tx: families.release(tx, account_id, scout_id, g.by))


def _change(account_id: int, act, *, matters: bool = False):
    with g.db.read() as tx:
        account = accounts.find(tx, account_id)
    try:
        if matters:
            require_fresh()
        with g.db.write() as tx:
            act(tx)
    except forms.NO as no:
        return forms.again("people/one.html", no, **_one(account_id))
    flash(gettext("%(name)s's account is changed.", name=account.first_name), "good")
    return redirect(f"/people/{account_id}", 303)


def _one(account_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        account = accounts.find(tx, account_id)
        own = families.of_accounts(tx, [account_id])[account_id]
        known = {girl.id for girl in own}
        others = [row for row in scouts.page(tx, g.by, limit=MOST_GIRLS, status="active") if row.id not in known]
    manages = roles.allows(g.by, "people.manage") and (account.role != "admin" or g.by.role == "admin")
    return {
        "account": account,
        "girls": own,
        "other_girls": [(row.id, wording.girl(row)) for row in others],
        "manages": manages,
        "choices": _roles(),
        "may_reset": manages and (g.by.role == "admin" or account.role in ("caregiver", "scout")),
    }


def _roles() -> list[tuple[str, str, str]]:
    """The roles she may give, with what each may do."""
    said = {
        "caregiver": gettext("Sees and records for her own girls: sales, boxes, money."),
        "leader": gettext("Sees everything of the troop and takes sales for any girl."),
        "cookie_leader": gettext("Runs the season: stock, money, imports, people."),
        "admin": gettext("All of that, and the box itself."),
    }
    return [
        (role, locale.role_name(role), said[role])
        for role in invitations.ROLES
        if role != "admin" or g.by.role == "admin"
    ]


def _invited(source) -> dict[str, object]:
    guardian = None
    if asked := source.get("guardian"):
        with g.db.read() as tx:
            guardian = families.find(tx, values.whole("guardian", asked, 1, 2**53))
    return {"guardian": guardian, "choices": _roles()}
