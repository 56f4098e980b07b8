"""create_app: the one place where the parts of the website meet."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response
from prometheus_client import CollectorRegistry
from werkzeug.routing import BaseConverter, Rule

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.integrations import sentry
from gsctracker.ops import metrics, mishaps, outside
from gsctracker.ops.alerts import watch
from gsctracker.ops.live import Hub
from gsctracker.web import (
    access,
    api,
    closed,
    context,
    errors,
    headers,
    large_bodies,
    limits,
    locale,
    offline_numbers,
    pages,
    refusals,
    requests,
    tracing,
    watched,
)
from gsctracker.web.cache import KeptAnswers
from gsctracker.web.hosts import Hosts
from gsctracker.web.lane import Lane
from gsctracker.web.pages import beacons
from gsctracker.web.static_files import StaticFiles
from gsctracker.web.visitors import SignedIn

HERE = Path(__file__).parent
LARGEST_REQUEST = 15 * 1024 * 1024


class Route(Rule):
    """A route whose addresses are made ready when the first is asked for: most never are, and for all it takes long at the start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled, name = super()._compile_builder, "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            ready = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, ready)
            return ready(**values)

        return build


class App(Flask):
    """Flask without its search for coroutines before each step: no route here is one."""

    request_class = large_bodies.Request
    url_rule_class = Route

    def ensure_sync(self, func: Callable) -> Callable:
        """The function as it is."""
        return func


class IdConverter(BaseConverter):
    """The number of a row: what is no such number is not there, by any method."""

    regex = "[1-9][0-9]{0,14}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class TroopConverter(BaseConverter):
    """The box has one troop, number 1; every other is not there."""

    regex = "1"


def create_app(config: Config, db: Database, secret: str, registry: CollectorRegistry | None = None) -> Flask:
    """The website over one open database. `secret` signs the cookie that carries notices from page to page."""
    registry = registry or CollectorRegistry()
    app = App("gsctracker.web", root_path=str(HERE), static_folder=None)
    app.config.update(
        DEBUG=False,  # whatever FLASK_DEBUG says
        PROPAGATE_EXCEPTIONS=False,
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SESSION_COOKIE_NAME="gsct_notices",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.url_map.converters |= {"id": IdConverter, "troop": TroopConverter}
    app.url_map.strict_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    measured = metrics.install(app, config, db, registry)
    watching = app.extensions[watch.PART] = watch.Watch(config, db, registry)
    broken = app.extensions[mishaps.PART] = mishaps.Kept()
    mishaps.listen(broken, sentry.teller(config.sentry_dsn))
    watching.also.append(broken.keep)
    app.extensions[offline_numbers.PART] = offline_numbers.OfflineNumbers(registry)
    app.extensions[outside.__name__] = outside.Outside(config)
    app.extensions[beacons.PART] = beacons.Beacons(registry)
    kept = KeptAnswers(app, db, _cache_settings(config), registry)
    signed_in = SignedIn(db)
    static_files = StaticFiles(HERE / "static")
    app.extensions[context.PARTS] = context.Parts(
        db=db,
        kept=kept,
        signed_in=signed_in,
        static_files=static_files,
        own_host=_host_of(config.app_url),
        live=Hub(db.generation, registry),
    )
    limits.set_up(app, registry)
    refusals.set_up(app, registry)
    access.set_up(app)
    watched.set_up(app, db)
    tracing.set_up(app)
    locale.set_up(app, str(HERE.parent / "translations"))
    context.set_up(app)
    errors.set_up(app)
    headers.set_up(app)
    for blueprint in (*api.blueprints(), *pages.blueprints()):
        app.register_blueprint(blueprint)

    @app.get("/static/<path:name>")
    @access.allow(access.PUBLIC)
    def static(name: str) -> Response:
        return static_files.answer(name)

    access.check_routes(app)
    lane = Lane(app.wsgi_app, kept, signed_in, measured.count)
    app.extensions["gsctracker.lane"] = lane
    app.wsgi_app = requests.wrap(closed.guard(app, lane, db, signed_in), Hosts(config), config.trusted_proxies)
    return app


def _cache_settings(config: Config) -> dict[str, object]:
    return {
        "CACHE_TYPE": config.cache_type,
        "CACHE_DEFAULT_TIMEOUT": config.cache_default_timeout,
        "CACHE_REDIS_URL": config.redis_url and _impatient(config.redis_url),
        "CACHE_NO_NULL_WARNING": True,
    }


def _impatient(address: str) -> str:
    """The address of a Redis, which is waited for a second where it says nothing else."""
    if "timeout" in address:
        return address
    return f"{address}{'&' if '?' in address else '?'}socket_timeout=1&socket_connect_timeout=1"


def _host_of(address: str | None) -> str | None:
    if address is None:
        return None
    parsed = urlsplit(address)
    return parsed.netloc.lower().removesuffix({"http": ":80", "https": ":443"}.get(parsed.scheme, ""))
