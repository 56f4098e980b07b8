"""Money of the families: what each owes and what that is made of, and taking what it hands in."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain import journal
from gsctracker.domain.money import agreements, balances, council, receipts, reminders, turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons, troop
from gsctracker.web import choices, forms, paging, receipt_sheets, reminder_words, trade_words
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("money", __name__, url_prefix="/money")
PAGE = 40
LATEST = 5
NAMES = {"amountCents": "amount", "scoutId": "girl"}


@bp.get("")
@allow("family.money")
def index() -> str | Response:
    """Every family's balance; a family with one girl goes straight to its own page."""
    only = choices.only_own_girl()
    if only is not None:
        return redirect(url_for(".family", scout_id=only))
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows = balances.families(tx, season.id, g.by)
        everything = roles.allows(g.by, "money.see")
        accounts = balances.troop_accounts(tx, season.id) if everything else {}
        due = council.statement(tx, season.id).due_cents if everything else 0
    later = [row for row in rows if after is None or row.scout_id > after[0]]
    return render_template(
        "money/index.html",
        page=paging.cut(later[: PAGE + 1], PAGE, lambda row: (row.scout_id,)),
        rows=rows,
        accounts=accounts,
        due=due,
    )


@bp.get("/families/<id:scout_id>")
@allow("family.money")
def family(scout_id: int) -> str:
    """What one family owes, what that is made of, its receipts, and what it handed in."""
    return render_template("money/family.html", typed={}, errors={}, **_family(scout_id))


@bp.post("/families/<id:scout_id>/agree")
@allow("family.money")
def agree(scout_id: int) -> Response | tuple[str, int]:
    """An adult of the family says whether the figures are right."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        agrees = form.choose("agrees", ("yes", "no"))
        cents = form.take("seen_cents", values.whole, -values.MOST_CENTS, values.MOST_CENTS)
        boxes = form.take("seen_boxes", values.whole, -values.MOST_BOXES, values.MOST_BOXES)
        note = form.take("note", values.text, 500)
        form.settle()
        agreements.say(tx, g.by, scout_id, agrees == "yes", cents, boxes, note)
        return url_for(".family", scout_id=scout_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("money/family.html", no, **_family(scout_id))

    return forms.submit(act, again, gettext("Thank you. Your cookie leader sees what you said."))


def _family(scout_id: int) -> dict[str, Any]:
    after = paging.start(int)
    with g.db.read() as tx:
        season = seasons.current(tx)
        row = balances.family(tx, season.id, scout_id, g.by)
        entries = turn_ins.recent(tx, season.id, g.by, scout_id, after[0] if after else 0, PAGE + 1)
        home = journal.place_of_scout(tx, scout_id)
        latest = receipts.recent(tx, season.id, g.by, scout_id, limit=LATEST)
        said = agreements.newest(tx, season.id, scout_id, g.by)
        return {
            "family": row,
            "page": paging.cut(entries, PAGE, lambda entry: (entry.id,)),
            "home": home,
            "receipts": latest,
            "sheets": receipt_sheets,
            "agreement": said,
            "asked": agreements.is_due(tx, season.id, scout_id, g.by),
            "home_boxes": agreements.home_boxes(tx, season.id, scout_id),
            "file": reminders.file_of(tx, season.id, scout_id),
            "reminder_words": reminder_words,
        }


@bp.get("/turn-in")
@allow("money.record")
def new_turn_in() -> str:
    """The form for money a family hands in."""
    named = request.args.get("girl", "")[:12]
    return render_template("money/turn_in.html", typed={}, errors={}, named=named, **_offered(named))


@bp.post("/turn-in")
@allow("money.record")
def turn_in() -> Response | tuple[str, int]:
    """Write down what a family handed in."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        girl = form.take("girl", _girl)
        cents = form.take("amount", values.dollars, 1)
        method = form.take("method", values.choice, turn_ins.METHODS)
        reference, day = form.take("reference", values.line, 80), form.take("date", values.day, empty=None)
        form.settle()
        ahead = form.ticked("ahead")
        receipts.take_money(tx, g.by, girl, cents, method, reference=reference, day=day, ahead=ahead)
        return url_for(".family", scout_id=girl)

    def again(no: Any) -> tuple[str, int]:
        too_much = no.code == "more_than_owed"
        return forms.again("money/turn_in.html", no, names=NAMES, named="", too_much=too_much, **_offered(""))

    return forms.submit(act, again, gettext("The money is written down. The family sees it now."))


@bp.get("/take-over")
@allow("money.record")
def new_take_over() -> str:
    """The form for a debt that the council takes over."""
    named = request.args.get("girl", "")[:12]
    return render_template("money/take_over.html", typed={}, errors={}, named=named, **_offered(named))


@bp.post("/take-over")
@allow("money.record")
def take_over() -> Response | tuple[str, int]:
    """The council takes a family's debt over."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        girl = form.take("girl", _girl)
        cents = form.take("amount", values.dollars, 1)
        reference, day = form.take("reference", values.line, 80), form.take("date", values.day, empty=None)
        form.settle()
        turn_ins.take_over(tx, g.by, girl, cents, reference=reference, day=day)
        return url_for(".family", scout_id=girl)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("money/take_over.html", no, names=NAMES, named="", **_offered(""))

    return forms.submit(act, again, gettext("Written down: the council took that debt over."))


def _girl(name: str, given: object) -> int:
    if not given:
        values.refuse(name, N_("Choose the girl."))
    return choices.row_id(name, given)


def _offered(named: str) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        owed = {row.scout_id: row for row in balances.families(tx, season.id, g.by)}
        return {
            "girls": choices.girls(tx, status=None),
            "family": owed.get(int(named)) if named.isascii() and named.isdigit() else None,
            "methods": [(name, gettext(trade_words.METHODS[name])) for name in turn_ins.METHODS],
            "today": troop.today(tx),
        }
