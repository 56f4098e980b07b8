"""Why a part of what a family owes is what it is, and what the sum over all families is made of."""

from flask import Blueprint, g
from flask_babel import gettext

from gsctracker.domain.money import balances
from gsctracker.domain.people import scouts
from gsctracker.domain.reports import why_family as reasons
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from gsctracker.web import paging, wording
from gsctracker.web.access import allow
from gsctracker.web.locale import money
from gsctracker.web.pages.why import PAGE, Posting, goods, posting, shown
from gsctracker.words import N_

bp = Blueprint("why_family", __name__, url_prefix="/why")

SENTENCES = {
    "boxes": N_("Why %(name)s still holds boxes for %(amount)s"),
    "cash": N_("Why %(name)s still holds %(amount)s in cash"),
    "customers": N_("Why %(name)s's customers owe %(amount)s"),
    "written_off": N_("Why the council took over %(amount)s of %(name)s's debt"),
    "goods": N_("Why %(name)s took boxes for %(amount)s"),
    "paid": N_("Why %(name)s's family handed in %(amount)s"),
}
SUMS = {
    "balance": N_("Why families owe %(amount)s"),
    "boxes": N_("Why families hold boxes for %(amount)s"),
    "cash": N_("Why families hold %(amount)s in cash"),
    "customers": N_("Why customers owe %(amount)s"),
    "written_off": N_("Why the council took over debts of %(amount)s"),
}


@bp.get("/family/<part>/<id:scout_id>")
@allow("family.money")
def part(part: str, scout_id: int) -> str:
    """The sales and postings behind one part of what a girl's family owes."""
    before = paging.start(str, int, int) or reasons.NEWEST
    with g.db.read() as tx:
        season, scout = seasons.current(tx), scouts.find(tx, scout_id, g.by)
        rows = reasons.lines(tx, season.id, scout_id, g.by, part, before, PAGE + 1)
        total = getattr(balances.family(tx, season.id, scout_id, g.by), reasons.PARTS[part])
    page = paging.cut(rows, PAGE, lambda row: (row.day, row.turn, row.id))
    lines = [posting(row, row.cents, *goods(row)) for row in page.rows]
    name = wording.girl(scout)
    title = gettext(SENTENCES[part], name=name, amount=money(total))
    return shown(title, f"/money/families/{scout_id}", name, page, lines, money, total)


@bp.get("/families/<part>")
@allow("family.money")
def families(part: str) -> str:
    """A sum over all families she may see: what each of them adds to it."""
    if part not in SUMS:
        raise NotFound(N_("There is no such figure."), "no_such_figure")
    (after,) = paging.start(int) or (0,)
    column = "balance_cents" if part == "balance" else reasons.PARTS[part]
    with g.db.read() as tx:
        rows = [row for row in balances.families(tx, seasons.current(tx).id, g.by) if getattr(row, column)]
    total = sum(getattr(row, column) for row in rows)
    page = paging.cut([row for row in rows if row.scout_id > after], PAGE, lambda row: (row.scout_id,))
    where = "/why/balance/{}" if part == "balance" else f"/why/family/{part}/{{}}"
    lines = [
        Posting("", wording.girl(row), "", getattr(row, column), where.format(row.scout_id), False) for row in page.rows
    ]
    lede = gettext("Each family whose figure is not nothing. Touch one to see what hers is made of.")
    title = gettext(SUMS[part], amount=money(total))
    return shown(title, "/money", gettext("Money"), page, lines, money, total, lede)
