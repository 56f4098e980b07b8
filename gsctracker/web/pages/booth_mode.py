"""Booth mode: what a phone needs to sell at a table, one thumb at a time; and, for a person, what phones disagree about."""

import secrets
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import clock, values
from gsctracker.domain.booths import booths, cash, closing, counting, entries, states, tallies
from gsctracker.domain.booths.entries import Entry
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.season import catalogue, troop
from gsctracker.errors import Invalid, NotFound
from gsctracker.web import booth_words, choices, forms
from gsctracker.web.access import allow
from gsctracker.web.api import booth_entries
from gsctracker.web.api.booth_entries import FLAGS, MOST_IN_A_SALE
from gsctracker.web.errors import say
from gsctracker.words import N_

bp = Blueprint("booth_mode", __name__, url_prefix="/booths/<id:booth_id>")
PAYS = {"cash": N_("Cash"), "card": N_("Card"), "other": N_("Other")}
KINDS = {
    "sale": N_("Sale"),
    "undo": N_("Sale taken back"),
    "midcount": N_("Count at a change of shift"),
    "close": N_("Closing"),
    "sign": N_("Signature"),
}
MOST_OF_A_FILE = 2 * 1024 * 1024
PAGE = "page"
"""The device of what is typed into the form instead of tapped."""


@bp.get("/mode")
@allow("family.see")
def mode(booth_id: int) -> str:
    """Prices, stock and tally; with scripts the phone's own page, without them a form for each sale."""
    return render_template("booth_mode/mode.html", typed={}, errors={}, problem=None, **_shown(booth_id))


@bp.post("/mode/sell")
@allow("family.see")
def sell(booth_id: int) -> Response | tuple[str, int]:
    """Write a sale down."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        booth = entries.must_tap(tx, g.by, booth_id)
        items = []
        for product in catalogue.products(tx, booth.season_id):
            boxes = form.take(f"boxes-{product.id}", values.whole, 0, MOST_IN_A_SALE, empty=0)
            if boxes:
                items.append({"product": product.code, "quantity": boxes})
        pay = form.choose("pay", PAYS)
        if not items:
            form.wrong("items", N_("Enter at least one cookie."))
        form.settle()
        _take(tx, booth, "sale", {"pay": pay, "items": items})
        return url_for(".mode", booth_id=booth_id)

    return forms.submit(act, lambda no: _again(booth_id, no), gettext("Sold."))


@bp.post("/mode/undo")
@allow("family.see")
def undo(booth_id: int) -> Response | tuple[str, int]:
    """Take a sale back."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        booth = entries.must_tap(tx, g.by, booth_id)
        uid = form.take("entry", values.line, 32, 32)
        form.settle()
        _take(tx, booth, "undo", {"undoes": uid})
        return url_for(".mode", booth_id=booth_id)

    return forms.submit(act, lambda no: _again(booth_id, no), gettext("The sale is taken back."))


@bp.get("/entries")
@allow("family.see")
def tapped(booth_id: int) -> str:
    """Everything that was tapped in, what waits for a decision on top."""
    return render_template("booth_mode/entries.html", typed={}, errors={}, problem=None, **_entries(booth_id))


