"""Consent: what a guardian agreed to for her girl, the girl's own account that needs it, and taking it all back."""

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker import clock, values
from gsctracker.domain.people import consent_letters, consents, families, girls_accounts, notices_accepted, roles
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict
from gsctracker.ops import consent_mail, metrics
from gsctracker.web import forms, paging
from gsctracker.web.access import allow
from gsctracker.web.pages.set_up import new_password
from gsctracker.words import N_

PAGE = 50
ONE = "consents/one.html"

bp = Blueprint("consents", __name__, url_prefix="/consents")


@bp.get("")
@allow("consents.record")
def index():
    """The girls by roster order, with what is agreed for each."""
    (after,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        page = paging.cut(consents.page(tx, g.by, after, PAGE + 1), PAGE, lambda row: (row.id,))
    return render_template("consents/index.html", page=page)


@bp.get("/<id:scout_id>")
@allow("family.data")
def one(scout_id: int):
    """What is agreed for one girl, every word of it, and her own account."""
    return render_template(ONE, typed={}, errors={}, problem=None, **_one(scout_id))


@bp.get("/<id:scout_id>/letter")
@allow("family.data")
def letter(scout_id: int):
    """The letter that a guardian signs, to print."""
    with g.db.read() as tx:
        girl = consents.find_girl(tx, scout_id, g.by)
        own = troop.own(tx)
        notice = notices_accepted.in_force(tx, "privacy")
    return render_template("consents/letter.html", girl=girl, own=own, notice=notice)


@bp.post("/<id:scout_id>")
@allow("consents.record")
def record(scout_id: int):
    """A leader has the signed paper in her hand."""
    shown = _one(scout_id)

    def act(tx) -> str:
        consents.record(tx, scout_id, notice_hash=notices_accepted.in_force(tx, "privacy").hash, by=g.by, **given)
        return f"/consents/{scout_id}"

    typed = forms.Reading(request.form)
    given = {
        "guardian_id": typed.take("guardian", values.whole, 1, 2**53),
        "signed_on": typed.take("signedOn", values.day),
        "evidence": typed.take("evidence", values.line, 120, empty=""),
        "shows_name": typed.ticked("showsName"),
        "ranks": typed.ticked("ranks"),
        "address": request.remote_addr or "",
    }
    try:
        typed.settle()
    except forms.NO as no:
        return forms.again(ONE, no, **shown)
    return forms.submit(act, lambda no: forms.again(ONE, no, **shown), gettext("The consent is recorded."))


@bp.post("/<id:scout_id>/letters")
@allow("family.data")
def ask_by_mail(scout_id: int):
    """A guardian is to be asked by mail: a job sends the letter."""
    shown = _one(scout_id)

    def act(tx) -> str:
        if not shown["mails"]:
            raise Conflict(N_("This box sends no mail: consent is signed on paper."), "no_mail")
        consent_letters.ask(tx, scout_id, guardian_id, g.by)
        return f"/consents/{scout_id}"

    typed = forms.Reading(request.form)
    guardian_id = typed.take("asked", values.whole, 1, 2**53)
    try:
        typed.settle()
    except forms.NO as no:
        return forms.again(ONE, no, **shown)
    return forms.submit(
        act, lambda no: forms.again(ONE, no, **shown), gettext("The letter goes out within five minutes.")
    )


@bp.post("/<id:scout_id>/withdraw")
@allow("family.data")
def withdraw(scout_id: int):
    """It is taken back, and felt at once."""
    shown = _one(scout_id)

    def act(tx) -> str:
        consents.withdraw(tx, scout_id, g.by, request.remote_addr or "")
        return f"/consents/{scout_id}"

    return forms.submit(
        act,
        lambda no: forms.again(ONE, no, **shown),
        gettext("The consent is taken back. She is signed out everywhere."),
    )


@bp.post("/<id:scout_id>/account")
@allow("family.data")
def open_account(scout_id: int):
    """Open the girl's own account."""
    shown = _one(scout_id)

    def act(tx) -> str:
        girls_accounts.open_for(tx, scout_id, nickname, hashed, g.by)
        return f"/consents/{scout_id}"

    typed = forms.Reading(request.form)
    nickname = typed.take("nickname", values.line, 40, 3)
    try:
        typed.settle()
        hashed = new_password(nickname, shown["girl"].first_name)
    except forms.NO as no:
        return forms.again(ONE, no, **shown)
    return forms.submit(
        act, lambda no: forms.again(ONE, no, names={"email": "nickname"}, **shown), gettext("Her account is open.")
    )


@bp.post("/<id:scout_id>/passphrase")
@allow("family.data")
def reset(scout_id: int):
    """Her guardian sets her another passphrase."""
    shown = _one(scout_id)

    def act(tx) -> str:
        girls_accounts.reset(tx, scout_id, hashed, g.by)
        return f"/consents/{scout_id}"

    try:
        hashed = new_password(shown["girl"].first_name)
    except forms.NO as no:
        return forms.again(ONE, no, **shown)
    return forms.submit(
        act,
        lambda no: forms.again(ONE, no, **shown),
        gettext("Her passphrase is changed. She is signed out everywhere."),
    )


def _one(scout_id: int) -> dict:
    with g.db.read() as tx:
        girl = consents.find_girl(tx, scout_id, g.by)
        adults = families.of_scouts(tx, [scout_id])[scout_id]
        own = scout_id in g.by.scout_ids
        may_reset = own or (
            roles.allows(g.by, "people.manage") and not any(adult.account_id is not None for adult in adults)
        )
        return {
            "girl": girl,
            "adults": [(adult.id, adult.name) for adult in adults],
            "stands": consents.standing(tx, scout_id),
            "words": consents.history(tx, scout_id, g.by),
            "account": girls_accounts.of(tx, scout_id, g.by),
            "mails": consent_mail.is_possible(metrics.of().config),
            "letter": consent_letters.of(tx, scout_id, g.by),
            "records": roles.allows(g.by, "consents.record"),
            "may_reset": may_reset,
            "own": own,
            "today": clock.today(troop.own(tx).time_zone),
        }
