"""What a file leaves open, answered once: whose it is, what its columns mean, who and what its words are."""

import hashlib
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.imports import answers, batches, ebudde, own_moves, recognise, refunds, reviewing, staging
from gsctracker.errors import Invalid, NotFound
from gsctracker.integrations import spreadsheets
from gsctracker.web import choices, forms, import_words, parked_files
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("answers", __name__)

COLUMNS_AT_ONCE = 30
OPTIONS_AT_ONCE = 350
QUESTIONS_AT_ONCE = 10
NEW_GIRL = "new"
GONE = N_("This file is not here any more. Choose it again under Imports.")


@bp.get("/files/<key>")
@allow("imports")
def ask(key: str) -> str:
    """Whose file it is, or what its columns mean."""
    return render_template("imports/ask.html", typed={}, errors={}, **_open(_parked(key)))


@bp.post("/files/<key>")
@allow("imports")
def answer(key: str) -> Response | tuple[str, int]:
    """Take the answer, and stage the file."""
    parked = _parked(key)
    asked = _open(parked)
    form = forms.Reading(request.form)
    try:
        mapping = _told(form, asked["mapping"], asked["columns"]) if asked["mapping"] else None
        girl = form.take("girl", choices.row_id, empty=None) if asked["needs_girl"] else None
        if asked["needs_girl"] and girl is None:
            form.wrong("girl", staging.WHOSE)
        form.settle()
        if mapping is not None and mapping.unknown:
            with g.db.write() as tx:
                answers.remember_headings(tx, g.by, mapping.to_remember())
            return redirect(url_for(".ask", key=key), 303)
        return redirect(_stage(parked, asked["sheets"], mapping, girl), 303)
    except forms.NO as no:
        return forms.again("imports/ask.html", no, names={"scoutId": "girl"}, **asked)


@bp.post("/files/<key>/discard")
@allow("imports")
def let_go(key: str) -> Response:
    """Nobody wants this file after all."""
    parked_files.room().let_go(_parked(key).key)
    flash(gettext("The file is thrown away. Nothing of it was written."))
    return redirect(url_for("imports.index"), 303)


def _parked(key: str) -> parked_files.Parked:
    parked = parked_files.room().find(g.by.id, key)
    if parked is None:
        raise NotFound(GONE, "no_such_file")
    return parked


def _open(parked: parked_files.Parked) -> dict[str, Any]:
    sheets = spreadsheets.read(parked.content, parked.name)
    found = recognise.recognise(sheets, parked.source)
    with g.db.read() as tx:
        mapping = ebudde.propose(found.sheet, staging.remembered_headings(tx)) if found.needs_mapping else None
        girls = choices.girls(tx)
    columns = list(mapping.columns) if mapping else []
    if len(columns) > COLUMNS_AT_ONCE:
        columns = list(mapping.unknown)[:COLUMNS_AT_ONCE]  # type: ignore[union-attr]
    return {
        "parked": parked,
        "sheets": sheets,
        "mapping": mapping,
        "columns": sorted(columns, key=lambda one: one.meaning != ebudde.UNKNOWN),
        "needs_girl": mapping is None,
        "girls": girls,
    }


def _told(form: forms.Reading, mapping: ebudde.Mapping, columns: list[ebudde.Column]) -> ebudde.Mapping:
    said = {}
    for column in columns:
        meaning = request.form.get(f"column-{column.index}", "")
        if meaning in ebudde.CHOICES:
            said[column.heading] = meaning
        else:
            form.wrong(f"column-{column.index}", N_("Say what this column means, or leave it out."))
    return mapping.told(said)


def _stage(parked: parked_files.Parked, sheets: Any, mapping: ebudde.Mapping | None, girl: int | None) -> str:
    with g.db.read() as tx:
        parsed = staging.understand(tx, sheets, parked.source, mapping)
    with g.db.write() as tx:
        if mapping is not None:
            answers.remember_headings(tx, g.by, mapping.to_remember())
        sha256 = hashlib.sha256(parked.content).hexdigest()
        batch_id = staging.stage(tx, g.by, parsed.source, parsed, parked.name, sha256, girl)
        state = batches.find(tx, batch_id).state
    parked_files.room().let_go(parked.key)
    say_staged(parked.name, state)
    return url_for("imports.one", batch_id=batch_id)


