"""Why a number of the whole troop is what it is: boxes in all places of a kind, cents on the troop's accounts."""

from flask import Blueprint, g
from flask_babel import gettext

from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances, council
from gsctracker.domain.reports import why as reasons
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import NotFound
from gsctracker.web import paging, wording
from gsctracker.web.access import allow
from gsctracker.web.locale import money, number
from gsctracker.web.pages.why import PAGE, Posting, goods, posting, shown
from gsctracker.words import N_

bp = Blueprint("why_troop", __name__, url_prefix="/why")

WHERE = {
    "received": N_("Received"),
    "scouts": N_("With families"),
    "booths": N_("At booths"),
    "transit": N_("On the way"),
    "damaged": N_("Damaged"),
    "customers": N_("With customers"),
    "lost": N_("Lost"),
}
ACCOUNTS = {
    "cash_box": N_("Cash box"),
    "bank": N_("Bank"),
    "stock": N_("Boxes the troop answers for, at their price"),
    "council": N_("The council's account"),
    "card_clearing": N_("Card money the council already holds"),
    "over_short": N_("Booth cash over or short"),
    "losses": N_("Lost boxes, at their price"),
    "write_off": N_("Family debts taken over"),
}


@bp.get("/boxes/<group>/<id:product_id>")
@allow("stock.see")
def boxes(group: str, product_id: int) -> str:
    """The moves behind one figure of the stock page: one cookie in all places of a kind."""
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        season, product = seasons.current(tx), catalogue.find(tx, product_id)
        rows = reasons.boxes_in(tx, season.id, g.by, group, product_id, before, PAGE + 1)
        here = [row for row in stock.everywhere(tx, season.id) if row.product_id == product_id]
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    total = sum(getattr(row, group) for row in here)
    lines = [posting(row, row.boxes, *_whose(row)) for row in page.rows]
    title = gettext(
        "Why %(n)s %(cookie)s: %(place)s", n=number(total), cookie=product.name, place=gettext(WHERE[group])
    )
    return shown(title, "/stock", gettext("Stock"), page, lines, number, total)


@bp.get("/account/<kind>")
@allow("money.see")
def account(kind: str) -> str:
    """The postings on one of the troop's own accounts."""
    if kind not in ACCOUNTS:
        raise NotFound(N_("There is no such account."), "no_such_account")
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = reasons.account(tx, season.id, g.by, kind, before, PAGE + 1)
        total = balances.troop_accounts(tx, season.id)[kind]
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    lines = [posting(row, row.cents, *goods(row), *_whose(row)) for row in page.rows]
    title = gettext("Why %(amount)s: %(account)s", amount=money(total), account=gettext(ACCOUNTS[kind]))
    return shown(title, "/money/troop", gettext("Troop and council"), page, lines, money, total)


COUNCIL = {
    "charged": (N_("Why the council charged %(amount)s"), "charged_cents"),
    "swept": (N_("Why the council withdrew %(amount)s"), "swept_cents"),
    "taken_over": (N_("Why the council took over debts of %(amount)s"), "taken_over_cents"),
}


@bp.get("/council/<part>")
@allow("money.see")
def with_council(part: str) -> str:
    """The postings behind one figure of the council's statement."""
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = reasons.council(tx, season.id, g.by, part, before, PAGE + 1)
        statement = council.statement(tx, season.id)
    sentence, column = COUNCIL[part]
    total = getattr(statement, column)
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    lines = [posting(row, row.cents, *goods(row), *_whose(row)) for row in page.rows]
    title = gettext(sentence, amount=money(total))
    return shown(title, "/money/troop", gettext("Troop and council"), page, lines, money, total)


@bp.get("/proceeds")
@allow("money.see")
def proceeds() -> str:
    """What the troop keeps: packages of each cookie at the rate it reached, less those that bring nothing."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = reasons.proceeds(tx, season.id, g.by)
        now = council.statement(tx, season.id)
    rate = money(now.rate_cents)
    lines = [
        Posting(
            "",
            row.name,
            gettext("%(n)s boxes at %(rate)s", n=number(row.boxes), rate=rate),
            row.boxes * now.rate_cents,
            f"/why/boxes/received/{row.product_id}",
            False,
        )
        for row in rows
    ]
    if now.exempt_packages:
        about = gettext("%(n)s boxes at %(rate)s", n=number(now.exempt_packages), rate=rate)
        lines.append(
            Posting("", gettext("Boxes without proceeds"), about, -now.exempt_packages * now.rate_cents, None, False)
        )
    uncounted = now.proceeds_cents - sum(line.change for line in lines)
    if uncounted:  # a council that counts what girls are credited with, not what it charged
        lines.append(Posting("", gettext("Packages that the plan does not count"), "", uncounted, "/proceeds", False))
    title = gettext("Why the troop keeps %(amount)s", amount=money(now.proceeds_cents))
    lede = gettext("The council's rate for the girls' average, times every box it charged for.")
    return shown(
        title,
        "/money/troop",
        gettext("Troop and council"),
        paging.cut(lines, len(lines), lambda line: ()),
        lines,
        money,
        now.proceeds_cents,
        lede,
    )


def _whose(row) -> list[str]:
    if row.scout_first_name is not None:
        return [wording.girl(row, "scout_")]
    return [row.booth_name] if row.booth_name else []
