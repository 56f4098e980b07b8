"""Rewards: who is near, what each girl earned, chooses and is handed; the ladder, and what to order."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.money import receipts
from gsctracker.domain.people import roles
from gsctracker.domain.rewards import choices, earned, emails, handing, ladders, levels
from gsctracker.domain.season import seasons, troop
from gsctracker.integrations import delimited, receipt_pdf
from gsctracker.web import forms, receipt_sheets, reward_words, wording
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("rewards", __name__, url_prefix="/rewards")
LARGEST_LADDER = 200_000


@bp.get("")
@allow("family.see")
def index() -> str | Response:
    """Who is near her next reward, and what every girl earned; a family with one girl goes to her page."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        girls = earned.girls(tx, season.id, g.by)
        everybody = roles.allows(g.by, "sales.all")
        near = earned.radar(tx, season.id, girls)
        steps, kept = ladders.steps(tx, season.id), ladders.ladder(tx, season.id)
    if not everybody and len(girls) == 1:
        return redirect(f"/rewards/girls/{girls[0].scout_id}")
    return render_template("rewards/index.html", girls=girls, near=near, steps=steps, kept=kept, said=reward_words)


@bp.post("/tell")
@allow("scouts.manage")
def tell() -> Response:
    """Say which levels were reached since the last time; each is said once."""
    with g.db.write() as tx:
        new = levels.tell(tx, seasons.current(tx).id, g.by)
    if not new:
        flash(gettext("No girl has reached a new level."), "info")
    for one in new[:20]:
        flash(gettext("%(girl)s reached %(n)s!", girl=one.first_name, n=one.from_boxes), "good")
    return redirect("/rewards", 303)


@bp.get("/girls/<id:scout_id>")
@allow("family.see")
def girl(scout_id: int) -> str:
    """What one girl earned, is still to choose, and was handed."""
    return render_template("rewards/girl.html", typed={}, errors={}, problem=None, **_girl(scout_id))


@bp.post("/girls/<id:scout_id>/choice")
@allow("family.see")
def choose(scout_id: int) -> Response | tuple[str, int]:
    """She takes this one, in that size."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        item = form.take("item", values.whole, 1, 10**12)
        size = form.take("size", values.line, 12, empty="")
        form.settle()
        choices.choose(tx, seasons.current(tx).id, scout_id, item, size, g.by)
        return f"/rewards/girls/{scout_id}"

    return forms.submit(act, _again(scout_id), gettext("The choice is written down."))


@bp.post("/girls/<id:scout_id>/opt-out")
@allow("family.money")
def opt_out(scout_id: int) -> Response | tuple[str, int]:
    """She takes no rewards but patches, or does after all."""

    def act(tx: Any) -> str:
        choices.opt_out(tx, seasons.current(tx).id, scout_id, request.form.get("out") == "1", g.by)
        return f"/rewards/girls/{scout_id}"

    return forms.submit(act, _again(scout_id), gettext("That is written down."))


@bp.post("/girls/<id:scout_id>/hand-out")
@allow("scouts.manage")
def hand_out(scout_id: int) -> Response | tuple[str, int]:
    """Hand out what is ticked, against a receipt."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        adult = form.take("receivedBy", values.line, 80, 1)
        form.settle()
        items = [values.whole("item", one, 1, 10**12) for one in request.form.getlist("items")[:100]]
        signature = request.form.get("signature", "")
        handing.hand_out(tx, seasons.current(tx).id, scout_id, items, adult, g.by, signature=signature)
        return f"/rewards/girls/{scout_id}"

    return forms.submit(act, _again(scout_id), gettext("Handed out. The receipt is kept."))


