"""A rehearsal of disaster: the newest copy off the box, opened with the key as printed, restored where nothing is, and asked.

It is done as a new box would do it: in an empty data folder of its own that has no key but the one from the recovery sheet. The
live data is read for the sheet alone, and the scratch folder goes at the end, or with the next rehearsal.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database, lock, migrate
from gsctracker.db.rows import Row, one, run, value
from gsctracker.domain import audit
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.integrations.s3 import Patience
from gsctracker.ops import recovery
from gsctracker.ops.copies import (
    bucket,
    figures,
    finding,
    keys,
    ledgers,
    places,
    restoring,
    staging,
    witnesses,
    workroom,
)
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Place
from gsctracker.ops.copies.staging import Found
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

LOCK = "drill.lock"
UNDER_WAY = N_("Another rehearsal is under way since %(since)s (process %(process)s).")
OURS = "drill-"
STALE_DAYS = 10
BY_HAND_DAYS = 365


@dataclass(frozen=True)
class Drilled:
    """What came of it: `said` is why it failed and at which step, or what was proven; `milliseconds` is how long it took."""

    ok: bool
    copy_name: str
    place: str
    said: str
    milliseconds: int
    started_at: str
    by_hand: bool


@dataclass(frozen=True)
class State:
    """What is known of rehearsals: the last one (None: never), the last that proved a copy, the last with a typed key.

    `since` is when the first copy was made, an empty text where there is none.
    """

    last: Row | None
    proven: Row | None
    by_hand: Row | None
    since: str

    @property
    def is_stale(self) -> bool:
        """Whether there are copies and none was proven for longer than STALE_DAYS."""
        newest = self.proven.ended_at if self.proven else self.since
        return bool(newest) and newest < clock.after(days=-STALE_DAYS)

    @property
    def has_failed(self) -> bool:
        """Whether the last one failed."""
        return self.last is not None and self.last.result == "failed"

    @property
    def wants_a_person(self) -> bool:
        """Whether nobody has typed the printed key for a year: a rehearsal by itself cannot know that the paper is there."""
        return bool(self.since) and (self.by_hand is None or self.by_hand.ended_at < clock.after(days=-BY_HAND_DAYS))


class _Failed(Exception):
    """A step that did not succeed, and why."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")


