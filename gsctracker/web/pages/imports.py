"""Imports: files brought in, previewed, applied and taken back, and all that were."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from gsctracker.domain.imports import (
    applying,
    batches,
    changes,
    ebudde,
    own_moves,
    recognise,
    reviewing,
    staging,
    undo,
)
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, Refusal
from gsctracker.integrations import spreadsheets
from gsctracker.web import choices, forms, import_words, paging, parked_files, wording
from gsctracker.web.access import allow
from gsctracker.web.errors import say
from gsctracker.web.pages import import_answers, import_memory
from gsctracker.words import N_

bp = Blueprint("imports", __name__, url_prefix="/imports")
bp.record(lambda state: parked_files.set_up(state.app))
bp.register_blueprint(import_answers.bp)
bp.register_blueprint(import_memory.bp)

PAGE = 15
ROWS = 30
MOST_FILES = 10
LARGEST_TEXT = 4 * 1024 * 1024
TOO_LARGE = N_("That is more than 15 MB, far more than any season's export. Choose the file again, one at a time.")


@bp.context_processor
def _words() -> dict[str, object]:
    return {"words": import_words, "wording": wording}


@bp.get("")
@allow("imports")
def index() -> str:
    """Where files are dropped, and all that were brought in."""
    return _index()


def _index(errors: dict[str, str] | None = None, typed: str = "", unknown: Any = None) -> str:
    before = (paging.start(int) or (0,))[0] if request.method == "GET" else 0
    with g.db.read() as tx:
        rows = batches.page(tx, seasons.current(tx).id, before, PAGE + 1)
    return render_template(
        "imports/index.html",
        page=paging.cut(rows, PAGE, lambda row: (row.id,))
        if request.method == "GET"
        else paging.Page(rows[:PAGE], None, None),
        parked=parked_files.room().of(g.by.id),
        errors=errors or {},
        typed={"pasted": typed},
        unknown=unknown,
    )


@bp.post("")
@allow("imports")
def bring_in() -> Response | tuple[str, int]:
    """Read the files that came, stage those that speak for themselves, and ask about the others."""
    request.max_form_memory_size = LARGEST_TEXT
    try:
        sent = [_read(one) for one in request.files.getlist("file") if one.filename]
        pasted = request.form.get("pasted", "")
    except RequestEntityTooLarge:
        return _index({"file": gettext(TOO_LARGE)}), 413
    if pasted.strip():
        sent.append(("pasted.json", pasted.encode("utf-8", "replace")))
    if not sent:
        return _index({"file": gettext("Choose a file first.")}), 422
    if len(sent) > MOST_FILES:
        sentence = gettext("Those are more than %(most)s files. Bring them in a few at a time.", most=MOST_FILES)
        return _index({"file": sentence}), 422
    addresses, wrong, unknown, status = [], {}, None, 422
    for name, content in sent:
        try:
            addresses.append(_one(name, content))
        except forms.NO as no:
            field = "pasted" if name == "pasted.json" and pasted else "file"
            sentence = say(no.message, no.params)
            told = sentence if len(sent) == 1 else f"{name[:80]}: {sentence}"
            wrong[field] = f"{wrong[field]} {told}" if field in wrong else told
            status = 409 if isinstance(no, Conflict) else 422
            if no.code in ("file_not_known", "no_cookies"):
                unknown = _worth_asking(name, content) or unknown
    if wrong:
        return _index(wrong, pasted if "pasted" in wrong else "", unknown), status
    if len(addresses) > 1:
        return redirect(url_for(".index"), 303)
    return redirect(addresses[0], 303)


def _read(upload: FileStorage) -> tuple[str, bytes]:
    with closing(upload):
        return upload.filename or "", upload.read()


def _one(name: str, content: bytes) -> str:
    """Stage a file, or park it with its question; gives the address to go to."""
    sheets = spreadsheets.read(content, name)
    found = recognise.recognise(sheets)
    with g.db.read() as tx:
        if found.needs_mapping and not _is_remembered(
            ebudde.propose(found.sheet, told := staging.remembered_headings(tx)), told
        ):
            return _park(name, content)
        parsed = staging.understand(tx, sheets)
    if parsed.needs_girl:
        return _park(name, content)
    with g.db.write() as tx:
        batch_id = staging.stage(tx, g.by, parsed.source, parsed, name, hashlib.sha256(content).hexdigest())
        state = batches.find(tx, batch_id).state
    import_answers.say_staged(name, state)
    return url_for("imports.one", batch_id=batch_id)


def _is_remembered(mapping: ebudde.Mapping, told: dict[str, str]) -> bool:
    """Whether somebody looked at these very columns before."""
    return not mapping.unknown and set(mapping.to_remember()) <= set(told)


def _park(name: str, content: bytes, source: str = "") -> str:
    parked = parked_files.room().park(g.by.id, name, content, source)
    return url_for("imports.answers.ask", key=parked.key)


def _worth_asking(name: str, content: bytes) -> str | None:
    """Where to explain the columns of a file that nobody knows; None where it has no columns at all."""
    try:
        ebudde.propose(recognise.recognise(spreadsheets.read(content, name), "csv").sheet)
    except (Invalid, Conflict):
        return None
    return _park(name, content, "csv")


@bp.get("/<id:batch_id>")
@allow("imports")
def one(batch_id: int) -> str:
    """A file's preview, or what became of it."""
    return render_template("imports/one.html", typed={}, errors={}, **_batch(batch_id))


