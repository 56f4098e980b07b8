"""Nobody enters unless the route says who may, and nobody writes from another site."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request
from flask_login import LoginManager, current_user

from gsctracker.domain.people import roles
from gsctracker.errors import NotAllowed
from gsctracker.web.context import parts
from gsctracker.web.errors import say, trouble
from gsctracker.web.visitors import COOKIE, Visitor
from gsctracker.words import N_

PUBLIC = "public"
ANYONE = "anyone"
STATIC = "static"  # the same for everybody
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_PORTS = {"http": ":80", "https": ":443"}


def allow(who: str) -> Callable[[Callable], Callable]:
    """Say who may enter a route: "public", "anyone" who is signed in, or a permission of `roles`."""

    def mark(view: Callable) -> Callable:
        view.allowed = who
        return view

    return mark


def set_up(app: Flask) -> None:
    """Put the guard at the door of every request. Call `check_routes` when all routes are known."""
    manager = LoginManager(app)
    manager.session_protection = None  # the session is ours, in the database; flask's cookie holds notices only
    manager.request_loader(_visitor)
    app.before_request(_guard)


def check_routes(app: Flask) -> None:
    """Raise for every route that does not say who may enter."""
    silent = sorted(
        rule.rule for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "allowed")
    )
    if silent:
        raise RuntimeError(f"these routes do not say who may enter (@allow): {', '.join(silent)}")
    known = {PUBLIC, ANYONE} | set(roles.PERMISSIONS)
    for name, view in app.view_functions.items():
        if view.allowed not in known:
            raise RuntimeError(f"{name}: nobody has the permission {view.allowed!r}")


def _visitor(asked: Request) -> Visitor | None:
    token = asked.cookies.get(COOKIE)
    if not token:
        return None
    person = parts().signed_in.person(token, g.generation)
    return Visitor(person) if person else None


def _guard() -> Response | None:
    if request.endpoint == STATIC:
        return None
    g.db = parts().db
    g.generation = g.db.generation()
    g.by = current_user.person if current_user.is_authenticated else None
    if request.method not in SAFE_METHODS and not is_same_site():
        raise NotAllowed(
            N_("This was sent from another site, so nothing was done. Open the page here and try again."), "cross_site"
        )
    if request.endpoint is None:  # 404 or 405: nothing to enter
        return None
    who = current_app.view_functions[request.endpoint].allowed
    if who == PUBLIC:
        return None
    if g.by is None:
        return _sign_in_first()
    if who != ANYONE:
        roles.require(g.by, who)
    return None


def is_same_site() -> bool:
    """Whether a write comes from a page of ours, or from a program that is no browser."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    parsed = urlsplit(origin)
    port = _PORTS.get(parsed.scheme)
    if port is None:
        return False
    ours = {request.host.lower().removesuffix(port)}
    if parts().own_host:
        ours.add(parts().own_host)
    return parsed.netloc.lower().removesuffix(port) in ours


def _sign_in_first() -> Response:
    if request.path.startswith("/api/"):
        return trouble(401, "not_signed_in", say(N_("Sign in first.")))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}")


def safe_next(wanted: str | None) -> str:
    """The page to go to after signing in: a path of ours, or the first page."""
    if not wanted or len(wanted) > 500 or not wanted.startswith("/") or wanted[1:2] in ("/", "\\"):
        return "/"
    if not wanted.isprintable() or "\\" in wanted:
        return "/"
    return wanted
