"""Who did what to which row, kept for the season. Ids only: never a child's name."""

import json

import apsw

from gsctracker import clock
from gsctracker.db.rows import run
from gsctracker.log import request_id

KEPT_YEARS = 2


def note(
    tx: apsw.Connection, by: int | None, action: str, subject: str, subject_id: int | None = None, **detail: object
) -> None:
    """Write down that account `by` (None: the box itself) did `action` to row `subject_id` of `subject`, in which request."""
    run(
        tx,
        """INSERT INTO audit_log (at, account_id, action, subject, subject_id, detail, request_id)
           VALUES (:at, :by, :action, :subject, :subject_id, :detail, :request)""",
        at=clock.now(),
        by=by,
        action=action,
        subject=subject,
        subject_id=subject_id,
        detail=json.dumps(detail, separators=(",", ":")),
        request=request_id.get(),
    )


def forget(tx: apsw.Connection) -> int:
    """Remove lines older than KEPT_YEARS, but those of consent and deletion (see `audit_log_lasts`); gives how many.

    Whose consent was given, and what was deleted at whose wish, can be shown for as long as the file lives.
    """
    gone = run(
        tx,
        """DELETE FROM audit_log WHERE at < strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-2 years')
              AND NOT (action GLOB 'consent*' OR action GLOB '*deleted*' OR action GLOB '*erased*')""",
        now=clock.now(),
    )
    if gone:
        note(tx, None, "audit.purged", "audit_log", None, lines=gone, years=KEPT_YEARS)
    return gone
