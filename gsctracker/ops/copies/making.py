"""A verified copy, step by step: taken online, checked whole, compressed, read back, sealed, and listed only at the very end."""

import dataclasses
import logging
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database, OnlyRead, connections, contents, lock, migrate, snapshot
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, Refusal
from gsctracker.integrations import age
from gsctracker.ops import trusted_clock
from gsctracker.ops.copies import (
    extras,
    figures,
    history,
    keys,
    last_copy,
    ledgers,
    names,
    packing,
    shrinking,
    witnesses,
    workroom,
)
from gsctracker.ops.copies.history import Run
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Folder
from gsctracker.words import N_, in_english

logger = logging.getLogger("gsctracker.copies")

LOCK = "copy.lock"
UNDER_WAY = N_("Another copy is under way since %(since)s (process %(process)s); try again when it is finished.")
ONLY_WHEN_CHANGED = frozenset({"auto", "stop"})
PINNED = {kind: timedelta(days=30) for kind in ("pre-migrate", "pre-restore", "pre-upgrade")}
LONGEST_LABEL = 80

_unchanged: "weakref.WeakKeyDictionary[Database, tuple[int, str, str]]" = weakref.WeakKeyDictionary()


def make(
    config: Config,
    db: Database,
    kind: str = "auto",
    label: str = "",
    to: Path | None = None,
    by: Person | None = None,
    force: bool = False,
) -> Manifest | None:
    """Make a copy in BACKUP_DIR, or in the folder `to`, and give its manifest; it was read back and found whole.

    None where nothing was written since the last copy and the kind is auto or stop (unless `force`d). A copy whose data
    shrank, or whose ledgers do not add up, is kept and says so in `suspicious`. Raises Invalid for a label that is too long;
    Conflict with nothing left behind where no copy can be made (no_space, cannot_write, cannot_copy, copy_damaged,
    reads_otherwise), and copy_under_way while another one is.
    """
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise Invalid(N_("A label is one line of at most %(longest)d characters."), "bad_label", longest=LONGEST_LABEL)
    with one_at_a_time(config):
        place = Folder((to or config.backups).absolute(), keys.manifest_keys(config), keys.signing_key(config))
        run = Run(place.name, kind, label, by.first_name if by else "", clock.now(), by.id if by else None)
        _adopt_plain_copies(config, db)
        if kind in ONLY_WHEN_CHANGED and not force and _is_unchanged(config, db, place):
            return None
        with _told_when_it_fails(config, db, place, run):
            return _make(config, db, place, run)


def adopt(config: Config, db: Database) -> list[Manifest]:
    """Make proper copies, pinned for 30 days, of the plain files that migrations and restores left; gives them, oldest first.

    Raises Conflict copy_under_way while a copy is being made, which does the same.
    """
    with one_at_a_time(config):
        return _adopt_plain_copies(config, db)


@contextmanager
def one_at_a_time(config: Config) -> Iterator[None]:
    """B1, B2: two copies at once would take each other's numbers and room, and dead ones would fill the disk."""
    with lock.hold(config.data_dir, LOCK, UNDER_WAY, "copy_under_way"):
        keys.ready(config)
        workroom.sweep(config)
        try:
            yield
        finally:
            workroom.sweep(config)


def _make(config: Config, db: Database, place: Folder, run: Run) -> Manifest:
    workroom.require_room(config, place.folder)
    with db.read() as tx:
        doubts = _doubts_about_the_clock(tx, place)
        accepted = history.looked_at(tx)
    sequence = next_sequence(config, db, place)
    taken = workroom.folder_of(config) / f"{workroom.OURS}{sequence}.db"
    take(db, taken)
    draft = describe(taken, names.stem(run.started_at, sequence), run)
    draft = dataclasses.replace(draft, suspicious=tuple(_suspicions(config, draft, place, accepted, taken)))
    finished = pack(config, place, taken, draft)
    if place.folder == config.backups.absolute():
        last_copy.keep(config, taken, finished)
    _remember(db, run, finished, " ".join(doubts))
    return finished


def next_sequence(config: Config, db: Database, place: Folder) -> int:
    """A number that no copy here ever had, half ones included: the order of copies must not depend on a clock."""
    with db.read() as tx:
        known = history.highest_sequence(tx)
    return 1 + max(known, place.highest_sequence(), Folder(config.backups).highest_sequence())


def take(db: Database, target: Path) -> None:
    """B5, B6: a plain copy of the file would miss what still stands in the WAL, or be half of two states."""
    connection = connections.open_reader(db.path)  # its own: the others go on meanwhile
    try:
        connection.execute("PRAGMA query_only = OFF")  # opened for reading only: nothing but the copy is written
        snapshot.copy_out(connection, target)
    finally:
        connection.close()


