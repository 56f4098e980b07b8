"""The server: waitress, with limits that fit two hundred people, and an end that loses no request."""

import contextlib
import json
import logging
import secrets
import select
import signal
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.web import lines
from gsctracker.web.doorstep import Wsgi
from gsctracker.web.large_bodies import PATH, Door, Parser
from gsctracker.web.queues import Queues
from gsctracker.web.turns import Turns
from gsctracker.words import N_

MOST_BODY_BYTES = 16 * 1024 * 1024
MOST_HEADER_BYTES = 64 * 1024
SENT_AT_ONCE = 65_536  # a whole page or list in one go, where the default would send it in halves
MOST_CONNECTIONS = 800  # two hundred people, a browser opens several
WAITING_CONNECTIONS = 512
IDLE_SECONDS = 120
HEAD_SECONDS = 30  # to say what is asked: who trickles it in holds a connection that others need
LOOK_SECONDS = 1.0
BODY_SECONDS = 600  # to send what goes with it, a large file over a slow line too
GRACE_SECONDS = 20  # for what is in flight when we are told to stop
LINGER_SECONDS = 5
LINGER_BYTES = 256 * 1024 * 1024

access = logging.getLogger("gsctracker.access")


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to that address. Raises Conflict where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host.strip("[]"), port))
    except OSError as error:
        bound.close()
        raise Conflict(
            N_("The server cannot listen on %(host)s port %(port)d: %(why)s. Choose another with --port."),
            "cannot_listen",
            host=host,
            port=port,
            why=error.strerror or str(error),
        ) from None
    return bound


