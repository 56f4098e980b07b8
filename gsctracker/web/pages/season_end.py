"""The season's end: its last check, closing it, putting it away, and the packet that says it all."""

import os
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response as Redirect

from gsctracker.domain.money import closing_identity
from gsctracker.domain.season import seasons
from gsctracker.errors import NotFound
from gsctracker.ops import metrics
from gsctracker.ops.packet import Packets
from gsctracker.web import forms, receipt_sheets
from gsctracker.web.access import allow
from gsctracker.web.context import made_once
from gsctracker.web.errors import say
from gsctracker.web.report_words import KINDS
from gsctracker.words import N_

bp = Blueprint("season_end", __name__, url_prefix="/season-end")


@bp.get("")
@allow("money.see")
def index() -> str:
    """Both sides of the last check, each term with its why, and what is still open."""
    return render_template("season_end/index.html", **_shown())


@bp.post("/settle")
@allow("season.manage")
def settle() -> Response | tuple[str, int]:
    """Close the season's ledgers."""
    return _do(closing_identity.settle, gettext("The season is settled: its ledgers are closed."))


@bp.post("/archive")
@allow("season.manage")
def archive() -> Response | tuple[str, int]:
    """Put a settled season away."""
    return _do(closing_identity.archive, gettext("The season is in the archive. It stays to be read."))


def _do(verb: Any, sentence: str) -> Response | tuple[str, int]:
    def act(tx: Any) -> str:
        verb(tx, g.by, seasons.current(tx).id)
        return url_for(".index")

    def again(no: Any) -> tuple[str, int]:
        return forms.again("season_end/index.html", no, **_shown())

    return forms.submit(act, again, sentence)


def _shown() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        identity = closing_identity.check(tx, season.id)
        return {
            "season": season,
            "identity": identity,
            "open_ends": closing_identity.open_ends(tx, season.id, identity),
            "sentences": closing_identity.SENTENCES,
            "why": WHY,
        }


WHY = {
    "proceeds": "/why/proceeds",
    "unsold": "/stock",
    "due": "/money/troop",
    "families": "/money",
    "lost": "/why/account/losses",
    "variances": "/why/account/over_short",
}
"""Where the postings behind a term are."""


PART = "gsctracker.packets"


def packets_here(app: Flask | None = None) -> Packets:
    """The packets of the app that is answering."""
    measured = metrics.of(app)
    return made_once(PART, lambda: Packets(measured.config, measured.db), app)


@bp.post("/packet")
@allow("season.manage")
def make_packet() -> Redirect | tuple[str, int]:
    """Begin the season's packet."""
    try:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has it
        said, papers = _said_in(app, g.by.language), receipt_sheets.drawn_in(app, g.by.language)
        packet = packets_here().begin(g.by, said, KINDS, papers)
    except forms.NO as no:
        return forms.again("season_end/index.html", no, **_shown())
    return redirect(url_for(".packet", token=packet.token), 303)


@bp.get("/packet/<token>")
@allow("season.manage")
def packet(token: str) -> Response:
    """How far the packet is; the page looks again by itself until it can be fetched."""
    found = packets_here().find(token, g.by)
    answer = Response(render_template("season_end/packet.html", packet=found))
    if found.is_made:
        answer.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/packet/<token>/file")
@allow("season.manage")
def packet_file(token: str) -> Response:
    """The packet itself."""
    found = packets_here().find(token, g.by)
    if found.file is None:
        raise NotFound(N_("There is no such packet. Make a new one."), "no_such_packet")
    own = os.dup(
        found.file.fileno()
    )  # read at its own offsets: two may fetch at once, and a new packet closes only the first
    answer = Response(_parts(own, found.size), content_type="application/zip")
    answer.headers["Content-Length"] = str(found.size)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


LOOK_AGAIN_SECONDS = 2
PART_BYTES = 1 << 16


def _parts(descriptor: int, size: int) -> Iterator[bytes]:
    try:
        for at in range(0, size, PART_BYTES):
            yield os.pread(descriptor, min(PART_BYTES, size - at), at)
    finally:
        os.close(descriptor)


def _said_in(app: Flask, language: str) -> Callable[..., str]:
    """Sentences in her language, in a thread that answers no request."""
    kept: dict[str, str] = {}

    def said(sentence: str, params: Any = None) -> str:
        if params is None and sentence in kept:
            return kept[sentence]
        with app.app_context(), force_locale(language):
            words = say(sentence, params)
        if params is None:
            kept[sentence] = words
        return words

    return said
