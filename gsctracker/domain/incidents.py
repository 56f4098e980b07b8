"""What went wrong or is planned: what everybody is told meanwhile, what happened, what is to be done, what was learned.

A restore keeps these notes, so they hold names, not accounts.
"""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

KINDS = ("incident", "maintenance")
LINES = ("happened", "to_do")
LONGEST_TITLE, LONGEST_NOTICE, LONGEST_LINE, LONGEST_LEARNED = 120, 300, 500, 4000
MOST_LINES = 200
SHOWN = 100


def notice(tx: apsw.Connection) -> str | None:
    """What everybody is told now: the newest notice of what is not over yet."""
    found: str | None = value(
        tx, "SELECT notice FROM incidents WHERE ended_at IS NULL AND notice <> '' ORDER BY id DESC LIMIT 1"
    )
    return found


def newest(tx: apsw.Connection) -> list[Row]:
    """The newest SHOWN incidents, each with how many things are left to do (`to_do`)."""
    return many(
        tx,
        """SELECT id, kind, title, notice, began_at, ended_at, made_by,
                  (SELECT count(*) FROM incident_lines AS line
                    WHERE incident_id = incidents.id AND line.kind = 'to_do' AND done_at IS NULL) AS to_do
             FROM incidents ORDER BY id DESC LIMIT :most""",
        most=SHOWN,
    )


def find(tx: apsw.Connection, incident_id: int) -> Row:
    """An incident. Raises NotFound."""
    row = one(
        tx,
        "SELECT id, kind, title, notice, learned, began_at, ended_at, made_by FROM incidents WHERE id = :id",
        id=incident_id,
    )
    if row is None:
        raise NotFound(N_("There is no such note."), "no_such_incident")
    return row


def lines(tx: apsw.Connection, incident_id: int) -> list[Row]:
    """What happened and what is to be done, in order."""
    return many(
        tx,
        """SELECT id, kind, at, said, made_by, done_at FROM incident_lines WHERE incident_id = :id
            ORDER BY at, id LIMIT :most""",
        id=incident_id,
        most=MOST_LINES,
    )


def begin(tx: apsw.Connection, by: Person, kind: object, title: object, told: object = "") -> int:
    """Note that something is wrong or planned; `told` is shown to everybody until it is over. Gives its id."""
    roles.require(by, "incidents")
    incident_id = add(
        tx,
        """INSERT INTO incidents (kind, title, notice, began_at, made_by) VALUES (:kind, :title, :notice, :now, :by)""",
        kind=values.choice("kind", kind, KINDS),
        title=values.line("title", title, LONGEST_TITLE, 1),
        notice=values.line("notice", told, LONGEST_NOTICE),
        now=clock.now(),
        by=by.first_name,
    )
    audit.note(tx, by.id, "incident.begun", "incident", incident_id)
    return incident_id


def change(tx: apsw.Connection, incident_id: int, by: Person, title: object, told: object, learned: object) -> None:
    """Change what it is called, what everybody is told, and what was learned."""
    roles.require(by, "incidents")
    find(tx, incident_id)
    run(
        tx,
        "UPDATE incidents SET title = :title, notice = :notice, learned = :learned WHERE id = :id",
        title=values.line("title", title, LONGEST_TITLE, 1),
        notice=values.line("notice", told, LONGEST_NOTICE),
        learned=values.text("learned", learned, LONGEST_LEARNED),
        id=incident_id,
    )
    audit.note(tx, by.id, "incident.changed", "incident", incident_id)


def add_line(tx: apsw.Connection, incident_id: int, by: Person, kind: object, said: object) -> int:
    """Write down what happened just now, or what is to be done; gives the line's id."""
    roles.require(by, "incidents")
    find(tx, incident_id)
    if value(tx, "SELECT count(*) FROM incident_lines WHERE incident_id = :id", id=incident_id) >= MOST_LINES:
        raise Conflict(N_("There are %(most)d lines already: begin a new note."), "too_many_lines", most=MOST_LINES)
    return add(
        tx,
        """INSERT INTO incident_lines (incident_id, kind, at, said, made_by) VALUES (:id, :kind, :now, :said, :by)""",
        id=incident_id,
        kind=values.choice("kind", kind, LINES),
        now=clock.now(),
        said=values.line("said", said, LONGEST_LINE, 1),
        by=by.first_name,
    )


def tick(tx: apsw.Connection, incident_id: int, line_id: int, by: Person, done: bool) -> None:
    """Something that was to be done is done, or after all is not. Raises NotFound."""
    roles.require(by, "incidents")
    touched = run(
        tx,
        """UPDATE incident_lines SET done_at = :at WHERE id = :line AND incident_id = :id AND kind = 'to_do'""",
        at=clock.now() if done else None,
        line=line_id,
        id=incident_id,
    )
    if not touched:
        raise NotFound(N_("There is no such note."), "no_such_incident")


def end(tx: apsw.Connection, incident_id: int, by: Person, over: bool = True) -> None:
    """It is over, and nobody is told any more; or it is not over after all."""
    roles.require(by, "incidents")
    find(tx, incident_id)
    run(
        tx,
        "UPDATE incidents SET ended_at = :at WHERE id = :id",
        at=clock.now() if over else None,
        id=incident_id,
    )
    audit.note(tx, by.id, "incident.ended" if over else "incident.reopened", "incident", incident_id)