def say_staged(name: str, state: str) -> None:
    """Tell what became of an upload."""
    if state == "applied":
        flash(
            gettext("%(file)s was brought in before. Nothing in it is new, so nothing changes.", file=name[:80]), "news"
        )
    else:
        flash(gettext("%(file)s was read. Nothing is written yet: look at it, then apply it.", file=name[:80]))


def questions(tx: Any, batch: Any, girls: dict[int, str]) -> dict[str, Any]:
    """The open questions of a batch, as many as fit on a page, with what can be answered to each."""
    if batch.state == "undone":
        return {"questions": [], "more_questions": 0}
    options: dict[str, list[tuple[str, str]]] = {}
    found, shown = [], 0
    for one in batch.asks[:QUESTIONS_AT_ONCE]:
        if one.kind not in options:
            options[one.kind] = [
                (value, name if _is_name(one.kind, value) else gettext(name))
                for value, name in answers.choices(tx, one.kind)
            ]
        offered = _nearest_first(one.shown, options[one.kind]) if one.kind == "scout" else options[one.kind]
        if one.kind == "scout":
            offered = [(NEW_GIRL, gettext("A new girl: put her on the roster")), *offered]
        if one.kind == "move":
            offered = [*_moves_of(tx, one.row.entries), *offered]
        shown += len(offered)
        if found and shown > OPTIONS_AT_ONCE:
            break
        refund = refunds.of_order(tx, batch, one.said) if one.kind == "refund" else None
        found.append({"name": _field(one.kind, one.said), "ask": one, "options": offered, "refund": refund})
    return {"questions": found, "more_questions": len(batch.asks) - len(found)}


def _moves_of(tx: Any, entries: list[int]) -> list[tuple[str, str]]:
    found = own_moves.told(tx, entries).values()
    return [(str(move.id), gettext("The same as: %(move)s", move=import_words.own_move(move))) for move in found]


def _is_name(kind: str, value: str) -> bool:
    return (kind == "scout" and value.isdigit()) or (kind == "cookie" and value != "none")


def _nearest_first(said: str, options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Girls with that first name before the others."""
    parts = set(said.casefold().replace(",", " ").split())
    return sorted(options, key=lambda option: not (option[0].isdigit() and option[1].casefold().split(" ")[0] in parts))


def _field(kind: str, said: str) -> str:
    return f"{kind}-{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def take(tx: Any, batch: Any) -> int:
    """Keep the answers that were given, those left open stay open; gives how many rows they free, -1: none was given."""
    form = forms.Reading(request.form)
    told = []
    for one in batch.asks:
        field = _field(one.kind, one.said)
        meaning = (
            request.form.get(field, "").strip() if one.kind != "refund" else _refunded(tx, batch, form, field, one.said)
        )
        if not meaning:
            continue
        if one.kind == "scout" and meaning == NEW_GIRL:
            meaning = str(reviewing.add_girl(tx, g.by, batch.id, one.said))
        try:
            answers.check(tx, one.kind, one.said, meaning)
        except Invalid:
            form.wrong(field, answers.NO_MEANING)
        told.append((one.kind, one.said, meaning))
    form.settle()
    return answers.resolve_all(tx, g.by, batch.source, told) if told else -1


def _refunded(tx: Any, batch: Any, form: forms.Reading, field: str, said: str) -> str:
    """What was said of a refund, cookie by cookie; "" where nothing was, or where it does not come to what was refunded."""
    refund = refunds.of_order(tx, batch, said)
    told = {code: form.take(f"{field}-{code}", values.whole, 0, boxes, empty=0) for code, _, boxes in refund.cookies}
    if not any(told.values()):
        return ""
    try:
        return refunds.meaning(refund, {code: boxes or 0 for code, boxes in told.items()})
    except Invalid as no:
        form.wrong(field, no.message, **no.params)
        return ""
