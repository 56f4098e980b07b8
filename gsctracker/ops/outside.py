"""Whether the services that the box leans on answer: mail, the bucket, reports, the sign of life, Redis. None of them makes the
box unwell: it goes on without each.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from gsctracker import clock
from gsctracker.config import Config

PATIENCE_SECONDS = 3.0
BELIEVED_SECONDS = 300.0
_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6379}


@dataclass(frozen=True)
class Service:
    """A service: what it is for here, and where it is. `greeting` is what it says first, where it speaks first."""

    name: str
    host: str
    port: int
    greeting: bytes = b""


@dataclass(frozen=True)
class State:
    """Whether it answered at that instant (UTC), and if not, why."""

    ok: bool
    said: str
    at: str


class Outside:
    """Asks each service at most once in five minutes, all at once, and only when somebody wants to know."""

    def __init__(self, config: Config, ticks: Callable[[], float] = clock.ticks) -> None:
        self._services = tuple(named(config))
        self._ticks = ticks
        self._turn = threading.Lock()
        self._known: dict[str, State] = {}
        self._until = 0.0

    def states(self) -> dict[str, State]:
        """Each service by its name; takes PATIENCE_SECONDS at most."""
        with self._turn:
            if self._services and self._ticks() >= self._until:
                with ThreadPoolExecutor(len(self._services)) as pool:
                    self._known = dict(pool.map(lambda one: (one.name, ask(one)), self._services))
                self._until = self._ticks() + BELIEVED_SECONDS
            return dict(self._known)


def named(config: Config) -> Iterator[Service]:
    """The services that the settings name."""
    if config.smtp_host:
        yield Service("mail", config.smtp_host, config.smtp_port, b"" if config.smtp_port == 465 else b"220")
    if config.s3_backup_bucket:
        region = config.aws_region or "us-east-1"
        yield _at("bucket", config.s3_endpoint_url or f"https://s3.{region}.amazonaws.com")
    for name, address in (("reports", config.sentry_dsn), ("sign of life", config.alert_ping_url)):
        if address:
            yield _at(name, address)
    if config.cache_type == "RedisCache" and config.redis_url and not config.redis_url.startswith("unix:"):
        yield _at("cache", config.redis_url)


def ask(one: Service) -> State:
    """Whether it takes a connection, and greets where it should."""
    try:
        with socket.create_connection((one.host, one.port), timeout=PATIENCE_SECONDS) as line:
            if one.greeting and not line.recv(200).startswith(one.greeting):
                return State(False, "It answers with something else.", clock.now())
    except TimeoutError:
        return State(False, "It does not answer in time.", clock.now())
    except OSError as error:
        return State(False, f"{error.strerror or type(error).__name__}.", clock.now())
    return State(True, "", clock.now())


def _at(name: str, address: str) -> Service:
    parts = urlsplit(address)
    return Service(name, parts.hostname or "localhost", parts.port or _PORTS.get(parts.scheme, 443))