@bp.post("/girls/<id:scout_id>/emails")
@allow("scouts.manage")
def note_emails(scout_id: int) -> Response | tuple[str, int]:
    """How many e-mails she has sent by now, as Digital Cookie says."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        sent = form.take("emails", values.whole, 0, emails.MOST)
        form.settle()
        emails.note(tx, seasons.current(tx).id, scout_id, sent, g.by)
        return f"/rewards/girls/{scout_id}"

    return forms.submit(act, _again(scout_id), gettext("That is written down."))


@bp.get("/receipts/<id:receipt_id>/receipt.pdf")
@allow("family.see")
def paper(receipt_id: int) -> Response:
    """One receipt of rewards on paper."""
    with g.db.read() as tx:
        found, own = handing.receipt(tx, receipt_id, g.by), troop.own(tx)
    answer = Response(receipt_pdf.drawn([receipt_sheets.reward(found, own)]), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="reward-receipt-{found.number}.pdf"'
    return answer


@bp.post("/receipts/<id:receipt_id>/void")
@allow("scouts.manage")
def void(receipt_id: int) -> Response:
    """A receipt was a mistake."""
    with g.db.write() as tx:
        scout_id = handing.void(tx, receipt_id, request.form.get("reason") or gettext("No reason was given"), g.by)
    flash(gettext("The receipt is void. It stays in the list."))
    return redirect(f"/rewards/girls/{scout_id}", 303)


@bp.get("/order")
@allow("sales.all")
def order() -> str:
    """What to order, by item and size, and who has not chosen yet."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        rows, waiting = handing.sheet(tx, season.id, g.by)
        kept = ladders.ladder(tx, season.id)
        is_over = earned.is_forfeited(tx, kept)
        lost = handing.standing(earned.girls(tx, season.id, g.by), "forfeited") if is_over else []
    return render_template("rewards/order.html", rows=rows, waiting=waiting, kept=kept, lost=lost)


@bp.get("/ladder")
@allow("sales.all")
def ladder() -> str:
    """The season's ladder."""
    return render_template("rewards/ladder.html", typed={}, errors={}, problem=None, **_ladder())


@bp.post("/ladder")
@allow("season.manage")
def bring_in() -> Response | tuple[str, int]:
    """Another ladder from a file of rows, or the example."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        way = form.choose("way", ladders.WAYS)
        form.settle()
        is_example = bool(request.form.get("example"))
        rows = ladders.EXAMPLE if is_example else list(delimited.records(_text()))
        ladders.replace(tx, seasons.current(tx).id, g.by, ladders.read(rows), way, is_example=is_example)
        return "/rewards/ladder"

    return forms.submit(act, _ladder_again, gettext("This is the season's ladder now."))


@bp.post("/ladder/meaning")
@allow("season.manage")
def mean() -> Response | tuple[str, int]:
    """Whether lower steps count too, whether the rewards are ordered, and what the council says of days and credits."""

    def act(tx: Any) -> str:
        form = forms.Reading(request.form)
        way, ordered = form.choose("way", ladders.WAYS), form.take("orderedOn", values.day, empty=None)
        until, forfeited = (form.take(name, values.day, empty=None) for name in ("creditsUntil", "forfeitedOn"))
        least = form.take("creditsLeast", values.dollars, empty=0)
        form.settle()
        ladders.mean(
            tx,
            seasons.current(tx).id,
            g.by,
            way,
            ordered,
            until,
            credits_least_cents=least,
            forfeited_on=forfeited,
        )
        return "/rewards/ladder"

    return forms.submit(act, _ladder_again, gettext("That is changed."))


def _text() -> str:
    sent = request.files.get("file")
    content = sent.read(LARGEST_LADDER + 1) if sent and sent.filename else b""
    if not content:
        values.refuse("file", N_("Choose a file first."))
    if len(content) > LARGEST_LADDER:
        values.refuse("file", N_("That file is too large for a ladder."))
    text = delimited.decoded(content)
    if text is None:
        values.refuse("file", N_("This is not a text file. Save it as CSV."))
    return text


def _girl(scout_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        found = choices.girl(tx, season.id, scout_id, g.by)
        kept = ladders.ladder(tx, season.id)
        late = [late for one, late in earned.radar(tx, season.id, [found]) if one.scout_id == scout_id]
        return {
            "girl": found,
            "uncredited": late[0] if late else [],
            "kept": kept,
            "is_over": earned.is_forfeited(tx, kept),
            "counts": {step.counts for step in ladders.steps(tx, season.id)},
            "adults": receipts.adults(tx, scout_id),
            "receipts": handing.receipts(tx, season.id, scout_id, g.by),
            "told": levels.told(tx, scout_id, g.by),
            "lifetime": levels.lifetime(tx, scout_id, g.by),
            "said": reward_words,
        }


def _again(scout_id: int) -> Any:
    return lambda no: forms.again("rewards/girl.html", no, **_girl(scout_id))


def _ladder() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        found = {"steps": ladders.steps(tx, season.id), "kept": ladders.ladder(tx, season.id)}
    return found | {"said": reward_words, "ways": wording.options(reward_words.WAYS)}


def _ladder_again(no: Any) -> tuple[str, int]:
    return forms.again("rewards/ladder.html", no, **_ladder())
