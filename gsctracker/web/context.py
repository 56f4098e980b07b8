"""What a request works with, and what every template may say: parts of the app, the reader, her language, the menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from flask import Flask, current_app, g, request
from flask_babel import gettext

from gsctracker.domain import incidents
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons, troop
from gsctracker.ops import standby
from gsctracker.web import charts, forms, locale, trade_words, wording
from gsctracker.words import N_

if TYPE_CHECKING:
    from gsctracker.db import Database
    from gsctracker.ops.live import Hub
    from gsctracker.web.cache import KeptAnswers
    from gsctracker.web.static_files import StaticFiles
    from gsctracker.web.visitors import SignedIn

PARTS = "gsctracker"
Made = TypeVar("Made")


@dataclass(frozen=True)
class Parts:
    """What lives as long as the app. `own_host` is APP_URL's, if it is set."""

    db: "Database"
    kept: "KeptAnswers"
    signed_in: "SignedIn"
    static_files: "StaticFiles"
    own_host: str | None
    live: "Hub"


def parts() -> Parts:
    """The parts of the app that is answering."""
    return current_app.extensions[PARTS]


def made_once(name: str, make: Callable[[], Made], app: Flask | None = None) -> Made:
    """What the app keeps under that name, made when it is first asked for."""
    kept = (app or current_app).extensions
    if name not in kept:
        kept.setdefault(name, make())
    found: Made = kept[name]
    return found


class Entry(NamedTuple):
    """One line of the menu."""

    href: str
    label: str
    icon: str
    current: bool


# address, label, icon, permission, whether it is among the few at the thumb
MENU = [
    ("/", N_("Today"), "today", "home", True),
    ("/sales", N_("Sales"), "sales", "sales.record", True),
    ("/stock", N_("Stock"), "stock", "family.see", True),
    ("/money", N_("Money"), "money", "family.money", True),
    ("/scouts", N_("Scouts"), "scouts", "scouts.see", False),
    ("/booths", N_("Booths"), "booth", "season.see", False),
    ("/imports", N_("Imports"), "imports", "imports", False),
    ("/differences", N_("Differences"), "differences", "differences", False),
    ("/rewards", N_("Rewards"), "gift", "family.see", False),
    ("/reports", N_("Reports"), "file", "exports", False),
    ("/catalogue", N_("Cookies"), "catalogue", "season.see", False),
    ("/people", N_("People"), "people", "people.see", False),
    ("/incidents", N_("Incidents"), "bell", "incidents", False),
    ("/settings", N_("Settings"), "settings", "season.manage", False),
]


def set_up(app: Flask) -> None:
    """Give templates their globals and filters."""
    files = app.extensions[PARTS].static_files
    app.context_processor(_said_on_every_page)
    app.jinja_env.globals |= {
        "charts": charts,
        "static": files.address,
        "wording": wording,
        "words": trade_words,
        "form_key": forms.once_field,
    }
    app.jinja_env.filters |= {
        "money": locale.money,
        "number": locale.number,
        "day": locale.day,
        "moment": locale.moment,
    }


def _said_on_every_page() -> dict[str, object]:
    by = g.get("by")
    found = _troop_and_season()
    entries = _menu(by) if by else []
    return {
        "by": by,
        "may": roles.granted(by) if by else frozenset(),
        "nav": [entry for entry, _ in entries],
        "nav_short": [entry for entry, short in entries if short],
        "locale": locale.of_request(),
        "standby": standby.now(parts().db),
        "account_href": "/account" if by else None,
        "sign_out_href": "/sign-out" if by else None,
        "role_name": locale.role_name,
        **found,
    }


def _troop_and_season() -> dict[str, object]:
    """The troop and the open season, read once a request; nothing where a page of trouble has no database."""
    if "db" not in g:
        return {"troop": None, "season": None, "demo": False, "announced": None}
    if "heading" not in g:
        with g.db.read() as tx:
            own = troop.own(tx)
            g.heading = {"troop": own, "season": seasons.current(tx) if own else None, "demo": troop.is_demo(tx)}
            g.heading["announced"] = incidents.notice(tx)
        g.time_zone = own.time_zone if own else "UTC"
    return g.heading


def _menu(by: roles.Person) -> list[tuple[Entry, bool]]:
    known = addresses()
    return [
        (Entry(href, gettext(label), icon, _is_current(href)), short)
        for href, label, icon, permission, short in MENU
        if href in known and roles.allows(by, permission)
    ]


def _is_current(href: str) -> bool:
    return request.path == href if href == "/" else request.path == href or request.path.startswith(href + "/")


def addresses() -> frozenset[str]:
    """The addresses of pages that need no number or name, such as /stock."""
    return made_once(
        "gsctracker.addresses",
        lambda: frozenset(rule.rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())),
    )
