"""A copy in the place of the present data: prepared whole beside it, then swapped in one step that a kill cannot halve."""

import errno
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database, carrying, connections, contents, difference, lock, migrate
from gsctracker.db.closing import DAMAGED, NOT_MIGRATED
from gsctracker.db.difference import Difference
from gsctracker.db.rows import Row, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import consent_letters, invitations, resets, sessions, tokens
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.ops import forgetting, standby
from gsctracker.ops.copies import extras, history, making, moving, names, places, staging, taken_back
from gsctracker.ops.copies.history import Run
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.staging import Staged
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

UNDO_DAYS = 7
PINNED_DAYS = 30
COPY_PATIENCE_SECONDS = 30.0

Result = TypeVar("Result")


@dataclass(frozen=True)
class Restored:
    """What was done: `before` is the copy of the state that was replaced, `quarantine` the folder of files nobody could read.

    `loss` says for each table of the troop how the state before differs from the one now; `seconds_closed` is how long
    nobody could write.
    """

    name: str
    made_at: str | None
    before: Manifest | None
    quarantine: Path | None
    loss: dict[str, Difference] = field(default_factory=dict)
    seconds_closed: float = 0.0


def opened(config: Config) -> Database | None:
    """The live database, or None where there is none or it cannot be read whole: then files are swapped, not content."""
    if not config.database.exists() or config.database.stat().st_size == 0:
        return None
    try:
        db = Database(config.database)
    except apsw.Error:
        return None
    try:
        with db.read() as tx:
            sound = value(tx, "PRAGMA quick_check(1)") == "ok"
    except apsw.Error:
        sound = False
    if sound:
        return db
    db.close()
    return None


def loss(config: Config, staged: Staged) -> dict[str, Difference]:
    """What the present has and the copy has not (`only_here`), the other way round, and what is not alike, by table.

    Nothing where there is no present that can be read.
    """
    try:
        return difference.between(config.database, staged.path) if config.database.exists() else {}
    except apsw.Error:
        return {}


def restore(
    config: Config, db: Database | None, staged: Staged, by: Person | None = None, undoes: int | None = None
) -> Restored:
    """Put the staged copy in the place of the present data, after a copy of that.

    Works beside a running server, and inside it; everybody has to sign in again. `db` None: there is no database that can be
    read; its files, if any, are kept in quarantine, and no server may run. `undoes` is the restore that this one takes back.
    Raises Conflict (restore_under_way, already_running, no_space, copy_under_way, ...) with the present data as it was.
    """
    if db is None:
        return _swap_files(config, staged, by)
    began = clock.now()
    keeps = staging.instance_of(config) is not None  # of a box that was never set up there is nothing to keep
    before = _when_free(lambda: making.make(config, db, kind="pre-restore", by=by, force=True)) if keeps else None
    lost = loss(config, staged)
    with ExitStack() as until_done:
        _when_free(lambda: until_done.enter_context(making.one_at_a_time(config)))
        state = _plain_copy_of_now(config) if keeps else None
        swapped = False
        try:
            with db.replacing():
                closed_at = clock.ticks()
                if state:
                    making.take(db, state)
                with _told_when_it_cannot_be_written(staged):
                    _prepare(staged, config.database, began, by, lost, before.name if before else "", undoes, "")
                    db.replace_with(staged.path)
                swapped = True
                tx = until_done.enter_context(db.read())
                generation = value(
                    tx, "SELECT generation FROM instance"
                )  # from here on this reading sees what was put back
                seconds_closed = clock.ticks() - closed_at
        finally:
            if state and not swapped:
                state.unlink(missing_ok=True)
        _require_same(tx, staged, generation)
        if staged.files and not keeps:
            extras.put_back(config, staged.files)
        if state and before:
            before, lost = _kept(config, db, state, before, staged, lost, by)
    return Restored(staged.name, staged.made_at, before, None, lost, seconds_closed)


def _when_free(attempt: Callable[[], Result]) -> Result:
    """What `attempt` gives; while the copy of every five minutes is being made, its end is waited for."""
    until = clock.ticks() + COPY_PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except Conflict as no:
            if no.code != "copy_under_way" or clock.ticks() > until:
                raise
        time.sleep(0.2)


def _plain_copy_of_now(config: Config) -> Path:
    """Where the very last state before the swap is laid: under a name that the next copy adopts if we are killed before packing it."""
    config.backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = clock.now().replace("-", "").replace(":", "")
    return config.backups / f"{migrate.COPY_BEFORE}restore-{stamp}.db"


@contextmanager
def _told_when_it_cannot_be_written(staged: Staged) -> Iterator[None]:
    """Up to the swap, and with it, nothing has happened to the present data: whoever waits is told so, and why."""
    needed = staged.path.stat().st_size
    try:
        yield
    except (apsw.FullError, apsw.IOError, OSError) as error:
        if isinstance(error, apsw.FullError) or getattr(error, "errno", None) == errno.ENOSPC:
            raise Conflict(
                N_("The disk is full: the copy needs %(needed)d bytes beside the present data. Nothing was changed."),
                "no_space",
                needed=needed,
            ) from error
        raise Conflict(
            N_(
                "The copy cannot be put back: %(reason)s. Nothing was changed; see whether the disk is full or failing."
            ),
            "cannot_restore",
            reason=str(error),
        ) from error


