"""Claims: what the council is asked about boxes that are missing, too many or damaged."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import claims
from gsctracker.domain.season import seasons, troop
from gsctracker.web import cupboard_words, forms
from gsctracker.web.access import allow
from gsctracker.web.pages.cupboard import seen

bp = Blueprint("claims", __name__, url_prefix="/stock/claims")


@bp.get("")
@allow("stock.see")
def index() -> str:
    """Every claim of the season, what waits first."""
    with g.db.read() as tx:
        found = claims.page(tx, seasons.current(tx).id, g.by)
    return render_template("claims/index.html", claims=found, said=cupboard_words)


@bp.get("/<id:claim_id>")
@allow("stock.see")
def one(claim_id: int) -> str:
    """One claim, and what can be done about it."""
    return render_template("claims/one.html", typed={}, errors={}, **_shown(claim_id))


@bp.post("/<id:claim_id>/tell")
@allow("stock.move")
def tell(claim_id: int) -> Response | tuple[str, int]:
    """The council knows of it."""

    def verb(tx: Any, form: forms.Reading, version: int | None) -> None:
        day = form.take("told_on", values.day, empty=None)
        reference = form.take("reference", values.line, 80)
        form.settle()
        claims.tell(tx, claim_id, g.by, day=day, reference=reference, version=version)

    return _step(claim_id, verb, gettext("Noted: the council knows of it."), "told_on")


@bp.post("/<id:claim_id>/settle")
@allow("stock.move")
def settle(claim_id: int) -> Response | tuple[str, int]:
    """What became of it."""

    def verb(tx: Any, form: forms.Reading, version: int | None) -> None:
        outcome = form.choose("outcome", claims.OUTCOMES)
        day = form.take("settled_on", values.day, empty=None)
        note = form.take("note", values.text, 500)
        form.settle()
        claims.settle(tx, claim_id, g.by, outcome or "", day=day, note=note, version=version)

    return _step(claim_id, verb, gettext("The claim is settled."), "settled_on")


@bp.post("/<id:claim_id>/open-again")
@allow("stock.move")
def open_again(claim_id: int) -> Response | tuple[str, int]:
    """It waits again."""

    def verb(tx: Any, form: forms.Reading, version: int | None) -> None:
        form.settle()
        claims.open_again(tx, claim_id, g.by, version)

    return _step(claim_id, verb, gettext("The claim waits again."), "")


def _step(claim_id: int, verb: Callable[..., None], said: str, day_field: str) -> Response | tuple[str, int]:
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        verb(tx, form, seen(form))
        return url_for(".one", claim_id=claim_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("claims/one.html", no, names={"date": day_field}, **_shown(claim_id))

    return forms.submit(act, again, said)


def _shown(claim_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        claim = claims.find(tx, claim_id, g.by)
        today = troop.today(tx)
    return {"claim": claim, "today": today, "said": cupboard_words}
