"""A booth's sheets: typed in or brought as a file, recomputed, with what differs shown."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import booths, sheets
from gsctracker.domain.booths.sheets import Sheet
from gsctracker.domain.season import catalogue
from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import spreadsheets
from gsctracker.web import forms, grids
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("booth_sheets", __name__, url_prefix="/booths/<id:booth_id>/sheets")
FIGURES = {
    "sold": N_("All boxes sold"),
    "expected": N_("Expected money"),
    "collected": N_("Collected money"),
    "verdict_perfect": N_("The sheet says perfect"),
    "verdict_over": N_("The sheet says over"),
    "verdict_under": N_("The sheet says under"),
}
AMOUNTS = ("start", "end", "checks", "cards", "apps")


@bp.get("")
@allow("stock.see")
def index(booth_id: int) -> str:
    """The sheets so far, and the form for another."""
    return render_template("booths/sheets.html", typed={}, errors={}, **_offered(booth_id))


@bp.post("")
@allow("stock.move")
def keep(booth_id: int) -> Response | tuple[str, int]:
    """Keep a file or what was typed."""
    form = forms.Reading(request.form)
    sent = request.files.get("file")
    content = sent.read() if sent and sent.filename else b""
    read: Callable[[Any, int], Sheet] | None = None

    def act(tx: Any) -> str:
        booth = booths.look_at(tx, g.by, booth_id)
        if read:
            sheets.keep(tx, g.by, booth_id, read(tx, booth.season_id), str(sent.filename)[-200:])
        else:
            sheet = _typed(form, grids.handled(catalogue.products(tx, booth.season_id)))
            form.settle()
            sheets.keep(tx, g.by, booth_id, sheet)
        return url_for(".index", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booths/sheets.html", no, **_offered(booth_id))

    if content:
        try:
            read = _reading(content, str(sent.filename))
        except (Invalid, Conflict) as no:
            return again(no)
    return forms.submit(act, again, gettext("The sheet is kept. Every sum was made again."))


def _reading(content: bytes, name: str) -> Callable[[Any, int], Sheet]:
    """How to make a sheet of this file, whose rows are read here, outside any transaction."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return lambda tx, season_id: sheets.read(tx, season_id, content)
    tables = [one.rows for one in spreadsheets.read(content, name)]
    return lambda tx, season_id: sheets.of_rows(tx, season_id, tables)


def _typed(form: forms.Reading, products: list[Any]) -> Sheet:
    sheet = Sheet()
    for product in products:
        start, end, sold = (
            form.take(f"{part}-{product.id}", values.boxes, 0, empty=None) for part in ("start", "end", "sold")
        )
        if (start, end, sold) != (None, None, None):
            sheet.cookies[product.id] = (start or 0, end or 0, sold)
    sheet.share = form.take("share", values.boxes, 0, empty=0)
    sheet.money = {name: form.take(name, values.dollars, empty=0) for name in AMOUNTS}
    sheet.said_collected = form.take("said_collected", values.dollars, empty=None)
    sheet.verdict = form.take("verdict", values.choice, sheets.VERDICTS, empty="")
    return sheet


def _offered(booth_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        products = [one for one in grids.handled(catalogue.products(tx, booth.season_id)) if one.is_active]
        return {
            "booth": booth,
            "kept": sheets.of_booth(tx, booth_id),
            "products": products,
            "labels": {f"{part}-{one.id}": one.name for one in products for part in ("start", "end", "sold")},
            "figures": {name: gettext(words) for name, words in FIGURES.items()},
            "verdicts": [("over", gettext("Over")), ("perfect", gettext("Perfect")), ("under", gettext("Under"))],
            "is_open": booth.status in ("scheduled", "packed", "open"),
        }
