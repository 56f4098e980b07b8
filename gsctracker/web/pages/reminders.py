"""Reminders: which families owe and how far that is, words ready to be pasted, the report to the council, and limits."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import agreements, balances, limits, reminders
from gsctracker.domain.money.limits import Limits
from gsctracker.domain.season import seasons, troop
from gsctracker.web import forms, reminder_words
from gsctracker.web.access import allow

bp = Blueprint("reminders", __name__, url_prefix="/money")
LIMIT_NAMES = {"cashCents": "cash", "boxesCents": "boxes"}


@bp.get("/reminders")
@allow("money.see")
def index() -> str:
    """Every family that owes, with how far its debt is, what it was told, and who is beyond a limit."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        families = reminders.states(tx, season.id, g.by)
        wrong = agreements.disagreements(tx, season.id, g.by)
    return render_template("reminders/index.html", families=families, disagreements=wrong, said=reminder_words)


@bp.get("/families/<id:scout_id>/reminder")
@allow("money.see")
def one(scout_id: int) -> str:
    """One family: words to paste, what it was told, and the file at the council."""
    return render_template("reminders/one.html", typed={}, errors={}, **_shown(scout_id))


@bp.post("/families/<id:scout_id>/reminder")
@allow("money.record")
def tell(scout_id: int) -> Response | tuple[str, int]:
    """Write down that the family was told."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        kind = form.choose("kind", reminders.KINDS)
        note, day = form.take("note", values.text, 500), form.take("date", values.day, empty=None)
        form.settle()
        reminders.tell(tx, g.by, scout_id, str(kind), note=note, day=day)
        return url_for(".one", scout_id=scout_id)

    return forms.submit(act, _again(scout_id), gettext("Written down: the family was told."))


@bp.post("/families/<id:scout_id>/report")
@allow("money.record")
def report(scout_id: int) -> Response | tuple[str, int]:
    """Report what it owes to the council."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reference = form.take("reference", values.line, 80)
        form.settle()
        reminders.report(tx, g.by, scout_id, reference=reference)
        return url_for(".one", scout_id=scout_id)

    return forms.submit(act, _again(scout_id), gettext("Reported. The troop takes no more money from this family."))


@bp.post("/families/<id:scout_id>/settle")
@allow("money.record")
def settle(scout_id: int) -> Response | tuple[str, int]:
    """What the council answered."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        outcome = form.choose("outcome", ("accepted", "paid", "withdrawn"))
        cents = form.take("amount", values.dollars, 1, empty=None)
        form.settle()
        reminders.settle(tx, g.by, scout_id, str(outcome), cents)
        return url_for(".one", scout_id=scout_id)

    return forms.submit(act, _again(scout_id), gettext("Written down."))


@bp.get("/limits")
@allow("season.manage")
def limits_form() -> str:
    """What one family may hold."""
    return render_template("reminders/limits.html", typed={}, errors={}, now=_limits())


@bp.post("/limits")
@allow("season.manage")
def change_limits() -> Response | tuple[str, int]:
    """Change it."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        cash, boxes = (form.take(name, values.dollars, 1, empty=None) for name in ("cash", "boxes"))
        days = form.take("days", values.whole, 1, 120, empty=None)
        form.settle()
        limits.change(tx, g.by, Limits(cash, boxes, days))
        return url_for(".index")

    def again(no: Any) -> tuple[str, int]:
        return forms.again("reminders/limits.html", no, names=LIMIT_NAMES, now=_limits())

    return forms.submit(act, again, gettext("The limits are changed. They warn and never block."))


def _limits() -> Limits:
    with g.db.read() as tx:
        return limits.of_season(tx, seasons.current(tx).id)


def _again(scout_id: int) -> Any:
    def again(no: Any) -> tuple[str, int]:
        names = {"amountCents": "amount"}
        return forms.again("reminders/one.html", no, names=names, **_shown(scout_id))

    return again


def _shown(scout_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        season, own = seasons.current(tx), troop.own(tx)
        family = balances.family(tx, season.id, scout_id, g.by)
        family.file = reminders.file_of(tx, season.id, scout_id)
        return {
            "family": family,
            "over": limits.over(tx, season.id, g.by).get(scout_id, []),
            "told": reminders.said(tx, season.id, scout_id, g.by),
            "texts": reminder_words.texts(family, own),
            "said": reminder_words,
            "kinds": [(kind, gettext(name)) for kind, name in reminder_words.TOLD.items()],
            "today": troop.today(tx),
        }
