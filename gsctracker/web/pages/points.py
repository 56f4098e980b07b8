"""The troop's own points: what each girl has, what brings them, prizes, and a girl's ledger."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext, ngettext

from gsctracker import values
from gsctracker.domain.people import accounts, roles, scouts
from gsctracker.domain.rewards import points
from gsctracker.domain.season import seasons
from gsctracker.web import forms, paging, reward_words
from gsctracker.web.access import allow

bp = Blueprint("points", __name__, url_prefix="/points")
PAGE = 40


@bp.get("")
@allow("family.see")
def index() -> str | Response:
    """What each girl has, what brings points, and the prizes; a family with one girl goes to her ledger."""
    with g.db.read() as tx:
        rows = points.balances(tx, g.by)
    if not roles.allows(g.by, "sales.all") and len(rows) == 1:
        return redirect(f"/points/girls/{rows[0].scout_id}")
    return render_template("points/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("/rules")
@allow("season.manage")
def set_rules() -> Response | tuple[str, int]:
    """What brings how many points from now on."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        given = {reason: form.take(reason, values.whole, 0, 1000, empty=0) for reason in points.REASONS}
        form.settle()
        points.set_rules(tx, seasons.current(tx).id, given, g.by)
        return "/points"

    return forms.submit(act, _again, gettext("That is what brings points from now on."))


@bp.post("/award")
@allow("scouts.manage")
def award() -> Response:
    """Give what shifts, boxes and birthdays have brought since the last time."""
    with g.db.write() as tx:
        given = points.award(tx, seasons.current(tx).id, g.by)
    flash(ngettext("%(num)s entry was written down.", "%(num)s entries were written down.", given))
    return redirect("/points", 303)


@bp.post("/prizes")
@allow("season.manage")
def offer() -> Response | tuple[str, int]:
    """A prize for points."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        name, cost = form.take("prize", values.line, 80, 1), form.take("cost", values.whole, 1, 100_000)
        form.settle()
        points.offer(tx, name, cost, g.by)
        return "/points"

    return forms.submit(act, _again, gettext("The prize is on the list."))


@bp.post("/prizes/<id:prize_id>/withdraw")
@allow("season.manage")
def withdraw(prize_id: int) -> Response:
    """A prize is not to be had any longer."""
    with g.db.write() as tx:
        points.withdraw(tx, prize_id, g.by)
    flash(gettext("The prize is off the list."))
    return redirect("/points", 303)


@bp.get("/girls/<id:scout_id>")
@allow("family.see")
def girl(scout_id: int) -> str:
    """A girl's points and where they came from."""
    return render_template("points/girl.html", typed={}, errors={}, problem=None, **_girl(scout_id))


@bp.post("/girls/<id:scout_id>/give")
@allow("scouts.manage")
def give(scout_id: int) -> Response | tuple[str, int]:
    """Points for a training, or for a volunteer her family brought."""

    def act(tx: Any) -> str:
        reason = "referral" if request.form.get("volunteer") else "training"
        about = request.form.get("volunteer" if reason == "referral" else "about", "")
        points.give(tx, seasons.current(tx).id, scout_id, reason, about, g.by)
        return f"/points/girls/{scout_id}"

    return forms.submit(act, _girl_again(scout_id), gettext("The points are hers."))


@bp.post("/girls/<id:scout_id>/redeem")
@allow("scouts.manage")
def redeem(scout_id: int) -> Response | tuple[str, int]:
    """She gives points for a prize."""

    def act(tx: Any) -> str:
        prize = values.whole("prize", request.form.get("prize"), 1, 10**12)
        points.redeem(tx, seasons.current(tx).id, scout_id, prize, g.by)
        return f"/points/girls/{scout_id}"

    return forms.submit(act, _girl_again(scout_id), gettext("The prize is hers."))


@bp.post("/entries/<id:entry_id>/give-back")
@allow("scouts.manage")
def give_back(entry_id: int) -> Response:
    """A redemption was a mistake."""
    with g.db.write() as tx:
        scout_id = points.give_back(tx, entry_id, g.by)
    flash(gettext("The points are hers again."))
    return redirect(f"/points/girls/{scout_id}", 303)


@bp.post("/girls/<id:scout_id>/birth-month")
@allow("family.money")
def birth_month(scout_id: int) -> Response | tuple[str, int]:
    """An adult of her family tells the month, or has it forgotten."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        month = form.take("month", values.whole, 1, 12, empty=None)
        form.settle()
        points.tell_birth_month(tx, scout_id, month, g.by)
        return f"/points/girls/{scout_id}"

    return forms.submit(act, _girl_again(scout_id), gettext("That is written down."))


def _all() -> dict[str, Any]:
    with g.db.read() as tx:
        return {
            "girls": points.balances(tx, g.by),
            "rules": points.rules(tx, seasons.current(tx).id),
            "prizes": points.prizes(tx),
            "said": reward_words,
        }


def _again(no: Any) -> tuple[str, int]:
    return forms.again("points/index.html", no, **_all())


def _girl(scout_id: int) -> dict[str, Any]:
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        found = scouts.find(tx, scout_id, g.by)
        rows = points.ledger(tx, scout_id, g.by, before, PAGE + 1)
        volunteers = (
            [row for row in accounts.page(tx, limit=500) if row.role != "scout" and row.state == "active"]
            if roles.allows(g.by, "people.see") and roles.allows(g.by, "scouts.manage")
            else []
        )
        return {
            "girl": found,
            "total": points.total(tx, scout_id),
            "page": paging.cut(rows, PAGE, lambda row: (row.id,)),
            "prizes": points.prizes(tx),
            "rules": points.rules(tx, seasons.current(tx).id),
            "month": points.birth_month(tx, scout_id, g.by),
            "volunteers": volunteers,
            "said": reward_words,
        }


def _girl_again(scout_id: int) -> Any:
    return lambda no: forms.again("points/girl.html", no, **_girl(scout_id))
