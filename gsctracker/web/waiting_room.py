"""While the database is brought to a new version: a page that says so and comes back by itself, instead of a refused connection."""

import contextlib
import gettext
import html
import json
import re
import socket
import threading
from collections.abc import Iterator

from gsctracker import __version__, translations
from gsctracker.web import locale
from gsctracker.words import N_

TITLE = N_("Back in a moment")
SENTENCE = N_(
    "The box is being brought to version %(version)s: that takes seconds, seldom a minute. Nothing is lost; this page looks again by"
    " itself."
)
SECONDS = 3
LARGEST_HEAD = 16_384
_HEADER = re.compile(r"^(cookie|accept-language):[ \t]*(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


@contextlib.contextmanager
def open_at(bound: socket.socket) -> Iterator[None]:
    """Answer each request on the socket with 503 and that page while this lasts; the socket stays open for the server."""
    bound.listen(64)
    bound.settimeout(0.1)
    over = threading.Event()
    answering = threading.Thread(target=_answer, args=(bound, over), name="waiting room")
    answering.start()
    try:
        yield
    finally:
        over.set()
        answering.join()
        bound.settimeout(None)


def _answer(bound: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        try:
            line, _ = bound.accept()
        except OSError:  # nobody came meanwhile
            continue
        with line, contextlib.suppress(OSError):
            line.settimeout(2)
            line.sendall(_page(_head_of(line)))
            line.shutdown(socket.SHUT_WR)


def _head_of(line: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < LARGEST_HEAD:
        part = line.recv(4096)
        if not part:
            break
        head += part
    return head.decode("latin-1")


def _page(head: str) -> bytes:
    given = {name.lower(): text for name, text in _HEADER.findall(head)}
    language = locale.choose(None, given.get("cookie", ""), given.get("accept-language", ""))
    say = gettext.translation("messages", translations.FOLDER, [language], fallback=True).gettext
    sentence = say(SENTENCE) % {"version": __version__}
    path = head.split(" ", 2)[1] if head.count(" ") > 1 else "/"
    if path.startswith("/api/"):
        kind, body = "application/json", json.dumps({"error": {"code": "maintenance", "message": sentence}})
    else:
        title, words = html.escape(say(TITLE)), html.escape(sentence)
        kind = "text/html; charset=utf-8"
        body = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<meta name="color-scheme" content="light dark"><title>{title}</title><h1>{title}</h1><p role="status">{words}</p></html>'
        )
    content = body.encode()
    start = (
        f"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        f"Retry-After: {SECONDS}\r\nRefresh: {SECONDS}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nConnection: close\r\n\r\n"
    )
    return start.encode() + content
