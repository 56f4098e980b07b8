"""The figures by which a troop sees how its season, its families and its box do, and where each should be."""

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker.domain import kpis
from gsctracker.domain.season import seasons
from gsctracker.ops import box_kpis
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.words import N_

UNITS = {"hours": N_("%(n)s hours"), "days": N_("%(n)s days")}

bp = Blueprint("kpis", __name__, url_prefix="/kpis")


@bp.get("")
@allow("season.manage")
def index():
    """Each figure with its target and its light."""
    return render_template("kpis/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("/targets")
@allow("season.manage")
def set_targets():
    """Where the figures should be."""

    def act(tx) -> str:
        kpis.set_targets(tx, g.by, {code: request.form[code] for code in kpis.CODES if code in request.form})
        return "/kpis"

    return forms.submit(
        act, lambda no: forms.again("kpis/index.html", no, **_all()), gettext("The targets are changed.")
    )


def in_words(kpi: kpis.Kpi, number: int | None) -> str:
    """A figure with its unit; nothing for None."""
    if number is None:
        return ""
    if kpi.unit == "tenths":
        return f"{number // 10}.{number % 10}"
    said = f"{number:,}"
    return gettext(UNITS[kpi.unit], n=said) if kpi.unit in UNITS else f"{said} {kpi.unit}".strip()


def _all() -> dict[str, object]:
    with g.db.read() as tx:
        found = box_kpis.all_of_them(tx, seasons.current(tx).id)
    return {
        "chapters": [
            (title, [one for one in found if one.kpi.chapter == chapter]) for chapter, title in kpis.CHAPTERS.items()
        ],
        "all": found,
        "in_words": in_words,
    }
