"""From where on something is a fault: the limits of the rules, within what is safe."""

from typing import NamedTuple

from flask import Blueprint, current_app, g, render_template, request
from flask_babel import gettext, lazy_gettext

from gsctracker import values
from gsctracker.ops.alerts import record, watch
from gsctracker.ops.alerts.rules import Condition
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("alert_limits", __name__, url_prefix="/problems/limits")


class Unit(NamedTuple):
    """How a limit is written on the page: so many of these are one of the rule's own, and what they are called."""

    factor: float
    name: str


PERCENT = Unit(100, "%")
MEGABYTES = Unit(1e-6, "MB")
HOURS = Unit(1 / 3600, lazy_gettext("hours"))
MILLISECONDS = Unit(1000, "ms")
DEGREES = Unit(1, "°C")
NUMBER = Unit(1, "")


class Line(NamedTuple):
    """A limit on the page: its field, its rule, its number among the rule's conditions, the condition as written, the unit, the
    limit now, ours, and between what it may lie, all in that unit.
    """

    field: str
    rule: str
    number: int
    says: str
    condition: Condition
    unit: Unit
    now: int
    ours: int
    least: int
    most: int


@bp.get("")
@allow("operate")
def index():
    """Every limit that can be changed, with what is safe and what is ours."""
    return render_template("alert_limits/index.html", typed={}, errors={}, problem=None, lines=_lines())


@bp.post("")
@allow("operate")
def change():
    """Change them: the next look, half a minute away at most, goes by them. An empty one is ours again."""

    def act(tx) -> str:
        typed = forms.Reading(request.form)
        given: dict[tuple[str, int], float | None] = {}
        for line in _lines():
            if line.field in request.form:
                shown = typed.take(line.field, values.whole, line.least, line.most, empty=line.ours)
                is_ours = shown in (None, line.ours)
                given[line.rule, line.number] = None if is_ours else shown / line.unit.factor
        typed.settle()
        record.set_limits(tx, given, g.by)
        return "/problems/limits"

    return forms.submit(
        act,
        lambda no: forms.again("alert_limits/index.html", no, lines=_lines()),
        gettext("The limits are changed. The next look goes by them."),
    )


def unit_of(one: Condition) -> Unit:
    """In what people think of this number."""
    if one.measure in ("ratio", "share") or one.metric.endswith("_ratio"):
        return PERCENT
    if one.metric.endswith("_bytes"):
        return MEGABYTES
    if one.measure == "p99":
        return MILLISECONDS
    if one.measure == "age" or one.metric.endswith("_seconds"):
        return HOURS
    return DEGREES if one.metric.endswith("_celsius") else NUMBER


def _lines() -> list[Line]:
    with g.db.read() as tx:
        changed = record.limits(tx)
    found = []
    for rule in current_app.extensions[watch.PART].rules_as_written:
        for number, one in enumerate(rule.when, start=1):
            if one.least is None or one.most is None:
                continue
            unit = unit_of(one)
            now = changed.get((rule.name, number), one.limit)
            shown = [round(limit * unit.factor) for limit in (now, one.limit, one.least, one.most)]
            found.append(Line(f"{rule.name}-{number}", rule.name, number, rule.says, one, unit, *shown))
    return found
