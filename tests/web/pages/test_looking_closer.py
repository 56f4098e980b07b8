"""What an admin looks at when something is wrong: errors, slow statements, the log, the bundle for whoever helps."""

import io
import json
import logging
import re
import zipfile
from dataclasses import replace

import pytest

from gsctracker import log
from gsctracker.db import timing
from gsctracker.db.rows import many, value
from gsctracker.domain.sales import orders
from gsctracker.ops import metrics, mishaps, standby, support_bundle
from gsctracker.web.app import create_app
from tests import factories
from tests.web.pages.browsing import OLGA

PAGES = ("/problems/errors", "/problems/slow", "/problems/logs", "/problems/support")


@pytest.fixture
def written(monkeypatch):
    """The log is kept as a server keeps it; afterwards it is as before."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    log.start("info", "json")
    yield out
    for each in root.handlers:
        if each not in before:
            each.close()
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)
    log.recent.clear()
    log.closer.begin("info")


def test_they_are_for_who_operates_the_box(signed_in):
    leader = signed_in("leader")
    assert leader.get("/problems/support/bundle.zip").status_code == 403
    for path in PAGES:
        assert leader.get(path).status_code == 403
        assert signed_in("admin").get(path).status_code == 200
    for path in (
        "/problems/logs/level",
        "/problems/errors/forget",
        "/problems/slow/forget",
    ):
        assert leader.post(path).status_code == 403


def test_what_broke_leads_to_its_lines_in_two_clicks(signed_in, site, monkeypatch, written):
    """MON-12, LOG-09: an error is on the page with its request; the link shows its lines."""
    monkeypatch.setattr("gsctracker.domain.people.accounts.page", lambda *_, **__: {}["Ana of the roster"])
    admin = signed_in("admin")
    assert admin.get("/people", headers={"X-Request-ID": "tell-this-0007"}).status_code == 500
    page = admin.get("/problems/errors").text
    assert "KeyError" in page and "/people" in page and "Ana of the roster" not in page
    assert 'href="/problems/logs?q=tell-this-0007"' in page
    lines = admin.get("/problems/logs?q=tell-this-0007&level=error").text
    assert "GET /people failed" in lines and "tell-this-0007" in lines
    assert admin.post("/problems/errors/forget").status_code == 303
    assert "Nothing broke" in admin.get("/problems/errors").text


def test_the_log_can_be_searched(signed_in, written):
    """LOG-08: all lines of a request; a search that finds none says so."""
    admin = signed_in("admin")
    for number in range(3):
        admin.get("/health", headers={"X-Request-ID": f"look-for-me-{number}"})
    page = admin.get("/problems/logs?q=look-for-me").text
    assert page.count("look-for-me-") >= 3
    assert "No line says that." in admin.get("/problems/logs?q=nothing+like+it").text
    assert admin.get("/problems/logs?q=" + "x" * 5000 + "&level=odd").status_code == 200


def test_an_admin_changes_the_level_for_a_while(signed_in, box, written, monkeypatch):
    """LOG-02: and the first line after that while is written as usual again."""
    admin, line = signed_in("admin"), logging.getLogger("gsctracker.test")
    line.debug("before")
    assert admin.post("/problems/logs/level", data={"level": "debug", "minutes": "15"}).status_code == 303
    line.debug("meanwhile")
    assert "for another 15 minutes" in admin.get("/problems/logs").text
    ticks = log.clock.ticks() + 16 * 60
    monkeypatch.setattr(log.clock, "ticks", lambda: ticks)
    line.debug("afterwards")
    assert log.closer.now() == ("info", 0)
    line.info("as usual")
    log.logging.getLogger().handlers[0].flush()
    said = written.getvalue()
    assert "meanwhile" in said and "as usual" in said
    assert '"before"' not in said and "afterwards" not in said
    for wrong in ({"level": "all", "minutes": "5"}, {"level": "debug", "minutes": "61"}, {"level": "debug"}, {}):
        assert admin.post("/problems/logs/level", data=wrong).status_code == 422
    with box.read() as tx:
        assert (
            value(tx, "SELECT detail FROM audit_log WHERE action = 'box.log_level'") == '{"level":"debug","minutes":15}'
        )


def test_a_slow_statement_is_shown_with_its_page(signed_in, monkeypatch):
    """PERF-03: which page it was made for, and how SQLite goes about it."""
    timing.forget()
    monkeypatch.setattr(timing, "SLOW_SECONDS", 0.0)
    admin = signed_in("admin")
    admin.get("/scouts")
    monkeypatch.setattr(timing, "SLOW_SECONDS", 60.0)
    page = admin.get("/problems/slow").text
    assert "<h2>/scouts</h2>" in page and "SELECT" in page and "ms at most" in page
    assert admin.post("/problems/slow/forget").status_code == 303
    assert "Nothing was slow" in admin.get("/problems/slow").text


def test_an_admin_sees_where_the_time_of_her_request_went(signed_in):
    """MON-15, MON-07: only who operates the box, and only where she asks."""
    admin = signed_in("admin")
    told = admin.get("/scouts", headers={"X-Trace": "1"}).headers["Server-Timing"]
    assert "total;dur=" in told and "db;dur=" in told and "statements" in told
    assert "Server-Timing" not in admin.get("/scouts").headers
    assert "Server-Timing" not in signed_in("leader").get("/scouts", headers={"X-Trace": "1"}).headers


HIDDEN = "words that nobody may read"


def test_the_bundle_holds_no_secret_and_no_name(box, config, written):
    """MON-12: every secret setting, and everybody the season knows, in everything that goes in."""
    named = (
        "session_secret",
        "encryption_key",
        "metrics_token",
        "smtp_pass",
        "aws_secret_access_key",
        "aws_access_key_id",
    )
    secret = dict.fromkeys(named, HIDDEN)
    ours = replace(
        config,
        **secret,
        alert_urls=("ntfy://hush-hush-topic",),
        alert_ping_url="https://hc.example.org/ping/hush-hush",
        smtp_user="Zenobia",
        app_url="https://troop-of-zenobia.example.org",
    )
    app = create_app(ours, box, HIDDEN)
    with box.write() as tx:
        girl = factories.make_scout(tx, "Quetzali", "Z.")
        factories.make_person(tx, "caregiver", first_name="Yolotzin")
        tx.execute("UPDATE accounts SET last_name = 'Xochitl' WHERE first_name = 'Yolotzin'")
        orders.take(tx, OLGA, [orders.Item("TM", 2)], scout_id=girl, customer_name="Wilhelmina Vandersloot")
        tx.execute(
            "INSERT INTO mishaps VALUES (1,'page','KeyError','x','/','',1,?,?,'','',NULL,'2')",
            ["2026-02-14T18:05:00Z"] * 2,
        )
    logger = logging.getLogger("gsctracker.test")
    logger.info("Quetzali Z. and Yolotzin Xochitl sold to Wilhelmina Vandersloot")
    logger.info(
        "ready", extra={"setup_link": "http://box/setup?code=abc-def-ghi", "sign_ins": [{"password": "mints at noon"}]}
    )
    logger.info("opened http://box/setup?code=abc-def-ghi with gsct_0123456789abcdef")
    logger.info("asked ntfy://hush-hush-topic with %s by yolo@example.org", HIDDEN)
    text, _ = metrics.exposition(metrics.of(app), None)
    made = support_bundle.make(ours, box, text)
    with zipfile.ZipFile(io.BytesIO(made)) as bundle:
        parts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert set(parts) == {
        "README.txt", "doctor.json", "health.json", "settings.txt", "errors.json", "slow_statements.json",
        "timetable.json", "metrics.txt", "log.txt",
    }  # fmt: skip
    everything = "\n".join(parts.values())
    assert json.loads(parts["errors.json"])[0]["kind"] == "KeyError"
    assert json.loads(parts["doctor.json"]) and "gsctracker_build_info" in parts["metrics.txt"]
    assert "sold to" in parts["log.txt"] and "METRICS_TOKEN=[covered]" in parts["settings.txt"]
    with box.read() as tx:
        names = [row.n for row in many(tx, "SELECT first_name AS n FROM scouts UNION SELECT first_name FROM accounts")]
    assert len(names) >= 3
    hidden = [
        "abc-def-ghi",
        "mints at noon",
        "0123456789abcdef",
        HIDDEN,
        "hush-hush",
        "troop-of-zenobia",
        "Zenobia",
        "Xochitl",
        "Wilhelmina",
        "Vandersloot",
        "example.org",
        *names,
    ]
    assert not [word for word in hidden if word in everything]


def test_the_bundle_is_handed_out_and_that_is_written_down(signed_in, box):
    """Also while nothing may be changed: that is when somebody asks for help."""
    admin = signed_in("admin")
    answer = admin.get("/problems/support/bundle.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert zipfile.is_zipfile(io.BytesIO(answer.data))
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'support.bundle'") == 1
    standby.enter(box.path, 2)
    assert zipfile.is_zipfile(io.BytesIO(admin.get("/problems/support/bundle.zip").data))
    standby.leave(box.path)


def test_a_browser_tells_what_broke_and_how_long_a_page_took(signed_in, site, box):
    """MON-13, MON-17: by the page's rule; no address, no name of anything of hers, no text."""
    mother = signed_in("caregiver")
    told = {"kind": "load", "path": "/sales/17", "load": 420, "lcp": 300, "inp": 48}
    assert mother.post("/beacon", json=told).status_code == 204
    text, _ = metrics.exposition(metrics.of(site), None)
    for name in ("page_load", "lcp", "inp"):
        assert f"gsctracker_client_{name}_seconds_count 1.0" in text
    broke = {
        "kind": "error",
        "path": "/sales/17",
        "name": "TypeError",
        "source": "http://box/static/app.1a2b.js",
        "line": 12,
    }
    odd = {"kind": "error", "path": "/nowhere/Ana", "name": "Ana's phone <b>", "source": "moz-extension://x", "line": 0}
    assert [mother.post("/beacon", json=one).status_code for one in (broke, odd)] == [204, 204]
    site.extensions[mishaps.PART].keep(box)
    with box.read() as tx:
        found = {(one.door, one.kind, one.place, one.route) for one in mishaps.newest(tx)}
    assert found == {
        ("browser", "TypeError", "app.js:12", "/sales/<id:sale_id>"),
        ("browser", "Error", "page.js:0", ""),
    }


