"""A whole pretend season is lived and looked at: no log line, no metric and no line of the record names a child or a buyer."""

import io
import json
import logging
import re

import pytest

from gsctracker import config as settings
from gsctracker.db.rows import many
from gsctracker.domain import audit
from gsctracker.domain.people import sessions
from gsctracker.log import _Json
from gsctracker.ops import demo
from gsctracker.ops.timetable import timetable
from gsctracker.ops.timetable.running import run_job
from gsctracker.web.app import create_app

NOT_RUN = re.compile(r"copy|ship|drill|optimize|fold-in|shrink|look-at-certificate")
"""Jobs that are long and speak of the file alone."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """What the log said, the metrics page, the record, and the words that must stand in none of them."""
    from gsctracker.db import Database

    folder = tmp_path_factory.mktemp("season")
    said = io.StringIO()
    listening = logging.StreamHandler(said)
    listening.setFormatter(_Json("production"))
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    db = Database(folder / "gsctracker.db")
    try:
        demo.fill(db, 8, 120, 6)
        config = settings.load({}, folder)
        site = create_app(config, db, "a secret for tests, forty characters long")
        with db.write() as tx:
            by_role = {row.role: row.id for row in many(tx, "SELECT role, min(id) AS id FROM accounts GROUP BY role")}
            tokens = {role: sessions.start(tx, account, "test") for role, account in by_role.items()}
            girls = many(tx, "SELECT id, first_name, last_initial FROM scouts")
            words = {
                *(row.first_name for row in girls),
                *(row.sign_in_name for row in many(tx, "SELECT sign_in_name FROM accounts")),
                *(row.email for row in many(tx, "SELECT email FROM guardians WHERE email IS NOT NULL")),
                *(row.last_name for row in many(tx, "SELECT last_name FROM accounts WHERE length(last_name) > 2")),
                *(row.name for row in many(tx, "SELECT name FROM guardians")),
                *(row.customer_name for row in many(tx, "SELECT customer_name FROM orders WHERE customer_name <> ''")),
            }
            amounts = {
                f"{abs(row.cents) / 100:,.2f}"
                for row in many(tx, "SELECT balance_cents AS cents FROM family_balances")
                if row.cents
            }
        for token in tokens.values():
            browser = site.test_client()
            browser.set_cookie("gsct_session", token)
            for girl in girls:
                for path in ("", "/data"):
                    browser.get(f"/scouts/{girl.id}{path}")
                browser.get(f"/consents/{girl.id}")
                browser.post(f"/scouts/{girl.id}/data/files")
                browser.post(
                    "/api/sales",
                    json={"cookieType": "TM", "quantity": 1, "customerName": "Gus Grandpa", "scoutId": girl.id},
                )
                browser.get(f"/sales?q={girl.first_name}")
            for page in ("/", "/sales", "/stock", "/money", "/scouts", "/people", "/audit", "/consents"):
                browser.get(page)
            browser.post("/sign-in", data={"email": "ava-b", "password": "nothing"})
        for job in timetable(config):
            if not NOT_RUN.search(job.name):
                run_job(config, db, job)
        metrics = site.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text
        with db.read() as tx:
            record = "\n".join(f"{row.action} {row.detail}" for row in many(tx, "SELECT action, detail FROM audit_log"))
            assert audit.broken(tx) is None
        yield said.getvalue(), metrics, record, words | {"Gus Grandpa", "Grandpa"}, amounts
    finally:
        root.removeHandler(listening)
        root.setLevel(before)
        db.close()


def named(text, words):
    """Which of the words stand in the text as words of their own."""
    return {word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE)}


def test_the_search_can_find_something(lived):
    """Otherwise finding nothing would prove nothing."""
    log, metrics, record, words, _ = lived
    assert len(words) > 20
    assert len(log.splitlines()) > 50
    assert "gsctracker" in metrics
    assert len(record.splitlines()) > 50
    some = sorted(words)[0]
    assert named(json.dumps({"said": some}), words) >= {some}


def test_no_log_line_names_a_child_or_a_buyer(lived):
    """LOG-10, AUTH-06: a whole season's log, searches for her by name among it, is searched for every girl, address and buyer."""
    log, _, _, words, _ = lived
    assert named(log, words) == set()


def test_no_metric_names_a_child_or_a_buyer(lived):
    _, metrics, _, words, _ = lived
    assert named(metrics, words) == set()


def test_no_line_of_the_record_names_a_child_or_a_buyer(lived):
    """LOG-10: ids only."""
    _, _, record, words, _ = lived
    assert named(record, words) == set()


def test_no_familys_balance_is_in_the_log_the_numbers_or_the_record(lived):
    """What somebody owes or has paid is no matter of the machine's. Milliseconds may look like a few dollars."""
    log, metrics, record, _, amounts = lived
    assert len(amounts) > 2
    said = "\n".join((log, metrics, record))
    assert not {amount for amount in amounts if re.search(rf"(?<![\d.,]){re.escape(amount)}(?!\d| ?ms)", said)}
    assert re.search(rf"(?<![\d.,]){re.escape(min(amounts))}(?!\d| ?ms)", f"{said} owed {min(amounts)}.")
