"""What does not agree: Digital Cookie, the back office and our own ledgers side by side, and what to type tonight."""

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.imports import office_lines
from gsctracker.domain.people import scouts
from gsctracker.domain.reports import differences, typing_list
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Invalid
from gsctracker.web import choices, import_words, paging, wording
from gsctracker.web.access import allow
from gsctracker.web.errors import say

bp = Blueprint("differences", __name__, url_prefix="/differences")

LINES = 28
TICKS = 60
OFFICE_LINES = 60


@bp.context_processor
def _words() -> dict[str, object]:
    return {"words": import_words, "wording": wording}


@bp.get("")
@allow("differences")
def index() -> str:
    """Girl by girl and cookie by cookie, those that differ, all, or one girl's."""
    girl = _girl(request.args.get("girl", ""))
    everything = request.args.get("show") == "all" or girl is not None
    after = (paging.start(int) or (0,))[0]
    with g.db.read() as tx:
        season = seasons.current(tx)
        found = differences.page(tx, season.id, g.by, girl)
        girls = choices.girls(tx, status=None)
    compared = found.last_export is not None  # beside an empty column everything would differ
    differing = [line for line in found.lines if compared and (line.gap or line.parts)]
    lines = found.lines if everything else differing
    groups = [(scout_id, list(rows)) for scout_id, rows in groupby(lines, key=lambda line: line.scout_id)]
    later = [group for group in groups if group[0] > after]
    shown = _fitting(later)
    return render_template(
        "differences/index.html",
        found=found,
        page=paging.cut(later[: shown + 1], shown, lambda group: (group[0],)),
        shelf=[row for row in found.shelf if everything or (compared and (row.gap or row.parts))],
        girls=girls,
        girl=girl,
        everything=everything,
        count=len(differing),
        told=lambda part: say(part.message, part.params),
        first=not after,
    )


def _girl(asked: str) -> int | None:
    """The girl that was asked for; a girl that cannot be is nobody."""
    try:
        return choices.row_id("girl", asked) if asked else None
    except Invalid:
        return None


def _fitting(groups: list[tuple[int, list[Any]]]) -> int:
    """How many girls' tables fit on a page; at least one."""
    count = lines = 0
    for _, rows in groups:
        lines += len(rows) + 1
        if count and lines > LINES:
            break
        count += 1
    return max(count, 1)


@bp.get("/typing")
@allow("differences")
def typing() -> str:
    """What to type into the back office tonight."""
    after = (paging.start(int) or (0,))[0]
    with g.db.read() as tx:
        season = seasons.current(tx)
        items = typing_list.page(tx, season.id, g.by)
        last_export = differences.ticks.last_export(tx, season.id)
    rows = list(enumerate(items, 1))[after : after + TICKS + 1]
    return render_template(
        "differences/typing.html",
        page=paging.cut(rows, TICKS, lambda row: (row[0],)),
        left=sum(not item.is_done for item in items),
        total=len(items),
        office=differences.OFFICES[season.baker],
        last_export=last_export,
        here=url_for(".tick", **{name: text for name, text in request.args.items() if name in ("after", "trail")}),
    )


@bp.post("/typing")
@allow("differences")
def tick() -> Response:
    """A line is typed, or was not after all."""
    key = request.form.get("key", "")[:200]
    done = request.form.get("done") != "0"
    with g.db.write() as tx:
        season = seasons.current(tx)
        (typing_list.tick if done else typing_list.untick)(tx, season.id, g.by, values.line("key", key, 200, 1))
    flash(gettext("Ticked. The next export proves it.") if done else gettext("The tick is taken away."))
    here = {name: request.args[name][:3000] for name in ("after", "trail") if name in request.args}
    return redirect(url_for(".typing", **here), 303)


@bp.get("/office/<id:scout_id>")
@allow("differences")
def office(scout_id: int) -> str:
    """The back office's own records behind a girl's number there."""
    after = (paging.start(int) or (0,))[0]
    asked = request.args.get("product") or None
    product_id = values.whole("product", asked, 1, 2**53) if asked else None
    with g.db.read() as tx:
        season, scout = seasons.current(tx), scouts.find(tx, scout_id, g.by)
        product = catalogue.find(tx, product_id) if product_id else None
        rows = office_lines.of_girl(tx, season.id, scout_id, product_id, after, OFFICE_LINES + 1)
    return _office_lines(rows, season.baker, product, scout)


@bp.get("/shelf/<id:product_id>")
@allow("differences")
def office_shelf(product_id: int) -> str:
    """The back office's own records behind its shelf of one cookie."""
    after = (paging.start(int) or (0,))[0]
    with g.db.read() as tx:
        season, product = seasons.current(tx), catalogue.find(tx, product_id)
        rows = office_lines.of_shelf(tx, season.id, product_id, after, OFFICE_LINES + 1)
    return _office_lines(rows, season.baker, product)


def _office_lines(rows: Any, baker: str, product: Any, scout: Any = None) -> str:
    return render_template(
        "differences/office.html",
        scout=scout,
        product=product,
        office=differences.OFFICES[baker],
        page=paging.cut(rows, OFFICE_LINES, lambda row: (row.id,)),
    )
