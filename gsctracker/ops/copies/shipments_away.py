"""Shipments in the bucket: brought there sealed, once their copy is there; looked for when the box itself is gone."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, durable
from gsctracker.db.rows import one
from gsctracker.errors import Conflict, Refusal
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Patience
from gsctracker.ops.copies import bucket, history, keys, packing, shipment, uploading, workroom
from gsctracker.ops.copies.bucket import Bucket
from gsctracker.ops.copies.shipment import Shipment
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

MARK = "off-the-box.json"
KEPT = timedelta(hours=24)
PRUNED_EVERY_SECONDS = 3600
WAIT_SECONDS = (60, 300, 900, 3600)  # after the first failure in a row, the second, the third, each further one

_failures: dict[str, tuple[int, float]] = {}  # by bucket: how many in a row, and when the next try is due
_pruned: dict[str, float] = {}


@dataclass(frozen=True)
class Away:
    """The last shipment that is off the box: the highest numbers in it, and of which copy and generation it is."""

    name: str
    sequence: int
    made_at: str
    generation: str
    audit_id: int
    journal_id: int


def bring(config: Config, db: Database, made: Shipment | None, patience: Patience | None = None) -> bool:
    """Bring the last shipment into the bucket; gives whether nothing is left to do, now or at all.

    Its copy goes before it: without that it is worth nothing. What fails is logged, and tried again later and later still.
    """
    there = bucket.remote(config, patience)
    last = away(config)
    if there is None or made is None or (last and last.name == made.name):
        return True
    tries, due = _failures.get(there.name, (0, 0.0))
    if tries and clock.ticks() < due:
        return False
    try:
        if not _copy_is_there(db, made):
            uploading.catch_up(config, db, patience=patience)
            if not _copy_is_there(db, made):
                return False
        _put(config, there, made)
    except (Refusal, OSError) as no:
        _failures[there.name] = (tries + 1, clock.ticks() + WAIT_SECONDS[min(tries, len(WAIT_SECONDS) - 1)])
        logger.warning("not off the box: %s: %s", made.name, no, extra={"event": "shipment_not_away"})
        return False
    _failures.pop(there.name, None)
    _note(config, made)
    _prune(there)
    return True


def away(config: Config) -> Away | None:
    """The last shipment that is off the box, as this disk remembers it."""
    try:
        said: dict[str, Any] = json.loads((config.backups / shipment.FOLDER / MARK).read_bytes())
        return Away(**said)
    except (OSError, ValueError, TypeError):
        return None


def covered(tx: apsw.Connection, config: Config) -> Away | None:
    """The last shipment off the box, if it speaks of the present data and its copy is off the box too."""
    last = away(config)
    if last is None or history.whose(tx)[1] != last.generation:
        return None
    copy = one(tx, "SELECT uploaded_at FROM copy_runs WHERE seq = :seq", seq=last.sequence)
    return last if copy and copy.uploaded_at else None


def fetched_from(there: Bucket) -> Callable[[Shipment, Path], None]:
    """What fetches a shipment from that bucket into a new file."""
    return lambda made, into: there.fetch_file(f"{shipment.FOLDER}/{made.file}", into, made.size)


def notes(there: Bucket) -> list[shipment.Name]:
    """The names of the notes in the bucket, by the number of the copy and their own; one question."""
    parsed = (shipment.parse(name) for name in there.names_in(shipment.FOLDER))
    found = [name for name in parsed if name and name.ending == shipment.NOTE]
    return sorted(found, key=lambda name: (name.sequence, name.number))


def _copy_is_there(db: Database, made: Shipment) -> bool:
    name = shipment.parse(made.file)
    assert name
    with db.read() as tx:
        copy = one(tx, "SELECT uploaded_at FROM copy_runs WHERE seq = :seq", seq=name.sequence)
    return bool(copy and copy.uploaded_at)


def _put(config: Config, there: Bucket, made: Shipment) -> None:
    file = config.backups / shipment.FOLDER / made.file
    sealed = workroom.folder_of(config) / f"rows-{made.name}.away"
    there.claim(made.instance)
    try:
        if packing.digest_of(file) != made.sha256:
            raise Conflict(N_("%(name)s was damaged since it was made."), "shipment_changed", name=made.file)
        if not made.file.endswith(shipment.SEALED):
            recipients = keys.recipients(config)
            if not recipients:
                raise Conflict(
                    N_("There is no key to seal with, so nothing leaves the box: set BACKUP_RECIPIENT."), "no_key"
                )
            age.seal(file, sealed, recipients)
            sha256, file = packing.digest_of(sealed), sealed
            made = replace(made, file=made.name + shipment.SEALED, size=sealed.stat().st_size, sha256=sha256)
        there.put_file(file, f"{shipment.FOLDER}/{made.file}", made.sha256, made.instance)
        there.put_note(
            f"{shipment.FOLDER}/{made.name}{shipment.NOTE}", shipment.written(made, keys.signing_key(config))
        )
    finally:
        sealed.unlink(missing_ok=True)


def _note(config: Config, made: Shipment) -> None:
    name = shipment.parse(made.name + shipment.NOTE)
    assert name
    last = Away(made.name, name.sequence, made.made_at, made.generation, made.audit_id, made.journal_id)
    durable.write_whole(config.backups / shipment.FOLDER / MARK, json.dumps(vars(last)).encode())


def _prune(there: Bucket) -> None:
    """Remove from the bucket what is older than a day, but the last; once an hour, and a no costs no more than room."""
    if clock.ticks() - _pruned.get(there.name, -PRUNED_EVERY_SECONDS) < PRUNED_EVERY_SECONDS:
        return
    _pruned[there.name] = clock.ticks()
    oldest = clock.instant(clock.moment() - KEPT)
    try:
        for name in notes(there)[:-1]:
            if name.made_at < oldest:
                for ending in (shipment.NOTE, shipment.SEALED):
                    there.drop(f"{shipment.FOLDER}/{name.stem}{ending}")
    except Refusal as no:
        logger.warning("shipments stay in %s: %s", there.name, no, extra={"event": "shipments_not_removed"})
