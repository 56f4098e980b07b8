"""Connections that stay open after their answer has begun, so that news can follow; none of them holds a thread.

The server gives the app, in its environment, a function under TAKE_OVER. Who calls it with a callable gets a Line there
once the answer that was begun is on its way; from then on whoever holds the Line writes, in any thread, and the
server's own loop sends. Without the function (another server, a test) the answer simply ends.
"""

from collections.abc import Callable
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import WSGITask

TAKE_OVER = "gsctracker.take_over"
MOST_UNSENT_BYTES = 256 * 1024  # who reads so slowly misses news instead of filling our memory


class Line:
    """An answer that goes on. Every method may be called from any thread."""

    def __init__(self, channel: HTTPChannel, chunked: bool) -> None:
        self._channel = channel
        self._chunked = chunked

    def is_open(self) -> bool:
        """Whether somebody still reads, as far as we know."""
        return bool(self._channel.connected and not self._channel.will_close)

    def send(self, content: bytes) -> bool:
        """Send these bytes soon; False where she has not read what came before, and nothing is sent."""
        if self._channel.total_outbufs_len > MOST_UNSENT_BYTES:
            return False
        return self._write(b"%X\r\n%s\r\n" % (len(content), content) if self._chunked else content)

    def close(self) -> None:
        """End the answer; what was sent before still goes out."""
        if self._chunked:
            self._write(b"0\r\n\r\n")
        self._channel.close_when_flushed = True
        self._channel.wake()

    def _write(self, content: bytes) -> bool:
        try:
            self._channel.write_soon(content)
        except ClientDisconnected:
            return False
        self._channel.wake()
        return True


class Task(WSGITask):
    """One request; its answer may be taken over instead of ended."""

    _taker: Callable[[Line], None] | None = None

    def get_environment(self) -> dict[str, Any]:
        """The environment of WSGI, with the way to take the answer over."""
        environ = super().get_environment()
        environ[TAKE_OVER] = self._take_over
        return environ

    def _take_over(self, taker: Callable[[Line], None]) -> None:
        self._taker = taker

    def finish(self) -> None:
        """End the answer, or leave it open and hand it on."""
        if self._taker is None or self.content_length is not None or not self.has_body:
            super().finish()
            return
        if not self.wrote_header:
            self.write(b"")
        self.close_on_finish = False
        line = Line(self.channel, self.chunked_response)
        self.channel.stays = True
        self._taker(line)