def describe(taken: Path, stem: str, run: Run) -> Manifest:
    """B7, B8: damage would spread to every copy; and what integrity_check calls ok may be a mix of two states.

    Gives the manifest as far as it can be known from the database file `taken`. Raises Conflict where that is not sound.
    """
    checked = snapshot.check(taken)
    connection = connections.open_reader(taken)
    try:
        tables = contents.summary(connection)
        instance, generation = history.whose(connection)
        page_size = connection.pragma("page_size")
        said = figures.of(connection)
        record = witnesses.newest(connection) if checked.schema == migrate.newest() else {}
    finally:
        connection.close()
    name = names.parse(stem)
    assert name
    return Manifest(
        name=stem, file=stem + names.COPY, size=0, sha256="", gzip_sha256="", database_sha256="",
        database_size=taken.stat().st_size, page_size=page_size, instance=instance, generation=generation,
        sequence=name.sequence, made_at=name.made_at, kind=run.kind, label=run.label, app_version=__version__,
        schema=checked.schema, sqlite=apsw.sqlite_lib_version(), tables=tables, content=contents.content(tables),
        figures=said, record=record,
    )  # fmt: skip


def pack(config: Config, place: Folder, taken: Path, draft: Manifest) -> Manifest:
    """B11 to B15: compress, read back, seal for BACKUP_RECIPIENT if there is one, rename, and write the manifest last.

    Until the manifest stands there, the copy does not count; a kill at any moment leaves no half copy in the list.
    """
    recipients = keys.recipients(config) if config.backup_recipient else []
    file = draft.name + (names.SEALED if recipients else names.COPY)
    part = place.folder / f".{file}.part"
    workroom.say_what_is_made(config, place.folder / file)
    packed = workroom.folder_of(config) / f"{workroom.OURS}{file}" if recipients else part
    database_sha256, gzip_sha256 = packing.compress(taken, packed)
    packing.read_back(packed, gzip_sha256, database_sha256, draft.database_size)
    sha256 = gzip_sha256
    if recipients:
        sha256 = seal(config, packed, part, recipients)
    previous = next(place.backwards(), None)
    finished = dataclasses.replace(
        draft,
        file=file,
        size=part.stat().st_size,
        sha256=sha256,
        gzip_sha256=gzip_sha256,
        database_sha256=database_sha256,
        sealed_for=tuple(recipients),
        parent=previous.sequence if previous else 0,
        proven=keys.signing_key(config) is not None,
        files=extras.ready(config, place),
    )
    place.put(part, finished)
    return finished


def seal(config: Config, packed: Path, target: Path, recipients: list[str]) -> str:
    """B13: what leaves the box is for its owner's eyes; opened again where the box has the key. Gives the SHA-256."""
    age.seal(packed, target, recipients)
    sha256 = packing.digest_of(target)
    own = keys.identities(config)
    if own:
        opened = packed.with_name(packed.name + ".opened")
        try:
            age.unseal(target, opened, own, packed.stat().st_size)
            if packing.digest_of(opened) != packing.digest_of(packed):
                raise Conflict(
                    N_("The sealed copy %(name)s does not open to what was sealed."),
                    "reads_otherwise",
                    name=target.name,
                )
        finally:
            opened.unlink(missing_ok=True)
    return sha256


def _is_unchanged(config: Config, db: Database, place: Folder) -> bool:
    """B4, B10: copies without a change wear out the card and bury the ones that matter."""
    last = next(place.backwards(), None)
    if last is None:
        return False
    if not extras.same(config, place, last):
        return False
    mark = db.generation()  # before the look: what is written meanwhile is seen the next time
    if _unchanged.get(db) == (mark, place.name, last.name):
        return True
    with db.read() as tx:
        same = (history.whose(tx), contents.content(contents.summary(tx))) == (
            (last.instance, last.generation),
            last.content,
        )
    if same:
        _unchanged[db] = (mark, place.name, last.name)
    return same


def _suspicions(config: Config, draft: Manifest, place: Folder, accepted: set[str], taken: Path) -> list[str]:
    """B9: a fresh empty disk, or a mass deletion, must not push the good copies out."""
    found = _imbalance(taken) if draft.schema == migrate.newest() else []
    strangers = False
    for before in Folder(config.backups).backwards():
        if before.instance != draft.instance:
            strangers = True
        elif not before.suspicious or before.name in accepted:
            same = before.generation == draft.generation  # after a restore there may be less
            return [*found, *(shrinking.shrunk(before, draft.tables, draft.schema) if same else [])]
    if strangers:
        found.append(in_english(N_("The copies that lie in %(folder)s are of another box."), {"folder": place.name}))
    return found


