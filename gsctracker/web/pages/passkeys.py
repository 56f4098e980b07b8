"""Passkeys: signing in with one, and the page on which she makes, names and removes hers. Offered where browsers can."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker.domain.people import accounts, passkeys
from gsctracker.domain.people.passkeys import Site
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid
from gsctracker.web import agents, forms, limits
from gsctracker.web.access import allow, require_fresh, safe_next
from gsctracker.web.pages.sign_in import let_in
from gsctracker.words import N_

PAGE = "account/passkeys.html"
NOT_KEPT = {"Cache-Control": "no-store"}
_SIGN_IN = "sign in with a passkey"

bp = Blueprint("passkeys", __name__)


@bp.post("/sign-in/passkey/challenge")
@allow("public")
def challenge():
    """What the browser asks its passkeys (JSON); it says nothing about anybody."""
    where = _here()
    asked = passkeys.asked_to_sign_in(where, limits.of().challenges.new(_purpose(_SIGN_IN, where)))
    return Response(asked, content_type="application/json", headers=NOT_KEPT)


@bp.post("/sign-in/passkey")
@allow("public")
def sign_in():
    """Sign in with a passkey: it counts as both factors, because it asked for her finger or her own code."""
    wanted = safe_next(request.form.get("next"))
    said = request.form.get("said", "")[: passkeys.LONGEST_SAID]
    try:
        account, passkey_id, sign_count = _proven(said, _here())
    except forms.NO as no:
        page, status = forms.again("sign_in/sign_in.html", no, next=wanted)
        return page, 401 if status == 422 else status
    return let_in(account, None, wanted, lambda tx: passkeys.used(tx, passkey_id, sign_count))


def _proven(said: str, where: Site):
    """The account that a passkey opens, its id and its count. Raises Invalid alike whatever is wrong, and Conflict (too_many)."""
    doors = limits.of()
    name = f"passkey {passkeys.named_in(said)}"
    doors.may_try(name)
    try:
        signed, purpose = passkeys.challenge_in(said), _purpose(_SIGN_IN, where)
        doors.challenges.check(purpose, signed)
        with g.db.read() as tx:
            known = passkeys.find(tx, passkeys.named_in(said), where)
            account = accounts.candidate_by_id(tx, known.account_id) if known else None
        count = passkeys.proven(known if account else None, said, signed, where)
        doors.challenges.spend(purpose, signed)
    except Invalid:
        doors.wrong(name)
        raise
    return account, known.id, count


@bp.get("/account/passkeys")
@allow("ways.in")
def index():
    """Her passkeys."""
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known())


@bp.post("/account/passkeys")
@allow("ways.in")
def begin():
    """Ask her browser to make one, after her password."""
    try:
        where = _here()
        require_fresh()
        with g.db.read() as tx:
            box = gettext("Troop %(number)s", number=troop.own(tx).number)
            asked = passkeys.asked_to_make(tx, g.by, where, limits.of().challenges.new(_purpose("make", where)), box)
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    name = agents.spoken(request.headers.get("User-Agent", "")) or gettext("My passkey")
    page = render_template(PAGE, typed={}, errors={}, problem=None, asked=asked, name=name, **_known())
    return page, 200, NOT_KEPT


@bp.post("/account/passkeys/keep")
@allow("ways.in")
def keep():
    """Keep the one that her browser made. The challenge is of this account and of this name of the box."""
    said = request.form.get("said", "")[: passkeys.LONGEST_SAID]
    try:
        where = _here()
        signed, purpose = passkeys.challenge_in(said), _purpose("make", where)
        limits.of().challenges.check(purpose, signed)
        made = passkeys.checked(said, signed, where)
        limits.of().challenges.spend(purpose, signed)
        with g.db.write() as tx:
            passkeys.keep(tx, g.by, made, request.form.get("name"), where, signed)
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    flash(gettext("The passkey is kept. Next time you sign in with it."), "good")
    return redirect("/account/passkeys", 303)


@bp.post("/account/passkeys/<id:passkey_id>/name")
@allow("ways.in")
def rename(passkey_id: int):
    """Call one otherwise."""
    try:
        with g.db.write() as tx:
            passkeys.rename(tx, passkey_id, request.form.get("name"), g.by)
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())
    flash(gettext("The passkey has its new name."), "good")
    return redirect("/account/passkeys", 303)


@bp.post("/account/passkeys/<id:passkey_id>/remove")
@allow("ways.in")
def remove(passkey_id: int):
    """One opens nothing any longer."""
    with g.db.write() as tx:
        passkeys.remove(tx, passkey_id, g.by)
    flash(gettext("The passkey opens nothing any longer."), "good")
    return redirect("/account/passkeys", 303)


def _here() -> Site:
    where = passkeys.site(request.scheme, request.host)
    if where is None:
        raise Invalid(
            N_("Passkeys need a name and HTTPS: this address has not both. Sign in with your password."),
            "no_passkeys_here",
        )
    return where


def _purpose(what: str, where: Site) -> str:
    return f"{what} {where.origin} {g.by.id if g.by else ''}"


def _known() -> dict[str, object]:
    with g.db.read() as tx:
        mine = passkeys.of_account(tx, g.by.id)
    return {"passkeys": mine, "works_here": passkeys.site(request.scheme, request.host) is not None}
