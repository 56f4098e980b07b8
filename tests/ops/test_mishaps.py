"""What broke is kept in groups, without what a message said; and told to a Sentry, where one is set."""

import gzip
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gsctracker import clock, log
from gsctracker.integrations import sentry
from gsctracker.ops import mishaps

logger = logging.getLogger("gsctracker.web.test")


@pytest.fixture
def kept():
    """Somebody listens to the errors of this process."""
    root = logging.getLogger("gsctracker")
    before = root.handlers[:]
    found = mishaps.Kept()
    mishaps.listen(found)
    yield found
    root.handlers[:] = before
    log.who.set(None)
    log.doing.set("")
    log.request_id.set("")


def fall_over(name):
    """Break with a child's name in the message."""
    try:
        raise KeyError(f"{name} has no boxes, write to {name}@example.org")
    except KeyError:
        logger.exception("that broke for %s", name)


def test_what_broke_is_one_group_with_its_place_and_without_its_message(box, kept):
    """MON-12, MON-14: the number and the role of who met it, the request; no name, no address, no message."""
    log.who.set((7, "caregiver"))
    log.doing.set("/scouts/<id:scout_id>")
    log.request_id.set("tell-this-0001")
    for name in ("Ana", "Bea", "Cleo"):
        fall_over(name)
    kept.keep(box)
    log.request_id.set("tell-this-0002")
    fall_over("Dora")
    with box.read() as tx:
        assert [one.count for one in mishaps.newest(tx, kept)] == [4]
    kept.keep(box)
    kept.keep(box)
    with box.read() as tx:
        (found,) = mishaps.newest(tx, kept)
    assert (found.door, found.kind, found.count) == ("page", "KeyError", 4)
    assert (found.account_id, found.role, found.request_id) == (7, "caregiver", "tell-this-0002")
    assert found.route == "/scouts/<id:scout_id>"
    assert "test_mishaps.py" in found.place and "fall_over" in found.place
    assert not [word for word in ("Ana", "Bea", "Cleo", "Dora", "example.org", "boxes") if word in str(found)]


def test_a_storm_of_errors_stays_small(box, kept, monkeypatch):
    """MON-12: ten times as many errors fill neither memory nor the file; the newest stay."""
    monkeypatch.setattr(mishaps, "MOST_KEPT", 20)
    for number in range(1000):
        kept.note(mishaps.Mishap("page", "KeyError", f"web/pages/home.py:{number} index", "/"))
        if number % 50 == 0:
            kept.keep(box)
    kept.keep(box)
    with box.read() as tx:
        found = mishaps.newest(tx)
    assert len(found) == 20
    assert any(":999 " in one.place for one in found)


def test_old_ones_go_and_an_error_of_a_job_says_which(box, kept, monkeypatch):
    log.doing.set("job copy")
    fall_over("Ana")
    logger.error("the database is damaged", extra={"event": "corrupt"})
    kept.keep(box)
    with box.read() as tx:
        assert {(one.door, one.kind, one.route) for one in mishaps.newest(tx)} == {
            ("job", "KeyError", "job copy"),
            ("job", "corrupt", "job copy"),
        }
    later = clock.moment().replace(year=clock.moment().year + 1)
    monkeypatch.setattr(clock, "moment", lambda: later)
    log.doing.set("")
    logger.error("that broke")
    kept.keep(box)
    with box.read() as tx:
        (left,) = mishaps.newest(tx)
        assert left.kind == "error"
    with box.write() as tx:
        assert mishaps.forget(tx) == 1


class Sentry(BaseHTTPRequestHandler):
    """Takes what is reported."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(gzip.decompress(content) if self.headers.get("Content-Encoding") == "gzip" else content)
        self.server.came.set()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *said):
        """Say nothing."""


@pytest.fixture
def reports():
    """A Sentry of our own."""
    server = HTTPServer(("127.0.0.1", 0), Sentry)
    server.got, server.came = [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_sentry_is_told_without_personal_data(kept, reports):
    """MON-12, MON-14: kind, lines and tags arrive; the message, the values in it and the machine's name do not."""
    tell = sentry.teller(f"http://key@127.0.0.1:{reports.server_port}/1")
    mishaps.listen(kept, tell)
    log.who.set((7, "caregiver"))
    log.request_id.set("tell-this-0001")
    fall_over("Ana")
    assert reports.came.wait(20)
    tell.close(timeout=20)
    said = b"".join(reports.got).decode()
    event = next(json.loads(line) for line in said.splitlines() if '"exception"' in line)
    (broke,) = event["exception"]["values"]
    assert broke["type"] == "KeyError" and not broke.get("value")
    assert broke["stacktrace"]["frames"][-1]["function"] == "fall_over"
    assert event["tags"] == {"door": "page", "request_id": "tell-this-0001", "user_id": "7", "role": "caregiver"}
    assert not [word for word in ("Ana", "example.org", "boxes", "vars", "context_line") if word in said]


def test_a_storm_of_errors_does_not_use_up_a_sentry(kept, monkeypatch):
    """MON-12: each kind is reported a few times an hour, and all kinds together have an end; all of them are counted here."""
    told, hour = [], [7200.0]
    monkeypatch.setattr(mishaps.clock, "ticks", lambda: hour[0])
    mishaps.listen(kept, lambda error, tags: told.append(tags))
    for _ in range(100):
        fall_over("Ana")
    assert len(told) == mishaps.MOST_TOLD_AN_HOUR
    assert [one.count for one in kept.waiting()] == [100]
    hour[0] += 3600
    fall_over("Ana")
    assert len(told) == mishaps.MOST_TOLD_AN_HOUR + 1


def test_without_an_address_nothing_is_reported():
    assert sentry.teller(None) is None
