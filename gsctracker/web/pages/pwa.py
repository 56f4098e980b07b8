"""What makes booth mode a program of the phone: its manifest, the worker that opens it without signal, the page it opens then."""

import hashlib
import json
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, url_for
from flask_babel import gettext

import gsctracker
from gsctracker.ops import metrics
from gsctracker.web.access import allow
from gsctracker.web.context import parts

bp = Blueprint("pwa", __name__)

MODULES = ("booth/mode.js", "booth/store.js", "booth/send.js", "booth/till.js", "booth/count.js")
LOOKS = ("app.css", "booth/booth.css", "icons.svg", "favicon.svg", "app.js")
ICONS = (
    ("favicon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable.png", "512x512", "image/png", "maskable"),
)
TEMPLATES = ("base.html", "booth_mode/shell.html", "booth_mode/_phone.html")
WORKER = Path(__file__).parents[1] / "static" / "booth" / "sw.js"
REMOVER = """// The worker of booth mode is switched off: this one takes itself and what it kept away.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => registration.unregister())));
"""


@bp.get("/manifest.webmanifest")
@allow("public")
def manifest() -> Response:
    """How a phone shows the app on its home screen."""
    static = parts().static_files
    said = {
        "id": "/",
        "name": "GSCTracker",
        "short_name": gettext("Cookies"),
        "start_url": "/booths",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f4f5",
        "theme_color": "#8c1d4f",
        "icons": [
            {"src": static.address(name), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in ICONS
        ],
    }
    return _fresh(Response(json.dumps(said), content_type="application/manifest+json"))


@bp.get("/sw.js")
@allow("public")
def worker() -> Response:
    """The worker with the names of what it keeps; with OFFLINE_PAGES off, one that removes itself."""
    if not metrics.of().config.offline_pages:
        return _fresh(Response(REMOVER, content_type="text/javascript; charset=utf-8"))
    static = parts().static_files
    files = [static.address(name) for name in (*LOOKS, *MODULES)]
    shell = url_for("pwa.without_signal")
    templates = [Path(current_app.jinja_env.get_template(name).filename or "") for name in TEMPLATES]
    said = b"".join(
        [gsctracker.__version__.encode(), *map(str.encode, files), *(path.read_bytes() for path in templates)]
    )
    version = hashlib.sha256(said).hexdigest()[:12]
    head = f"const VERSION = {json.dumps(version)}, SHELL = {json.dumps(shell)}, FILES = {json.dumps(files)};\n"
    return _fresh(Response(head + WORKER.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8"))


@bp.get("/booths/without-signal")
@allow("public")
def without_signal() -> str:
    """The page of booth mode without anything of anybody in it: the phone fills in what it keeps itself."""
    return render_template("booth_mode/shell.html")


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response
