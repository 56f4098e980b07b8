"""Which connections the server looks at: each is asked again only when something happened to it.

Waitress asks every connection, at every turn of its loop, whether it wants to be read from or written to, and a thread that has
answered wakes that loop to have the answer sent. With two hundred phones that was more work than the answers. Here the kernel keeps
the list (epoll), a connection changes its own line in it, from whatever thread, and who has answered sends.
"""

import select
import threading
from typing import Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

IN, OUT, ONCE = select.EPOLLIN | select.EPOLLPRI, select.EPOLLOUT, select.EPOLLONESHOT


class Turns:
    """The kernel's list of what a server waits for. What happened is told once; then the connection is asked anew."""

    def __init__(self, server: TcpWSGIServer) -> None:
        self._server = server
        self._epoll = select.epoll()
        self._turn = threading.Lock()
        self._waited_for: dict[int, int] = {}

    def ask(self, one: Any) -> None:
        """Wait for what this connection wants now. Called in any thread, after whatever may have changed that."""
        with self._turn:
            number = one._fileno
            is_open = number is not None and self._server._map.get(number) is one
            if not is_open:  # its number may be another's already
                return
            wanted = (IN if one.readable() else 0) | (OUT if one.writable() and not one.accepting else 0)
            before = self._waited_for.get(number)
            if before == wanted:
                return
            if before is None:
                self._epoll.register(number, wanted | ONCE)
            else:
                self._epoll.modify(number, wanted | ONCE)
            self._waited_for[number] = wanted

    def ask_all(self) -> None:
        """Ask every connection: some want something else because time passed."""
        for one in list(self._server._map.values()):
            self.ask(one)

    def forget(self, number: int) -> None:
        """The connection of that number is about to be closed."""
        with self._turn:
            if self._waited_for.pop(number, None) is not None:
                self._epoll.unregister(number)

    def turn(self, seconds: float) -> None:
        """Wait at most so long for something to happen, and see to it."""
        self.ask(self._server)
        for number, what in self._epoll.poll(seconds):
            with self._turn:
                if number in self._waited_for:
                    self._waited_for[number] = 0
            one = self._server._map.get(number)
            if one is not None:
                wasyncore.readwrite(one, what)
                self.ask(one)

    def close(self) -> None:
        """End the list."""
        self._epoll.close()
