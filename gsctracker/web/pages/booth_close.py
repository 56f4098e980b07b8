"""Closing a booth on one page: boxes left, cash by note and coin, the second adult's signature, and opening it again."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import attendance, booths, cash, closing, counting, crediting, family, sheets
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.people import roles
from gsctracker.domain.season import catalogue
from gsctracker.errors import NotAllowed, NotFound
from gsctracker.web import choices, forms, grids
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("booth_close", __name__, url_prefix="/booths/<id:booth_id>")
AMOUNTS = (("start", 0), ("drops", 0), ("end", 0), ("checks", 0), ("cards", 0), ("apps", 0))
_PARTS = ("damaged", "donated", "brought")


@bp.get("/close")
@allow("family.see")
def close(booth_id: int) -> str:
    """The closing form, or, once it is closed, what was counted."""
    offered = _offered(booth_id)
    if offered["closed"]:
        return render_template("booths/closed.html", typed={}, errors={}, **offered)
    _must_count(offered)
    return render_template("booths/close.html", typed=_of_sheet(booth_id), errors={}, **offered)


@bp.post("/close")
@allow("family.see")
def count(booth_id: int) -> Response | tuple[str, int]:
    """Close it; or sign it, where the other adult closed it meanwhile with the same figures."""
    form = forms.Reading(request.form)
    with g.db.read() as tx:
        from_home = family.is_from_home(tx, booths.look_at(tx, g.by, booth_id))
        is_closed = closing.find(tx, booth_id) is not None
    said = gettext("The booth is closed. The other adult who counted signs below.")
    if from_home:
        said = gettext("The booth is closed, and all its credit is hers.")
    elif is_closed:  # by the other adult meanwhile: what is taken now is the second signature
        said = gettext("Signed. The booth can be credited now.")

    def act(tx: Any) -> str:
        booth = booths.look_at(tx, g.by, booth_id)
        products = catalogue.products(tx, booth.season_id)
        counts = _counts(form, grids.handled(products))
        share = {
            product.id: form.take(f"share-{product.id}", values.boxes, 0, empty=0)
            for product in products
            if product.is_virtual
        }
        pieces = {
            denomination: form.take(f"cash-{denomination}", values.whole, 0, cash.MOST_PIECES, empty=0)
            for denomination in cash.DENOMINATIONS
        }
        money = Money(**{name: form.take(name, values.dollars, empty=empty) for name, empty in AMOUNTS})
        reason = form.take("reason", values.choice, tuple(cash.REASONS), empty=None)
        note = form.take("note", values.text, 500)
        onward = form.take("onward", choices.row_id, empty=None)
        form.settle()
        booth_credits.close(
            tx,
            g.by,
            booth_id,
            counts,
            money,
            share={product: boxes for product, boxes in share.items() if boxes},
            pieces={denomination: number for denomination, number in pieces.items() if number},
            reason=reason,
            note=note,
            onward_booth_id=onward,
        )
        return url_for(".close", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        offered = _offered(booth_id)
        template = "booths/closed.html" if offered["closed"] else "booths/close.html"
        return forms.again(template, no, names=_names(offered["products"]), **offered)

    return forms.submit(act, again, said)


@bp.post("/sign")
@allow("family.see")
def sign(booth_id: int) -> Response | tuple[str, int]:
    """The second adult signs."""

    def act(tx: Any) -> str:
        booths.look_at(tx, g.by, booth_id)
        closing.sign(tx, g.by, booth_id)
        return url_for(".close", booth_id=booth_id)

    return forms.submit(act, lambda no: _closed_again(booth_id, no), gettext("Signed. The booth can be credited now."))


@bp.post("/put-away")
@allow("stock.move")
def put_away(booth_id: int) -> Response | tuple[str, int]:
    """Everything is counted and credited: close its book."""

    def act(tx: Any) -> str:
        closing.put_away(tx, g.by, booth_id)
        return url_for("booth_page.one", booth_id=booth_id)

    return forms.submit(act, lambda no: _closed_again(booth_id, no), gettext("The booth is put away."))


@bp.post("/reopen")
@allow("stock.move")
def reopen(booth_id: int) -> Response | tuple[str, int]:
    """Take the closing back, with the reason."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500)
        form.settle()
        booth_credits.reopen(tx, g.by, booth_id, reason)
        return url_for(".close", booth_id=booth_id)

    return forms.submit(act, lambda no: _closed_again(booth_id, no), gettext("The booth is open again."))


