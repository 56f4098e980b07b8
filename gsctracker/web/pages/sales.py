"""Sales: the list, taking one, looking at one, and what happens to it afterwards."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.people import roles
from gsctracker.domain.sales import follow_up as customers
from gsctracker.domain.sales import history, listing, orders
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid
from gsctracker.web import choices, forms, paging
from gsctracker.web.access import allow
from gsctracker.web.errors import fields_of
from gsctracker.web.pages import sale_form
from gsctracker.words import N_

bp = Blueprint("sales", __name__, url_prefix="/sales")
PAGE = 40
SHOWN_OF_EACH = 12
FILTERS = ("girl", "cookie", "status", "type", "from", "to")
FILTER_NAMES = {"product": "cookie", "orderType": "type"}


@bp.get("")
@allow("sales.record")
def index() -> str | tuple[str, int]:
    """The sales she may see, newest first, with the sums of all that fits the filters."""
    asked = {name: request.args.get(name, "").strip() for name in (*FILTERS, "q")}
    after = paging.start(str, int)
    errors: dict[str, str] = {}
    rows, totals = [], None
    with g.db.read() as tx:
        season = seasons.current(tx)
        try:
            wanted = _filter(asked)
            rows = listing.page(tx, g.by, season.id, wanted, after and listing.After(*after), PAGE + 1)
            totals = listing.totals(tx, g.by, season.id, wanted)
        except Invalid as no:
            errors = {FILTER_NAMES.get(name, name): sentence for name, sentence in fields_of(no).items()}
        page = paging.cut(rows, PAGE, lambda row: (row.ordered_at, row.id))
        lines = listing.cookies(tx, [row.id for row in page.rows])
        girls, cookies = choices.girls(tx, status=None), catalogue.products(tx, season.id)
    shown = render_template(
        "sales/index.html",
        page=page,
        lines=lines,
        totals=totals,
        asked=asked,
        used=sum(bool(asked[name]) for name in FILTERS),
        errors=errors,
        girls=girls,
        cookies=[(one.code, one.name) for one in cookies],
        everybody=roles.allows(g.by, "sales.all"),
    )
    return (shown, 422) if errors else shown


def _filter(asked: dict[str, str]) -> listing.Filter:
    form = forms.Reading(asked)
    girl = None if asked["girl"] == "troop" else form.take("girl", choices.row_id, empty=None)
    for name in ("from", "to"):
        form.take(name, values.day, empty=None)
    form.settle()
    return listing.Filter(
        scout_id=girl,
        product=asked["cookie"] or None,
        status=asked["status"] or None,
        order_type=asked["type"] or None,
        first_day=asked["from"] or None,
        last_day=asked["to"] or None,
        q=asked["q"] or None,
        troop_only=asked["girl"] == "troop",
    )


@bp.get("/follow-up")
@allow("sales.record")
def follow_up() -> str:
    """Customers to come back to, of each kind the newest, with how many there are."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        counts = customers.counts(tx, g.by, season.id)
        found = {
            state: listing.page(tx, g.by, season.id, listing.Filter(status=state), limit=SHOWN_OF_EACH) if n else []
            for state, n in counts.items()
        }
    return render_template("sales/follow_up.html", counts=counts, found=found)


@bp.post("/<id:sale_id>/thank")
@allow("sales.record")
def thank(sale_id: int) -> Response | tuple[str, int]:
    """Its customer was thanked."""

    def act(tx: Any) -> str:
        customers.thank(tx, sale_id, g.by)
        return url_for(".follow_up")

    return forms.submit(act, lambda no: forms.again("refused.html", no, refusal=no), gettext("Thanked. How kind!"))


@bp.get("/new")
@allow("sales.record")
def new() -> str:
    """The form that takes a sale, for `girl` or `like` an earlier one (its girl, way and payment)."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        like = request.args.get("like", "")
        model = orders.find(tx, int(like), g.by) if like.isascii() and like.isdigit() and len(like) < 13 else None
        offered = sale_form.fresh(tx, season, model)
        named = request.args.get("girl", "")
        if named and named in [str(girl) for girl, _ in offered["girls"]]:
            offered["girl"] = named
        return render_template("sales/new.html", typed={}, errors={}, **offered)


@bp.post("/new")
@allow("sales.record")
def take() -> Response | tuple[str, int]:
    """Record the sale."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        season = seasons.current(tx)
        asked = sale_form.read(form, catalogue.products(tx, season.id))
        return url_for(".one", sale_id=orders.take(tx, g.by, asked.pop("items"), **asked))

    def again(no: Any) -> tuple[str, int]:
        with g.db.read() as tx:
            context = sale_form.fresh(tx, seasons.current(tx), None)
        return forms.again("sales/new.html", no, names=sale_form.NAMES, **context)

    return forms.submit(act, again, gettext("The sale is kept."))


