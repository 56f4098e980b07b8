"""What the troop keeps: the rate as of now, its bonuses, the way to the next tier, what would be, and how it is counted."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import proceeds, proceeds_plans
from gsctracker.domain.money.proceeds import Condition
from gsctracker.domain.season import seasons
from gsctracker.web import forms, proceeds_words, wording
from gsctracker.web.access import allow
from gsctracker.web.errors import fields_of
from gsctracker.words import N_

bp = Blueprint("proceeds", __name__, url_prefix="/proceeds")
MOST_CENTS_A_PACKAGE = 500
OFFERED_CONDITIONS = 3


@bp.get("")
@allow("money.see")
def index() -> str:
    """The reckoning as of now, and with other packages and girls where they are asked about."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        plan, figures = proceeds_plans.plan(tx, season.id), proceeds_plans.figures(tx, season.id)
    errors: dict[str, object] = {}
    then, asked = None, forms.Reading(request.args)
    if request.args.get("packages") or request.args.get("girls"):
        try:
            packages = asked.take("packages", values.whole, 0, values.MOST_BOXES, empty=figures.charged)
            girls = asked.take("girls", values.whole, 0, 500, empty=figures.selling)
            asked.settle()
            then = proceeds.what_if(plan, figures, packages, girls)
        except forms.NO as no:
            errors = fields_of(no)
    return render_template(
        "proceeds/index.html",
        now=proceeds.reckon(plan, figures),
        plan=plan,
        figures=figures,
        then=then,
        said=proceeds_words,
        typed=request.args,
        errors=errors,
    )


@bp.get("/plan")
@allow("season.manage")
def plan_form() -> str:
    """How the average is counted, and the bonuses."""
    return render_template("proceeds/plan.html", typed={}, errors={}, problem=None, **_plan())


@bp.post("/plan")
@allow("season.manage")
def change_plan() -> Response | tuple[str, int]:
    """Change how the average is counted, and what the box is told."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        changes = {
            "denominator": form.choose("denominator", proceeds.DENOMINATORS),
            "fixed_girls": form.take("fixedGirls", values.whole, 0, 500, empty=0),
            "rounding": form.choose("rounding", proceeds.ROUNDINGS),
            "numerator": form.choose("numerator", proceeds.NUMERATORS),
            "most_cents": form.take("most", _cents, empty=None),
            "fall_cents": form.take("fall", values.dollars, empty=0),
            "opted_out": form.ticked("optedOut"),
        }
        form.settle()
        proceeds_plans.set_rules(tx, seasons.current(tx).id, g.by, **changes)
        return "/proceeds"

    return forms.submit(act, _again, gettext("The plan is changed."))


@bp.post("/bonuses")
@allow("season.manage")
def add_bonus() -> Response | tuple[str, int]:
    """One more bonus with what it asks for."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        name, cents = form.take("name", values.line, 80, 1), form.take("cents", _cents, empty=0)
        conditions = [
            Condition(
                form.choose(f"kind{n}", proceeds.KINDS) or "",
                form.take(f"least{n}", values.whole, 0, 10_000, empty=0) or 0,
                form.take(f"boxes{n}", values.whole, 1, 10_000, empty=None),
            )
            for n in range(1, OFFERED_CONDITIONS + 1)
            if request.form.get(f"kind{n}")
        ]
        form.settle()
        proceeds_plans.add_bonus(tx, seasons.current(tx).id, g.by, name, cents, conditions)
        return "/proceeds"

    return forms.submit(act, _again, gettext("The bonus is in the plan."))


@bp.post("/bonuses/<id:bonus_id>/remove")
@allow("season.manage")
def remove_bonus(bonus_id: int) -> Response:
    """The plan has this bonus no longer."""
    with g.db.write() as tx:
        proceeds_plans.remove_bonus(tx, seasons.current(tx).id, bonus_id, g.by)
    flash(gettext("The bonus is gone from the plan."), "good")
    return redirect("/proceeds/plan", 303)


@bp.post("/conditions/<id:condition_id>")
@allow("season.manage")
def tick(condition_id: int) -> Response:
    """What the box cannot see holds, or does not."""
    with g.db.write() as tx:
        proceeds_plans.tick(tx, seasons.current(tx).id, condition_id, request.form.get("done") == "1", g.by)
    return redirect("/proceeds", 303)


def _cents(name: str, given: object) -> int:
    cents = values.dollars(name, given)
    if cents > MOST_CENTS_A_PACKAGE:
        values.refuse(name, N_("A package earns a troop $5.00 at most."))
    return cents


def _again(no: Any) -> tuple[str, int]:
    return forms.again("proceeds/plan.html", no, **_plan())


def _plan() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        found = {"kept": proceeds_plans.rules(tx, season.id), "plan": proceeds_plans.plan(tx, season.id)}
    return found | {
        "said": proceeds_words,
        "offered": range(1, OFFERED_CONDITIONS + 1),
        "kinds": [("", gettext("nothing more")), *wording.options(proceeds_words.KINDS)],
    }
