"""Who asked for a file with all that is kept of a girl, and for how long it lies ready."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import consents
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

MOST_WAITING = 3


def ask(tx: apsw.Connection, scout_id: int, file_name: str, by: Person) -> int:
    """An adult of hers, or a leader, wants the file; gives the request's id. Raises NotFound, and Conflict past MOST_WAITING."""
    consents.find_girl(tx, scout_id, by)
    if len(of(tx, scout_id, by)) >= MOST_WAITING:
        raise Conflict(N_("You have asked for this a few times today. The files below are the same."), "asked_already")
    request_id = add(
        tx,
        "INSERT INTO family_exports (scout_id, asked_by, asked_at, file_name) VALUES (:scout, :by, :now, :file)",
        scout=scout_id,
        by=by.id,
        now=clock.now(),
        file=file_name,
    )
    audit.note(tx, by.id, "child.export_asked", "scout", scout_id)
    return request_id


def of(tx: apsw.Connection, scout_id: int, by: Person) -> list[Row]:
    """Her own requests (id, asked_at, made_at, expires_at) whose file is still to be made or lies ready, newest first."""
    consents.may_decide(by, scout_id)
    return many(
        tx,
        """SELECT id, asked_at, made_at, expires_at FROM family_exports
            WHERE scout_id = :scout AND asked_by = :by AND (expires_at IS NULL OR expires_at > :now) ORDER BY id DESC""",
        scout=scout_id,
        by=by.id,
        now=clock.now(),
    )


def waiting(tx: apsw.Connection) -> list[Row]:
    """The requests (id, scout_id, file_name) whose file is still to be made."""
    return many(tx, "SELECT id, scout_id, file_name FROM family_exports WHERE made_at IS NULL ORDER BY id LIMIT 100")


def made(tx: apsw.Connection, request_id: int, hours: int) -> None:
    """The file lies ready, for so many hours."""
    run(
        tx,
        "UPDATE family_exports SET made_at = :now, expires_at = :until WHERE id = :id",
        now=clock.now(),
        until=clock.after(hours=hours),
        id=request_id,
    )


def living(tx: apsw.Connection) -> frozenset[str]:
    """The names of the files that are to lie ready now."""
    return frozenset(
        row.file_name
        for row in many(
            tx, "SELECT file_name FROM family_exports WHERE expires_at IS NULL OR expires_at > :now", now=clock.now()
        )
    )


def take(tx: apsw.Connection, request_id: int, by: Person) -> str:
    """The name of the file, for whoever asked, while she may still decide for the girl. Raises NotFound, also after its day."""
    row = one(
        tx,
        "SELECT scout_id, file_name FROM family_exports WHERE id = :id AND asked_by = :by AND expires_at > :now",
        id=request_id,
        by=by.id,
        now=clock.now(),
    )
    if row is None:
        raise NotFound(N_("This file is gone. Ask for a new one."), "export_gone")
    consents.may_decide(by, row.scout_id)
    audit.note(tx, by.id, "child.exported", "scout", row.scout_id, export=request_id)
    return row.file_name


def looked_at(tx: apsw.Connection, scout_id: int, by: Person) -> None:
    """Write down, once a day for each person, that she looked at all that is kept of the girl."""
    if not seen_today(tx, scout_id, by):
        audit.note(tx, by.id, "child.viewed", "scout", scout_id)


def seen_today(tx: apsw.Connection, scout_id: int, by: Person) -> bool:
    """Whether her look of today is written down."""
    return bool(
        one(
            tx,
            """SELECT 1 AS yes FROM audit_log WHERE action = 'child.viewed' AND subject = 'scout' AND subject_id = :scout
                  AND account_id = :by AND at >= :today""",
            scout=scout_id,
            by=by.id,
            today=clock.now()[:10],
        )
    )
