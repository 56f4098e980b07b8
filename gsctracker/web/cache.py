"""Answers kept as bytes, with the tables they were read from: once one of these has changed, the answer is never found.

A kept answer belongs to an address, a language, a scope (what its reader may see) and a minute of the clock. Which tables it was
read from the database notices itself, so nothing has to be named or thrown away by hand. The time to live is only a second net.
"""

import secrets
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

from flask import Flask
from flask_caching import Cache
from prometheus_client import CollectorRegistry, Counter, Gauge

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.changes import Basis
from gsctracker.domain.people.roles import Person
from gsctracker.web.compression import gzipped, worth_it
from gsctracker.web.etags import etag_of

MOST_ADDRESSES = 2000
MOST_ENTRIES = 1200  # two hundred families, each with the four that everybody asks for all day
AWAY_SECONDS = 10.0


class Kept(NamedTuple):
    """One answer: what it was read from, its ETag, its bytes and, once somebody asked for it, its gzip."""

    moment: int
    tables: frozenset[str]
    minute: int
    rule: str
    etag: str
    plain: bytes
    gzip: bytes | None


class KeptAnswers:
    """The store of kept answers. flask-caching holds the bytes, in memory or in Redis."""

    def __init__(self, app: Flask, db: Database, settings: dict[str, object], registry: CollectorRegistry) -> None:
        self._db = db
        self._store = Cache(app, config={"CACHE_THRESHOLD": MOST_ENTRIES, "CACHE_IGNORE_ERRORS": True} | settings)
        self._app = app
        self._backend = self._store.cache
        self._life = secrets.token_hex(6)  # a moment means nothing to another process or another start
        self._rules: dict[str, str] = {}
        self._flights: dict[str, _Flight] = {}
        self._numbers: dict[str, tuple[Basis, int]] = {}
        self._turn = threading.Lock()
        self._away_until = 0.0
        asked = Counter("gsctracker_cache_requests", "Asked for a kept answer", ["outcome"], registry=registry)
        Gauge("gsctracker_cache_entries", "Answers that are kept in memory.", registry=registry).set_function(
            lambda: len(getattr(self._backend, "_cache", ()))
        )
        self.hits, self.misses = asked.labels("hit"), asked.labels("miss")

    def is_known(self, path: str) -> bool:
        """Whether an answer for this path has ever been kept."""
        return path in self._rules

    def key(self, path: str, query: str, person: Person, language: str) -> str:
        """The name of one answer: what was asked, what she may see, in which words."""
        return "\n".join((self._life, path, query, scope(person), language))

    def find(self, key: str) -> Kept | None:
        """The answer of that name if it would be the same now: some say what day it is, so none outlives its minute."""
        if self._is_away():
            return None
        try:
            found = self._backend.get(key)
        except Exception:  # a store that is away costs speed, never an answer
            self._leave_alone("read")
            return None
        if found is None:
            return None
        kept = Kept(*found)
        if kept.minute != clock.minute() or not self._db.holds(Basis(kept.moment, kept.tables)):
            return None
        return kept

    def answer(self, key: str, path: str, rule: str, make: Callable[[], bytes]) -> Kept:
        """The kept answer, made once by `make` however many ask at the same moment."""
        with self._flight(key):
            found = self.find(key)
            if found is None:
                minute = clock.minute()
                with self._db.recalling() as reading:
                    plain = make()
                found = Kept(reading.moment, reading.tables, minute, rule, etag_of(plain), plain, None)
                self._keep(key, path, found)
        return found

    def number(self, name: str, person: Person, count: Callable[[], int]) -> int:
        """A number that belongs to a scope, counted anew once what it was counted from has changed."""
        key = f"{name}\n{scope(person)}"
        found = self._numbers.get(key)
        if found is None or not self._db.holds(found[0]):
            with self._db.recalling() as reading:
                number = count()
            if len(self._numbers) >= MOST_ENTRIES:
                self._numbers.clear()
            found = self._numbers[key] = (reading.basis, number)
        else:
            self._db.also_read(found[0])
        return found[1]

    def zip(self, key: str, path: str, kept: Kept) -> Kept:
        """The same answer with its gzip, compressed once."""
        if kept.gzip is None and worth_it(kept.plain):
            kept = kept._replace(gzip=gzipped(kept.plain))
            self._keep(key, path, kept)
        return kept

    def _keep(self, key: str, path: str, kept: Kept) -> None:
        if len(self._rules) >= MOST_ADDRESSES:
            self._rules.clear()
        self._rules[path] = kept.rule
        if self._is_away():
            return
        try:
            self._backend.set(key, tuple(kept))
        except Exception:
            self._leave_alone("written")

    def _is_away(self) -> bool:
        return clock.ticks() < self._away_until

    def _leave_alone(self, what: str) -> None:
        """It is not asked for a while: a store that does not answer would make every request wait for it."""
        self._away_until = clock.ticks() + AWAY_SECONDS
        self._app.logger.warning("the cache could not be %s; it is left alone for a while", what, exc_info=True)

    @contextmanager
    def _flight(self, key: str):
        with self._turn:
            flight = self._flights.setdefault(key, _Flight())
            flight.waiting += 1
        try:
            with flight.lock:
                yield
        finally:
            with self._turn:
                flight.waiting -= 1
                if flight.waiting == 0:
                    self._flights.pop(key, None)


class _Flight:
    """One answer being made, and how many wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = 0


def scope(person: Person) -> str:
    """What she may see, as text: her role, and for a family its scouts."""
    if person.role in ("scout", "caregiver"):
        return f"{person.role}:{','.join(map(str, sorted(person.scout_ids)))}"
    return person.role
