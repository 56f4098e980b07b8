"""A real server in a process of its own, on a free port, over a data folder of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

from gsctracker.log import SECONDS_TOGETHER

COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_FILE")  # what a server of ours runs through counts as well
SECONDS_TO_START = 60  # far more than it takes: the machine may be busy with other tests


class Running:
    """A started server: where it listens, what it has said, how it ended."""

    def __init__(self, process: subprocess.Popen, port: int, said: Path, folder: Path) -> None:
        self.process = process
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.folder = folder
        self._said = said

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        """Status, headers and body of a GET; a redirect is not followed."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            line.close()

    def stop(self) -> int:
        """Send SIGTERM and give the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def said(self) -> str:
        """Everything it has to say so far: access lines are written together, so their turn is waited for."""
        if self.process.poll() is None:
            time.sleep(2 * SECONDS_TOGETHER)
        return self._said.read_text(encoding="utf-8")

    def lines(self) -> list[dict]:
        """What it has written, each line as JSON."""
        return [json.loads(line) for line in self.said().splitlines()]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return asking.getsockname()[1]


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment without any setting of ours, and these settings."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "SYSTEMROOT", *COVERAGE)
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LANGUAGE": "en"} | settings


@contextmanager
def started(folder: Path, *arguments: str, **settings: str) -> Iterator[Running]:
    """`gsctracker serve` over that data folder, ready to answer; ended at the end."""
    port, said = free_port(), folder.parent / f"{folder.name}.said"
    command = [sys.executable, "-m", "gsctracker", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with said.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--data-dir", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=clean_environment(**settings),
        )
    running = Running(process, port, said, folder)
    try:
        until_it_answers(running)
        while b"ready" not in said.read_bytes():  # said in the moment in which the port opens
            time.sleep(0.02)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def until_it_is_up(running: Running) -> None:
    """Wait until it answers by itself: while it is brought to a newer schema only a page says so."""
    deadline = time.monotonic() + SECONDS_TO_START
    until_it_answers(running)
    while running.get("/livez")[0] == 503:
        assert time.monotonic() < deadline, running.said()
        time.sleep(0.05)


def until_it_answers(running: Running) -> None:
    """Wait until the port takes a connection; raises with what the server said when it ends instead."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if running.process.poll() is not None:
            raise AssertionError(f"the server ended with {running.process.returncode}: {running.said()}")
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", running.port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"the server did not answer: {running.said()}")
