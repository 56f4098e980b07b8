"""Reports to take away: which there are, the page on which each is seen, and each as a file."""

from flask import Blueprint, Response, abort, g, render_template, request

from gsctracker.domain.people import scouts
from gsctracker.domain.reports import season_days, tables, tables_of_records
from gsctracker.domain.season import seasons, troop
from gsctracker.integrations import tables_out
from gsctracker.web import choices, forms, paging
from gsctracker.web.access import allow
from gsctracker.web.errors import say
from gsctracker.web.report_words import KINDS

bp = Blueprint("reports", __name__, url_prefix="/reports")

PAGES = {
    "scouts": "/scouts",
    "sales": "/sales",
    "products": "/",
    "stock": "/stock",
    "balances": "/money",
    "payments": "/money/entries",
    "differences": "/differences",
    "to-type": "/differences/typing",
    "council": "/money/troop",
    "proceeds": "/proceeds",
    "rewards": "/rewards",
    "rewards-order": "/rewards/order",
    "ladder": "/rewards/ladder",
    "initial-order": "/stock/cupboard",
    "cupboard-orders": "/stock/cupboard",
    "journal": "/stock/moves",
    "season-days": "/reports/seasons",
}
"""Where the figures of a report stand for leaders; a family has them on its own pages."""

FAMILY_PAGES = {
    "scouts": "/",
    "sales": "/sales",
    "stock": "/stock",
    "balances": "/money",
    "payments": "/money",
    "rewards": "/rewards",
}
FEW_REPORTS = 12
"""So many are shown without opening a group first: a family has no more."""

MOST_SEASONS = 4
MOST_ROWS = 200
"""Rows on a page; the files hold all of them."""

STATEMENT_PAGE = 25
"""Lines of an opened statement: on a phone each is a hand's breadth high."""

SUMMED = ("boxes", "money")
NOT_ADDED_UP = ("council", "proceeds", "last-check", "statements", "initial-order")
"""Reports whose rows already hold their sum."""


@bp.get("")
@allow("exports")
def index() -> str:
    """Every report she may have, by what one wants to know, with its page and its files."""
    pages = PAGES if g.by.role != "caregiver" else FAMILY_PAGES
    groups = tables.groups(g.by)
    few = sum(len(reports) for _, reports in groups) <= FEW_REPORTS
    return render_template("reports/index.html", groups=groups, few=few, pages=pages)


@bp.get("/seasons")
@allow("sales.all")
def seasons_beside_each_other() -> str:
    """What was sold on each day, this season and those before it."""
    with g.db.read() as tx:
        drawn = [
            (season, [(row.day, row.boxes) for row in season_days.by_day(tx, season.id, g.by)])
            for season in seasons.all_of_them(tx)[:MOST_SEASONS]
        ]
    return render_template("reports/seasons.html", drawn=[(season, days) for season, days in drawn if days])


@bp.get("/statements")
@allow("exports")
def statements() -> str:
    """Each family's account as one line, one of them opened, newest first; or one long table, where that is asked for."""
    if request.args.get("family") == "all":
        return one("statements")
    asked = forms.Reading(request.args).take("family", choices.row_id, empty=None)
    begins = paging.start(int)
    with g.db.read() as tx:
        families = tables_of_records.by_family(tx, seasons.current(tx).id, g.by)
        if asked is not None:
            scouts.find(tx, asked, g.by)
    opened = next((family for family in families if asked in (None, family.scout_id)), None)
    lines = list(enumerate(opened.rows)) if opened else []
    newest = lines[: begins[0] if begins else None][::-1]
    page = paging.cut(newest[: STATEMENT_PAGE + 1], STATEMENT_PAGE, lambda line: (line[0],))
    columns = tables_of_records.STATEMENT_COLUMNS[1:]
    return render_template(
        "reports/statements.html",
        families=families,
        opened=opened,
        columns=columns,
        rows=[row[1:] for _, row in page.rows],
        page=page,
        said=say,
        kinds=[KINDS.get(column.key, {}) for column in columns],
    )


@bp.get("/<name>")
@allow("exports")
def one(name: str) -> str:
    """A report as it is in its files: the first rows, and the sums of all."""
    with g.db.read() as tx:
        table = tables.make(tx, name, g.by)
    sums = {
        at: sum(row[at] or 0 for row in table.rows)
        for at, column in enumerate(table.columns)
        if column.kind in SUMMED and name not in NOT_ADDED_UP and table.rows
    }
    kinds = [KINDS.get(column.key, {}) for column in table.columns]
    return render_template(
        "reports/one.html",
        table=table,
        rows=table.rows[:MOST_ROWS],
        more=max(len(table.rows) - MOST_ROWS, 0),
        sums=sums,
        said=say,
        kinds=kinds,
    )


@bp.get("/<name>.<file_type>")
@allow("exports")
def download(name: str, file_type: str) -> Response:
    """A report as a file; that it was taken away is written down. Its name names no child."""
    if file_type not in tables_out.TYPES:
        abort(404)
    with g.db.read() as tx:
        table, day = tables.make(tx, name, g.by), troop.today(tx)
    content = tables_out.made(table, file_type, say, KINDS)
    with g.db.write() as tx:
        tables.taken_away(tx, table, file_type, g.by)
    answer = Response(content, content_type=tables_out.TYPES[file_type])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day}.{file_type}"'
    return answer
