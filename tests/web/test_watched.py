"""Who looked at the box's log, health and numbers is in the record."""

import json

from gsctracker.config import Config
from gsctracker.db.rows import many
from gsctracker.web.app import create_app
from gsctracker.web.watched import WATCHED


def looks(box):
    with box.read() as tx:
        rows = many(tx, "SELECT account_id, detail FROM audit_log WHERE action = 'box.looked_at' ORDER BY id")
    return [(row.account_id, json.loads(row.detail)["what"]) for row in rows]


def test_a_look_at_what_is_logged_and_measured_is_a_line_once_a_day(signed_in, box):
    """LOG-12: detailed health, the log and what else is shown to admins; whoever is sent away saw nothing."""
    admin, leader = signed_in("admin"), signed_in("leader")
    for _ in range(2):
        for path in ("/health/detailed", "/problems", "/problems/logs"):
            assert admin.get(path).status_code == 200
            assert leader.get(path).status_code == 403
    assert looks(box) == [(admin.person.id, what) for what in ("health", "problems", "log")]


def test_numbers_taken_with_their_token_are_a_line_too(box, tmp_path):
    """LOG-12: a program elsewhere that holds METRICS_TOKEN; what a neighbour reads each minute is none."""
    config = Config(data_dir=tmp_path, metrics_token="a-token-of-numbers-" + "x" * 20)
    browser = create_app(config, box, "a secret for tests").test_client()
    assert browser.get("/metrics").status_code == 200
    assert looks(box) == []
    for _ in range(2):
        browser.get("/metrics", headers={"Authorization": f"Bearer {config.metrics_token}"})
    assert looks(box) == [(None, "metrics")]


def test_a_box_that_cannot_write_is_looked_at_all_the_same(signed_in, box):
    """And what could not be written down then is written down the next time."""
    admin = signed_in("admin")
    box.only_read(1)
    assert admin.get("/health/detailed").status_code == 200
    assert looks(box) == []
    box.only_read(0)
    assert admin.get("/health/detailed").status_code == 200
    assert looks(box) == [(admin.person.id, "health")]


def test_every_watched_page_is_there(site):
    assert set(WATCHED) <= set(site.view_functions)
