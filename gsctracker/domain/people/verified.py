"""A short memory of passwords that were right: signing in again within minutes need not cost a hash again.

What is kept is a keyed digest of the account's hash and the password, with a key that lives in this process alone: it
means nothing on the disk or in another process, and nothing any more once the password is another. See docs/decisions.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable

from gsctracker import clock

SECONDS = 300
MOST = 500


class Verified:
    """The passwords that were right in the last minutes. `ticks` gives seconds on a clock that nobody sets."""

    def __init__(self, ticks: Callable[[], float] = clock.ticks) -> None:
        self._ticks = ticks
        self._key = secrets.token_bytes(32)
        self._turn = threading.Lock()
        self._until: dict[bytes, float] = {}

    def knows(self, password_hash: str, password: str) -> bool:
        """Whether this password was right for this very hash a short while ago."""
        return self._until.get(self._digest(password_hash, password), 0) > self._ticks()

    def keep(self, password_hash: str, password: str) -> None:
        """Remember that it was right just now; it is not kept longer for being used."""
        digest, until = self._digest(password_hash, password), self._ticks() + SECONDS
        with self._turn:
            self._until.pop(digest, None)
            self._until[digest] = until
            while len(self._until) > MOST or self._until[next(iter(self._until))] <= self._ticks():
                self._until.pop(next(iter(self._until)))

    def _digest(self, password_hash: str, password: str) -> bytes:
        said = f"{password_hash}\n{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, said, hashlib.sha256).digest()
