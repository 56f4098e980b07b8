"""Numbers that a device signs or a site sends back: made here, good for one purpose, for minutes and once.

Nothing is kept of those that were only asked for, so asking for many costs nobody anything; a start of the server ends all.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable

from gsctracker import clock
from gsctracker.errors import Invalid
from gsctracker.words import N_

SECONDS = 300
MOST_KEPT = 10_000
_NONCE, _TIME = 16, 8
LENGTH = _NONCE + _TIME + hashlib.sha256().digest_size


class Challenges:
    """Those that were spent within the last minutes. `ticks` gives seconds on a clock that nobody sets."""

    def __init__(self, ticks: Callable[[], float] = clock.ticks) -> None:
        self._ticks = ticks
        self._key = secrets.token_bytes(32)
        self._turn = threading.Lock()
        self._spent: dict[bytes, float] = {}

    def new(self, purpose: str) -> bytes:
        """One more, for that purpose alone."""
        said = secrets.token_bytes(_NONCE) + int(self._ticks() + SECONDS).to_bytes(_TIME, "big")
        return said + self._proof(said, purpose)

    def check(self, purpose: str, challenge: bytes) -> None:
        """Raise Invalid (challenge_gone) unless it is ours, for that purpose, in its time and not spent."""
        said, proof = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
        is_ours = len(challenge) == LENGTH and hmac.compare_digest(proof, self._proof(said, purpose))
        if not is_ours or int.from_bytes(said[_NONCE:], "big") < self._ticks() or challenge in self._spent:
            raise Invalid(N_("That took too long, or was sent twice. Begin once more."), "challenge_gone")

    def spend(self, purpose: str, challenge: bytes) -> None:
        """Use it up; of two who spend the same at once, one gets Invalid."""
        with self._turn:
            self.check(purpose, challenge)
            now = self._ticks()
            for old in [each for each, until in self._spent.items() if until < now]:
                del self._spent[old]
            while len(self._spent) >= MOST_KEPT:
                self._spent.pop(next(iter(self._spent)))
            self._spent[challenge] = now + SECONDS + 1

    def _proof(self, said: bytes, purpose: str) -> bytes:
        return hmac.new(self._key, said + purpose.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