@bp.post("/<id:batch_id>/answers")
@allow("imports")
def answer(batch_id: int) -> Response | tuple[str, int]:
    """Keep what was said about the file's words; the rows are looked at again at once."""
    try:
        with g.db.write() as tx:
            freed = import_answers.take(tx, batches.preview(tx, batch_id, g.by))
    except forms.NO as no:
        return _refused(batch_id, no)
    if freed < 0:
        flash(gettext("Nothing was answered, so nothing changed."), "news")
    else:
        flash(
            ngettext(
                "Remembered. %(num)s row is out of the way.", "Remembered. %(num)s rows are out of the way.", freed
            )
        )
    return redirect(url_for(".one", batch_id=batch_id), 303)


@bp.post("/<id:batch_id>/rows/<id:row_id>/another")
@allow("imports")
def another(batch_id: int, row_id: int) -> Response | tuple[str, int]:
    """No, this is not the move that was recorded here: it is another one."""

    def act(tx: Any) -> str:
        reviewing.another_one(tx, g.by, batch_id, row_id)
        return url_for(".one", batch_id=batch_id, outcome="new")

    return _submit(batch_id, act, gettext("It is another one, and is written when the file is applied. Remembered."))


@bp.post("/<id:batch_id>/apply")
@allow("imports")
def apply(batch_id: int) -> Response | tuple[str, int]:
    """Write the rows to the ledgers."""

    def act(tx: Any) -> str:
        applying.apply(tx, g.by, batch_id)
        reviewing.look_again(tx, batches.find(tx, batch_id).season_id)
        return url_for(".one", batch_id=batch_id)

    return _submit(batch_id, act, gettext("The file is applied. Every page counts with it now."))


@bp.post("/<id:batch_id>/undo")
@allow("imports")
def take_back(batch_id: int) -> Response | tuple[str, int]:
    """Take back everything the file did."""

    def act(tx: Any) -> str:
        undo.undo(tx, g.by, batch_id)
        reviewing.look_again(tx, batches.find(tx, batch_id).season_id)
        return url_for(".one", batch_id=batch_id)

    return _submit(batch_id, act, gettext("The import is taken back. Everything is as it was before it."))


@bp.post("/<id:batch_id>/discard")
@allow("imports")
def discard(batch_id: int) -> Response | tuple[str, int]:
    """Throw away a file that was only looked at."""

    def act(tx: Any) -> str:
        reviewing.discard(tx, g.by, batch_id)
        return url_for(".index")

    return _submit(batch_id, act, gettext("The file is thrown away. Nothing of it was written."))


def _submit(batch_id: int, act: Callable[[Any], str], sentence: str) -> Response | tuple[str, int]:
    try:
        with g.db.write() as tx:
            address = forms.once(tx, lambda: act(tx))
    except forms.NO as no:
        return _refused(batch_id, no)
    flash(sentence)
    return redirect(address, 303)


def _refused(batch_id: int, no: Refusal) -> tuple[str, int]:
    """The preview with the reason why something was not done."""
    return forms.again("imports/one.html", no, **_batch(batch_id))


def _batch(batch_id: int) -> dict[str, Any]:
    after = (paging.start(int) or (0,))[0] if request.method == "GET" else 0
    with g.db.read() as tx:
        batch = batches.preview(tx, batch_id, g.by)
        asked = request.args.get("outcome", "")
        outcome = asked if asked in import_words.OUTCOMES else _first_of(batch.counts)
        rows = batches.lines(tx, batch_id, outcome, after, ROWS + 1)
        changed = changes.of_rows(tx, batch, [row.id for row in rows])
        girls = dict(choices.girls(tx, status=None))
        return {
            "batch": batch,
            "outcome": outcome,
            "page": paging.cut(rows, ROWS, lambda row: (row.id,))
            if request.method == "GET"
            else paging.Page(rows[:ROWS], None, None),
            "changes": {row_id: import_words.changes(found, girls) for row_id, found in changed.items()},
            "cookie": changes.cookie_names(tx, batch),
            "own_moves": own_moves.told(tx, (entry for row in rows for entry in row.entries)),
            "whose": girls.get(batch.scout_id),
            "blockers": undo.blockers(tx, batch_id) if batch.state == "applied" else [],
            "compared": import_words.compared(batch),
            "writes": sum(batch.counts[name] for name in ("new", "changed", "conflict")),
            **import_answers.questions(tx, batch, girls),
        }


def _first_of(counts: dict[str, int]) -> str:
    return next((name for name in import_words.OUTCOMES if counts[name]), "new")
