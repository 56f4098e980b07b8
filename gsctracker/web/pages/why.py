"""Why a number is what it is: the postings that make it, newest first."""

from typing import NamedTuple

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.reports import summary
from gsctracker.domain.season import catalogue, seasons
from gsctracker.web import paging, wording
from gsctracker.web.access import allow
from gsctracker.web.locale import money, number

PAGE = 50

bp = Blueprint("why", __name__, url_prefix="/why")


class Posting(NamedTuple):
    """One line of the reasons: what happened when, and by how much it changed the number."""

    day: str
    kind: str
    about: str
    change: int
    href: str | None
    taken_back: bool


@bp.get("/credit/<id:scout_id>")
@allow("family.see")
def credit(scout_id: int):
    """The postings behind a girl's credited packages, of one cookie or of all."""
    (before,) = paging.start(int) or (0,)
    product_id = _product()
    with g.db.read() as tx:
        season, scout = seasons.current(tx), scouts.find(tx, scout_id, g.by)
        product = catalogue.find(tx, product_id) if product_id else None
        rows = summary.why_credit(tx, season.id, scout_id, g.by, product_id, before, PAGE + 1)
        credited = summary.credit_of(tx, season.id, scout_id, g.by)
    total = sum(row.boxes for row in credited if product is None or row.product_id == product.id)
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    lines = [posting(row, row.boxes, row.name, wording.said(wording.CHANNELS, row.channel)) for row in page.rows]
    name = wording.girl(scout)
    if product:
        title = gettext(
            "Why %(name)s is credited with %(n)s %(cookie)s", name=name, n=number(total), cookie=product.name
        )
    else:
        title = gettext("Why %(name)s is credited with %(n)s boxes", name=name, n=number(total))
    return shown(title, f"/scouts/{scout_id}", wording.girl(scout), page, lines, number, total)


@bp.get("/balance/<id:scout_id>")
@allow("family.money")
def balance(scout_id: int):
    """The postings behind what a girl's family owes the troop."""
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        season, scout = seasons.current(tx), scouts.find(tx, scout_id, g.by)
        rows = balances.why(tx, season.id, scout_id, g.by, before, PAGE + 1)
        total = balances.family(tx, season.id, scout_id, g.by).balance_cents
    page = paging.cut(rows, PAGE, lambda row: (row.posting_id,))
    lines = [posting(row, row.cents, *goods(row)) for row in page.rows]
    title = gettext("Why %(name)s's family owes %(amount)s", name=wording.girl(scout), amount=money(total))
    return shown(title, f"/scouts/{scout_id}", wording.girl(scout), page, lines, money, total)


@bp.get("/stock/<id:place_id>")
@allow("family.see")
def boxes(place_id: int):
    """The postings behind the boxes at a place, of one cookie or of all."""
    (before,) = paging.start(int) or (0,)
    product_id = _product()
    with g.db.read() as tx:
        season, place = seasons.current(tx), stock.place(tx, place_id, g.by)
        product = catalogue.find(tx, product_id) if product_id else None
        rows = stock.why(tx, season.id, place_id, g.by, product_id, before, PAGE + 1)
        here = [row for row in stock.on_hand(tx, season.id, g.by) if row.place_id == place_id]
    total = sum(row.boxes for row in here if product is None or row.product_id == product.id)
    page = paging.cut(rows, PAGE, lambda row: (row.id,))
    lines = [posting(row, row.boxes, row.name, _other_place(row)) for row in page.rows]
    where = wording.place(place)
    if product:
        title = gettext("Why %(n)s %(cookie)s: %(place)s", n=number(total), cookie=product.name, place=where)
    else:
        title = gettext("Why %(n)s boxes: %(place)s", n=number(total), place=where)
    back = f"/scouts/{place.scout_id}" if place.scout_id else "/stock"
    return shown(title, back, where if place.scout_id else gettext("Stock"), page, lines, number, total)


def _product() -> int | None:
    asked = request.args.get("product") or None
    return values.whole("product", asked, 1, 2**53) if asked else None


def posting(row, change: int, *about: str) -> Posting:
    """A posting as a line: the entry it belongs to, what it is about, and the change it makes."""
    order_id = row.order_id
    words = [*about, row.reference, row.note]
    return Posting(
        day=row.day,
        kind=wording.said(wording.ENTRIES, row.kind),
        about=" · ".join(word for word in words if word),
        change=change,
        href=f"/sales/{order_id}" if order_id else _entry(row),
        taken_back=bool(row.reverses),
    )


def _entry(row) -> str | None:
    """The page of a move or a payment, for who may open it."""
    if row.kind in transfers.KINDS and roles.allows(g.by, "stock.see"):
        return f"/stock/moves/{row.entry_id}"
    if row.kind in turn_ins.KINDS and roles.allows(g.by, "money.see"):
        return f"/money/entries/{row.entry_id}"
    return None


def goods(row) -> list[str]:
    """The packages a posting of money is for, or nothing."""
    if row.name is None:
        return []
    count = number(abs(row.boxes))
    price = money(row.price_cents)
    return [gettext("%(n)s %(cookie)s at %(price)s", n=count, cookie=row.name, price=price)]


def _other_place(row) -> str:
    named = row.other_scout_first_name is not None
    name = wording.girl(row, "other_scout_") if named else wording.said(wording.PLACES, row.other_place)
    if row.boxes > 0:
        return gettext("from: %(place)s", place=name)
    return gettext("to: %(place)s", place=name)


def shown(title: str, back: str, back_label: str, page, lines: list[Posting], show, total: int, lede: str = "") -> str:
    """The page of reasons: what the number is, and the postings that make it; `lede` where they are no postings."""
    about = {"title": title, "back": back, "back_label": back_label, "lede": lede}
    return render_template("why/why.html", page=page, lines=lines, show=show, total=total, **about)
