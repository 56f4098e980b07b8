"""Every piece of the design language on one page, for whoever builds pages."""

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from flask import Blueprint, render_template

from gsctracker.web.access import allow

ICONS = Path(__file__).parents[1] / "static" / "icons.svg"

bp = Blueprint("styleguide", __name__)


@bp.get("/styleguide")
@allow("operate")
def show():
    """The pieces with invented figures."""
    return render_template("styleguide.html", samples=_samples())


@cache
def _samples() -> dict[str, object]:
    first = date(2026, 1, 24)
    days = [((first + timedelta(days=n)).isoformat(), (n * 37 + 11) % 90) for n in range(35)]
    cookies = [("Thin Mints", 1240), ("Caramel deLites", 980), ("Trefoils", 410), ("Lemonades", 285)]
    places = [("Troop", cookies[:3]), ("At the girls' homes", [("Thin Mints", 180), ("Lemonades", 96)])]
    return {
        "cookies": cookies,
        "days": days,
        "places": places,
        "icons": re.findall(r'symbol id="(\w+)"', ICONS.read_text(encoding="utf-8")),
    }
