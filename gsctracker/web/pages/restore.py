"""Following a restore: what would be lost, the last question, how far it is. And a copy brought to an empty box."""

import functools
import shutil
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request

from gsctracker import values
from gsctracker.config import Config
from gsctracker.domain.people import roles
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, NotAllowed, NotFound, Refusal
from gsctracker.ops import metrics, rotation
from gsctracker.ops.copies import bucket, errands, keys, offered, places
from gsctracker.ops.copies.errands import Errand, Errands
from gsctracker.ops.copies.places import Folder
from gsctracker.ops.copies.staging import Staged
from gsctracker.web import copy_words, forms, large_bodies, limits
from gsctracker.web.access import allow, require_fresh
from gsctracker.web.context import made_once
from gsctracker.words import N_

PART = "gsctracker.errands"
LOOK_AGAIN_SECONDS = 2
SOURCES = ("files", "bucket", "folder")

bp = Blueprint("restore", __name__)


def errands_here(app: Flask | None = None) -> Errands:
    """The restores of the app that is answering."""
    measured = metrics.of(app)
    return made_once(PART, lambda: Errands(measured.config, measured.db), app)


@bp.get("/restore/<token>")
@allow("public")
def follow(token: str):
    """How far a restore is. Everybody is signed out by one, so this page is for whoever knows its token; what a copy holds
    is told to the admin who asked alone.
    """
    return _shown(_found(token))


@bp.post("/restore/<token>")
@allow("operate")
def confirm(token: str):
    """Put the copy back: she has seen what is lost, and types her password once more."""
    errand = _found(token)
    try:
        require_fresh(always=True)
        errands_here().confirm(errand)
    except forms.NO as no:
        return forms.again("copies/follow.html", no, errand=errand, words=copy_words)
    return redirect(f"/restore/{token}", 303)


@bp.get("/set-up/restore")
@allow("public")
def bring():
    """Where an empty box is given a copy."""
    with g.db.read() as tx:
        if troop.is_set_up(tx):
            return redirect("/")
    return render_template("set_up/restore.html", typed={}, errors={}, problem=None, **_sources())


@bp.post("/set-up/restore")
@allow("public")
def take_over():
    """Check the copy that was brought along, and make it the box's data."""
    config = metrics.of().config
    request.let_in(large_bodies.Door(config, g.db))  # type: ignore[attr-defined] # ours has it
    room = None
    try:
        typed = forms.Reading(request.form)
        _require_code(typed)
        typed.settle()  # nothing that was sent is looked at before
        source = typed.choose("source", SOURCES)
        typed.settle()
        identities = offered.keys_in(request.form.get("key", ""))
        if source == "files":
            room = offered.room(config)
            sent = [(one.filename, one.stream) for one in request.files.getlist("file") if one.filename]
            file = offered.keep(sent, room)
            find = functools.partial(_as_it_is, file)
        elif source == "bucket":
            away = bucket.remote(config, identities=list(identities))
            if away is None:
                raise Conflict(
                    N_("No bucket is set for this box. Set S3_BACKUP_BUCKET and start it again."), "no_bucket"
                )
            find = functools.partial(offered.newest, config, away, typed.ticked("alone"))
        else:
            folder = Folder(config.backups, keys.manifest_keys(config, list(identities)))
            find = functools.partial(offered.newest, config, folder, typed.ticked("alone"))
        order = errands.Order(
            find,
            identities=identities,
            unverified=typed.ticked("trusted"),
            scratch=room,
            then=functools.partial(_keep_key, config, identities),
        )
        errand = errands_here().restore_at_once(order)
    except Refusal as no:
        if room:
            shutil.rmtree(room, ignore_errors=True)
        if isinstance(no, NotFound):
            raise
        return forms.again("set_up/restore.html", no, **_sources())
    finally:
        for one in request.files.getlist("file"):
            one.close()
    code = urlencode({"code": request.form.get("code", "").strip()[:40]})  # for whoever has to try again
    return redirect(f"/restore/{errand.token}?{code}", 303)


def _as_it_is(file: Path) -> Path:
    return file


def _keep_key(config: Config, identities: tuple[str, ...], staged: Staged) -> None:
    """The key that signed the copy becomes the box's own again, so that the printed sheet goes on to be right."""
    if len(identities) == 1 and staged.manifest and staged.manifest.proven:
        rotation.take_up(config, identities[0])


def _require_code(typed: forms.Reading) -> None:
    code = typed.take("code", values.line, 40, 1) or ""
    try:
        limits.must_be_setup_code(code)
    except NotAllowed as no:
        typed.wrong("code", no.message)


def _sources() -> dict[str, object]:
    config = metrics.of().config
    of_a_troop = any(copy.tables.get("accounts", {}).get("rows") for copy in places.local(config).listed())
    code = request.args.get("code", "")[:40]
    most = large_bodies.Door(config, g.db).most("POST", large_bodies.PATH, urlencode({"code": code})) if code else 0
    most = max(most, current_app.config["MAX_CONTENT_LENGTH"])
    return {
        "has_bucket": bool(config.s3_backup_bucket),
        "lie_here": of_a_troop,
        "code": code,
        "most_mb": most // 1_000_000,
    }


def _found(token: str) -> Errand:
    errand = errands_here().find(token)
    asked_by = errand.order.by
    is_hers = asked_by is None or (g.by is not None and g.by.id == asked_by.id and roles.allows(g.by, "operate"))
    if errand.phase == errands.LOOKED and not is_hers:
        raise NotFound(N_("There is no such restore. Look at the list of copies."), "no_such_restore")
    return errand


def _shown(errand: Errand):
    page = render_template("copies/follow.html", typed={}, errors={}, problem=None, errand=errand, words=copy_words)
    headers = {"Cache-Control": "no-store"}
    if errand.is_running:
        headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return page, 200, headers
