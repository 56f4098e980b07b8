"""Numbers about phones without a connection: what became of what they sent, and how long the oldest waits that they have not."""

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge

from gsctracker import clock

PART = "gsctracker.offline"
OUTCOMES = {
    "taken": "accepted",
    "accepted": "accepted",
    "again": "duplicate",
    "flagged": "conflict",
    "refused": "rejected",
}
MOST_PEOPLE = 500
BELIEVED_SECONDS = 7 * 24 * 3600  # a phone that was not heard of for longer is lost, or was emptied


class OfflineNumbers:
    """Lives as long as the app."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._turn = threading.Lock()
        self._unsent: dict[
            int, tuple[float, float]
        ] = {}  # by account: when it was told, and since when the oldest waits
        self._ops = Counter(
            "gsctracker_offline_ops",
            "Entries that phones sent later, by what became of them.",
            ["result"],
            registry=registry,
        )
        for each in sorted(set(OUTCOMES.values())):
            self._ops.labels(each)
        Gauge(
            "gsctracker_offline_oldest_seconds",
            "Age of the oldest entry that a phone says it has not sent.",
            registry=registry,
        ).set_function(self.oldest)

    def came(self, result: str) -> None:
        """An entry came, and this was said to it."""
        self._ops.labels(OUTCOMES.get(result, "rejected")).inc()

    def told(self, account_id: int, number: int, age_seconds: int) -> None:
        """Her phone says how many entries wait on it, and for how long the oldest does."""
        now = clock.ticks()
        with self._turn:
            self._unsent.pop(account_id, None)
            if number:
                self._unsent[account_id] = (now, now - age_seconds)
            while len(self._unsent) > MOST_PEOPLE:
                del self._unsent[next(iter(self._unsent))]

    def oldest(self) -> float:
        """Seconds since the oldest of them was written; 0 where none waits."""
        now = clock.ticks()
        with self._turn:
            return max((now - since for at, since in self._unsent.values() if now - at < BELIEVED_SECONDS), default=0.0)
