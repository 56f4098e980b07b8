"""Counts: what somebody saw at a place, set against the ledger, and the difference explained."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import counts, stock
from gsctracker.domain.season import catalogue, seasons
from gsctracker.web import choices, forms, grids, paging, wording
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("counts", __name__, url_prefix="/stock")
PAGE = 40


@bp.get("/counts")
@allow("family.see")
def index() -> str:
    """The counts of places she may see, newest first."""
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = counts.recent(tx, season.id, g.by, before=after[0] if after else 0, limit=PAGE + 1)
    return render_template("stock/counts.html", page=paging.cut(rows, PAGE, lambda row: (row.id,)))


@bp.get("/places/<id:place_id>/count")
@allow("family.see")
def new(place_id: int) -> str:
    """The empty grid: what should be there is shown only afterwards, so that it is really counted."""
    return render_template("stock/count.html", typed={}, errors={}, **_offered(place_id))


@bp.post("/places/<id:place_id>/count")
@allow("family.see")
def record(place_id: int) -> Response | tuple[str, int]:
    """Write down what was seen."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        season = seasons.current(tx)
        seen = grids.read(form, grids.handled(catalogue.products(tx, season.id)))
        note = form.take("note", values.text, 500)
        form.settle()
        count_id = counts.record(tx, g.by, place_id, {product.id: boxes for product, boxes in seen}, note)
        return url_for(".one", count_id=count_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("stock/count.html", no, names={"boxes": "items"}, **_offered(place_id))

    return forms.submit(act, again, gettext("The count is kept. Below is what should have been there."))


@bp.get("/counts/<id:count_id>")
@allow("family.see")
def one(count_id: int) -> str:
    """A count beside what the ledger said, each difference with its explanation."""
    return render_template("stock/one_count.html", typed={}, errors={}, **_count(count_id))


@bp.post("/counts/<id:count_id>/explain")
@allow("stock.move")
def explain(count_id: int) -> Response | tuple[str, int]:
    """Say what became of the boxes that are too few or too many."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        product_id = form.take("product", choices.row_id)
        reason = form.take("reason", values.choice, counts.EXPLANATIONS)
        note = form.take("note", _said)
        form.settle()
        counts.explain(tx, g.by, count_id, product_id, reason, note)
        return url_for(".one", count_id=count_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("stock/one_count.html", no, **_count(count_id))

    return forms.submit(act, again, gettext("Explained. The ledger now agrees with the count."))


def _said(name: str, given: object) -> str:
    note = values.text(name, given, 500)
    if not note:
        values.refuse(name, N_("Say in a few words what happened."))
    return note


def _count(count_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        count = counts.find(tx, count_id, g.by)
        where = stock.place(tx, count.place_id, g.by)
        cases = {one.id: one.packs_per_case for one in catalogue.products(tx, count.season_id)}
    return {
        "count": count,
        "place": where,
        "cases": cases,
        "explained_by": [(one, gettext(wording.ENTRIES[one])) for one in counts.EXPLANATIONS],
        "asked_about": request.form.get("product", ""),
    }


def _offered(place_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        where = stock.place(tx, place_id, g.by)
        products = grids.handled(catalogue.products(tx, season.id))
        return {"place": where, "products": products, "labels": grids.labels(products)}
