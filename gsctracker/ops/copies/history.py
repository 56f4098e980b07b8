"""What the database remembers of its copies: one row for each that was made, one for each that came to nothing."""

from dataclasses import dataclass

import apsw

from gsctracker import clock
from gsctracker.db.rows import many, one, run, value
from gsctracker.domain import audit
from gsctracker.errors import NotFound
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_

FAILED_KEPT = 200
ASKED_FOR = frozenset({"manual", "pre-upgrade"})
"""Kinds that a person asks for: each is a line of the audit log too. Those of the timetable stand in copy_runs alone."""


def highest_sequence(tx: apsw.Connection) -> int:
    """The highest number given out so far, 0 where there was none."""
    return value(tx, "SELECT ifnull(max(seq), 0) FROM copy_runs")


def whose(tx: apsw.Connection) -> tuple[str, str]:
    """Which box the file belongs to, and its generation, which a restore renews."""
    row = one(tx, "SELECT uid, generation FROM instance")
    assert row
    return row.uid, row.generation


def looked_at(tx: apsw.Connection) -> set[str]:
    """Names of the suspicious copies of which somebody said that all is well."""
    return {row.name for row in many(tx, "SELECT name FROM copy_runs WHERE looked_at IS NOT NULL")}


@dataclass(frozen=True)
class Run:
    """What was asked for: where to, which kind, why (`label`), by whom (a name, and the account), and when it began."""

    place: str
    kind: str
    label: str
    asked_by: str
    started_at: str
    account_id: int | None = None


def done(tx: apsw.Connection, of: Run, manifest: Manifest, said: str, pinned_until: str | None) -> None:
    """A copy was made and read back whole; with what was suspicious about it."""
    run(
        tx,
        """INSERT INTO copy_runs (seq, name, place, kind, label, asked_by, started_at, ended_at, result, said, size,
                                  database_size, content, verified_at, pinned_until)
           VALUES (:seq, :name, :place, :kind, :label, :asked_by, :started, :now, :result, :said, :size,
                   :database_size, :content, :now, :pinned)""",
        seq=manifest.sequence,
        name=manifest.name,
        place=of.place[:500],
        kind=of.kind,
        label=of.label,
        asked_by=of.asked_by,
        started=of.started_at,
        now=clock.now(),
        result="suspicious" if manifest.suspicious else "done",
        said=" ".join([*manifest.suspicious, said]).strip()[:500],
        size=manifest.size,
        database_size=manifest.database_size,
        content=manifest.content,
        pinned=pinned_until,
    )
    if of.kind in ASKED_FOR:
        audit.note(tx, of.account_id, "copy.made", "copy", manifest.sequence, kind=of.kind, copy=manifest.name)


def failed(tx: apsw.Connection, of: Run, sequence: int, said: str) -> None:
    """A copy came to nothing, and why. Of such rows the newest FAILED_KEPT are kept."""
    run(
        tx,
        """DELETE FROM copy_runs WHERE seq IN
           (SELECT seq FROM copy_runs WHERE result = 'failed' ORDER BY seq DESC LIMIT -1 OFFSET :kept)""",
        kept=FAILED_KEPT - 1,
    )
    run(
        tx,
        """INSERT INTO copy_runs (seq, place, kind, label, asked_by, started_at, ended_at, result, said)
           VALUES (:seq, :place, :kind, :label, :asked_by, :started, :now, 'failed', :said)""",
        seq=sequence,
        place=of.place[:500],
        kind=of.kind,
        label=of.label,
        asked_by=of.asked_by,
        started=of.started_at,
        now=clock.now(),
        said=said[:500],
    )
    if of.kind in ASKED_FOR:
        audit.note(tx, of.account_id, "copy.failed", "copy", sequence, kind=of.kind)


def accept(tx: apsw.Connection, name: str, by: int | None) -> None:
    """Somebody looked at a suspicious copy and says that all is well: it counts like any other. Raises NotFound.

    From then on what comes later is compared with it, and what is older than it may go again.
    """
    found = one(tx, "SELECT seq FROM copy_runs WHERE name = :name AND result = 'suspicious'", name=name)
    if found is None:
        raise NotFound(N_("There is no suspicious copy of that name. Look with: gsctracker backups list"), "no_copy")
    run(tx, "UPDATE copy_runs SET looked_at = :now WHERE seq = :seq", now=clock.now(), seq=found.seq)
    audit.note(tx, by, "copy.accept", "copy", found.seq)
