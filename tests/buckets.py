"""A real S3 store in a process of its own, and a server in front of it that lies, dawdles, cuts and refuses when it is told to."""

import http.client
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from gsctracker.integrations.s3 import Patience, Store
from gsctracker.integrations.s3_refusals import Address
from tests.running import free_port

QUICK = Patience(attempts=1, connect=2, read=5)
KEYS = {"key_id": "AKIAEXAMPLEOFATROOP0", "secret": "not-a-real-secret-of-anybody"}

Lie = Callable[["Call"], bool]


class Call(BaseHTTPRequestHandler):
    """One request: passed on to the store as it is, unless a lie has taken it."""

    protocol_version = "HTTP/1.1"
    store_port: int
    lies: list[Lie]
    asked: list[str]
    body = b""

    def do_GET(self) -> None:
        self.body = b""
        self.asked.append(f"{self.command} {self.path}")
        self.close_connection = True  # so that no line of one test is used by the next
        if not any(lie(self) for lie in list(self.lies)):
            self.pass_on()

    def do_PUT(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.close_connection = True
        length = int(self.headers.get("Content-Length", 0))
        if any(getattr(lie, "cuts", False) and lie(self) for lie in list(self.lies)):
            return
        self.body = self.rfile.read(length)
        if not any(lie(self) for lie in list(self.lies) if not getattr(lie, "cuts", False)):
            self.pass_on()

    do_HEAD = do_DELETE = do_GET
    do_POST = do_PUT

    def pass_on(self, change: Callable[[bytes], bytes] = bytes) -> None:
        """Ask the store; the answer's body goes through `change`."""
        line = http.client.HTTPConnection("127.0.0.1", self.store_port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        if self.command in ("PUT", "POST"):
            headers["Content-Length"] = str(len(self.body))
        line.request(self.command, self.path, body=self.body, headers=headers)
        answer = line.getresponse()
        said = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in ("connection", "transfer-encoding")
        ]
        self.tell(answer.status, change(answer.read()), said)
        line.close()

    def tell(self, status: int, body: bytes = b"", headers: list[tuple[str, str]] | None = None) -> None:
        """Answer."""
        self.send_response_only(status)
        for name, value in headers or [("Date", self.date_time_string()), ("Content-Type", "application/xml")]:
            if name.lower() != "content-length" or self.command == "HEAD":
                self.send_header(name, value)
        if self.command != "HEAD":
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Quiet(ThreadingHTTPServer):
    """Says nothing of lines that were cut: they are meant."""

    def handle_error(self, *_: Any) -> None:
        """Nothing."""


class Front:
    """What stands before the store. `lies` are tried in turn for each request; an empty list tells the truth."""

    def __init__(self, store_port: int) -> None:
        self.lies: list[Lie] = []
        self.asked: list[str] = []
        kept = {"store_port": store_port, "lies": self.lies, "asked": self.asked}
        self._server = _Quiet(("127.0.0.1", 0), type("CallHere", (Call,), kept))
        self.port = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def count(self, method: str, part: str = "") -> int:
        """How many such requests there were."""
        return sum(each.startswith(f"{method} ") and part in each for each in self.asked)

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def on(method: str, part: str, act: Callable[[Call], None], times: int = 1 << 30, cuts: bool = False) -> Lie:
    """A lie for the first `times` requests of that method whose path holds `part`; `cuts`: before the body was read."""
    left = itertools.count(times, -1)

    def lie(call: Call) -> bool:
        if call.command not in method.split("|") or part not in call.path or next(left) <= 0:
            return False
        act(call)
        return True

    lie.cuts = cuts  # type: ignore[attr-defined]
    return lie


def refuse(code: str, status: int) -> Callable[[Call], None]:
    """Answer as the store does when it will not."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    return lambda call: call.tell(status, body)


def swallow(call: Call) -> None:
    """Say that all is stored, and store nothing."""
    call.tell(200, b"", [("ETag", '"0123456789abcdef0123456789abcdef"')])


def swap_a_byte(call: Call) -> None:
    """Store other bytes than were sent, as many."""
    middle = len(call.body) // 2
    call.body = call.body[:middle] + bytes([call.body[middle] ^ 1]) + call.body[middle + 1 :]
    call.pass_on()


def hand_out_another_byte(call: Call) -> None:
    """Hand out other bytes than are stored, as many."""
    call.pass_on(lambda body: body[:-1] + bytes([body[-1] ^ 1]))


def hang_up(call: Call) -> None:
    """Cut the line."""
    call.rfile.read(10)
    call.connection.close()


def cut_the_answer(call: Call) -> None:
    """Promise everything and send half of it."""
    call.send_response_only(200)
    call.send_header("Content-Length", "100000")
    call.end_headers()
    call.wfile.write(b"x" * 5000)


def dawdle(seconds: float) -> Callable[[Call], None]:
    """Answer late."""

    def wait(call: Call) -> None:
        time.sleep(seconds)
        call.pass_on()

    return wait


@pytest.fixture(scope="session")
def store_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """moto's server: one for all tests, each has a bucket of its own in it."""
    port, said = free_port(), tmp_path_factory.mktemp("moto") / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=out, stderr=out
        )
    try:
        _wait_for(port, process, said)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def front(store_port: int) -> Iterator[Front]:
    """The server before the store, telling the truth until it is told to lie."""
    standing = Front(store_port)
    yield standing
    standing.stop()


@pytest.fixture
def store(front: Front, request: pytest.FixtureRequest) -> Store:
    """An empty bucket of the test's own, asked through the front."""
    numbers = (ord(letter) if not letter.isalnum() else letter for letter in request.node.name.lower())
    name = "t-" + "".join(map(str, numbers))[-50:]
    made = http.client.HTTPConnection("127.0.0.1", front.port, timeout=30)
    made.request("PUT", f"/{name}")
    assert made.getresponse().status == 200
    made.close()
    front.asked.clear()
    return Store(Address(name, f"http://127.0.0.1:{front.port}", **KEYS), QUICK)


def _wait_for(port: int, process: subprocess.Popen, said: Path) -> None:
    for _ in range(300):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", "/moto-api/")
            line.getresponse().read()
            return
        except OSError:
            assert process.poll() is None, said.read_text()
            time.sleep(0.1)
        finally:
            line.close()
    raise AssertionError(said.read_text())
