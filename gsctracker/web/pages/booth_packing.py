"""Packing for a booth: what to take of each cookie, the load-out, and the printed sheet."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import booths, counting, crediting, history, packing, presences, sign_ups
from gsctracker.domain.inventory import stock
from gsctracker.domain.journal import TROOP
from gsctracker.domain.people import scouts
from gsctracker.domain.season import catalogue, troop
from gsctracker.integrations import booth_sheet_pdf
from gsctracker.web import booth_words, choices, forms, grids, locale, trade_words, wording
from gsctracker.web.access import allow
from gsctracker.web.remembered import remembered

bp = Blueprint("booth_packing", __name__, url_prefix="/booths/<id:booth_id>")
NAMES = {"quantity": "items"}


@bp.get("/packing")
@allow("stock.see")
def packing_list(booth_id: int) -> str:
    """The suggestion, filled into the form; `total` in the address says how many boxes in all."""
    offered = _offered(booth_id)
    typed: dict[str, object] = {}
    for row in [] if offered["brought"] else offered["rows"]:
        cases, single = divmod(row.boxes, row.product.packs_per_case)
        typed |= {f"cases-{row.product.id}": cases or "", f"boxes-{row.product.id}": single or ""}
    return render_template("booths/packing.html", typed=typed, errors={}, **offered)


@bp.post("/packing")
@allow("stock.move")
def load(booth_id: int) -> Response | tuple[str, int]:
    """Load the boxes out."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        booth = booths.look_at(tx, g.by, booth_id)
        products = grids.handled(catalogue.products(tx, booth.season_id))
        lines = [line for line in grids.read(form, products) if line[1]]
        reference = form.take("reference", values.line, 80)
        form.settle()
        cupboard = form.ticked("cupboard")
        packing.load(tx, g.by, booth_id, lines, from_cupboard=cupboard, reference=reference)
        return url_for(".packing_list", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booths/packing.html", no, names=NAMES, **_offered(booth_id))

    return forms.submit(act, again, gettext("Packed: the boxes are the booth's now."))


@bp.get("/sheet.pdf")
@allow("stock.see")
def sheet(booth_id: int) -> Response:
    """The sheet to print: packed boxes, lines for counts, who is there, money, two signatures."""
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        own = troop.own(tx)
        products = [one for one in catalogue.products(tx, booth.season_id) if one.is_active]
        there = counting.brought(tx, booth_id)
        suggested = {one.product.id: one.boxes for one in packing.suggest(tx, booth)}
        girls = {row.id: wording.girl(row) for row in scouts.page(tx, g.by, limit=choices.MOST)}
        names = [girls[girl] for girl in crediting.noted_minutes(tx, booth_id) if girl in girls]
        noted = [row for row in presences.of_booth(tx, booth_id) if row.account_id]
        adults = noted or [row for row in sign_ups.of_booth(tx, booth_id) if row.account_id and row.state == "going"]
        names += dict.fromkeys(booth_words.person(row) for row in adults)
    blank = [""] * len(products)

    def packs(boxes: dict[int, int]) -> list[str]:
        return [trade_words.packs(boxes[one.id], one.packs_per_case) if boxes.get(one.id) else "" for one in products]

    content = booth_sheet_pdf.drawn(
        gettext("Booth sheet: %(name)s", name=booth.name),
        [
            f"{locale.moment(booth.starts_at)} – {locale.moment(booth.ends_at)}   {booth.address}",
            gettext("Troop %(number)s", number=own.number),
        ],
        [f"{one.name} {locale.money(one.price_cents)}" for one in products],
        [
            *([] if there else [(gettext("Suggested"), packs(suggested))]),
            (gettext("Starting inventory"), packs(there)),
            (gettext("Topped up"), blank),
            (gettext("Packages sold (tally)"), blank),
            (gettext("Ending inventory"), blank),
            (gettext("Damaged"), blank),
            (gettext("Total sold"), blank),
        ],
        ([gettext("Girls and adults on duty"), gettext("In"), gettext("Out")], names),
        [
            gettext("Ending cash"),
            gettext("Starting cash"),
            gettext("Total cash collected"),
            gettext("Cards (Digital Cookie)"),
            gettext("Own card reader and apps"),
            gettext("Checks"),
            gettext("Total collected"),
        ],
        [gettext("First adult"), gettext("Second adult")],
    )
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="booth-{booth_id}.pdf"'
    return answer


def _offered(booth_id: int) -> dict[str, Any]:
    form = forms.Reading(request.args)
    asked = form.take("total", values.whole, 0, values.MOST_BOXES, empty=None)
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        rows = remembered("restock", (booth_id, asked, g.generation), lambda: packing.suggest(tx, booth, asked))
        forecast = remembered("similar", (booth_id, g.generation), lambda: packing.forecast(tx, booth))
        today = troop.today(tx)
        week = remembered("trending", (booth.season_id, today), lambda: history.trending(tx, booth.season_id, today, 5))
        best = week[0].product_id if week else None
        hints = (
            remembered("together", best, lambda: history.together(tx, booth.season_id, best))
            if best is not None
            else []
        )
        there = counting.brought(tx, booth_id)
        return {
            "booth": booth,
            "rows": rows,
            "total": sum(row.boxes for row in rows) if asked is None else asked,
            "forecast": forecast,
            "week": week,
            "hints": hints,
            "products": [row.product for row in rows],
            "shelf": {row.product.id: row.on_shelf for row in rows},
            "brought": there,
            "short": [row for row in stock.below_zero(tx, booth.season_id) if row.place_id == TROOP],
            "labels": grids.labels([row.product for row in rows]),
            "is_open": booth.status in ("scheduled", "packed", "open"),
        }