def rehearse(config: Config, db: Database, typed: list[str] | None = None, patience: Patience | None = None) -> Drilled:
    """Restore the newest copy in a scratch place and ask it; what came of it is recorded, a failure too.

    `typed` are the keys a person gave; otherwise the one on the recovery sheet is read from its text. Raises Conflict only
    where another rehearsal is under way.
    """
    with lock.hold(config.data_dir, LOCK, UNDER_WAY, "drill_under_way"):
        room = workroom.folder_of(config)
        for left in room.glob(f"{OURS}*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        began, started_at = clock.ticks(), clock.now()
        found: tuple[str, str] = ("", "")
        with tempfile.TemporaryDirectory(prefix=OURS, dir=room, ignore_cleanup_errors=True) as scratch:
            try:
                copy = _newest(config, db, patience)
                found = copy.manifest.name, copy.place.name
                said = _proven(config, db, copy, Path(scratch), typed)
                ok = True
            except _Failed as why:
                ok, said = False, str(why)
                logger.error("rehearsal failed: %s", why, extra={"event": "drill_failed"})
        took = min(int((clock.ticks() - began) * 1000), 86_400_000)
        done = Drilled(ok, *found, said[:500], took, started_at, typed is not None)
        with db.write() as tx:
            _record(tx, done)
        logger.info("rehearsal: %s", said, extra={"event": "drill", "ok": ok, "milliseconds": took})
        return done


def state(tx: apsw.Connection) -> State:
    """What is known of rehearsals."""
    return State(
        one(tx, "SELECT * FROM drill_runs ORDER BY id DESC LIMIT 1"),
        one(tx, "SELECT * FROM drill_runs WHERE result = 'done' ORDER BY id DESC LIMIT 1"),
        one(tx, "SELECT * FROM drill_runs WHERE result = 'done' AND by_hand = 1 ORDER BY id DESC LIMIT 1"),
        value(tx, "SELECT min(started_at) FROM copy_runs WHERE result <> 'failed'") or "",
    )


def in_words(milliseconds: int) -> str:
    """How long that was, as people say it: 3 min 12 s."""
    seconds = max(1, round(milliseconds / 1000))
    return f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"


def _newest(config: Config, db: Database, patience: Patience | None) -> Found:
    place: Place = bucket.remote(config, patience) or places.local(config)
    with _step("looking for the newest copy"):
        newest = finding.newest_in(config, place)
        if newest is None:
            raise NotFound(N_("There is no copy in %(place)s."), "no_copy", place=place.name)
        if keys.signing_key(config) and not newest.proven:
            raise Conflict(N_("Its manifest was not signed by this box."), "manifest_unproven")
    with _step("comparing the record of who did what with the copies"), db.read() as tx:
        if tampered := witnesses.contradicted(tx, place.listed()):
            raise _Failed("comparing the record of who did what with the copies", tampered)
    return Found(place, newest)


def _proven(config: Config, db: Database, copy: Found, scratch: Path, typed: list[str] | None) -> str:
    identities = typed if typed is not None else _printed_key(config, db)
    if copy.manifest.is_sealed and not identities:
        raise _Failed(
            "opening it",
            "the key is not on this box, so somebody has to type it: gsctracker drill --key-file FILE",
        )
    as_new = replace(config, data_dir=scratch / "box", database_path=None, backup_dir=None)
    as_new.data_dir.mkdir()
    with (
        _step("opening it, unpacking it and comparing it with its manifest"),
        staging.stage(as_new, copy, identities) as staged,
    ):
        restoring.restore(as_new, None, staged)
    with _step("opening what was restored"):
        restored = Database(as_new.database)
    try:
        with _step("asking it"), restored.read() as tx:
            asked = _ask(tx, copy.manifest)
    finally:
        restored.close()
    return f"{copy.manifest.name} was restored from {copy.place.name}; {asked}{_minutes(config, as_new, copy, identities)}."


def _ask(tx: apsw.Connection, manifest: Manifest) -> str:
    wrong = ledgers.out_of_balance(tx)
    if wrong:
        raise _Failed("adding up its ledgers", wrong[0])
    if tampered := audit.broken(tx) if manifest.schema == migrate.newest() else None:
        raise _Failed("reading the record of who did what", tampered)
    if differs := witnesses.differs(tx, manifest) if manifest.record else None:
        raise _Failed("reading the record of who did what", differs)
    if not manifest.figures or (manifest.app_version, manifest.schema) != (__version__, migrate.newest()):
        return "its ledgers add up (it has no figures of this version to compare)"
    found = figures.of(tx)
    for name, said in manifest.figures.items():
        if found.get(name) != said:
            raise _Failed(f"asking for the report {name}", f"it says {found.get(name)}, at the time it said {said}")
    return f"{len(found)} reports say what they said"


def _minutes(config: Config, as_new: Config, copy: Found, identities: list[str]) -> str:
    """What was shipped since, put into the copy as well."""
    with _step("putting in what was shipped after it"):
        shipped = finding.shipped_after(config, copy.manifest)
        if shipped is None:
            return ""
        shutil.rmtree(as_new.data_dir)
        as_new.data_dir.mkdir()
        with staging.stage(as_new, replace(copy, shipped=replace(shipped, is_asked_for=True)), identities) as staged:
            return f", and so was what was shipped until {staged.made_at}"


def _printed_key(config: Config, db: Database) -> list[str]:
    with _step("reading the recovery sheet"), db.read() as tx:
        return recovery.keys_in("\n".join(recovery.lines(recovery.sheet(config, tx), str)))


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Names the step in which something failed, so that a rehearsal says where to look."""
    try:
        yield
    except (Refusal, OSError, apsw.Error) as problem:
        raise _Failed(name, str(problem)) from problem


def _record(tx: apsw.Connection, done: Drilled) -> None:
    run(
        tx,
        """INSERT INTO drill_runs (started_at, ended_at, copy_name, place, result, said, milliseconds, by_hand)
           VALUES (:started, :now, :name, :place, :result, :said, :took, :by_hand)""",
        started=done.started_at,
        now=clock.now(),
        name=done.copy_name,
        place=done.place[:500],
        result="done" if done.ok else "failed",
        said=done.said,
        took=done.milliseconds,
        by_hand=int(done.by_hand),
    )
