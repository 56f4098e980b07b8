"""Uploads that wait for an answer (whose file, what its columns mean): kept in memory only, few, and not for long."""

import secrets
import threading
from typing import NamedTuple

from flask import Flask, current_app

from gsctracker import clock

MINUTES = 30
MOST_BYTES = 32 * 1024 * 1024
MOST_FILES = 20
_ROOM = "gsctracker.parked_files"


class Parked(NamedTuple):
    """A file as it came. `source` narrows what it may be taken for, as `recognise.recognise` has it."""

    key: str
    account_id: int
    name: str
    content: bytes
    source: str
    since: float


class ParkedFiles:
    """The files that wait, oldest first; the oldest make room for new ones."""

    def __init__(self) -> None:
        self._files: list[Parked] = []
        self._lock = threading.Lock()

    def park(self, account_id: int, name: str, content: bytes, source: str = "") -> Parked:
        """Keep a file for the one who sent it."""
        one = Parked(secrets.token_urlsafe(16), account_id, name, content, source, clock.ticks())
        with self._lock:
            self._forget_old()
            same = (account_id, name, content)
            self._files = [two for two in self._files if (two.account_id, two.name, two.content) != same]
            self._files.append(one)
            while len(self._files) > MOST_FILES or sum(len(two.content) for two in self._files) > MOST_BYTES:
                self._files.pop(0)
        return one

    def of(self, account_id: int) -> list[Parked]:
        """Her files that wait, oldest first."""
        with self._lock:
            self._forget_old()
            return [one for one in self._files if one.account_id == account_id]

    def find(self, account_id: int, key: str) -> Parked | None:
        """One of her files, or None where it is gone."""
        return next((one for one in self.of(account_id) if one.key == key), None)

    def let_go(self, key: str) -> None:
        """Forget a file: it is staged, or nobody wants it."""
        with self._lock:
            self._files = [one for one in self._files if one.key != key]

    def _forget_old(self) -> None:
        since = clock.ticks() - MINUTES * 60
        self._files = [one for one in self._files if one.since >= since]


def set_up(app: Flask) -> None:
    """Make room in an app."""
    app.extensions[_ROOM] = ParkedFiles()


def room() -> ParkedFiles:
    """The room of the app that is answering."""
    return current_app.extensions[_ROOM]
