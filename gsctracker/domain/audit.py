"""Who did what to which row, kept for the season. Ids only: never a child's name."""

import json

import apsw

from gsctracker import clock
from gsctracker.db.rows import run
from gsctracker.log import request_id


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
