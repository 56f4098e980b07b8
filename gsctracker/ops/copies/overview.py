"""What a page says of the copies: each with what is known of it, what is not off the box, what was restored and proven."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import Row, many, one
from gsctracker.ops.copies import drill, protection, retention
from gsctracker.ops.copies.manifest import Manifest

RESTORES_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A listed copy, and the row that the database remembers of it (None: made before a restore, or by another box)."""

    manifest: Manifest
    run: Row | None

    @property
    def rows(self) -> int:
        """How many rows are in it."""
        return sum(table["rows"] for table in self.manifest.tables.values())

    @property
    def is_kept_for_ever(self) -> bool:
        """Whether no plan removes it."""
        return self.manifest.kind in retention.FOR_EVER

    @property
    def kept_until(self) -> str:
        """The instant until which it is pinned, or an empty text."""
        until = (self.run and self.run.pinned_until) or ""
        return until if until > clock.now() else ""

    @property
    def is_doubtful(self) -> bool:
        """Whether something about it is suspicious and nobody has looked yet."""
        return bool(self.manifest.suspicious) and not (self.run and self.run.looked_at)


@dataclass(frozen=True)
class State:
    """How safe the data is: `alone_seconds` the age of the oldest entry that is on this box only (None: no bucket is set)."""

    alone_seconds: int | None
    waiting: int
    why_waiting: str
    drill: drill.State
    failed: Row | None
    restores: list[Row]


def lines(tx: apsw.Connection, copies: Sequence[Manifest]) -> list[Line]:
    """The copies newest first, each with its row."""
    rows = many(
        tx,
        """SELECT seq, name, result, asked_by, verified_at, uploaded_at, upload_said, pinned_until, looked_at FROM copy_runs
            WHERE seq IN (SELECT value FROM json_each(:seqs))""",
        seqs=json.dumps([copy.sequence for copy in copies]),
    )
    known = {(row.seq, row.name): row for row in rows}
    return [Line(copy, known.get((copy.sequence, copy.name))) for copy in reversed(copies)]


def state(tx: apsw.Connection, config: Config, here: Sequence[Line]) -> State:
    """How safe the data is, given the copies that lie on this box."""
    waiting = [line for line in here if not (line.run and line.run.uploaded_at)] if config.s3_backup_bucket else []
    why = next((line.run.upload_said for line in waiting if line.run and line.run.upload_said), "")
    return State(
        alone_seconds=protection.unprotected_seconds(tx, config) if config.s3_backup_bucket else None,
        waiting=len(waiting),
        why_waiting=why,
        drill=drill.state(tx),
        failed=_last_failure(tx),
        restores=many(
            tx,
            """SELECT id, started_at, asked_by, source, state_of, result, said, before_name, undo_until FROM restore_runs
                ORDER BY id DESC LIMIT :most""",
            most=RESTORES_SHOWN,
        ),
    )


def _last_failure(tx: apsw.Connection) -> Row | None:
    """The newest run, where it came to nothing."""
    newest = one(tx, "SELECT started_at, result, said FROM copy_runs ORDER BY seq DESC LIMIT 1")
    return newest if newest and newest.result == "failed" else None
