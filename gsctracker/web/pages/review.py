"""Entries that are unlike the others: the list to look at, decisions, and the history of all checks."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.reviewing import sanity
from gsctracker.web import forms, paging
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("review", __name__, url_prefix="/review")
PAGE = 40
DECISIONS = {"fine": N_("It is fine"), "corrected": N_("It was corrected")}


@bp.get("")
@allow("money.see")
def index() -> str:
    """What waits for a decision, the most points first."""
    return render_template("review/index.html", **_waiting())


@bp.get("/history")
@allow("money.see")
def history() -> str:
    """Every check with its points and what was decided, newest first."""
    after = paging.start(int)
    with g.db.read() as tx:
        rows = sanity.to_review(tx, g.by, history=True, before=after[0] if after else 0, limit=PAGE + 1)
    return render_template("review/history.html", page=paging.cut(rows, PAGE, lambda row: (row.entry_id,)), **_words())


@bp.post("/<id:entry_id>")
@allow("money.record")
def decide(entry_id: int) -> Response | tuple[str, int]:
    """Say what came of looking at an entry."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        decision, note = form.choose("decision", DECISIONS), form.take("note", values.text, 500)
        form.settle()
        assert decision is not None
        sanity.decide(tx, g.by, entry_id, decision, note)
        return url_for(".index")

    return forms.submit(
        act, lambda no: forms.again("review/index.html", no, **_waiting()), gettext("Your decision is written down.")
    )


def _waiting() -> dict[str, Any]:
    with g.db.read() as tx:
        return {"rows": sanity.to_review(tx, g.by, limit=PAGE), **_words()}


def _words() -> dict[str, Any]:
    return {"sentences": sanity.SENTENCES, "decisions": DECISIONS}
