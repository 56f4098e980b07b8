"""Deposits: what goes to the bank is counted by one person, verified by another, banked with its slip and found on the statement."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import deposits
from gsctracker.domain.season import seasons, troop
from gsctracker.web import forms, paging
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("deposits", __name__, url_prefix="/money/deposits")
PAGE = 40
NAMES = {"cashCents": "cash", "checksCents": "checks", "bankLine": "bank_line"}
STATES = {
    "counted": (N_("Waits for a second person"), "wait"),
    "verified": (N_("Ready for the bank"), "news"),
    "banked": (N_("At the bank"), "good"),
    "matched": (N_("On the bank's statement"), "good"),
    "dropped": (N_("Dropped"), ""),
    "taken_back": (N_("Taken back"), "bad"),
}


@bp.get("")
@allow("money.see")
def index() -> str:
    """The season's deposits, newest first."""
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = deposits.recent(tx, season.id, g.by, after[0] if after else 0, PAGE + 1)
        there = deposits.in_the_box(tx, season.id, g.by)
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    return render_template("deposits/index.html", page=page, there=there, states=STATES)


@bp.get("/new")
@allow("money.record")
def new() -> str:
    """What is in the box, to be counted."""
    return render_template("deposits/new.html", typed={}, errors={}, ticked=None, **_offered())


@bp.post("/new")
@allow("money.record")
def count() -> Response | tuple[str, int]:
    """Count it; a second person verifies it then."""
    form = forms.Reading(request.form)
    listed = [
        int(one) for one in request.form.getlist("payment")[:500] if one.isascii() and one.isdigit() and len(one) < 13
    ]

    def act(tx: Any) -> str:
        cash = form.take("cash", values.dollars, empty=0)
        checks = form.take("checks", values.dollars, empty=0)
        note = form.take("note", values.text, 500)
        form.settle()
        return url_for(".one", deposit_id=deposits.count(tx, g.by, cash, checks, listed, note=note))

    def again(no: Any) -> tuple[str, int]:
        return forms.again("deposits/new.html", no, names=NAMES, ticked=listed, **_offered())

    return forms.submit(act, again, gettext("Counted. Now somebody else counts it too."))


@bp.get("/<id:deposit_id>")
@allow("money.see")
def one(deposit_id: int) -> str:
    """One deposit, its slip, and the next step."""
    return render_template("deposits/one.html", typed={}, errors={}, **_shown(deposit_id))


@bp.post("/<id:deposit_id>/verify")
@allow("money.see")
def verify(deposit_id: int) -> Response | tuple[str, int]:
    """A second person counted the same."""

    def step(tx: Any, form: forms.Reading) -> None:
        cash = form.take("cash", values.dollars, empty=0)
        checks = form.take("checks", values.dollars, empty=0)
        form.settle()
        deposits.verify(tx, deposit_id, g.by, cash, checks)

    return _step(deposit_id, step, gettext("Verified. It can go to the bank."))


@bp.post("/<id:deposit_id>/bank")
@allow("money.record")
def bank(deposit_id: int) -> Response | tuple[str, int]:
    """It was paid in."""

    def step(tx: Any, form: forms.Reading) -> None:
        slip, day = form.take("slip", values.line, 80), form.take("date", values.day, empty=None)
        form.settle()
        deposits.bank(tx, deposit_id, g.by, slip, day)

    return _step(deposit_id, step, gettext("The deposit is written down."))


@bp.post("/<id:deposit_id>/match")
@allow("money.record")
def match(deposit_id: int) -> Response | tuple[str, int]:
    """It stands on the bank's statement."""

    def step(tx: Any, form: forms.Reading) -> None:
        line = form.take("bank_line", values.line, 80, 1)
        form.settle()
        deposits.match(tx, deposit_id, g.by, line)

    return _step(deposit_id, step, gettext("Found on the bank's statement."))


@bp.post("/<id:deposit_id>/drop")
@allow("money.record")
def drop(deposit_id: int) -> Response | tuple[str, int]:
    """It does not go to the bank."""
    return _step(
        deposit_id, lambda tx, form: deposits.drop(tx, deposit_id, g.by), gettext("Dropped: it stays in the box.")
    )


def _step(deposit_id: int, step: Callable[[Any, forms.Reading], None], sentence: str) -> Response | tuple[str, int]:
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        step(tx, form)
        return url_for(".one", deposit_id=deposit_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("deposits/one.html", no, names=NAMES, **_shown(deposit_id))

    return forms.submit(act, again, sentence)


def _shown(deposit_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        return {"deposit": deposits.find(tx, deposit_id, g.by), "states": STATES, "today": troop.today(tx)}


def _offered() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        return {
            "there": deposits.in_the_box(tx, season.id, g.by),
            "payments": deposits.to_bank(tx, season.id, g.by),
        }
