"""When a girl really was at a booth: half-open intervals [came_at, left_at), which crediting reads. Out at 19:00 is not there at 19:00."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, hours, sign_ups
from gsctracker.domain.people import scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_

EARLY_HOURS, LATE_HOURS = 2, 4
"""How far from a booth's own hours somebody may come or leave."""


def check_in(tx: apsw.Connection, by: Person, booth_id: int, scout_id: int, at: str | None = None) -> int:
    """She is there from this instant on (now, where none is given); gives the presence's id."""
    booth = _run_by(tx, by, booth_id)
    scouts.must_be_on_roster(tx, scout_id)
    came_at = _near(tx, booth, "came_at", at)
    _require_nowhere_else(tx, scout_id, came_at, None)
    presence_id = add(
        tx,
        """INSERT INTO presences (booth_id, scout_id, came_at, noted_by, noted_at)
           VALUES (:booth, :scout, :came, :by, :now)""",
        booth=booth_id,
        scout=scout_id,
        came=came_at,
        by=by.id,
        now=clock.now(),
    )
    audit.note(tx, by.id, "presence.in", "booth", booth_id, scout=scout_id, at=came_at)
    return presence_id


def check_out(tx: apsw.Connection, by: Person, booth_id: int, scout_id: int, at: str | None = None) -> None:
    """She is no longer there at this instant. Raises Conflict where she is not there."""
    booth = _run_by(tx, by, booth_id)
    open_one = one(
        tx,
        "SELECT id, came_at FROM presences WHERE booth_id = :booth AND scout_id = :scout AND left_at IS NULL",
        booth=booth_id,
        scout=scout_id,
    )
    if open_one is None:
        raise Conflict(N_("She is not noted as being there."), "not_there")
    left_at = _near(tx, booth, "left_at", at)
    if left_at <= open_one.came_at:
        values.refuse("left_at", N_("She left after she came."))
    run(tx, "UPDATE presences SET left_at = :left WHERE id = :id", left=left_at, id=open_one.id)
    audit.note(tx, by.id, "presence.out", "booth", booth_id, scout=scout_id, at=left_at)


def correct(
    tx: apsw.Connection, by: Person, booth_id: int, presence_id: int, came_at: str, left_at: str | None
) -> None:
    """Set an interval right. Raises NotFound, Invalid, and Conflict where she is elsewhere at that time."""
    booth = _run_by(tx, by, booth_id)
    row = _of(tx, booth_id, presence_id)
    came_at = _near(tx, booth, "came_at", came_at)
    left_at = _near(tx, booth, "left_at", left_at) if left_at else None
    if left_at is not None and left_at <= came_at:
        values.refuse("left_at", N_("She left after she came."))
    _require_nowhere_else(tx, row.scout_id, came_at, left_at, presence_id)
    run(
        tx,
        "UPDATE presences SET came_at = :came, left_at = :left, noted_by = :by, noted_at = :now WHERE id = :id",
        came=came_at,
        left=left_at,
        by=by.id,
        now=clock.now(),
        id=presence_id,
    )
    audit.note(tx, by.id, "presence.corrected", "booth", booth_id, scout=row.scout_id)


def remove(tx: apsw.Connection, by: Person, booth_id: int, presence_id: int) -> None:
    """She was not there after all."""
    _run_by(tx, by, booth_id)
    row = _of(tx, booth_id, presence_id)
    run(tx, "DELETE FROM presences WHERE id = :id", id=presence_id)
    audit.note(tx, by.id, "presence.removed", "booth", booth_id, scout=row.scout_id)


def of_booth(tx: apsw.Connection, booth_id: int) -> list[Row]:
    """Every interval at a booth (id, scout_id, came_at, left_at or None, first_name, last_initial) in the order they came."""
    return many(
        tx,
        """SELECT presences.id, scout_id, came_at, left_at, first_name, last_initial
             FROM presences JOIN scouts ON scouts.id = scout_id WHERE booth_id = :booth ORDER BY came_at, presences.id""",
        booth=booth_id,
    )


def _run_by(tx: apsw.Connection, by: Person, booth_id: int) -> Row:
    booth = booths.look_at(tx, by, booth_id)
    if not sign_ups.stands_there(tx, by, booth_id):
        raise NotAllowed(N_("The adults of this booth and the leaders note who is there."), "not_at_this_booth")
    if booth.status not in ("scheduled", "packed", "open", "counted"):
        raise Conflict(N_("Who was there is settled for this booth."), "booth_over")
    return booth


def _of(tx: apsw.Connection, booth_id: int, presence_id: int) -> Row:
    row = one(tx, "SELECT scout_id FROM presences WHERE id = :id AND booth_id = :booth", id=presence_id, booth=booth_id)
    if row is None:
        raise NotFound(N_("There is no such entry."), "no_such_presence")
    return row


def _near(tx: apsw.Connection, booth: Row, field: str, given: str | None) -> str:
    at = values.instant(field, given) if given else clock.now()
    if not hours.shifted(booth.starts_at, hours=-EARLY_HOURS) <= at <= hours.shifted(booth.ends_at, hours=LATE_HOURS):
        values.refuse(field, N_("That is too far from the booth's hours."))
    return at


def _require_nowhere_else(
    tx: apsw.Connection, scout_id: int, came_at: str, left_at: str | None, but: int | None = None
) -> None:
    other = one(
        tx,
        """SELECT booths.name FROM presences JOIN booths ON booths.id = booth_id
            WHERE scout_id = :scout AND presences.id IS NOT :but AND came_at < :until AND ifnull(left_at, '9999') > :came""",
        scout=scout_id,
        but=but,
        came=came_at,
        until=left_at or "9999",
    )
    if other:
        raise Conflict(N_("She is noted as being at %(booth)s at that time."), "two_places", booth=other.name)
