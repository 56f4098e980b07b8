"""Moves of boxes: one form for each intention, the list of what was moved, and taking a move back."""

from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.inventory import history, stock, transfers
from gsctracker.domain.journal import TROOP
from gsctracker.domain.money import receipts
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.web import choices, forms, grids, paging, wording
from gsctracker.web import take_back as take_back_form
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("moves", __name__, url_prefix="/stock/moves")
PAGE = 40


class Intention(NamedTuple):
    """One form: the kind of move it makes, what it is called, what it says, and what it asks beside the cookies."""

    kind: str
    title: str
    hint: str
    asks: tuple[str, ...] = ()
    icon: str = "box"


INTENTIONS = {
    "pick-up": Intention(
        "C2T", N_("Pick up from the cupboard"), N_("The council's boxes come onto the troop's shelf."), icon="case"
    ),
    "hand-out": Intention(
        "T2G", N_("Hand out to a girl"), N_("From the shelf to her home."), ("girl", "liability"), "handover"
    ),
    "bring-back": Intention(
        "G2T", N_("A girl brings boxes back"), N_("From her home to the shelf."), ("girl", "liability"), "undo"
    ),
    "between-girls": Intention(
        "G2G",
        N_("From girl to girl"),
        N_("The boxes and their debt go to the other family."),
        ("girl", "to_girl"),
        "scouts",
    ),
    "to-booth": Intention(
        "TROOP_TO_BOOTH", N_("Pack for a booth"), N_("From the shelf to the booth's table."), ("booth",), "booth"
    ),
    "from-booth": Intention(
        "BOOTH_TO_TROOP",
        N_("Back from a booth"),
        N_("What was not sold goes back onto the shelf."),
        ("booth",),
        "booth",
    ),
    "from-troop": Intention(
        "T2T_IN",
        N_("Take over from another troop"),
        N_("Their boxes come onto our shelf, and the debt with them."),
        icon="download",
    ),
    "to-troop": Intention(
        "T2T_OUT", N_("Give to another troop"), N_("Boxes leave our shelf, and the debt with them."), icon="upload"
    ),
    "to-council": Intention(
        "T2C", N_("Back to the council"), N_("Only as long as the council takes boxes back."), icon="upload"
    ),
    "damaged": Intention(
        "DAMAGED",
        N_("Damaged boxes"),
        N_("They cannot be sold. The cupboard may replace them."),
        ("holder",),
        "warning",
    ),
    "replaced": Intention(
        "REPLACED", N_("Damaged boxes replaced"), N_("The cupboard gave new ones for the damaged ones."), icon="check"
    ),
    "lost": Intention(
        "LOST",
        N_("Lost boxes"),
        N_("What a girl loses her family still owes; what the shelf loses is the troop's loss."),
        ("holder",),
        "search",
    ),
    "give-away": Intention(
        "TROOP_GIFT",
        N_("Give boxes away"),
        N_("Donated from the shelf, or handed out free of charge: the troop pays for them."),
        icon="gift",
    ),
    "found": Intention(
        "FOUND", N_("Found boxes"), N_("Boxes that were written down as lost are there again."), ("holder",), "search"
    ),
}
NAMES = {"scoutId": "girl", "toScoutId": "to_girl", "boothId": "booth", "quantity": "items"}


@bp.get("")
@allow("stock.see")
def index() -> str:
    """What was moved so far, newest first."""
    after = paging.start(int)
    kind = request.args.get("kind", "")
    kind = kind if kind in transfers.KINDS else ""
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = history.recent(tx, season.id, g.by, kind or None, after[0] if after else 0, PAGE + 1)
    return render_template(
        "stock/moves.html", page=paging.cut(rows, PAGE, lambda row: (row.id,)), kind=kind, kinds=transfers.KINDS
    )


@bp.get("/new")
@allow("stock.move")
def choose() -> str:
    """What happened? One form for each."""
    return render_template("stock/choose.html", intentions=INTENTIONS)


@bp.get("/new/<intention>")
@allow("stock.move")
def new(intention: str) -> str:
    """The form of one intention; `girl` and `booth` may be named in the address."""
    named = {name: request.args.get(name, "")[:20] for name in ("girl", "booth", "holder")}
    return render_template("stock/move.html", typed={}, errors={}, named=named, **_offered(_intention(intention)))


@bp.post("/new/<intention>")
@allow("stock.move")
def move(intention: str) -> Response | tuple[str, int]:
    """Make the move."""
    wanted, form = _intention(intention), forms.Reading(request.form)

    def act(tx: Any) -> str:
        season = seasons.current(tx)
        asked = _asked(form, wanted)
        lines = [line for line in grids.read(form, grids.handled(catalogue.products(tx, season.id))) if line[1]]
        form.settle()
        moved = transfers.move(tx, g.by, wanted.kind, lines, **asked)
        if wanted.kind in receipts.KINDS:
            receipts.issue(tx, g.by, moved)
        return url_for(".index")

    def again(no: Any) -> tuple[str, int]:
        return forms.again("stock/move.html", no, names=NAMES, named={}, **_offered(wanted))

    return forms.submit(act, again, gettext("Written down: %(what)s.", what=gettext(wording.ENTRIES[wanted.kind])))


@bp.get("/<id:entry_id>")
@allow("stock.see")
def one(entry_id: int) -> str:
    """One move, and the form that takes it back."""
    with g.db.read() as tx:
        found = history.find(tx, entry_id, g.by)
    return render_template("stock/one_move.html", move=found, typed={}, errors={})


@bp.post("/<id:entry_id>/take-back")
@allow("stock.move")
def take_back(entry_id: int) -> Response | tuple[str, int]:
    """Reverse a move that was a mistake."""
    sentence = gettext("Taken back: the boxes are where they were before.")
    return take_back_form.submit(entry_id, transfers.take_back, history.find, "stock/one_move.html", "move", sentence)


def _intention(name: str) -> Intention:
    if name not in INTENTIONS:
        abort(404)
    return INTENTIONS[name]


def _asked(form: forms.Reading, wanted: Intention) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "reference": form.take("reference", values.line, 80),
        "note": form.take("note", values.text, 500),
        "day": form.take("date", values.day, empty=None),
    }
    if "girl" in wanted.asks:
        asked["scout_id"] = form.take("girl", choices.row_id, empty=None)
    if "to_girl" in wanted.asks:
        asked["to_scout_id"] = form.take("to_girl", choices.row_id, empty=None)
    if "booth" in wanted.asks:
        asked["booth_id"] = form.take("booth", choices.row_id, empty=None)
    if "liability" in wanted.asks:
        account = form.take("account", values.choice, ("hers", "troops"), empty="hers")
        asked["on_liability"] = account == "hers"
    if "holder" in wanted.asks:
        asked |= form.take("holder", choices.holder) or {}
    return asked


def _offered(wanted: Intention) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        shelf = {row.product_id: row.boxes for row in stock.on_hand(tx, season.id, g.by) if row.place_id == TROOP}
        asks, products = wanted.asks, grids.handled(catalogue.products(tx, season.id))
        return {
            "wanted": wanted,
            "products": products,
            "labels": grids.labels(products),
            "shelf": shelf,
            "girls": choices.girls(tx) if "girl" in asks else [],
            "booths": choices.open_booths(tx, season.id) if "booth" in asks else [],
            "holders": choices.holders(tx, season.id) if "holder" in asks else [],
            "today": troop.today(tx),
        }
