"""Calls to addresses that others named: what is never asked, and how little is taken from what is."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from gsctracker.integrations import guarded
from gsctracker.integrations.guarded import Unreachable, fetch, is_near


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/fine")
            self.end_headers()
            return
        body = b"x" * (guarded.LARGEST + 1) if self.path == "/endless" else self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def house() -> Iterator[str]:
    """A machine in the troop's network."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://192.168.1.1/admin",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://0x7f.1/",
    ],
)
def test_what_lies_in_a_private_network_is_not_asked(address):
    """S38: under none of the ways to write it down."""
    with pytest.raises(Unreachable, match=r"private network|gaierror"):
        fetch(address)


@pytest.mark.parametrize(
    "address",
    ["http://id.example.org/", "ftp://id.example.org/", "file:///etc/passwd", "gopher://x/", "https:///x", "x", ""],
)
def test_nothing_is_asked_but_machines_over_https(address):
    with pytest.raises(Unreachable):
        fetch(address)
    with pytest.raises(Unreachable):
        fetch("https://somebody:secret@id.example.org/")


def test_a_public_name_that_leads_into_the_house_is_not_followed(monkeypatch, house):
    """S38: nor is one of whose machines a single one is there; what was looked up is what is asked."""
    leads = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("8.8.8.8", "192.168.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: leads)
    with pytest.raises(Unreachable, match="private network"):
        fetch("https://id.example.org/")


def test_what_the_operator_set_up_in_the_house_is_asked(house):
    assert fetch(f"{house}/fine?a=b", near=True) == b"/fine?a=b"
    with pytest.raises(Unreachable, match="without HTTPS"):
        fetch(f"{house}/fine")


def test_no_redirect_is_followed_and_no_endless_answer_read(house):
    with pytest.raises(Unreachable, match="answered 302"):
        fetch(f"{house}/elsewhere", near=True)
    with pytest.raises(Unreachable, match="too much"):
        fetch(f"{house}/endless", near=True)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("http://localhost:9000", True),
        ("https://id.lan", True),
        ("https://192.168.1.5/realm", True),
        ("https://accounts.google.com", False),
        ("https://8.8.8.8", False),
        ("https://lan.example.org", False),
    ],
)
def test_what_is_in_the_house(address, near):
    assert is_near(address) is near
