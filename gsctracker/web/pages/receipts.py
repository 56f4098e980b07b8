"""Receipts: a hand-out, a return or a payment signed on the phone, the book of them, and a family's season in one file."""

from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import stock
from gsctracker.domain.journal import TROOP
from gsctracker.domain.money import balances, limits, receipts, turn_ins
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.integrations import receipt_pdf
from gsctracker.web import choices, forms, grids, paging, receipt_sheets, reminder_words, trade_words
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("receipts", __name__, url_prefix="/money")
PAGE = 40
NAMES = {"amountCents": "amount", "scoutId": "girl", "items": "items", "quantity": "items"}


class Intention(NamedTuple):
    """One form: the entry it makes and what it is called."""

    kind: str
    title: str


INTENTIONS = {
    "hand-out": Intention("T2G", N_("Hand out boxes")),
    "return": Intention("G2T", N_("Take boxes back")),
    "payment": Intention("payment", N_("Take money")),
}


@bp.get("/receipts")
@allow("family.money")
def index() -> str:
    """The book of receipts, newest first: everybody's, or her own family's."""
    after, girl = paging.start(int), request.args.get("girl", "")
    scout_id = choices.row_id("girl", girl) if girl else None
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = receipts.recent(tx, season.id, g.by, scout_id, after[0] if after else 0, PAGE + 1)
        family = balances.family(tx, season.id, scout_id, g.by) if scout_id else None
    page = paging.cut(rows, PAGE, lambda row: (row.number,))
    return render_template("receipts/index.html", page=page, family=family, sheets=receipt_sheets)


@bp.get("/receipts/new/<what>")
@allow("money.record")
def new(what: str) -> str:
    """The form; without a girl named in the address it asks for her first."""
    wanted = _intention(what)
    return render_template(
        "receipts/new.html", typed={}, errors={}, **_offered(what, wanted, request.args.get("girl", ""))
    )


@bp.post("/receipts/new/<what>")
@allow("money.record")
def make(what: str) -> Response | tuple[str, int]:
    """Write it down and number it."""
    wanted, form = _intention(what), forms.Reading(request.form)

    def act(tx: Any) -> str:
        girl = form.take("girl", choices.row_id)
        by_whom = {"adult": _adult(form), "signature": request.form.get("signature", "")}
        if wanted.kind == "payment":
            cents = form.take("amount", values.dollars, 1)
            method = form.take("method", values.choice, turn_ins.METHODS)
            about = {
                "reference": form.take("reference", values.line, 80),
                "day": form.take("date", values.day, empty=None),
            }
            form.settle()
            made = receipts.take_money(tx, g.by, girl, cents, method, ahead=form.ticked("ahead"), **about, **by_whom)
        else:
            season = seasons.current(tx)
            lines = [line for line in grids.read(form, grids.handled(catalogue.products(tx, season.id))) if line[1]]
            account = form.take("account", values.choice, ("hers", "troops"), empty="hers")
            note = form.take("note", values.text, 500)
            form.settle()
            made = receipts.hand_over(
                tx, g.by, wanted.kind, girl, lines, on_liability=account == "hers", note=note, **by_whom
            )
        return url_for(".one", receipt_id=made)

    def again(no: Any) -> tuple[str, int]:
        offered = _offered(what, wanted, request.form.get("girl", ""))
        return forms.again("receipts/new.html", no, names=NAMES, **offered)

    return forms.submit(act, again, gettext("Written down. The family sees the receipt now."))


@bp.post("/receipts/of/<id:entry_id>")
@allow("money.record")
def of_entry(entry_id: int) -> Response | tuple[str, int]:
    """The receipt of an entry that was written down elsewhere: the one it has, or a new one."""

    def act(tx: Any) -> str:
        made = receipts.of_entry(tx, entry_id) or receipts.issue(tx, g.by, entry_id)
        return url_for(".one", receipt_id=made)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("refused.html", no, refusal=no)

    return forms.submit(act, again, gettext("Here is its receipt."))


@bp.get("/receipts/<id:receipt_id>")
@allow("family.money")
def one(receipt_id: int) -> str:
    """One receipt, to look at together, to sign, to confirm, to void."""
    return render_template("receipts/one.html", typed={}, errors={}, **_shown(receipt_id))


