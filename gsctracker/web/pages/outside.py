"""Signing in by an outside account: the way there and back, linking one's own, and accepting an invitation with it.

What has to fit when somebody comes back is in her own browser's signed cookie; the state counts once. Nothing is asked of
the provider inside a transaction.
"""

import hmac
import logging

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session
from flask_babel import gettext

from gsctracker.domain.people import notices_accepted, outside, passwords, second_factor, secrets
from gsctracker.domain.people.outside import Identity
from gsctracker.errors import Conflict, Invalid, NotFound, Refusal
from gsctracker.integrations import openid
from gsctracker.integrations.openid import Claims, Directory, Provider
from gsctracker.ops import metrics
from gsctracker.web import forms, limits, locale
from gsctracker.web.access import allow, require_fresh, safe_next
from gsctracker.web.errors import say, status_of
from gsctracker.web.pages.sign_in import let_in, second_step_for
from gsctracker.web.visitors import enter, remember
from gsctracker.words import N_

PAGE = "account/outside.html"
PART = "gsctracker.outside"
KEPT = "outside"
STATE = "outside sign-in"
LONGEST_CODE = 2000
LONGEST_SECRET = 100
NOT_KEPT = {"Cache-Control": "no-store"}

logger = logging.getLogger("gsctracker.sign_in")
bp = Blueprint("outside", __name__)


@bp.record_once
def set_up(state) -> None:
    """Say on the pages of signing in what is set up here."""
    found = openid.providers(metrics.of(state.app).config)
    state.app.extensions[PART] = (found, Directory())
    state.app.jinja_env.globals["outside_sign_ins"] = {word: one.label for word, one in found.items()}


@bp.get("/auth/<any(google, oidc):provider>")
@allow("public")
def go(provider: str):
    """On to the provider, to sign in; nothing is changed here."""
    return redirect(_begun(provider, "in", safe_next(request.args.get("next"))), 303)


@bp.post("/join/<secret>/<any(google, oidc):provider>")
@allow("public")
def join(secret: str, provider: str):
    """On to the provider, to accept an invitation with what it says."""
    return _onwards(provider, "join", secret[:LONGEST_SECRET])


@bp.get("/account/outside")
@allow("ways.in")
def index():
    """Her outside accounts."""
    return render_template(PAGE, typed={}, errors={}, problem=None, **_known())


@bp.post("/account/outside/<any(google, oidc):provider>")
@allow("ways.in")
def link(provider: str):
    """On to the provider, after her password, to link her account there with hers here."""
    try:
        require_fresh()
        return _onwards(provider, "link", str(g.by.id))
    except forms.NO as no:
        return forms.again(PAGE, no, **_known())


@bp.post("/account/outside/<any(google, oidc):provider>/unlink")
@allow("ways.in")
def unlink(provider: str):
    """It opens her account no longer."""
    with g.db.write() as tx:
        outside.unlink(tx, g.by, _provider(provider).issuer)
    flash(gettext("That outside account opens nothing here any longer."), "good")
    return redirect("/account/outside", 303)


@bp.get("/auth/<any(google, oidc):provider>/callback")
@allow("public")
def back(provider: str):
    """She comes back: the state is hers and fresh, the code is exchanged, what is said is verified, and then it counts."""
    kept = session.pop(KEPT, None)
    try:
        claims = _said(provider, kept if isinstance(kept, dict) else {})
        who = Identity(*claims)
        if kept["what"] == "join":
            return _join(kept["where"], who)
        if kept["what"] == "link":
            return _link(kept["where"], who)
        return _sign_in(kept["where"], who)
    except (*forms.NO, NotFound) as no:
        return _sent_away(no)


def _sign_in(wanted: str, who: Identity):
    with g.db.write() as tx:
        account = outside.let_in(tx, who)
        needs_code = second_factor.is_asked_for(tx, account.id)
    return second_step_for(account, wanted) if needs_code else let_in(account, None, wanted)


def _link(account_id: str, who: Identity):
    if g.by is None or str(g.by.id) != account_id:  # somebody else signed in here meanwhile
        raise Invalid(N_("That took too long, or was sent twice. Begin once more."), "challenge_gone")
    with g.db.write() as tx:
        outside.link(tx, g.by, who)
    flash(gettext("Your outside account is linked. You can sign in with it."), "good")
    return redirect("/account/outside", 303)