def _kept(
    config: Config,
    db: Database,
    state: Path,
    before: Manifest,
    staged: Staged,
    lost: dict[str, Difference],
    by: Person | None,
) -> tuple[Manifest, dict[str, Difference]]:
    """The copy of the very last state before the swap, and the loss against it: the first ones where nobody wrote meanwhile.

    Writers were let in again before: packing takes a second. Where it fails the restore stands, and the plain file stays for
    the next copy to adopt.
    """
    if _content(state) == before.content:
        state.unlink()
        return before, lost
    lost = difference.between(state, staged.path)
    place = places.local(config)
    this_run = Run(place.name, "pre-restore", "", by.first_name if by else "", clock.now())
    try:
        stem = names.stem(this_run.started_at, making.next_sequence(config, db, place))
        manifest = making.pack(config, place, state, making.describe(state, stem, this_run))
        with db.write() as tx:
            history.done(tx, this_run, manifest, "", clock.after(days=PINNED_DAYS))
            run(
                tx,
                "UPDATE restore_runs SET before_name = :name, loss = :loss WHERE id = (SELECT max(id) FROM restore_runs)",
                name=manifest.name,
                loss=_written(lost),
            )
    except (Refusal, Busy, OSError, apsw.Error) as error:
        logger.warning("the state before the restore is kept as %s: %s", state, error, extra={"event": "copy_failed"})
        return before, lost
    state.unlink()
    return manifest, lost


def _written(lost: dict[str, Difference]) -> str:
    text = json.dumps({table: [each.only_here, each.only_there, each.changed] for table, each in lost.items()})
    return text if len(text) <= 4000 else "{}"


def last_undoable(tx: apsw.Connection) -> Row:
    """The newest restore that can still be taken back (id, source, before_name, started_at). Raises NotFound."""
    found = one(
        tx,
        """SELECT id, source, before_name, started_at FROM restore_runs
            WHERE result = 'done' AND before_name <> '' AND undo_until > :now ORDER BY id DESC""",
        now=clock.now(),
    )
    if found is None:
        raise NotFound(
            N_("There is no restore of the last %(days)d days to take back."), "nothing_to_undo", days=UNDO_DAYS
        )
    return found


def _swap_files(config: Config, staged: Staged, by: Person | None) -> Restored:
    _prepare(staged, None, clock.now(), by, {}, "", None, "the files before are in quarantine")
    there = config.database.exists()
    config.database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lock.hold(config.data_dir):
        kept = moving.put_in_place(config, staged.path)
        standby.leave(config.database, DAMAGED, NOT_MIGRATED)  # that was the file before
        if staged.files and not there:
            extras.put_back(config, staged.files)
    db = Database(config.database)  # in WAL mode from now on
    try:
        with db.read() as tx:
            _require_same(tx, staged, value(tx, "SELECT generation FROM instance"))
    finally:
        db.close()
    return Restored(staged.name, staged.made_at, None, kept if there else None)


def _prepare(
    staged: Staged,
    live: Path | None,
    began: str,
    by: Person | None,
    lost: dict[str, Difference],
    before: str,
    undoes: int | None,
    said: str,
) -> None:
    """Everything that is to be different after the restore, in the staged file: so there is nothing to finish after the swap."""
    writer = connections.open_writer(staged.path)
    try:
        if live:
            carrying.carry_over(writer, live)
        writer.execute("BEGIN IMMEDIATE")
        sessions.end_everybody(writer)
        invitations.withdraw_all(writer)
        resets.withdraw_all(writer)
        consent_letters.withdraw_all(writer)
        if live:
            forgetting.carry_over(writer, live)
            if not undoes:  # taking a restore back gives exactly what was
                taken_back.carry_over(writer, live)
        tokens.revoke_all(writer)  # one that was revoked since must not work again, nor one of another box
        troop.renew(writer)
        run(
            writer,
            """INSERT INTO restore_runs (started_at, ended_at, asked_by, source, state_of, result, said, loss, before_name, undo_until)
               VALUES (:began, :now, :by, :source, :state_of, 'done', :said, :loss, :before, :until)""",
            began=began,
            now=clock.now(),
            by=by.first_name if by else "",
            source=staged.name[:500],
            state_of=staged.made_at,
            said=said,
            loss=_written(lost),
            before=before,
            until=clock.after(days=UNDO_DAYS) if before else None,
        )
        if undoes:
            run(writer, "UPDATE restore_runs SET result = 'undone' WHERE id = :id", id=undoes)
        audit.note(
            writer,
            None,  # her account may not be in the copy
            "box.restored",
            "instance",
            1,
            copy=staged.name[:200],
            asked_by=by.id if by else None,
            before=before,
            gone={table: each.only_here for table, each in lost.items() if each.only_here},
        )
        writer.execute("COMMIT")
    finally:
        writer.close()
    carrying.make_one_file(staged.path, carrying.page_size_of(live) if live else None)


def _require_same(tx: apsw.Connection, staged: Staged, generation: str) -> None:
    """R10: what is live now is what was staged, page by page sound, and in WAL mode."""
    wanted = connections.open_reader(staged.path) if staged.path.exists() else None
    said = value(tx, "PRAGMA integrity_check(1)")
    try:
        same = wanted is None or (
            value(wanted, "SELECT generation FROM instance") == generation
            and contents.content(contents.summary(wanted)) == contents.content(contents.summary(tx))
        )
    finally:
        if wanted:
            wanted.close()
    if said != "ok" or not same or not re.fullmatch("wal", str(value(tx, "PRAGMA journal_mode"))):
        raise Conflict(
            N_("The copy was put back, but what is there now is not what was put there (%(said)s). The disk or the memory of this "
               "machine is failing: stop the server and restore on another one."),
            "restored_wrong",
            said=said,
        )  # fmt: skip


def _content(database: Path) -> str:
    reader = connections.open_reader(database)
    try:
        reader.execute("BEGIN")
        return contents.content(contents.summary(reader))
    finally:
        reader.close()