@bp.post("/receipts/<id:receipt_id>/sign")
@allow("money.record")
def sign(receipt_id: int) -> Response | tuple[str, int]:
    """The adult who stands there signs."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        receipts.sign(tx, receipt_id, g.by, _adult(form), request.form.get("signature", ""))
        return url_for(".one", receipt_id=receipt_id)

    return forms.submit(act, _again(receipt_id), gettext("Signed."))


@bp.post("/receipts/<id:receipt_id>/confirm")
@allow("family.money")
def confirm(receipt_id: int) -> Response | tuple[str, int]:
    """The family confirms with its own account."""

    def act(tx: Any) -> str:
        receipts.confirm(tx, receipt_id, g.by)
        return url_for(".one", receipt_id=receipt_id)

    return forms.submit(act, _again(receipt_id), gettext("Confirmed. Thank you."))


@bp.post("/receipts/<id:receipt_id>/void")
@allow("money.record")
def void(receipt_id: int) -> Response | tuple[str, int]:
    """Void a receipt and take back what it is for."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500, 1)
        form.settle()
        receipts.void(tx, receipt_id, g.by, reason)
        return url_for(".one", receipt_id=receipt_id)

    return forms.submit(
        act, _again(receipt_id), gettext("Void: the boxes, the money and the debt are as they were before.")
    )


@bp.get("/receipts/<id:receipt_id>/receipt.pdf")
@allow("family.money")
def paper(receipt_id: int) -> Response:
    """One receipt on paper."""
    with g.db.read() as tx:
        receipt, own = receipts.find(tx, receipt_id, g.by), troop.own(tx)
    return _pdf(receipt_pdf.drawn([receipt_sheets.sheet(receipt, own)]), f"receipt-{receipt.number}.pdf")


@bp.get("/families/<id:scout_id>/receipts.pdf")
@allow("family.money")
def evidence(scout_id: int) -> Response:
    """A family's whole season: what it owes, what it was told, every receipt."""
    with g.db.read() as tx:
        drawn = receipt_sheets.season_of(tx, seasons.current(tx).id, scout_id, g.by)
    return _pdf(drawn, f"receipts-{scout_id}.pdf")


def _pdf(drawn: bytes, name: str) -> Response:
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _intention(what: str) -> Intention:
    if what not in INTENTIONS:
        abort(404)
    return INTENTIONS[what]


def _adult(form: forms.Reading) -> str:
    """Whoever stands there: one of the family's adults, or somebody whose name is typed."""
    other = form.take("other", values.line, 80, empty="")
    return other or form.take("adult", values.line, 80, empty="") or ""


def _shown(receipt_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        receipt = receipts.find(tx, receipt_id, g.by)
        adults = receipts.adults(tx, receipt.scout_id)
    return {
        "receipt": receipt,
        "sheets": receipt_sheets,
        "adults": [receipt.adult] if receipt.adult else adults,
        "confirms": receipt.scout_id in g.by.scout_ids and receipt.issued_by != g.by.id,
    }


def _again(receipt_id: int) -> Any:
    def again(no: Any) -> tuple[str, int]:
        return forms.again("receipts/one.html", no, **_shown(receipt_id))

    return again


def _offered(what: str, wanted: Intention, girl: str) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        products = grids.handled(catalogue.products(tx, season.id))
        girls = choices.girls(tx, status=None if wanted.kind == "payment" else "active")
        named = int(girl) if girl.isascii() and girl.isdigit() and int(girl) in dict(girls) else None
        shelf: dict[int, int] = {}
        if named and wanted.kind == "T2G":
            here = stock.on_hand(tx, season.id, g.by)
            shelf = {row.product_id: row.boxes for row in here if row.place_id == TROOP}
        return {
            "what": what,
            "wanted": wanted,
            "whats": [(name, gettext(one.title)) for name, one in INTENTIONS.items()],
            "girls": girls,
            "named": named,
            "family": balances.family(tx, season.id, named, g.by) if named else None,
            "over": [reminder_words.warning(one) for one in limits.over(tx, season.id, g.by).get(named or 0, [])],
            "adults": receipts.adults(tx, named) if named else [],
            "products": products,
            "labels": grids.labels(products),
            "shelf": shelf,
            "methods": [(name, gettext(trade_words.METHODS[name])) for name in turn_ins.METHODS],
            "today": troop.today(tx),
        }
