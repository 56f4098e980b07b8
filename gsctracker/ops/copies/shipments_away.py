"""Shipments in the bucket: brought there sealed, once their copy is there; looked for when the box itself is gone.

The newest goes first. The minutes of an outage follow, so that a restore from the bucket reaches those too.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, durable
from gsctracker.db.rows import many, one
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
AT_A_TIME = (
    40  # shipments of an outage in one turn, which comes each minute: a whole day is there in less than one hour
)

_failures: dict[str, tuple[int, float]] = {}  # by bucket: how many in a row, and when the next try is due
_pruned: dict[str, float] = {}
_complete: set[str] = set()  # buckets that were seen to have every shipment of this disk that can be brought
_damaged: set[Path] = set()  # notes of shipments whose bytes changed on this disk: told once


@dataclass(frozen=True)
class Away:
    """The last shipment that is off the box: the highest numbers in it, and of which copy and generation it is."""

    name: str
    sequence: int
    made_at: str
    generation: str
    audit_id: int
    journal_id: int


def bring(
    config: Config,
    db: Database,
    made: Shipment | None,
    kept: Sequence[shipment.Name] = (),
    patience: Patience | None = None,
) -> bool:
    """Bring the last shipment into the bucket, then what of the others, `kept` on this disk, is missing there; gives whether
    nothing is left to do, now or at all.

    The copy goes before its shipments: without that they are worth nothing. What fails is logged, and tried again later and
    later still.
    """
    there = bucket.remote(config, patience)
    if there is None:
        return True
    last = away(config)
    is_away = made is None or (last is not None and last.name == made.name)
    if is_away and there.name in _complete:
        return True
    tries, due = _failures.get(there.name, (0, 0.0))
    if tries and clock.ticks() < due:
        return False
    if made and not is_away and _were_skipped(last, made, kept):
        _complete.discard(there.name)
    try:
        if made and not is_away:
            if not _copy_is_there(db, made):
                uploading.catch_up(config, db, patience=patience)
                if not _copy_is_there(db, made):
                    _complete.discard(there.name)
                    return False
            _put(config, there, made)
            _note(config, made)
        is_whole = there.name in _complete or _catch_up(config, db, there, kept)
    except (Refusal, OSError) as no:
        _complete.discard(there.name)
        _failures[there.name] = (tries + 1, clock.ticks() + WAIT_SECONDS[min(tries, len(WAIT_SECONDS) - 1)])
        logger.warning(
            "not off the box: %s: %s", made.name if made else "shipments", no, extra={"event": "shipment_not_away"}
        )
        return False
    _failures.pop(there.name, None)
    if is_whole:
        _complete.add(there.name)
    _prune(there)
    return is_whole


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


def _were_skipped(last: Away | None, made: Shipment, kept: Sequence[shipment.Name]) -> bool:
    """Whether there are shipments between the one that was brought last and this one."""
    until = shipment.parse(made.file)
    assert until
    others = [
        name
        for name in kept
        if name.stem != made.name and (name.sequence, name.number) < (until.sequence, until.number)
    ]
    return bool(others) and (
        last is None or max(others, key=lambda name: (name.sequence, name.number)).stem != last.name
    )


def _catch_up(config: Config, db: Database, there: Bucket, kept: Sequence[shipment.Name]) -> bool:
    """Bring what lies here and not there, the newest first, AT_A_TIME of them; gives whether nothing is left that can be."""
    oldest, folder = clock.instant(clock.moment() - KEPT), config.backups / shipment.FOLDER
    known = {name.stem for name in notes(there)} | {note.stem for note in _damaged if note.parent == folder}
    missing = [name for name in reversed(kept) if name.stem not in known and name.made_at >= oldest]
    with db.read() as tx:
        rows = many(
            tx,
            """SELECT seq, uploaded_at IS NOT NULL AS is_away, upload_said <> '' AND upload_tried_at IS NULL AS is_given_up
                 FROM copy_runs""",
        )
    copies = {row.seq: row for row in rows if missing}
    waits, brought = False, 0
    for name in missing:
        copy = copies.get(name.sequence)
        if copy is None or not copy.is_away:
            waits = waits or (copy is not None and not copy.is_given_up)
            continue
        if brought >= AT_A_TIME:
            return False
        made = _kept_here(config, name)
        if made:
            _put(config, there, made)
            brought += 1
    if brought:
        logger.info("off the box: %d shipments of an outage", brought, extra={"event": "shipments_away"})
    return not waits


def _kept_here(config: Config, name: shipment.Name) -> Shipment | None:
    """The shipment of that name on this disk, or None where its note or its file is gone or damaged, which is told once."""
    folder = config.backups / shipment.FOLDER
    try:
        made = shipment.read((folder / (name.stem + shipment.NOTE)).read_bytes(), keys.manifest_keys(config))
        if packing.digest_of(folder / made.file) == made.sha256:
            return made
    except FileNotFoundError:
        return None  # pruned meanwhile
    except Conflict as no:
        logger.debug("%s: %s", name.stem, no)
    _damaged.add(folder / (name.stem + shipment.NOTE))
    logger.warning("damaged on this disk: %s", name.stem, extra={"event": "shipment_damaged"})
    return None


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
