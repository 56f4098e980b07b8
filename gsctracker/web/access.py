"""Nobody enters unless the route says who may, and nobody writes from another site."""

import hashlib
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user

from gsctracker.domain.people import passkeys, roles, sessions
from gsctracker.errors import Invalid, NotAllowed
from gsctracker.web import bearers, limits
from gsctracker.web.context import parts
from gsctracker.web.errors import say, trouble
from gsctracker.web.visitors import Visitor, go_on_as, token_of
from gsctracker.words import N_

PUBLIC = "public"
ANYONE = "anyone"
STATIC = "static"  # the same for everybody
PASSWORD = "password"  # noqa: S105 - the name of a field
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_PORTS = {"http": ":80", "https": ":443"}


class OurLogin(LoginManager):
    """flask-login over our own sessions: they live in the database, so its cookies and protections have no work here."""

    def _load_user(self) -> None:
        self._update_request_context_with_user(_visitor(request._get_current_object()))

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


class Notices(SecureCookieSessionInterface):
    """Flask's signed cookie, which carries notices to the next page only: not unpacked where there is none."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_name(self, app: Flask) -> str:
        """Over HTTPS a name that a browser takes from this host and over TLS alone."""
        name = super().get_cookie_name(app)
        return f"__Host-{name}" if request.is_secure else name

    def get_cookie_secure(self, app: Flask) -> bool:
        """Over HTTPS alone, where she came by it."""
        return request.is_secure

    def open_session(self, app: Flask, asked: Request) -> SecureCookieSession | None:
        """What the cookie holds, or an empty one."""
        if self.get_cookie_name(app) not in asked.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, asked)


def allow(who: str) -> Callable[[Callable], Callable]:
    """Say who may enter a route: "public", "anyone" who is signed in, or a permission of `roles`."""

    def mark(view: Callable) -> Callable:
        view.allowed = who
        return view

    return mark


def set_up(app: Flask) -> None:
    """Put the guard at the door of every request. Call `check_routes` when all routes are known."""
    app.session_interface = Notices()
    OurLogin(app).request_loader(_visitor)
    app.jinja_env.globals |= {"is_fresh": is_fresh, "passkeys_here": passkeys_here}
    app.before_request(_guard)
    app.after_request(bearers.let_read)


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
    if asked.endpoint == STATIC:
        return None
    if bearers.is_carried(asked):
        person = bearers.person(asked)
        return Visitor(person) if person else None
    token = token_of(asked.environ)
    if not token:
        return None
    person = parts().signed_in.person(token)
    return Visitor(person) if person else None


def _guard() -> Response | None:
    asked, here = request._get_current_object(), g._get_current_object()
    if asked.endpoint == STATIC:
        return None
    here.db = parts().db
    here.generation = here.db.generation()
    visitor = current_user._get_current_object()
    here.by = visitor.person if visitor.is_authenticated else None
    if asked.method == "OPTIONS" and (answer := bearers.preflight(asked)):
        return answer
    if asked.method not in SAFE_METHODS and not is_same_site(asked) and not bearers.is_named_site(asked):
        raise NotAllowed(
            N_("This was sent from another site, so nothing was done. Open the page here and try again."), "cross_site"
        )
    if asked.endpoint is None:  # 404 or 405: nothing to enter
        return None
    who = current_app.view_functions[asked.endpoint].allowed
    if who == PUBLIC:
        return None
    if here.by is None:
        return _sign_in_first()
    if who != ANYONE:
        roles.require(here.by, who)
    bearers.require_scope(asked)
    return None


def is_same_site(asked: Request) -> bool:
    """Whether a write comes from a page of ours, or from a program that is no browser."""
    fetch_site = asked.headers.get("Sec-Fetch-Site")
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    origin = asked.headers.get("Origin")
    if origin is None:
        return True
    try:
        parsed = urlsplit(origin)
    except ValueError:  # no browser sends an address that is none
        return False
    port = _PORTS.get(parsed.scheme)
    if port is None:
        return False
    ours = {asked.host.lower().removesuffix(port)}
    if parts().own_host:
        ours.add(parts().own_host)
    return parsed.netloc.lower().removesuffix(port) in ours


def is_fresh() -> bool:
    """Whether her password was typed in this session a short while ago, so that it is not asked for again."""
    if g.get("by") is None:
        return False
    with g.db.read() as tx:
        return sessions.is_fresh(tx, token_of(request.environ))


def passkeys_here() -> bool:
    """Whether browsers make and show passkeys under the address that was asked for."""
    return passkeys.site(request.scheme, request.host) is not None


def require_fresh(*, always: bool = False) -> None:
    """Before something that a borrowed phone must not do: her password, typed now into the form or a short while ago.

    `always`: it has to be typed into this form. Raises Invalid beside the field PASSWORD, and Conflict (too_many). Slow:
    never inside a write.
    """
    typed = request.form.get(PASSWORD, "")
    if not typed and not always:
        if is_fresh():
            return
        sentence = N_("Type your password once more: this needs to be you.")
        raise Invalid(sentence, "password_needed", {PASSWORD: sentence})
    limits.must_be_hers(typed, PASSWORD, N_("This is not your password."))
    with g.db.write() as tx:
        new = sessions.prove(tx, token_of(request.environ))
    if new:
        go_on_as(new)


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