def _imbalance(taken: Path) -> list[str]:
    connection = connections.open_reader(taken)
    try:
        return ledgers.out_of_balance(connection)
    finally:
        connection.close()


def _doubts_about_the_clock(tx: apsw.Connection, place: Folder) -> list[str]:
    """B3: a clock in the past would date copies so that they look old; they are made all the same, and it is said."""
    now = clock.moment()
    last = next(place.backwards(), None)
    if last and now < datetime.fromisoformat(last.made_at):
        words = N_("The clock says %(now)s, before the last copy of %(last)s: it may be wrong.")
        return [in_english(words, {"now": clock.instant(now), "last": last.made_at})]
    if not trusted_clock.is_plausible(now, trusted_clock.newest_known(tx)):
        return [in_english(N_("The clock says %(now)s, which cannot be right."), {"now": clock.instant(now)})]
    return []


def _remember(db: Database, run: Run, manifest: Manifest, said: str) -> None:
    """B18: only now is it a success. The copy counts by its manifest: a busy database costs the row, not the copy."""
    pinned = None
    if manifest.kind in PINNED:
        pinned = clock.instant(datetime.fromisoformat(manifest.made_at) + PINNED[manifest.kind])
    logger.info(
        "copy made",
        extra={"event": "copy", "copy": manifest.name, "bytes": manifest.size, "suspicious": list(manifest.suspicious)},
    )
    try:
        with db.write() as tx:
            history.done(tx, run, manifest, said, pinned)
    except OnlyRead:  # as while a version is replaced: nobody expects it there
        logger.info("the copy %s is not in the list of runs: the box can only be read", manifest.name)
    except (Busy, apsw.Error) as error:
        logger.warning("the copy %s is not in the list of runs: %r", manifest.name, error)


@contextmanager
def _told_when_it_fails(config: Config, db: Database, place: Folder, run: Run) -> Iterator[None]:
    """A copy that fails in silence is found out on the day it is needed: each failure is a row, a log line and a refusal."""
    try:
        yield
    except (Refusal, OSError, apsw.Error) as error:
        no = error if isinstance(error, Refusal) else _refusal(place, error)
        logger.error("no copy: %s", no, extra={"event": "copy_failed"})
        try:
            with db.write() as tx:
                history.failed(tx, run, next_sequence(config, db, place), str(no))
        except (Busy, OSError, apsw.Error) as also:
            logger.warning("and that could not be written down: %r", also)
        if no is error:
            raise
        raise no from error


def _refusal(place: Folder, error: OSError | apsw.Error) -> Conflict:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return Conflict(
        N_("No copy can be made in %(folder)s: %(reason)s."), "cannot_copy", folder=place.name, reason=reason
    )


def _adopt_plain_copies(config: Config, db: Database) -> list[Manifest]:
    """The plain files that migrations leave become proper copies, pinned for 30 days, so that nothing piles up unpruned.

    A migration itself makes no more than a checked plain file: it must not hang on keys, seals and manifests. The plain file
    goes when the proper copy is listed.
    """
    adopted: list[Manifest] = []
    for plain in sorted(config.backups.glob(f"{migrate.COPY_BEFORE}*.db")):
        place = Folder(config.backups.absolute(), keys.manifest_keys(config), keys.signing_key(config))
        made_at = clock.instant(datetime.fromtimestamp(plain.stat().st_mtime, tz=clock.moment().tzinfo))
        run = Run(place.name, "pre-migrate", plain.stem.removeprefix("pre-migrate-")[:LONGEST_LABEL], "", made_at)
        try:
            with _told_when_it_fails(config, db, place, run):
                workroom.require_room(config, place.folder)
                draft = describe(plain, names.stem(made_at, next_sequence(config, db, place)), run)
                adopted.append(pack(config, place, plain, draft))
                _remember(db, run, adopted[-1], "")
                plain.unlink()
        except Conflict as no:
            if no.code in (
                "copy_damaged",
                "not_our_copy",
            ):  # told once; what is left of it stays for whoever can mend it
                plain.rename(plain.with_name(plain.name + ".damaged"))
    return adopted


def facts(manifest: Manifest) -> dict[str, Any]:
    """What a list or a program is told of a copy."""
    return {
        "name": manifest.name,
        "file": manifest.file,
        "size": manifest.size,
        "sha256": manifest.sha256,
        "sequence": manifest.sequence,
        "madeAt": manifest.made_at,
        "kind": manifest.kind,
        "label": manifest.label,
        "schema": manifest.schema,
        "appVersion": manifest.app_version,
        "sealed": manifest.is_sealed,
        "suspicious": list(manifest.suspicious),
    }
