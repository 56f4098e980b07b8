"""Bringing copies off the box: whatever lies here and not there, the newest first, again and again until it is there."""

import dataclasses
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, lock
from gsctracker.db.rows import many, one, run, value
from gsctracker.errors import Conflict, Refusal
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Patience
from gsctracker.ops.copies import bucket, extras, history, keys, names, packing, places, retention, workroom
from gsctracker.ops.copies.bucket import Bucket
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

LOCK = "upload.lock"
UNDER_WAY = N_("Copies are being brought off the box since %(since)s (process %(process)s).")
WAIT_MINUTES = (1, 5, 15, 60)  # after the first failure in a row, the second, the third, each further one
SECONDS_AT_A_TIME = 120  # a long backlog gives the other jobs their turn
PATIENT_SECONDS = 60  # how long one who waits for it lets another upload finish
OURS = "upload-"
_LOCAL_TROUBLE = frozenset(
    {"copy_changed", "no_copy"}
)  # of this copy alone: told once, and the others are tried all the same


def catch_up(config: Config, db: Database, at_once: bool = False, patience: Patience | None = None) -> int:
    """Bring the copies of BACKUP_DIR that are not off the box yet into the bucket; gives how many were.

    0 where no bucket is set, nothing waits, somebody else is at it, or the last failure is too fresh (unless `at_once`). What
    is not sealed is sealed on the way. Raises the refusal that ended it, after writing it down beside the copy; the rest waits
    for the next time.
    """
    there = bucket.remote(config, patience)
    if there is None:
        return 0
    with db.read() as tx:
        settled = _settled(tx, at_once)
        if not at_once and _must_wait(tx):
            return 0
    if _stems(config.backups) <= settled:
        return 0
    try:
        with _one_at_a_time(config, patient=at_once):
            return _bring(config, db, there, at_once)
    except Conflict as no:
        if no.code != "upload_under_way" or at_once:
            raise
        return 0


def ship(config: Config, copy: Manifest, address: str, patience: Patience | None = None) -> None:
    """Bring one copy of BACKUP_DIR to another bucket, `s3://bucket/folder`, sealed. Raises a refusal where that fails."""
    there = bucket.at(config, address, patience)
    with _one_at_a_time(config, patient=True):
        _put(config, there, copy)


def _bring(config: Config, db: Database, there: Bucket, at_once: bool) -> int:
    began, brought, trouble = clock.ticks(), 0, None
    known: set[str] | None = None
    for copy in _waiting(config, db, at_once):
        try:
            known = there.stems() if known is None else known
            # one that is there already was brought by a run that was killed before it wrote that down
            if copy.name not in known or not there.holds(copy):
                _put(config, there, copy)
        except Refusal as no:
            logger.warning("not off the box: %s: %s", copy.name, no, extra={"event": "upload_failed"})
            with db.write() as tx:
                (_gave_up if no.code in _LOCAL_TROUBLE else _failed)(tx, config, copy, str(no))
            if no.code not in _LOCAL_TROUBLE:
                raise
            trouble = trouble or no
            continue
        with db.write() as tx:
            _done(tx, config, copy)
        brought += 1
        logger.info("off the box: %s", copy.name, extra={"event": "upload", "copy": copy.name})
        if clock.ticks() - began > SECONDS_AT_A_TIME:
            break
    if trouble:
        raise trouble
    return brought


def _waiting(config: Config, db: Database, at_once: bool) -> list[Manifest]:
    """The copies of this box that are not away yet and would stay there, the newest first."""
    with db.read() as tx:
        settled = _settled(tx, at_once)
        own = value(tx, "SELECT uid FROM instance")
        accepted = history.looked_at(tx)
    here = [copy for copy in places.local(config).listed() if copy.instance == own]
    outlived = {
        copy.name for copy in retention.to_remove(here, clock.now(), config.backup_keep_days, looked_at=accepted)
    }
    return [copy for copy in reversed(here) if copy.name not in settled and copy.name not in outlived]