@bp.get("/<id:sale_id>")
@allow("sales.record")
def one(sale_id: int) -> str:
    """One sale: what was sold, where it stands, and what it did to the ledgers."""
    return render_template("sales/one.html", typed={}, errors={}, **_sale(sale_id))


@bp.get("/<id:sale_id>/change")
@allow("sales.record")
def edit(sale_id: int) -> str | Response:
    """The form that changes a sale."""
    with g.db.read() as tx:
        order = orders.find(tx, sale_id, g.by)
        if order.source != "manual" or order.status == "cancelled":
            return redirect(url_for(".one", sale_id=sale_id))
        season = seasons.find(tx, order.season_id)
        return render_template("sales/change.html", typed={}, errors={}, **sale_form.of(tx, season, order))


@bp.post("/<id:sale_id>/change")
@allow("sales.record")
def change(sale_id: int) -> Response | tuple[str, int]:
    """Keep the change, unless somebody else changed the sale in the meantime."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        order = orders.find(tx, sale_id, g.by)
        asked = sale_form.read(form, catalogue.products(tx, order.season_id))
        changes = sale_form.differences(tx, order, asked)
        orders.change(tx, sale_id, g.by, changes, _version())
        return url_for(".one", sale_id=sale_id)

    def again(no: Any) -> tuple[str, int]:
        with g.db.read() as tx:
            order = orders.find(tx, sale_id, g.by)
            context = sale_form.of(tx, seasons.find(tx, order.season_id), order)
        meanwhile = order if no.code == "changed_meanwhile" else None
        return forms.again("sales/change.html", no, names=sale_form.NAMES, meanwhile=meanwhile, **context)

    return forms.submit(act, again, gettext("The change is kept."))


@bp.post("/<id:sale_id>/pay")
@allow("sales.record")
def pay(sale_id: int) -> Response | tuple[str, int]:
    """The customer pays, all that is open or a part of it."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        method = form.take("paymentMethod", values.choice, orders.METHODS[1:])
        cents = form.take("paid", values.dollars, 1, empty=None)
        form.settle()
        orders.receive(tx, sale_id, g.by, method, cents, _version())
        return url_for(".one", sale_id=sale_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("sales/one.html", no, names=sale_form.NAMES, **_sale(sale_id))

    return forms.submit(act, again, gettext("The payment is kept."))


@bp.post("/<id:sale_id>/deliver")
@allow("sales.record")
def deliver(sale_id: int) -> Response | tuple[str, int]:
    """The customer has her boxes."""
    return _press(sale_id, orders.deliver, gettext("Delivered: the boxes are with the customer."))


@bp.post("/<id:sale_id>/undeliver")
@allow("sales.record")
def undeliver(sale_id: int) -> Response | tuple[str, int]:
    """It was marked as delivered by mistake."""
    return _press(
        sale_id, orders.undeliver, gettext("The delivery is taken back: the boxes are with the seller again.")
    )


@bp.get("/<id:sale_id>/cancel")
@allow("sales.record")
def ask_cancel(sale_id: int) -> str:
    """Ask once more before a sale is cancelled."""
    return render_template("sales/cancel.html", **_sale(sale_id))


@bp.post("/<id:sale_id>/cancel")
@allow("sales.record")
def cancel(sale_id: int) -> Response | tuple[str, int]:
    """Take the sale out of every sum."""
    return _press(sale_id, orders.cancel, gettext("The sale is cancelled. Its row stays; its figures are taken back."))


def _press(sale_id: int, verb: Callable, sentence: str) -> Response | tuple[str, int]:
    """A form that is one button: a refusal is said on the sale's own page."""

    def act(tx: Any) -> str:
        verb(tx, sale_id, g.by, _version())
        return url_for(".one", sale_id=sale_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("sales/one.html", no, **_sale(sale_id))

    return forms.submit(act, again, sentence)


def _version() -> int:
    try:
        return choices.row_id("version", request.form.get("version", ""))
    except Invalid:
        raise Conflict(N_("This page is too old. Look at the sale again, then repeat yours."), "no_version") from None


def _sale(sale_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        order = orders.find(tx, sale_id, g.by)
        season = seasons.find(tx, order.season_id)
        ours = order.source == "manual" and order.status in ("promised", "delivered")
        return {
            "sale": order,
            "entries": history.entries(tx, sale_id, g.by),
            "left": max(order.amount_cents - order.collected_cents, 0),
            "ours": ours,
            "closed": season.status in ("settled", "archived"),
            "today": troop.today(tx),
        }
