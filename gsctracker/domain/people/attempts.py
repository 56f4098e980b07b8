"""How often a password may be tried: what a troop behind one address does not feel, and a guesser does.

Only wrong tries count, so any number of people may sign in from one address. They count against the name (known or not,
alike), against the address and all together. A device on which she was signed in before has a count of its own: whoever
guesses her password from elsewhere does not keep her out. Nothing here locks for good.
"""

import hashlib
import ipaddress
import threading
from collections.abc import Callable
from typing import NamedTuple

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.words import counted

FREE_TRIES = 5
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5, 15 * 60
NAME_KEPT_SECONDS = 3600  # after the last wrong try, or the end of the wait
PER_ADDRESS, TOGETHER, WINDOW_SECONDS = 60, 300, 60
MOST_KEPT = 10_000
CODE = "too_many"
_IN_SECONDS = counted(
    "Too many wrong tries. Wait one second, then try again.",
    "Too many wrong tries. Wait %(n)d seconds, then try again.",
)
_IN_MINUTES = counted(
    "Too many wrong tries. Wait one minute, then try again.",
    "Too many wrong tries. Wait %(n)d minutes, then try again.",
)


class Wait(NamedTuple):
    """How long to wait, in seconds, and which count says so: account, address or all."""

    seconds: int
    scope: str


class _Name(NamedTuple):
    wrong: int
    free_at: float
    forgotten_at: float


class Attempts:
    """The wrong tries of the last minutes, in memory and bounded. `ticks` gives seconds on a clock that nobody sets."""

    def __init__(self, ticks: Callable[[], float] = clock.ticks) -> None:
        self._ticks = ticks
        self._turn = threading.Lock()
        self._names: dict[bytes, _Name] = {}
        self._windows: dict[str, tuple[float, int]] = {}

    def wait(self, name: str, address: str, device: str = "") -> Wait | None:
        """How long this try has to wait, or None where it need not. `device`: one known to belong to that account, or empty."""
        now = self._ticks()
        with self._turn:
            known = self._names.get(_key(name, device))
            if known and known.free_at > now:
                return Wait(_whole(known.free_at - now), "account")
            if device:
                return None
            for window, most, scope in ((_group(address), PER_ADDRESS, "address"), ("", TOGETHER, "all")):
                began, wrong = self._windows.get(window, (now, 0))
                if now - began < WINDOW_SECONDS and wrong >= most:
                    return Wait(_whole(began + WINDOW_SECONDS - now), scope)
        return None

    def wrong(self, name: str, address: str, device: str = "") -> None:
        """Count a wrong try."""
        now, key = self._ticks(), _key(name, device)
        with self._turn:
            known = self._names.pop(key, None)
            tries = 1 + (known.wrong if known and known.forgotten_at > now else 0)
            free_at = now + delay(tries)
            self._names[key] = _Name(tries, free_at, free_at + NAME_KEPT_SECONDS)
            _bound(self._names)
            for window in (_group(address), ""):
                began, before = self._windows.pop(window, (now, 0))
                self._windows[window] = (began, before + 1) if now - began < WINDOW_SECONDS else (now, 1)
            _bound(self._windows)

    def right(self, name: str, device: str = "") -> None:
        """A try that was right: the name begins anew. The address does not, or a guesser would clear it with her own account."""
        with self._turn:
            self._names.pop(_key(name, device), None)


def delay(tries: int) -> int:
    """Seconds to wait after so many wrong tries in a row."""
    if tries < FREE_TRIES:
        return 0
    return min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(tries - FREE_TRIES, 20))


def refusal(wait: Wait) -> Conflict:
    """The no that says how long to wait; its `seconds` are for a Retry-After."""
    if wait.seconds <= 90:
        return Conflict(_IN_SECONDS, CODE, n=wait.seconds, seconds=wait.seconds)
    return Conflict(_IN_MINUTES, CODE, n=-(-wait.seconds // 60), seconds=wait.seconds)


def _key(name: str, device: str) -> bytes:
    return hashlib.sha256(f"{name.strip().casefold()}\n{device}".encode("utf-8", "surrogatepass")).digest()


def _group(address: str) -> str:
    """The address, or for IPv6 the network that one household has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 6 and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


def _whole(seconds: float) -> int:
    return max(1, int(-(-seconds // 1)))


def _bound(kept: dict) -> None:
    while len(kept) > MOST_KEPT:
        kept.pop(next(iter(kept)))
