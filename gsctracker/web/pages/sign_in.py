"""Signing in and out, and the language of somebody who is not signed in."""

import hashlib
from collections.abc import Callable

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from gsctracker import values
from gsctracker.domain.people import accounts, sessions
from gsctracker.domain.season import troop
from gsctracker.errors import Refusal
from gsctracker.web import forms, limits, locale
from gsctracker.web.access import allow, safe_next
from gsctracker.web.visitors import enter, forget, remember, token_of

YEAR_SECONDS = 365 * 86_400
TICKET_SECONDS = 300

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@allow("public")
def show():
    """The form; whoever is signed in goes on, and a box without a troop is set up first."""
    with g.db.read() as tx:
        if not troop.is_set_up(tx):
            return redirect("/set-up")
    wanted = safe_next(request.args.get("next"))
    if g.by is not None:
        return redirect(wanted)
    return render_template("sign_in/sign_in.html", typed={}, errors={}, problem=None, next=wanted)


@bp.post("/sign-in")
@allow("public")
def sign_in():
    """Sign in. A name nobody has and a wrong password get the same sentence after the same time."""
    wanted = safe_next(request.form.get("next"))
    name, password = request.form.get("email", "")[:254], request.form.get("password", "")
    try:
        found = limits.checked(name, password)
    except forms.NO as no:
        return forms.again("sign_in/sign_in.html", no, next=wanted)
    if found.needs_code:
        return second_step_for(found.account, wanted)
    return let_in(found.account, found.renewed, wanted)


@bp.post("/sign-in/code")
@allow("public")
def second_step():
    """Take the code of the phone, or a recovery code, and sign in."""
    wanted = safe_next(request.form.get("next"))
    ticket = request.form.get("ticket", "")[:500]
    account = _of_ticket(ticket)
    if account is None:
        flash(gettext("That took too long. Sign in once more."))
        return redirect("/sign-in", 303)
    try:
        limits.take_code(account.sign_in_name, account.id, request.form.get("code", ""))
    except forms.NO as no:
        return _ask_for_code(ticket, wanted, no)
    return let_in(account, None, wanted)


def second_step_for(account, wanted: str):
    """Ask for the code of the phone: the first factor of this account was proven just now."""
    return _ask_for_code(_tickets().dumps([account.id, _mark(account.password_hash)]), wanted)


def _ask_for_code(ticket: str, wanted: str, no: Refusal | None = None):
    more = {"next": wanted, "ticket": ticket}
    if no is not None:
        return forms.again("sign_in/code.html", no, **more)
    page = render_template("sign_in/code.html", typed={}, errors={}, problem=None, **more)
    return page, 200, {"Cache-Control": "no-store"}


def let_in(account, renewed: str | None, wanted: str, act: Callable = lambda tx: None) -> Response:
    """Sign in whoever has proven that the account is hers, and go on to `wanted`. `act(tx)` comes first, in the same transaction."""
    with g.db.write() as tx:
        act(tx)
        if renewed:
            accounts.renew_hash(tx, account.id, account.password_hash, renewed)
        token = enter(tx, account.id)
        chosen = request.cookies.get(locale.cookie())
        if chosen in locale.LANGUAGES:
            accounts.set_language(tx, account.id, chosen)
    limits.of().note("right")
    response = remember(redirect(wanted, 303), token)
    if chosen:
        # it is the account's now; the next one at this device chooses anew
        response.delete_cookie(locale.cookie(), httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _tickets() -> URLSafeTimedSerializer:
    """Between password and code nothing is kept here: the form carries what was proven, signed and for some minutes, with a key that
    is nowhere on the disk: whoever has the card proves nothing with it.
    """
    return URLSafeTimedSerializer(limits.of().ticket_key, salt="gsctracker second step")


def _of_ticket(ticket: str):
    try:
        account_id, mark = _tickets().loads(ticket, max_age=TICKET_SECONDS)
    except BadData:
        return None
    with g.db.read() as tx:
        known = accounts.candidate_by_id(tx, account_id)
    return known if known and _mark(known.password_hash) == mark else None


def _mark(password_hash: str) -> str:
    """Changes with the password, so that what was proven with the old one counts no more."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


@bp.post("/sign-out")
@allow("public")
def leave():
    """Sign out of this session."""
    token = token_of(request.environ)
    if token:
        with g.db.write() as tx:
            sessions.end(tx, token)
    flash(gettext("You are signed out."), "good")
    return forget(redirect("/sign-in", 303))


@bp.post("/language")
@allow("public")
def speak():
    """Keep the language that somebody who is not signed in wants to read."""
    chosen = values.choice("language", request.form.get("language"), locale.LANGUAGES)
    response: Response = redirect(safe_next(request.form.get("next")), 303)
    response.set_cookie(
        locale.cookie(), chosen, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response