def _join(secret: str, who: Identity):
    hashed = passwords.hashed(secrets.new())
    with g.db.write() as tx:
        account_id = outside.accept(tx, secret, who, hashed, locale.of_request())
        notices_accepted.accept(tx, account_id)
        token = enter(tx, account_id)
    flash(gettext("Welcome, %(name)s. This page is yours.", name=who.first_name or who.email), "good")
    return remember(redirect("/", 303), token)


def _onwards(provider: str, what: str, where: str):
    """A page with the link onwards: a form of ours may lead to no other site, which the policy of our pages sees to."""
    address = _begun(provider, what, where)
    return render_template("sign_in/onwards.html", label=_provider(provider).label, address=address), 200, NOT_KEPT


def _begun(word: str, what: str, where: str) -> str:
    """The address to send her to; what has to fit later is put into her cookie. Raises Conflict where it cannot be asked."""
    one = _provider(word)
    limits.of().may_try(STATE)
    state = limits.of().challenges.new(f"{STATE} {word} {what}").hex()
    try:
        asked = openid.ask(one, _directory().of(one), state)
    except (openid.Unreachable, openid.Unproven) as problem:
        raise _silent(word, problem) from problem
    session[KEPT] = {"state": state, "nonce": asked.nonce, "verifier": asked.verifier, "what": what, "where": where}
    return asked.address


def _said(word: str, kept: dict) -> Claims:
    """Who the provider says she is. Raises Invalid alike for all that does not fit, and Conflict where it cannot be asked."""
    one, doors = _provider(word), limits.of()
    doors.may_try(STATE)
    purpose = f"{STATE} {word} {kept.get('what', '')}"
    try:
        state = str(kept.get("state", ""))
        if not state or not hmac.compare_digest(state.encode(), request.args.get("state", "").encode()):
            raise _stale()
        doors.challenges.spend(purpose, bytes.fromhex(state))
        if request.args.get("iss", one.issuer) != one.issuer:
            raise _stale()
        if "error" in request.args:
            raise Invalid(N_("You did not go through with it there. Sign in with your password, or try again."), "gone")
        code = request.args.get("code", "")[:LONGEST_CODE]
        return openid.who(one, _directory().of(one), code, kept["nonce"], kept["verifier"])
    except Invalid:
        doors.wrong(f"{STATE} {request.args.get('state', '')[:200]}")  # counts against her address
        raise
    except openid.Unreachable as problem:
        doors.wrong(f"{STATE} {request.args.get('state', '')[:200]}")  # counts against her address
        raise _silent(word, problem) from problem
    except openid.Unproven as problem:
        doors.wrong(f"{STATE} {request.args.get('state', '')[:200]}")  # counts against her address
        logger.warning("outside sign-in: %s", problem, extra={"event": "outside_sign_in", "provider": word})
        raise _stale() from problem


def _sent_away(no: Refusal):
    page = render_template("sign_in/sign_in.html", typed={}, errors={}, problem=say(no.message, no.params), next="/")
    return page, status_of(no), NOT_KEPT


def _provider(word: str) -> Provider:
    found: dict[str, Provider] = current_app.extensions[PART][0]
    if word not in found:
        raise NotFound(N_("That way of signing in is not set up here."), "no_such_provider")
    return found[word]


def _directory() -> Directory:
    return current_app.extensions[PART][1]


def _stale() -> Invalid:
    return Invalid(N_("That took too long, or was sent twice. Begin once more."), "challenge_gone")


def _silent(word: str, problem: Exception) -> Conflict:
    logger.warning("outside sign-in: %s", problem, extra={"event": "outside_sign_in", "provider": word})
    return Conflict(N_("That outside sign-in does not answer now. Sign in with your password."), "provider_silent")


def _known() -> dict[str, object]:
    with g.db.read() as tx:
        mine = {row.issuer: row.linked_at for row in outside.of_account(tx, g.by.id)}
    found: dict[str, Provider] = current_app.extensions[PART][0]
    return {"ways": [(word, one.label, mine.get(one.issuer)) for word, one in found.items()]}
