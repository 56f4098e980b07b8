"""Open boards on a real server: news within two seconds, no thread for each, an end for each reason."""

import http.client
import json
import os
import time
from pathlib import Path

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.running import started

BOARDS = 100


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with started(tmp_path_factory.mktemp("live") / "box", "--demo") as running:
        yield running


class Somebody:
    """Signed in at the server."""

    def __init__(self, server, email):
        self.server = server
        answer = self.post("/api/auth/login", {"email": email, "password": PASSWORD}, {})
        assert answer.status == 200
        self.cookie = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}

    def post(self, path, body, headers=None):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = self.cookie if headers is None else headers
        line.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer

    def sell(self, boxes):
        sale = {"cookieType": "Thin Mints", "quantity": boxes, "customerName": "Kim"}
        assert self.post("/api/sales", sale).status == 201

    def watch(self):
        return Board(self.server, self.cookie)


class Board:
    """One open stream."""

    def __init__(self, server, headers):
        self.line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.line.request("GET", "/booths/live/events", headers=headers)
        self.answer = self.line.getresponse()
        assert self.answer.status == 200
        assert self.answer.headers["X-Accel-Buffering"] == "no"
        assert self.next(None) == b"retry: 3000\n\n"
        self.first = self.next()

    def next(self, name=b"event: board\n"):
        """The next event of that name; b"" at the end."""
        while True:
            event = b""
            while not event.endswith(b"\n\n"):
                got = self.answer.readline()
                if not got:
                    return b""
                event += got
            if name is None or event.startswith(name):
                return event

    def close(self):
        self.answer.close()
        self.line.close()


@pytest.fixture
def leader(server):
    return Somebody(server, "cookies@example.org")


def gauge(server, name="gsctracker_live_streams"):
    text = server.get("/metrics")[2].decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))


def until(true):
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert true()


def threads_of(server):
    return len(os.listdir(Path("/proc") / str(server.process.pid) / "task"))


def test_a_hundred_boards_hear_of_a_sale_within_two_seconds(server, leader):
    """PERF-04: a hundred open boards hold no thread each, and everybody else is answered as before."""
    before = threads_of(server)
    boards = [leader.watch() for _ in range(BOARDS)]
    try:
        assert threads_of(server) <= before + 1  # the one that tells them all
        began = time.monotonic()
        leader.sell(7)
        news = [board.next() for board in boards]
        assert time.monotonic() - began < 2
        assert all(b'<dd class="figure num">7</dd>' in event for event in news)
        began = time.monotonic()
        assert server.get("/sales", **leader.cookie)[0] == 200
        assert time.monotonic() - began < 2
    finally:
        for board in boards:
            board.close()


def test_the_gauge_equals_the_open_streams(server, leader):
    """MON-11: opened ones are counted, closed ones are not, and the oldest has an age."""
    until(lambda: gauge(server) == 0)
    boards = [leader.watch() for _ in range(3)]
    until(lambda: gauge(server) == 3)
    assert gauge(server, "gsctracker_live_oldest_seconds") > 0
    boards.pop().close()
    until(lambda: gauge(server) == 2)
    for board in boards:
        board.close()
    until(lambda: gauge(server) == 0)
    assert gauge(server, "gsctracker_live_oldest_seconds") == 0


def test_who_signs_out_hears_nothing_more(server):
    """SEC-31: a stream ends with its session."""
    family, leader = Somebody(server, "robin.b1@example.org"), Somebody(server, "cookies@example.org")
    mine, hers = family.watch(), leader.watch()
    assert leader.post("/api/auth/logout", {}).status == 204
    assert hers.next() == b""
    Somebody(server, "admin@example.org").sell(2)
    mine.answer.fp.raw._sock.settimeout(1.5)
    with pytest.raises(TimeoutError):
        mine.next()  # a sale of the troop is no news to a family
    for board in (mine, hers):
        board.close()


def test_a_reader_who_reads_nothing_costs_the_others_nothing(server, leader):
    """Somebody whose radio is gone takes no memory without end and delays nobody."""
    deaf, board = leader.watch(), leader.watch()
    for boxes in range(1, 4):
        leader.sell(boxes)
        assert board.next()
    deaf.close()
    board.close()


def test_what_else_is_sent_on_an_open_stream_is_not_answered(server, leader):
    """A second request behind the first would mix its answer into the events."""
    board = leader.watch()
    board.line.sock = board.line.sock or board.answer.fp.raw._sock
    board.answer.fp.raw._sock.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    leader.sell(1)
    event = board.next()
    assert event.startswith(b"event: board") and b"healthy" not in event
    board.close()


def test_an_old_proxy_gets_events_too(server, leader):
    """DEP-08: HTTP/1.0, as nginx speaks to its upstream unless told otherwise, has no chunks."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    line._http_vsn, line._http_vsn_str = 10, "HTTP/1.0"
    line.request("GET", "/booths/live/events", headers=leader.cookie)
    answer = line.getresponse()
    assert answer.headers["Transfer-Encoding"] is None
    assert answer.readline() == b"retry: 3000\n"
    leader.sell(1)
    while not answer.readline().startswith(b"event: board"):
        pass
    answer.close()
    line.close()


def test_open_boards_do_not_hold_up_the_end(tmp_path):
    """DEP-10: told to stop, the server ends at once though boards are open."""
    with started(tmp_path / "box", "--demo") as running:
        boards = [Somebody(running, "cookies@example.org").watch() for _ in range(3)]
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 10
        assert "Traceback" not in running.said()
        for board in boards:
            board.close()
