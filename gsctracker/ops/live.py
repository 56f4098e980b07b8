"""Who watches the live board, and what each of them is told when something changes: one thread for all of them.

The thread sleeps while nobody watches. It looks at the database's mark a few times a second, has the board drawn
once for each kind of reader after a change, and sends it to those whose board looks different from what they have.
"""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge

from gsctracker import clock

SECONDS_BETWEEN_LOOKS = 0.5
REST = 4  # so many times as long as drawing took: however much is written, boards take a fifth of one core at most
SECONDS_BETWEEN_BEATS = 15.0  # a proxy ends what is silent for a minute; and the minutes of the board move on
SECONDS_UNREAD = 60.0
MOST_WATCHING = 300
BEAT = b"event: beat\ndata: -\n\n"  # an event, so that a browser can tell silence from a proxy that holds events back

logger = logging.getLogger("gsctracker.live")


class Outlet(Protocol):
    """Where bytes go: a connection that stays open."""

    def is_open(self) -> bool:
        """Whether somebody reads."""

    def send(self, content: bytes) -> bool:
        """Send soon; False where that could not be taken."""

    def close(self) -> None:
        """End it."""


class Reader(Protocol):
    """Somebody who watches: what she may see, and how that looks."""

    def scope(self) -> str | None:
        """Readers of one scope see the same bytes; None: she may see nothing any more."""

    def draw(self) -> bytes:
        """The board as an event."""


class _Watching:
    """One open board."""

    def __init__(self, outlet: Outlet, reader: Reader, shown: bytes) -> None:
        self.outlet, self.reader, self.shown = outlet, reader, shown
        self.since = self.heard = clock.ticks()


class Hub:
    """All open boards of this process."""

    def __init__(self, generation: Callable[[], int], registry: CollectorRegistry) -> None:
        self._generation = generation
        self._open: list[_Watching] = []
        self._turn = threading.Lock()
        self._some = threading.Event()
        self._pause = threading.Event()  # never set: a sleep
        self._thread: threading.Thread | None = None
        Gauge("gsctracker_live_streams", "Live boards that are open.", registry=registry).set_function(self.count)
        Gauge(
            "gsctracker_live_oldest_seconds", "Age of the live board that is open longest.", registry=registry
        ).set_function(self.oldest)

    def count(self) -> int:
        """How many boards are open."""
        with self._turn:
            return sum(one.outlet.is_open() for one in self._open)

    def oldest(self) -> float:
        """Seconds since the oldest of them was opened."""
        with self._turn:
            return max((clock.ticks() - one.since for one in self._open if one.outlet.is_open()), default=0.0)

    def has_room(self) -> bool:
        """Whether one more may stay open."""
        return self.count() < MOST_WATCHING

    def join(self, outlet: Outlet, reader: Reader, shown: bytes) -> None:
        """Keep this reader up to date; `shown` is the event she has."""
        with self._turn:
            self._open.append(_Watching(outlet, reader, shown))
            self._some.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="live", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        seen, beat = -1, 0.0
        while True:
            self._some.wait()
            with self._turn:
                self._open = [one for one in self._open if one.outlet.is_open()]
                watching = list(self._open)
                if not watching:
                    self._some.clear()
                    continue
            now, generation = clock.ticks(), self._generation()
            is_beat = now - beat >= SECONDS_BETWEEN_BEATS
            if is_beat or generation != seen:
                beat, seen = (now if is_beat else beat), generation
                self._tell(watching, is_beat)
            self._pause.wait(max(SECONDS_BETWEEN_LOOKS, REST * (clock.ticks() - now)))

    def _tell(self, watching: list[_Watching], is_beat: bool) -> None:
        """Send each of them what is new, or on a beat a sign of life."""
        drawn: dict[str, bytes] = {}
        for one in watching:
            try:
                scope = one.reader.scope()
                if scope is None:
                    one.outlet.close()
                    continue
                if scope not in drawn:
                    drawn[scope] = one.reader.draw()
            except Exception:  # the box may be closed just now; the next look tries again
                logger.exception("the live board could not be drawn")
                return
            event = drawn[scope]
            if event == one.shown and not is_beat:
                continue
            if one.outlet.send(BEAT if event == one.shown else event):
                one.shown, one.heard = event, clock.ticks()
            elif clock.ticks() - one.heard > SECONDS_UNREAD:
                one.outlet.close()