def run(app: Wsgi, bound: socket.socket, threads: int, ready: Callable[[], object], door: Door | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in flight and return. `ready` is called once we answer; `door` lets in what
    is larger than every other request.
    """
    server: TcpWSGIServer = waitress.create_server(
        app,
        _dispatcher=Queues(threads),
        sockets=[bound],
        threads=threads,
        connection_limit=MOST_CONNECTIONS,
        backlog=WAITING_CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        max_request_body_size=MOST_BODY_BYTES,
        max_request_header_size=MOST_HEADER_BYTES,
        send_bytes=SENT_AT_ONCE,
        clear_untrusted_proxy_headers=False,  # web/doorstep.py does it, and remembers that it did
        ident=None,
    )
    server.channel_class = Channel
    server.adj.door = door
    server.draining = False
    turns = server.turns = Turns(server)
    wake_the_loop = server.pull_trigger
    server.pull_trigger = lambda: _answering.channel.wake_halfway() if _answering.channel else wake_the_loop()
    asked_to_stop: list[int] = []

    def stop(number: int, _: object) -> None:
        asked_to_stop.append(number)
        server.pull_trigger()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    turns.ask_all()
    ready()
    look_again = 0.0
    while not asked_to_stop:
        turns.turn(1.0)
        if clock.ticks() >= look_again:  # not at every turn: a busy box has thousands in a second
            _shut_slow(server)
            turns.ask_all()
            look_again = clock.ticks() + LOOK_SECONDS
    _finish(server, asked_to_stop)


def _shut_slow(server: TcpWSGIServer) -> None:
    now = clock.ticks()
    for channel in list(server.active_channels.values()):
        if channel.is_too_slow(now):
            channel.handle_close()


def _finish(server: TcpWSGIServer, asked_to_stop: list[int]) -> None:
    """Take what has already come in, answer it, close the rest. A second signal ends the waiting."""
    until = clock.ticks() + GRACE_SECONDS
    server.draining = True
    while select.select([server.socket], [], [], 0)[0] and clock.ticks() < until - GRACE_SECONDS + 1:
        server.turns.turn(0)
    server.turns.turn(0)
    wasyncore.dispatcher.close(server)  # the listening socket alone; the trigger wakes us still
    signals = len(asked_to_stop)
    while server.active_channels and clock.ticks() < until and len(asked_to_stop) == signals:
        for channel in list(server.active_channels.values()):
            if channel.is_idle():
                channel.handle_close()
        if server.active_channels:
            server.turns.ask_all()
            server.turns.turn(0.1)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(server._map)
    server.turns.close()


class _Answering(threading.local):
    """The connection that this thread answers on."""

    channel: "Channel | None" = None


_answering = _Answering()


class Refused(ErrorTask):
    """An answer that is given before the app is asked: too large, not HTTP, too long a header."""

    def execute(self) -> None:
        """Say it in the shape of the contract; nothing of what was sent is repeated."""
        error = self.request.error
        status, name = HTTPStatus(error.code), secrets.token_hex(8)
        words = "That is too large to take in." if error.code == 413 else "That could not be read as a request."
        if error.code == 413 and getattr(self.request, "path", "") == PATH:
            words += (
                " Open this page through the link with the set-up code, see that the disk has room for the copy four times,"
                " or lay the copy into the folder of copies of this box."
            )
        body = json.dumps({"error": {"code": "too_large" if error.code == 413 else "bad_request", "message": words}})
        kind = "application/json"
        if not getattr(self.request, "path", "").startswith("/api/"):  # there is none where the first line was no line
            body, kind = words + "\n", "text/plain; charset=utf-8"
        self.status = f"{status.value} {status.phrase}"
        self.response_headers += [("Content-Type", kind), ("X-Request-ID", name), ("Cache-Control", "no-store")]
        self.content_length = len(body.encode())
        self.set_close_on_finish()
        access.info(
            "refused before the app was asked: %s",
            status.value,
            extra={"event": "request", "request_id": name, "status": status.value, "method": None, "path": None},
        )
        self.write(body.encode())


class Channel(HTTPChannel):
    """A connection that says its last word even to somebody who is still sending, and closes when the server ends."""

    task_class = lines.Task
    parser_class = Parser
    error_task_class = Refused
    stays = False  # its answer goes on (web/lines.py): nothing more is asked on it
    _lingers_until = 0.0
    _thrown_away = 0
    _has_asked = False
    _began: float | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.wake()

    def wake(self) -> None:
        """Have the loop wait for what this connection wants now."""
        self.server.turns.ask(self)

    def wake_halfway(self) -> None:
        """Have the loop send what there is of a long answer, or read what else is asked; at the end of `service` all is seen to."""
        if self.requests:
            self.wake()

    def del_channel(self, map: dict[int, Any] | None = None) -> None:
        """Waitress's hook before a connection closes."""
        number = self._fileno
        super().del_channel(map)
        if number is not None:  # only now: a thread that has answered may have asked once more until then
            self.server.turns.forget(number)

    def is_too_slow(self, now: float) -> bool:
        """Whether what it asks, its first or another one, has been on its way for too long; looked at again and again."""
        asking = self.request
        if self.requests or self.stays or self._lingers_until or (asking is None and self._has_asked):
            self._began = None
            return False
        if self._began is None:
            self._began = now
        whole = asking is not None and asking.headers_finished
        return now - self._began > (BODY_SECONDS if whole else HEAD_SECONDS)

    def is_idle(self) -> bool:
        """Whether nothing is being received, worked on or sent here."""
        if self._lingers_until:
            return clock.ticks() > self._lingers_until
        return not (self.requests or self.request is not None or self.total_outbufs_len)

    def service(self) -> None:
        """Answer one request."""
        self._began, self._has_asked = None, True
        if self.requests[0].error:
            self._lingers_until = clock.ticks() + LINGER_SECONDS
        _answering.channel = self
        try:
            super().service()
        finally:
            _answering.channel = None
        if self.total_outbufs_len and self.connected:  # here, where the loop would have to be woken for it
            self._flush_exception(self._flush_some_if_lockable, do_close=False)
        if self._lingers_until and not self.total_outbufs_len and self.connected:
            self._say_no_more()
        if self.server.draining and not self.requests:
            self.close_when_flushed = True
        self.wake()

    def readable(self) -> bool:
        """After a refusal the rest of what is sent is read and thrown away: else the answer is lost with a reset."""
        if self._lingers_until:
            return not self.total_outbufs_len
        return super().readable()

    def writable(self) -> bool:
        """Whether there is something to send, or to close."""
        if self._lingers_until and not self.total_outbufs_len:
            return clock.ticks() > self._lingers_until
        return super().writable()

    def handle_write(self) -> None:
        """Send; a refused sender is not closed before the time for its last bytes is over."""
        if self.stays:
            self._send_beside_others()
        elif not self._lingers_until:
            super().handle_write()
        elif self.total_outbufs_len:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and self.connected:
                self._say_no_more()
        if self.will_close or (self._lingers_until and clock.ticks() > self._lingers_until):
            self.handle_close()

    def handle_read(self) -> None:
        """Receive, or throw away."""
        if not self._lingers_until and not self.stays:
            super().handle_read()
            return
        try:
            got = len(self.recv(self.adj.recv_bytes))
        except OSError:
            got = 0
        self._thrown_away += got
        if got == 0 or self._thrown_away > LINGER_BYTES:
            self.handle_close()

    def _flush_some(self, do_close: bool = True) -> bool:
        """As waitress does, but one thread at a time: who has answered sends, and the loop where that was not all."""
        with self.outbuf_lock:
            return self.connected and bool(super()._flush_some(do_close))

    def _send_beside_others(self) -> None:
        """As waitress does, but under the lock: other threads write to an answer that goes on."""
        self._flush_exception(self._flush_some_if_lockable)
        if self.close_when_flushed and not self.total_outbufs_len:
            self.will_close = True
        if self.will_close:
            self.handle_close()

    def _say_no_more(self) -> None:
        with contextlib.suppress(OSError):  # she may have gone already
            self.socket.shutdown(socket.SHUT_WR)
