"""The page of trends: charts, the day of the full disk, what was unusual, how long the box was up."""

import re
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask_babel import Babel

from gsctracker import clock
from gsctracker.ops import roll_ups, trends
from gsctracker.web.pages import trends as trends_page
from tests.ops.test_trends import QUIET


def test_an_admin_sees_when_the_disk_will_be_full(signed_in, box):
    """MON-18, MON-21, DB-12: from readings in the file; a fresh box says that there is nothing to tell yet."""
    admin = signed_in("admin")
    assert "There is nothing to tell yet" in admin.get("/problems/trends").text
    now = clock.moment().replace(minute=0, second=0, microsecond=0)
    with box.write() as tx:
        for n in range(168):
            at = clock.instant(now - timedelta(hours=168 - n))
            one = replace(QUIET, began_at=at, disk_free=26_800_000_000 - 100_000_000 * n)
            roll_ups._put(tx, "hour", one)
            roll_ups._put(tx, "day", replace(one, began_at=f"{at[:10]}T00:00:00Z", minutes=1440))
    assert "the disk is full on" in admin.get("/problems").text
    for address in ("/problems/trends", "/problems/trends?days=30", "/problems/trends?days=x"):
        page = admin.get(address).text
        assert "the disk is full on" in page
        assert page.count("<svg role=") == 9
        assert re.search(r"\b(100|9\d)\.\d+ %", page)


def test_how_long_the_database_took_is_said_in_milliseconds():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        said = trends_page.said(trends.Unusual("2026-02-14T00:00:00Z", "writes", 12_346, 950))
    assert said.endswith("up to 12.35 ms on that day, where 0.95 ms are usual.")


def test_the_trends_are_for_who_operates_the_box(signed_in):
    assert signed_in("leader").get("/problems/trends").status_code == 403
