"""The troop's own money: what the council withdraws, its statement, and taking an entry back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import balances, council, turn_ins
from gsctracker.domain.season import seasons, troop
from gsctracker.web import forms, paging
from gsctracker.web import take_back as take_back_form
from gsctracker.web.access import allow

bp = Blueprint("treasury", __name__, url_prefix="/money")
PAGE = 40
NAMES = {"amountCents": "amount"}


@bp.get("/troop")
@allow("money.see")
def accounts() -> str:
    """The troop and its council in plain words, and what each of the troop's accounts holds."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        return render_template(
            "money/troop.html",
            statement=council.statement(tx, season.id),
            accounts=balances.troop_accounts(tx, season.id),
            families=sum(row.balance_cents for row in balances.families(tx, season.id, g.by)),
        )


@bp.get("/entries")
@allow("money.see")
def entries() -> str:
    """Payments, deposits and withdrawals, newest first."""
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = turn_ins.recent(tx, season.id, g.by, before=after[0] if after else 0, limit=PAGE + 1)
    return render_template("money/entries.html", page=paging.cut(rows, PAGE, lambda row: (row.id,)))


@bp.get("/entries/<id:entry_id>")
@allow("money.see")
def one(entry_id: int) -> str:
    """One entry, and the form that takes it back."""
    with g.db.read() as tx:
        entry = turn_ins.find(tx, entry_id, g.by)
    return render_template("money/entry.html", entry=entry, typed={}, errors={})


@bp.post("/entries/<id:entry_id>/take-back")
@allow("money.record")
def take_back(entry_id: int) -> Response | tuple[str, int]:
    """Reverse an entry that was a mistake."""
    sentence = gettext("Taken back: the accounts are as they were before.")
    return take_back_form.submit(entry_id, turn_ins.take_back, turn_ins.find, "money/entry.html", "entry", sentence)


@bp.get("/sweep")
@allow("money.record")
def new_sweep() -> str:
    """The form for what the council withdrew."""
    return render_template("money/sweep.html", typed={}, errors={}, **_offered())


@bp.post("/sweep")
@allow("money.record")
def sweep() -> Response | tuple[str, int]:
    """The council withdraws from the troop's bank account."""
    return _keep(turn_ins.sweep, "money/sweep.html", gettext("The withdrawal is written down."))


def _keep(verb: Callable[..., int], template: str, sentence: str) -> Response | tuple[str, int]:
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        cents = form.take("amount", values.dollars, 1)
        reference, day = form.take("reference", values.line, 80), form.take("date", values.day, empty=None)
        form.settle()
        verb(tx, g.by, cents, reference=reference, day=day)
        return url_for(".entries")

    def again(no: Any) -> tuple[str, int]:
        return forms.again(template, no, names=NAMES, **_offered())

    return forms.submit(act, again, sentence)


def _offered() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        return {
            "accounts": balances.troop_accounts(tx, season.id),
            "due": council.statement(tx, season.id).due_cents,
            "today": troop.today(tx),
        }