def _put(config: Config, there: Bucket, copy: Manifest) -> None:
    """Upload one copy, sealed on the way; a copy that was damaged here since it was made is no copy."""
    file = config.backups / copy.file
    sealed = workroom.folder_of(config) / f"{OURS}{copy.name}{names.SEALED}"
    try:
        if packing.digest_of(file) != copy.sha256:
            raise Conflict(N_("%(name)s was damaged since it was made."), "copy_changed", name=copy.file)
        extras.bring(config, there, copy)
        if copy.is_sealed:
            there.put(file, copy)
            return
        recipients = keys.recipients(config)
        if not recipients:
            raise Conflict(
                N_("There is no key to seal copies with, so none leaves the box: set BACKUP_RECIPIENT."), "no_key"
            )
        age.seal(file, sealed, recipients)
        there.put(
            sealed,
            dataclasses.replace(
                copy,
                file=copy.name + names.SEALED,
                size=sealed.stat().st_size,
                sha256=packing.digest_of(sealed),
                sealed_for=tuple(recipients),
            ),
        )
    except FileNotFoundError:
        raise Conflict(N_("%(name)s is not there any more."), "no_copy", name=copy.file) from None
    except OSError as error:
        raise Conflict(
            N_("%(name)s cannot be read or sealed: %(reason)s."),
            "cannot_seal",
            name=copy.file,
            reason=error.strerror or str(error),
        ) from error
    finally:
        sealed.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(config: Config, patient: bool) -> Iterator[None]:
    """One upload for the box, whoever asks; who is `patient` waits a while for another to end."""
    until = clock.ticks() + (PATIENT_SECONDS if patient else 0)
    while True:
        try:
            with lock.hold(config.data_dir, LOCK, UNDER_WAY, "upload_under_way"):
                for left in workroom.folder_of(config).glob(f"{OURS}*"):  # by one who was killed
                    left.unlink(missing_ok=True)
                yield
                return
        except Conflict as no:
            if no.code != "upload_under_way" or clock.ticks() > until:
                raise
        time.sleep(0.5)


def _must_wait(tx: apsw.Connection) -> bool:
    """Whether the last try failed so lately that the next is not due: the wait grows with the failures in a row."""
    last = one(
        tx,
        """SELECT upload_tries, upload_tried_at FROM copy_runs WHERE upload_tried_at IS NOT NULL
            ORDER BY upload_tried_at DESC, seq DESC LIMIT 1""",
    )
    if last is None or last.upload_tries == 0:
        return False
    wait = timedelta(minutes=WAIT_MINUTES[min(last.upload_tries, len(WAIT_MINUTES)) - 1])
    since = clock.moment() - datetime.fromisoformat(last.upload_tried_at)
    return timedelta(0) <= since < wait  # one that lies ahead was written by a wrong clock


def _done(tx: apsw.Connection, config: Config, copy: Manifest) -> None:
    _note(tx, config, copy)
    run(
        tx,
        """UPDATE copy_runs SET uploaded_at = :now, upload_said = '', upload_tries = 0, upload_tried_at = :now
            WHERE seq = :seq""",
        now=clock.now(),
        seq=copy.sequence,
    )


def _failed(tx: apsw.Connection, config: Config, copy: Manifest, said: str) -> None:
    _note(tx, config, copy)
    run(
        tx,
        """UPDATE copy_runs SET upload_said = :said, upload_tried_at = :now,
                  upload_tries = 1 + ifnull((SELECT upload_tries FROM copy_runs WHERE upload_tried_at IS NOT NULL
                                              ORDER BY upload_tried_at DESC, seq DESC LIMIT 1), 0)
            WHERE seq = :seq""",
        said=said[:500],
        now=clock.now(),
        seq=copy.sequence,
    )


def _gave_up(tx: apsw.Connection, config: Config, copy: Manifest, said: str) -> None:
    _note(tx, config, copy)
    run(
        tx,
        "UPDATE copy_runs SET upload_said = :said, upload_tries = 0, upload_tried_at = NULL WHERE seq = :seq",
        said=said[:500],
        seq=copy.sequence,
    )


def _settled(tx: apsw.Connection, at_once: bool) -> set[str]:
    """Names of the copies that are away, and of those given up; a person who asks `at_once` has the latter tried again."""
    rows = many(
        tx,
        """SELECT name FROM copy_runs WHERE uploaded_at IS NOT NULL
               OR (upload_said <> '' AND upload_tried_at IS NULL AND NOT :again)""",
        again=at_once,
    )
    return {row.name for row in rows}


def _note(tx: apsw.Connection, config: Config, copy: Manifest) -> None:
    """A row for a copy that has none: it lay here before the database that tells of it, as after a restore."""
    run(
        tx,
        """INSERT INTO copy_runs (seq, name, place, kind, label, started_at, ended_at, result, size, database_size,
                                  content, verified_at)
           VALUES (:seq, :name, :place, :kind, :label, :at, :at, :result, :size, :database_size, :content, :at)
           ON CONFLICT (seq) DO NOTHING""",
        seq=copy.sequence,
        name=copy.name,
        place=str(config.backups.absolute())[:500],
        kind=copy.kind,
        label=copy.label,
        at=copy.made_at,
        result="suspicious" if copy.suspicious else "done",
        size=copy.size,
        database_size=copy.database_size,
        content=copy.content,
    )


def _stems(folder: Path) -> set[str]:
    found = (names.parse(file.name) for file in folder.glob(f"*{names.MANIFEST}"))
    return {name.stem for name in found if name}
