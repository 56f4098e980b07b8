"""What was answered about files and is remembered, and taking an answer back."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker.domain.imports import answers, reviewing
from gsctracker.domain.people import scouts
from gsctracker.domain.season import seasons
from gsctracker.web import import_words, paging, wording
from gsctracker.web.access import allow

bp = Blueprint("memory", __name__, url_prefix="/answers")

PAGE = 40


@bp.get("")
@allow("imports")
def index() -> str:
    """Every answer, and the girls whose names in files are known."""
    after = (paging.start(int) or (0,))[0]
    with g.db.read() as tx:
        names = {kind: dict(answers.choices(tx, kind)) for kind in answers.KINDS}
        found = list(enumerate(answers.remembered(tx), 1))
        girls = scouts.known_names(tx)
    shown = paging.cut(found[after : after + PAGE + 1], PAGE, lambda row: (row[0],))
    return render_template(
        "imports/answers.html", page=shown, girls=girls if not after else [], means=lambda one: _means(names, one)
    )


def _means(names: dict[str, dict[str, str]], answer: Any) -> str:
    """What an answer says, as people say it."""
    if answer.kind == "header":
        name = import_words.COLUMNS.get(answer.meaning, answer.meaning)
        return gettext(name)
    if answer.kind == "move" and answer.meaning.isdigit():
        return gettext("The move that was recorded here")
    name = names.get(answer.kind, {}).get(answer.meaning, answer.meaning)
    return name if answer.kind == "cookie" and answer.meaning != "none" else gettext(name)


@bp.post("/forget")
@allow("imports")
def forget() -> Response:
    """Take one answer back: the next file that needs it asks again."""
    said = {name: request.form.get(name, "")[:200] for name in ("source", "kind", "said")}
    with g.db.write() as tx:
        answers.forget(tx, g.by, **said)
        reviewing.look_again(tx, seasons.current(tx).id)
    flash(gettext("Forgotten. The next file that needs it asks again."))
    return redirect(url_for(".index"), 303)


@bp.post("/girls/<id:scout_id>/forget")
@allow("imports")
def forget_girl(scout_id: int) -> Response:
    """No name in a file means this girl any longer."""
    with g.db.write() as tx:
        girl = scouts.find(tx, scout_id, g.by)
        scouts.forget_names(tx, scout_id, g.by)
        reviewing.look_again(tx, seasons.current(tx).id)
    flash(gettext("The names of %(girl)s are forgotten. The next file asks who she is.", girl=wording.girl(girl)))
    return redirect(url_for(".index"), 303)
