"""What goes wrong is answered in the contract's shape, with an id to find it by."""

import logging

import pytest
from flask import Blueprint

from gsctracker.db import Busy
from gsctracker.web import app as web
from gsctracker.web.access import allow
from gsctracker.web.app import create_app

SECRET = "a secret for tests, forty characters long"


@pytest.fixture
def broken_routes(monkeypatch):
    """Every app that is made now has routes that go wrong."""
    bp = Blueprint("broken", __name__)

    @bp.get("/api/broken", endpoint="call")
    @bp.get("/broken", endpoint="page")
    @allow("public")
    def fail() -> str:
        raise KeyError("secret words of the inside")

    @bp.get("/api/busy")
    @allow("public")
    def busy() -> str:
        raise Busy

    theirs = web.pages.blueprints()
    monkeypatch.setattr(web.pages, "blueprints", lambda: [*theirs, bp])


@pytest.fixture
def broken(box, config, broken_routes):
    """A browser of such an app."""
    return create_app(config, box, SECRET).test_client()


def test_a_mishap_tells_the_caller_nothing_and_the_log_everything(broken, caplog):
    answer = broken.get("/api/broken")

    assert answer.status_code == 500
    assert answer.json["error"]["code"] == "broken"
    assert "secret words" not in answer.get_data(as_text=True)
    assert "secret words of the inside" in caplog.text


def test_a_mishap_on_a_page_is_a_page_with_the_id_to_tell(broken):
    answer = broken.get("/broken", headers={"X-Request-ID": "tell-this-0001"})

    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
    assert "tell-this-0001" in answer.get_data(as_text=True)
    assert "secret words" not in answer.get_data(as_text=True)


def test_a_page_is_answered_though_what_every_page_reads_is_broken_too(broken, monkeypatch):
    monkeypatch.setattr("gsctracker.domain.season.troop.own", lambda tx: 1 / 0)

    answer = broken.get("/broken")

    assert answer.status_code == 500
    assert "It has been written down" in answer.text


def test_a_database_that_is_busy_says_when_to_come_back(broken):
    answer = broken.get("/api/busy")

    assert answer.status_code == 503
    assert answer.json["error"]["code"] == "busy"
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/", 404),
        ("PUT", "/api/auth/me", 405),
        ("OPTIONS", "/api/sales", 405),
        ("TRACE", "/api/sales", 405),
        ("BREW", "/api/sales", 405),
        ("GET", "/api/sales/%ff", 404),
        ("GET", "/api/sales/1%00", 404),
    ],
)
def test_nothing_under_api_is_ever_html(leader, method, path, status):
    answer = leader.open(path, method=method)

    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert answer.json["error"]["message"]


def test_a_page_that_is_not_there_is_a_page(browser):
    answer = browser.get("/nothing-here")

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refusal_speaks_the_readers_language(browser):
    answer = browser.get("/api/auth/me", headers={"Accept-Language": "es"})

    assert answer.status_code == 401
    assert answer.headers["Vary"]


def test_the_id_of_a_caller_is_kept_and_a_mad_one_replaced(browser):
    """LOG-06: the id a caller gave is on the answer."""
    assert browser.get("/api/auth/me", headers={"X-Request-ID": "job-0001"}).headers["X-Request-ID"] == "job-0001"
    for mad in ("x" * 200, "a b", "<script>"):
        assert browser.get("/api/auth/me", headers={"X-Request-ID": mad}).headers["X-Request-ID"] != mad


def test_every_answer_writes_one_line_without_its_query(leader, caplog):
    """LOG-05: one access line per request, kept answers too, no query secrets."""
    caplog.set_level(logging.INFO, "gsctracker.access")
    paths = ["/api/sales?q=hush", "/api/sales?q=hush", "/api/nothing?q=hush", "/static/app.css"]
    for path in paths:
        leader.get(path)

    lines = [record.getMessage() for record in caplog.records if record.name == "gsctracker.access"]
    assert len(lines) == len(paths)
    assert not any("hush" in line for line in lines)


@pytest.mark.parametrize("path", ["/broken", "/api/broken"])
def test_no_stack_trace_leaves_the_box_whatever_flask_is_told(box, config, monkeypatch, broken_routes, path):
    """DEP-30: debugging cannot be switched on from outside; a mishap shows no line of the program."""
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = create_app(config, box, SECRET)
    assert not (app.debug or app.testing or app.jinja_env.auto_reload or app.config["PROPAGATE_EXCEPTIONS"])
    answer = app.test_client().get(path)
    assert answer.status_code == 500
    assert not [word for word in ("Traceback", "KeyError", ".py", "secret words") if word in answer.text]


def test_what_nobody_set_is_strict(site):
    """DEP-30: without any setting a request has a bound, cookies stay here and out of scripts, templates escape."""
    assert site.config["MAX_CONTENT_LENGTH"] <= 16 * 1024 * 1024
    assert site.config["SESSION_COOKIE_HTTPONLY"]
    assert site.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    assert site.jinja_env.from_string("{{ x }}").render(x="<script>") == "&lt;script&gt;"
    assert site.select_jinja_autoescape("page.html")
    assert "Werkzeug" not in site.test_client().get("/sign-in").headers.get("Server", "")
