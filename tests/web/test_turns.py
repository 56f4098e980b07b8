"""How the server looks at its connections: each is answered, whatever the others do and whoever sends."""

import http.client
import re
import socket
import threading
import time
from contextlib import ExitStack, closing

import pytest

from tests.running import started

ASKED = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = "/api/openapi.json"


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    with started(tmp_path_factory.mktemp("turns") / "box", "--demo") as running:
        yield running


def connected(box, **options):
    line = socket.socket()
    for name, value in options.items():
        line.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
    line.settimeout(60)
    line.connect(("127.0.0.1", box.port))
    return line


def answers(line, number):
    """The statuses of so many answers on this connection."""
    got = b""
    while len(found := re.findall(rb"HTTP/1\.1 (\d{3})", got)) < number:
        more = line.recv(65536)
        assert more, got
        got += more
    return found


def test_many_who_say_nothing_keep_nobody_waiting(box):
    with ExitStack() as opened:
        for _ in range(300):
            opened.enter_context(connected(box))
        line = opened.enter_context(connected(box))
        for _ in range(20):
            line.sendall(ASKED)
            assert answers(line, 1) == [b"200"]


def test_requests_sent_all_at_once_are_all_answered_in_turn(box):
    with connected(box) as line:
        line.sendall(ASKED * 30 + ASKED.replace(b"/health", b"/nowhere"))
        assert answers(line, 31) == [b"200"] * 30 + [b"404"]


def test_a_request_that_comes_byte_by_byte_is_answered_and_the_next_one_too(box):
    with connected(box) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for byte in ASKED:
                line.sendall(bytes([byte]))
            assert answers(line, 1) == [b"200"]


def test_who_reads_late_gets_all_of_long_answers(box):
    """The thread that answered sends what the line takes at once, the loop the rest: more than any line holds."""
    whole = box.get(LARGE)[2]
    asked = f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with connected(box, SO_RCVBUF=4096) as line:
        line.sendall(asked * 59 + asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert box.get("/health")[0] == 200
        got = b""
        while more := line.recv(65536):
            got += more
    assert got.count(whole) == 60


def test_connections_that_come_and_go_while_others_ask_do_not_get_in_their_way(box):
    """A number that the system gives a new connection was another's a moment before."""
    wrong, over = [], threading.Event()

    def come_and_go():
        while not over.is_set():
            with connected(box) as line:
                line.sendall(ASKED[:20])  # and leaves in the middle of a word
            with connected(box) as line:
                line.sendall(ASKED)  # and does not wait for the answer

    def ask():
        with closing(http.client.HTTPConnection("127.0.0.1", box.port, timeout=60)) as line:
            for _ in range(150):
                line.request("GET", "/health")
                answer = line.getresponse()
                answer.read()
                if answer.status != 200:
                    wrong.append(answer.status)

    restless = [threading.Thread(target=come_and_go) for _ in range(3)]
    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in restless + asking:
        thread.start()
    for thread in asking:
        thread.join()
    over.set()
    for thread in restless:
        thread.join()
    assert wrong == []
    assert "Traceback" not in box.said()


def test_a_server_told_to_stop_closes_who_is_silent_and_ends(tmp_path):
    with started(tmp_path / "box") as running, ExitStack() as opened:
        for _ in range(20):
            opened.enter_context(connected(running))
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 15