@bp.get("/midway")
@allow("family.see")
def midway(booth_id: int) -> str:
    """The count at a change of shift."""
    offered = _offered(booth_id)
    _must_count(offered)
    return render_template("booths/midway.html", typed={}, errors={}, **offered)


@bp.post("/midway")
@allow("family.see")
def count_midway(booth_id: int) -> Response | tuple[str, int]:
    """Write down what is left on the table now."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        booth = booths.look_at(tx, g.by, booth_id)
        left = grids.read(form, grids.handled(catalogue.products(tx, booth.season_id)))
        if not left:
            form.wrong("items", N_("Enter at least one cookie."))
        form.settle()
        attendance.count_midway(tx, g.by, booth_id, {product.id: boxes for product, boxes in left})
        return url_for(".midway", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booths/midway.html", no, names={"countedAt": "items"}, **_offered(booth_id))

    return forms.submit(
        act, again, gettext("The count is kept. What was sold before is shared by who was there before.")
    )


def _must_count(offered: dict[str, Any]) -> None:
    if not offered["may_count"]:
        raise NotAllowed(counting.NOT_ALLOWED, "not_allowed")


def _closed_again(booth_id: int, no: Any) -> tuple[str, int]:
    offered = _offered(booth_id)
    return forms.again("booths/closed.html" if offered["closed"] else "booths/close.html", no, **offered)


def _counts(form: forms.Reading, products: list[Any]) -> dict[int, Count]:
    """Each cookie of which anything was typed; one of which only damage was typed still wants its count."""
    remaining = {product.id: boxes for product, boxes in grids.read(form, products)}
    found = {}
    for product in products:
        damaged, donated, there = (form.take(f"{part}-{product.id}", values.boxes, 0, empty=None) for part in _PARTS)
        if product.id in remaining:
            found[product.id] = Count(remaining[product.id], damaged or 0, donated or 0, there)
        elif (damaged, donated, there) != (None, None, None):
            form.wrong(f"boxes-{product.id}", N_("Write 0 where nothing is left."))
    return found


def _of_sheet(booth_id: int) -> dict[str, str]:
    """What a kept sheet says, as if it had been typed; nothing where none is named."""
    sheet_id = forms.Reading(request.args).take("sheet", choices.row_id, empty=None)
    if sheet_id is None:
        return {}
    with g.db.read() as tx:
        sheet = sheets.find(tx, booth_id, sheet_id).sheet
        there = counting.brought(tx, booth_id)
        shares = [one.id for one in catalogue.products(tx, booths.find(tx, booth_id).season_id) if one.is_virtual]
    typed = {name: f"{cents // 100}.{cents % 100:02}" for name, cents in sheet.money.items()}
    for product, (start, end, _) in sheet.cookies.items():
        typed[f"boxes-{product}"] = str(end)
        if start != there.get(product, 0):
            typed[f"brought-{product}"] = str(start)
    return typed | {f"share-{product}": str(sheet.share) for product in shares[:1]}


def _names(products: list[Any]) -> dict[str, str]:
    return {f"remaining-{product.id}": f"boxes-{product.id}" for product in products} | {
        f"{name}Cents": name for name, _ in AMOUNTS
    }


def _offered(booth_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        may_count = closing.may_count(tx, g.by, booth_id)
        if not may_count and not roles.allows(g.by, "stock.see"):
            raise NotFound(N_("There is no such booth."), "no_such_booth")
        products = catalogue.products(tx, booth.season_id)
        there = counting.brought(tx, booth_id)
        handled = grids.handled(products)
        return {
            "booth": booth,
            "from_home": family.is_from_home(tx, booth),
            "closed": closing.find(tx, booth_id),
            "sold": sum(crediting.sold(tx, booth_id).values()),
            "may_count": may_count,
            "products": products,
            "packed": [product for product in handled if there.get(product.id)],
            "others": [product for product in handled if not there.get(product.id) and product.is_active],
            "shares": [product for product in products if product.is_virtual],
            "brought": there,
            "labels": grids.labels(handled),
            "denominations": cash.DENOMINATIONS,
            "reasons": [(kind, gettext(words)) for kind, words in cash.REASONS.items()],
            "onward": [one for one in choices.open_booths(tx, booth.season_id) if one[0] != booth_id],
        }
