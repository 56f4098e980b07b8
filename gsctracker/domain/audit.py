"""Who did what to which row, kept for two years. Ids only: never a child's name.

Each line carries a seal: a hash of the line and of the seal before it. A line that was changed, put in or taken out by whatever
writes to the file without this module does not fit its neighbours any more (`broken`).
"""

import hashlib
import json
from collections.abc import Collection, Mapping

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, run, value
from gsctracker.log import request_id

KEPT_YEARS = 2
PAGE = 50
_OLD = """at < strftime('%Y-%m-%dT%H:%M:%SZ', :now, '-2 years') AND action <> 'audit.purged'
          AND NOT (action GLOB 'consent*' OR action GLOB '*deleted*' OR action GLOB '*erased*')"""


def note(
    tx: apsw.Connection, by: int | None, action: str, subject: str, subject_id: int | None = None, **detail: object
) -> None:
    """Write down that account `by` (None: the box itself) did `action` to row `subject_id` of `subject`, in which request."""
    last = tx.execute("SELECT id, seal FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)").fetchone() or (0, "")
    line = (
        last[0] + 1,
        clock.now(),
        by,
        action,
        subject,
        subject_id,
        json.dumps(detail, separators=(",", ":")),
        request_id.get(),
    )
    tx.execute(
        """INSERT INTO audit_log (id, at, account_id, action, subject, subject_id, detail, request_id, before, seal)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (*line, last[1], _seal(last[1], line)),
    )


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """What of `before` reads otherwise now, as the `before` and `after` of a line's detail. Give it no names of people."""
    names = [name for name in after if before.get(name) != after[name]]
    return {"before": {name: before.get(name) for name in names}, "after": {name: after[name] for name in names}}


def between(now: object, then: object, fields: Collection[str]) -> dict[str, dict[str, object]]:
    """The same of these fields of a row as it was and as it is."""
    return changed(*({field: getattr(row, field) for field in fields} for row in (now, then)))


def forget(tx: apsw.Connection) -> int:
    """Remove lines older than KEPT_YEARS, but those of consent and deletion (see `audit_log_lasts`); gives how many.

    Whose consent was given, and what was deleted at whose wish, can be shown for as long as the file lives. The line that says how
    many went is written first, so that there is always a line to seal the next one with.
    """
    gone = value(tx, f"SELECT count(*) FROM audit_log WHERE {_OLD}", now=clock.now())
    if gone:
        note(tx, None, "audit.purged", "audit_log", None, lines=gone, years=KEPT_YEARS)
        run(tx, f"DELETE FROM audit_log WHERE {_OLD}", now=clock.now())
    return gone


def broken(tx: apsw.Connection) -> str | None:
    """What is wrong with the record as a sentence, or None where every line fits: it reads all of it.

    Lines may be missing only in as great a number as `forget` said it removed.
    """
    expected, before, missing, purged = 1, "", 0, 0
    for row in tx.execute(
        """SELECT id, at, account_id, action, subject, subject_id, detail, request_id, before, seal FROM audit_log ORDER BY id"""
    ):
        *line, row_before, seal = row
        if seal != _seal(row_before, tuple(line)):
            return f"Line {row[0]} of the record of who did what was changed or put in by something else."
        if row[0] == expected and row_before != before:
            return f"Line {row[0]} of the record of who did what does not follow the line before it."
        missing += row[0] - expected
        purged += json.loads(row[6])["lines"] if row[3] == "audit.purged" else 0
        expected, before = row[0] + 1, seal
    if missing != purged:
        return f"{missing - purged} lines of the record of who did what were taken out by something else."
    return None


def page(
    tx: apsw.Connection,
    before: int = 0,
    limit: int = PAGE,
    *,
    account_id: int | None = None,
    action: str = "",
    subject: str = "",
    subject_id: int | None = None,
    since: str = "",
    until: str = "",
) -> list[Row]:
    """Lines newest first, from the one before id `before` (0: the newest), with who it was; `action` is a beginning, `since` and
    `until` are days in UTC.
    """
    return many(
        tx,
        """SELECT audit_log.id, at, account_id, action, subject, subject_id, detail, request_id,
                  first_name AS by_first_name, last_name AS by_last_name
             FROM audit_log LEFT JOIN accounts ON accounts.id = account_id
            WHERE (:before = 0 OR audit_log.id < :before) AND (:account IS NULL OR account_id = :account)
              AND (:action = '' OR substr(action, 1, length(:action)) = :action)
              AND (:subject = '' OR subject = :subject) AND (:row IS NULL OR subject_id = :row)
              AND (:since = '' OR at >= :since) AND (:until = '' OR at < date(:until, '+1 day'))
            ORDER BY audit_log.id DESC LIMIT :limit""",
        before=before,
        account=account_id,
        action=action,
        subject=subject,
        row=subject_id,
        since=since,
        until=until,
        limit=limit,
    )


def subjects(tx: apsw.Connection) -> list[str]:
    """What the lines are about, by name."""
    return [row.subject for row in many(tx, "SELECT DISTINCT subject FROM audit_log ORDER BY subject LIMIT 100")]


def _seal(before: str, line: tuple) -> str:
    """The hash of what SQLite's json_array writes of the seal before and the line: restore.sh makes the same."""
    return hashlib.sha256(json.dumps([before, *line], ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
