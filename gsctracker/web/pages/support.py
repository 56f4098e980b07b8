"""The support bundle: one file for whoever is asked for help."""

from contextlib import suppress

from flask import Blueprint, Response, current_app, g, render_template

from gsctracker import clock
from gsctracker.db import Busy
from gsctracker.domain import audit
from gsctracker.ops import metrics, mishaps, support_bundle
from gsctracker.web.access import allow

bp = Blueprint("support", __name__, url_prefix="/problems/support")


@bp.get("")
@allow("operate")
def index():
    """What is in it, and a button."""
    return render_template("support/index.html")


@bp.get("/bundle.zip")
@allow("operate")
def bundle() -> Response:
    """Make it and hand it out, also while nothing may be changed: that is when help is needed. That somebody took one is
    written down where it can be.
    """
    found = metrics.of()
    kept: mishaps.Kept = current_app.extensions[mishaps.PART]
    numbers, _ = metrics.exposition(found, None)
    made = support_bundle.make(found.config, g.db, numbers, clock.ticks() - found.started, kept)
    with suppress(Busy), g.db.write() as tx:
        audit.note(tx, g.by.id, "support.bundle", "box", bytes=len(made))
    response = Response(made, content_type="application/zip")
    name = f"gsctracker-support-{clock.now().replace(':', '').replace('-', '')}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