def test_what_a_browser_tells_is_bounded(signed_in, browser):
    """MON-13: thirty a minute of one person; what is no beacon is refused; a stranger tells nothing."""
    mother = signed_in("caregiver")
    for wrong in (
        b"",
        b"[]",
        b"{",
        b'{"kind":"load"}',
        b'{"kind":"x","path":"/"}',
        b'{"kind":"load","path":"/","load":-1}',
        b"\xff",
    ):
        assert mother.post("/beacon", data=wrong, content_type="application/json").status_code in (400, 422)
    assert mother.post("/beacon", json={"kind": "error", "path": "x" * 5000}).status_code in (413, 422)
    answers = [mother.post("/beacon", json={"kind": "load", "path": "/", "load": 1}).status_code for _ in range(30)]
    assert answers[0] == 204 and answers[-1] == 429
    assert browser.post("/beacon", json={"kind": "load", "path": "/"}).status_code == 302


def test_a_phone_says_how_long_its_entries_wait(signed_in, site):
    """OfflineQueueOld: by what the phone says; once it sent them, nothing waits."""

    def oldest():
        text, _ = metrics.exposition(metrics.of(site), None)
        return float(re.search(r"^gsctracker_offline_oldest_seconds (\S+)", text, re.MULTILINE)[1])

    mother, leader = signed_in("caregiver"), signed_in("leader")
    assert oldest() == 0
    mother.post("/beacon", json={"kind": "unsent", "path": "/", "unsent": 3, "age": 90_000})
    leader.post("/beacon", json={"kind": "unsent", "path": "/", "unsent": 1, "age": 60})
    assert 90_000 <= oldest() < 90_600
    mother.post("/beacon", json={"kind": "unsent", "path": "/", "unsent": 0})
    assert 60 <= oldest() < 660


