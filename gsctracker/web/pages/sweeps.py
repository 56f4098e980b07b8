"""The council's withdrawals: its calendar, what each will take, what must be at the bank by when, and what if."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import sweeps
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Invalid
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("sweeps", __name__, url_prefix="/money/sweeps")

BASES = {
    "initial_order": N_("Per cent of the initial order"),
    "balance": N_("Per cent of the balance"),
    "per_package": N_("Cents for each package picked up"),
    "remainder": N_("All that is still due"),
}
NAMES = {"dueOn": "due_on", "asOf": "as_of", "leastCents": "least", "amountCents": "amount", "date": "day"}


@bp.get("")
@allow("money.see")
def index() -> str:
    """The calendar with its forecast, and what it would be if more were picked up, paid by card or deposited."""
    asked, errors = _asked()
    return render_template("money/sweeps.html", typed={}, errors={}, asked=request.args, wrong=errors, **_shown(asked))


@bp.post("")
@allow("money.record")
def add() -> Response | tuple[str, int]:
    """Write a withdrawal into the calendar."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        due_on, basis = form.take("due_on", values.day), form.choose("basis", BASES)
        factor = 0 if basis == "remainder" else form.take("factor", _factor, basis)
        as_of = form.take("as_of", values.day, empty=None)
        least = form.take("least", values.dollars, empty=0)
        form.settle()
        assert basis is not None
        sweeps.add_rule(
            tx,
            g.by,
            due_on=due_on,
            basis=basis,
            factor=factor,
            nets_cards=form.ticked("nets_cards"),
            nets_proceeds=form.ticked("nets_proceeds"),
            as_of=as_of,
            least_cents=least,
        )
        return url_for(".index")

    return forms.submit(act, _again, gettext("The withdrawal is on the calendar."))


@bp.post("/<id:rule_id>/take")
@allow("money.record")
def take(rule_id: int) -> Response | tuple[str, int]:
    """The council withdrew what was planned."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        cents = form.take("amount", values.dollars, 1)
        reference, day = form.take("reference", values.line, 80), form.take("day", values.day, empty=None)
        form.settle()
        sweeps.take(tx, g.by, rule_id, cents, reference=reference, day=day)
        return url_for(".index")

    return forms.submit(act, _again, gettext("The withdrawal is written down."))


@bp.post("/<id:rule_id>/same")
@allow("money.record")
def same(rule_id: int) -> Response | tuple[str, int]:
    """A withdrawal that was written down before is this one."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        entry_id = form.take("entry", values.whole, 1, 10**15)
        form.settle()
        sweeps.stand_for(tx, g.by, rule_id, entry_id)
        return url_for(".index")

    return forms.submit(act, _again, gettext("It is the withdrawal of the calendar."))


@bp.post("/<id:rule_id>/fail")
@allow("money.record")
def fail(rule_id: int) -> Response | tuple[str, int]:
    """The bank refused it."""
    return _plain(lambda tx: sweeps.fail(tx, g.by, rule_id), gettext("Noted: nothing was withdrawn. It is still owed."))


@bp.post("/<id:rule_id>/remove")
@allow("money.record")
def remove(rule_id: int) -> Response | tuple[str, int]:
    """Strike it from the calendar."""
    return _plain(lambda tx: sweeps.remove_rule(tx, g.by, rule_id), gettext("It is off the calendar."))


def _plain(verb: Any, sentence: str) -> Response | tuple[str, int]:
    def act(tx: Any) -> str:
        verb(tx)
        return url_for(".index")

    return forms.submit(act, _again, sentence)


def _again(no: Any) -> tuple[str, int]:
    return forms.again("money/sweeps.html", no, names=NAMES, asked={}, wrong={}, **_shown(sweeps.Changes()))


def _factor(name: str, given: object, basis: str) -> int:
    """Per cent with two decimals, or cents: what is typed as 33.33 or 1.50 (dollars a package) is both times a hundred."""
    found = values.dollars(name, given, 1)
    if found > 10_000:
        values.refuse(name, N_("This must be from %(least)s to %(most)s."), least="0.01", most="100")
    return found


def _asked() -> tuple[sweeps.Changes, dict[str, Any]]:
    """The what-if of the address; what cannot be read counts for nothing and is said."""
    found: dict[str, int] = {}
    errors: dict[str, Any] = {}
    for name in ("packages", "cards", "deposit"):
        given = request.args.get(name, "").strip()
        try:
            if name == "packages":
                found[name] = values.whole(name, given, 0, values.MOST_BOXES) if given else 0
            else:
                found[name] = values.dollars(name, given) if given else 0
        except Invalid as no:
            errors |= forms.fields_of(no)
    return sweeps.Changes(found.get("packages", 0), found.get("cards", 0), found.get("deposit", 0)), errors


def _shown(changes: sweeps.Changes) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        plan = sweeps.forecast(tx, season.id, changes)
        return {
            "plan": plan,
            "next": next((one for one in plan if one.state == "planned"), None),
            "unplanned": sweeps.unplanned(tx, season.id),
            "today": troop.today(tx),
            "changes": changes,
            "what_if": changes != sweeps.Changes(),
            "bases": [(code, gettext(said)) for code, said in BASES.items()],
            "basis_of": {code: gettext(said) for code, said in BASES.items()},
        }