@bp.post("/entries/file")
@allow("family.see")
def bring(booth_id: int) -> Response | tuple[str, int]:
    """Take in what a phone kept in a file because it could not send."""
    sent = request.files.get("file")
    content = sent.read(MOST_OF_A_FILE + 1) if sent else b""

    def act(tx: Any) -> str:
        booth = entries.must_tap(tx, g.by, booth_id)
        if len(content) > MOST_OF_A_FILE:
            sentence = N_("This file is too large.")
            raise Invalid(sentence, "too_large_file", {"file": sentence})
        results = booth_entries.from_file(tx, booth, content)
        for one in results:
            if one.result == "refused":
                raise Invalid(N_("An entry of the file cannot be right: %(why)s"), "refused", why=one.message)
        return url_for(".tapped", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booth_mode/entries.html", no, **_entries(booth_id))

    return forms.submit(act, again, gettext("The file is taken in; what was here before counts once."))


@bp.post("/entries/<id:entry_id>/settle")
@allow("stock.move")
def settle(booth_id: int, entry_id: int) -> Response | tuple[str, int]:
    """Decide about an entry; another closing takes the place of the one that stands."""

    def act(tx: Any) -> str:
        decision = values.choice("decision", request.form.get("decision"), entries.DECISIONS)
        if decision == "accepted" and request.form.get("instead") and closing.find(tx, booth_id):
            booth_credits.reopen(tx, g.by, booth_id, gettext("Another count is the right one."))
        entries.settle(tx, g.by, booth_id, entry_id, decision)
        return url_for(".tapped", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booth_mode/entries.html", no, **_entries(booth_id))

    return forms.submit(act, again, gettext("Decided."))


def _take(tx: Any, booth: Any, kind: str, said: dict[str, Any]) -> None:
    newest = entries.of_booth(tx, booth.id, limit=1)
    counter = newest[0].id if newest else 0
    taken = entries.take(tx, g.by, booth, Entry(secrets.token_hex(16), PAGE, counter, clock.now(), 0, kind, said))
    entries.told(tx, g.by, booth.id, 1, int(taken.state == "flagged"))


def _again(booth_id: int, no: Any) -> tuple[str, int]:
    return forms.again("booth_mode/mode.html", no, **_shown(booth_id))


def _shown(booth_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        booth = entries.must_tap(tx, g.by, booth_id)
        products = catalogue.products(tx, booth.season_id)
        brought, sold = counting.brought(tx, booth_id), tallies.packages(tx, booth_id)
        on_sale = [one for one in products if brought.get(one.id) or (one.is_active and one.is_virtual)]
        on_sale = on_sale if any(not one.is_virtual for one in on_sale) else [one for one in products if one.is_active]
        return {
            "booth": booth,
            "hours": booth_words.hours(booth),
            "is_closed": closing.find(tx, booth_id) is not None,
            "is_held": booth.status in closing.BEFORE_CLOSING,
            "products": on_sale,
            "brought": brought,
            "sold": sold,
            "money": tallies.money(tx, booth_id),
            "pays": [(pay, gettext(words)) for pay, words in PAYS.items()],
            "latest": [row for row in entries.of_booth(tx, booth_id, limit=20) if row.kind == "sale"][:8],
            "waiting": entries.waiting(tx, booth_id),
            "cookie_names": {one.code: one.name for one in products},
            "facts": _facts(tx, booth, on_sale, brought),
        }


def _facts(tx: Any, booth: Any, products: list[Any], brought: dict[int, int]) -> dict[str, Any]:
    """What a phone keeps, so that it can sell without signal."""
    return {
        "booth": booth.id,
        "name": booth.name,
        "hours": booth_words.hours(booth),
        "startsAt": booth.starts_at,
        "endsAt": booth.ends_at,
        "isClosed": closing.find(tx, booth.id) is not None,
        "warning": booth_entries.warning(tx, booth),
        "isHeld": booth.status in (*closing.BEFORE_CLOSING, *states.HELD),
        "account": g.by.id,
        "generation": troop.generation(tx),
        "now": clock.now(),
        "api": f"/api/troops/1/booths/{booth.id}",
        "products": [
            {
                "code": one.code,
                "name": one.name,
                "colour": one.colour,
                "cents": one.price_cents,
                "case": one.packs_per_case,
                "share": bool(one.is_virtual),
                "brought": brought.get(one.id, 0),
            }
            for one in products
        ],
        "denominations": list(cash.DENOMINATIONS),
        "reasons": [[kind, gettext(words)] for kind, words in cash.REASONS.items()],
    }


def _entries(booth_id: int) -> dict[str, Any]:
    before = forms.Reading(request.args).take("before", choices.row_id, empty=0) or 0
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        if not closing.may_count(tx, g.by, booth_id):
            raise NotFound(N_("There is no such booth."), "no_such_booth")
        rows = entries.of_booth(tx, booth_id, before=before, limit=51)
        flagged = entries.of_booth(tx, booth_id, flagged=True, limit=100)
        for row in flagged:
            row.sentence = say(row.trouble["message"], row.trouble["params"]) if row.trouble else ""
        return {
            "booth": booth,
            "closed": closing.find(tx, booth_id),
            "flagged": flagged,
            "rows": rows[:50],
            "older": rows[49].id if len(rows) > 50 else None,
            "differences": tallies.differences(tx, booth_id),
            "flags": FLAGS,
            "kinds": KINDS,
            "pay_words": PAYS,
            "cookie_names": {one.code: one.name for one in catalogue.products(tx, booth.season_id)},
        }