def test_who_is_refused_and_what_comes_from_elsewhere_is_counted(signed_in, site):
    """SEC-16: two counters, without who it was."""
    leader = signed_in("leader")
    leader.get("/problems")
    leader.post("/sales", headers={"Origin": "https://elsewhere.example"})
    text, _ = metrics.exposition(metrics.of(site), None)
    assert "gsctracker_authz_denied_total 1.0" in text
    assert "gsctracker_csrf_rejected_total 1.0" in text
    assert "gsctracker_cache_entries " in text


def test_the_id_of_a_request_is_on_its_answer_its_line_and_in_the_record(signed_in, box, written):
    """LOG-06: one id from the header to the log and to who did what; a mad one is replaced everywhere."""
    admin = signed_in("admin")
    form = {"level": "info", "minutes": "0"}
    answers = [
        admin.post("/problems/logs/level", data=form, headers={"X-Request-ID": name}) for name in ("follow-me-1", "<b>")
    ]
    logging.getLogger().handlers[0].flush()
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    with box.read() as tx:
        noted = [
            row.request_id
            for row in many(tx, "SELECT request_id FROM audit_log WHERE action = 'box.log_level' ORDER BY id")
        ]
    ids = [answer.headers["X-Request-ID"] for answer in answers]
    assert noted == ids == [line["request_id"] for line in lines if line.get("path") == "/problems/logs/level"]
    assert ids[0] == "follow-me-1" and "<" not in ids[1]
    (line, _) = [line for line in lines if line.get("path") == "/problems/logs/level"]
    assert (line["role"], line["user_id"], line["route"]) == ("admin", admin.person.id, "/problems/logs/level")
    assert line["queries"] > 0 and line["db_ms"] >= 0
