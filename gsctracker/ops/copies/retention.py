"""Which copies may go: a pure plan for one place, never one that leaves too few; and what carries the plans out."""

import logging
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import many, one, value
from gsctracker.errors import Conflict, Refusal
from gsctracker.integrations.s3 import Patience
from gsctracker.ops.copies import bucket, extras, history, places
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Place
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

FLOOR = 7  # that many sound copies stay in every place, whatever their age
PINNED = {kind: timedelta(days=30) for kind in ("pre-migrate", "pre-restore", "pre-upgrade")}
FOR_EVER = frozenset({"season-end"})
RING_DAYS = 7
LEAP = timedelta(days=8)  # two copies further apart: the box slept, or its clock was set wrong
SETTLED = timedelta(days=7)  # the stretch of copies after a leap that is believed


class Copy(Protocol):
    """What the plan looks at; a Manifest is one."""

    @property
    def name(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def made_at(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def suspicious(self) -> Collection[str]: ...


AnyCopy = TypeVar("AnyCopy", bound=Copy)


@dataclass(frozen=True)
class Plan:
    """How much of the past a place holds: everything for `every` hours, then the last copy of each hour, day, week, month."""

    every: int  # hours
    hourly: int  # hours
    daily: int  # days
    weekly: int  # the newest so many weeks that have a copy
    monthly: int


def long(keep_days: int) -> Plan:
    """The plan of the place that must remember a season: the bucket, or this disk where there is no bucket."""
    return Plan(every=24, hourly=48, daily=keep_days, weekly=12, monthly=12)


def ring(keep_days: int) -> Plan:
    """The plan of this disk where a bucket remembers the rest."""
    return Plan(every=24, hourly=0, daily=min(RING_DAYS, keep_days), weekly=0, monthly=0)


@dataclass(frozen=True)
class Gone:
    """A copy that was removed, or would be: its name, and from which place."""

    name: str
    place: str


def prune(config: Config, db: Database, dry_run: bool = False, patience: Patience | None = None) -> list[Gone]:
    """Remove what each place need not keep any longer; `dry_run` only tells. Each place has its own plan.

    Nothing goes where the last copy, or the last upload for the bucket, failed: old copies are all there is then. Raises Conflict
    where that is so for this disk. A bucket that cannot be asked, may not delete or does not do it is logged and counted
    (`kept_against_plan`), and costs no more than room.
    """
    with db.read() as tx:
        _require_success(tx)
        own = value(tx, "SELECT uid FROM instance")
        looked_at = history.looked_at(tx)
        off = {row.name for row in many(tx, "SELECT name FROM copy_runs WHERE uploaded_at IS NOT NULL")}
        shipped = _last_upload_succeeded(tx)
    here, there = places.local(config), bucket.remote(config, patience)
    if not dry_run:
        here.finish_removing()
    ours = [copy for copy in here.listed() if copy.instance == own]
    now, days = clock.now(), config.backup_keep_days
    going = to_remove(ours, now, days, looked_at=looked_at)
    if there:  # what waits to be brought there is kept as the bucket would keep it
        outlived = {copy.name for copy in going}
        ring_only = to_remove(ours, now, days, plan=ring(days), looked_at=looked_at)
        going = [copy for copy in ring_only if copy.name in off or copy.name in outlived]
    gone = [_removed(here, copy, dry_run) for copy in going]
    if not dry_run:
        extras.prune(here)
    if there and shipped:
        try:
            listed = [copy for copy in there.listed() if copy.instance == own]
            for copy in to_remove(listed, now, days, looked_at=looked_at):
                gone.append(_removed(there, copy, dry_run))
            if not dry_run:
                there.clear_leftovers()
                extras.prune(there)
        except Refusal as no:
            if no.code == "not_removed":
                kept_against_plan[there.name] = kept_against_plan.get(there.name, 0) + 1
            logger.warning("copies in %s stay: %s", there.name, no, extra={"event": "copies_not_removed"})
    return gone


kept_against_plan: dict[str, int] = {}  # by place: how often a store said "deleted" since the start and kept it
removed: dict[str, int] = {}  # by place: how many copies were removed since the start


def to_remove(
    copies: Sequence[AnyCopy],
    now: str,
    keep_days: int,
    floor: int = FLOOR,
    plan: Plan | None = None,
    looked_at: Collection[str] = (),
) -> list[AnyCopy]:
    """The copies of one place that may go, oldest first; `copies` are those listed there, their names unique, `now` an instant.

    Kept are those of the plan (unset: `long`), the newest `floor` ones, the season's ends, the copies made before a migration
    or a restore for 30 days, and suspicious ones with everything older than them until their names are in `looked_at`.
    Copies dated after `now` are neither removed nor counted. Order is by sequence number: a clock may have been wrong. Raises
    Conflict for a plan that would leave nothing.
    """
    plan = plan or long(keep_days)
    today = datetime.fromisoformat(now)
    known = sorted((copy for copy in copies if _made(copy) <= today), key=_order, reverse=True)
    doubtful = [copy for copy in known if copy.suspicious and copy.name not in looked_at]
    doubted = {copy.name for copy in doubtful}
    sound = [copy for copy in known if copy.name not in doubted]
    landing, leapt = _leap(known, today)
    kept = _of_the_plan(sound, today, plan) | {copy.name for copy in sound[:floor]} | landing
    frozen = max([leapt, *(copy.sequence for copy in doubtful)])
    going = [c for c in sound if c.sequence > frozen and c.name not in kept and not _is_pinned(c, today)]
    if sound and len(going) == len(sound):
        raise Conflict(N_("No copy would be left: nothing is removed."), "would_remove_all")
    return sorted(going, key=_order)


def _require_success(tx: apsw.Connection) -> None:
    last = one(tx, "SELECT result FROM copy_runs ORDER BY seq DESC LIMIT 1")
    if last is None or last.result == "failed":
        raise Conflict(
            N_("The last copy did not succeed: the old ones stay until one does."),
            "no_copy_since",
        )


def _last_upload_succeeded(tx: apsw.Connection) -> bool:
    last = one(
        tx,
        """SELECT upload_tries FROM copy_runs WHERE upload_tried_at IS NOT NULL
            ORDER BY upload_tried_at DESC, seq DESC LIMIT 1""",
    )
    return last is not None and last.upload_tries == 0


def _removed(place: Place, copy: Manifest, dry_run: bool) -> Gone:
    if not dry_run:
        place.remove(copy)
        removed[place.name] = removed.get(place.name, 0) + 1
        logger.info("copy removed", extra={"event": "copy_removed", "copy": copy.name, "place": place.name})
    return Gone(copy.name, place.name)


def _of_the_plan(sound: Sequence[AnyCopy], now: datetime, plan: Plan) -> set[str]:
    """Names, given the sound copies newest first: in each hour, day, week and month the first met is the last made."""
    hours, days = timedelta(hours=plan.hourly), timedelta(days=plan.daily)
    young = [copy for copy in sound if now - _made(copy) <= timedelta(hours=plan.every)]
    return {copy.name for copy in young}.union(
        _first_of_each(sound, lambda made: made.strftime("%Y%m%d%H") if now - made <= hours else None),
        _first_of_each(sound, lambda made: made.date() if now - made <= days else None),
        _first_of_each(sound, lambda made: made.isocalendar()[:2], plan.weekly),
        _first_of_each(sound, lambda made: (made.year, made.month), plan.monthly),
    )


def _first_of_each(
    copies: Sequence[AnyCopy], period: Callable[[datetime], Hashable | None], most: int | None = None
) -> list[str]:
    """The name of the first copy of each period, of the first `most` periods; None is no period."""
    first: dict[Hashable, str] = {}
    for copy in copies:
        found = period(_made(copy))
        if found is not None:
            first.setdefault(found, copy.name)
    return list(first.values())[:most]


def _is_pinned(copy: Copy, now: datetime) -> bool:
    return copy.kind in FOR_EVER or now - _made(copy) <= PINNED.get(copy.kind, timedelta(-1))


def _leap(known: Sequence[Copy], now: datetime) -> tuple[set[str], int]:
    """The last leap of the clock that has not been borne out yet: the name it landed on, the sequence number before it (or -1).

    A clock that jumped ten years ahead makes everything look old. It is believed once copies were made for a week after it.
    """
    later, name = now, ""
    for copy in known:
        made = _made(copy)
        if later - made > LEAP and now - later < SETTLED:
            return {name}, copy.sequence
        later, name = made, copy.name
    return set(), -1


def _made(copy: Copy) -> datetime:
    return datetime.fromisoformat(copy.made_at)


def _order(copy: Copy) -> int:
    return copy.sequence
