"""When the last copy that holds something of today is gone by itself: what a family is told after a deletion."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops.copies import history, places, retention
from gsctracker.ops.copies.retention import Copy

FURTHEST = timedelta(days=800)
STEP = timedelta(days=7)


@dataclass(frozen=True)
class Ends:
    """`on`: the day by which every copy of before is gone; `for_ever`: names of those that nothing removes but a person."""

    on: str
    for_ever: tuple[str, ...]


@dataclass(frozen=True)
class _ToCome:
    """A copy that the days to come will bring."""

    name: str
    sequence: int
    made_at: str
    kind: str = "daily"
    suspicious: tuple[str, ...] = ()


def ends(config: Config, db: Database) -> Ends:
    """As the plan of retention has it for the place that keeps longest, if the box makes a copy each day from now on."""
    with db.read() as tx:
        looked_at = history.looked_at(tx)
    return foreseen(places.local(config).listed(), clock.now(), config.backup_keep_days, looked_at)


def foreseen(copies: Sequence[Copy], now: str, keep_days: int, looked_at: Collection[str] = ()) -> Ends:
    """The same for copies that are listed. A copy of this very moment is thought to be there too: the next one made may be
    older than the deletion, and a bucket may hold more than this disk.
    """
    today = datetime.fromisoformat(now)
    for_ever = tuple(sorted(copy.name for copy in copies if copy.kind in retention.FOR_EVER))
    highest = max((copy.sequence for copy in copies), default=0)
    old: list[Copy] = [copy for copy in copies if copy.kind not in retention.FOR_EVER]
    old.append(_ToCome("of today", highest + 1, now))
    names = {copy.name for copy in old}
    passed = timedelta(0)
    while passed < FURTHEST:
        passed += STEP
        then = today + passed
        to_come: list[Copy] = [
            _ToCome(f"day {day}", highest + 1 + day, clock.instant(today + timedelta(days=day)))
            for day in range(1, passed.days + 1)
        ]
        gone = {
            copy.name
            for copy in retention.to_remove([*old, *to_come], clock.instant(then), keep_days, looked_at=looked_at)
        }
        if names <= gone:
            break
    return Ends((today + passed).date().isoformat(), for_ever)
