"""Shifts: who is wanted at a booth from when to when, and how far that is met."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, policies, states
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

PLACES = ("min_girls", "max_girls", "min_adults", "max_adults")
MOST_SHIFTS = 24
_SHIFT = """SELECT booth_shifts.id, booth_id, booth_shifts.starts_at, booth_shifts.ends_at, min_girls, max_girls, min_adults,
                   max_adults, booths.name AS booth_name, status, season_id, sign_up_from, type, address
              FROM booth_shifts JOIN booths ON booths.id = booth_id"""


def add_shift(
    tx: apsw.Connection, by: Person, booth_id: int, starts_at: str, ends_at: str, **places: int | None
) -> int:
    """Add a shift (instants in UTC) with PLACES, each of them the policy's where it is not given; gives its id."""
    roles.require(by, "booths.plan")
    booth = booths.find(tx, booth_id)
    _require_changeable(booth)
    starts_at, ends_at = values.instant("startsAt", starts_at), values.instant("endsAt", ends_at)
    if ends_at <= starts_at:
        values.refuse("endsAt", N_("This ends before it begins."))
    if starts_at < booth.starts_at:
        values.refuse("startsAt", N_("The booth is not open then."))
    if ends_at > booth.ends_at:
        values.refuse("endsAt", N_("The booth is not open then."))
    if len(of_booth(tx, booth_id)) >= MOST_SHIFTS:
        raise Conflict(N_("A booth has %(n)s shifts at most."), "too_many_shifts", n=MOST_SHIFTS)
    policy = policies.of_type(tx, booth.season_id, booth.type)
    if policy.max_girls == 0:
        raise Conflict(N_("Nobody stands at a booth of this type, so it has no shifts."), "no_shifts_here")
    wanted = _places({name: getattr(policy, name) for name in PLACES}, places)
    shift_id = add(
        tx,
        """INSERT INTO booth_shifts (booth_id, starts_at, ends_at, min_girls, max_girls, min_adults, max_adults)
           VALUES (:booth, :starts, :ends, :min_girls, :max_girls, :min_adults, :max_adults)""",
        booth=booth_id,
        starts=starts_at,
        ends=ends_at,
        **wanted,
    )
    audit.note(tx, by.id, "shift.added", "shift", shift_id)
    return shift_id


def change_places(tx: apsw.Connection, by: Person, shift_id: int, **places: int | None) -> None:
    """Change how many are wanted. Raises Conflict where more have signed up. Those who wait are moved up by the caller."""
    roles.require(by, "booths.plan")
    shift = find(tx, shift_id)
    wanted = _places({name: getattr(shift, name) for name in PLACES}, places)
    going = taken(tx, shift_id)
    for who, count in (("girls", going.girls), ("adults", going.adults)):
        if wanted[f"max_{who}"] < count:
            sentence = N_("%(n)s have a place already.")
            raise Conflict(sentence, "more_signed_up", {f"max_{who}": (sentence, {"n": count})}, n=count)
    run(
        tx,
        """UPDATE booth_shifts SET min_girls = :min_girls, max_girls = :max_girls, min_adults = :min_adults,
                  max_adults = :max_adults WHERE id = :id""",
        id=shift_id,
        **wanted,
    )
    audit.note(tx, by.id, "shift.changed", "shift", shift_id)


def remove(tx: apsw.Connection, by: Person, shift_id: int) -> None:
    """Take a shift away. Raises Conflict where somebody ever signed up for it: what people promised is not erased."""
    roles.require(by, "booths.plan")
    find(tx, shift_id)
    if one(tx, "SELECT 1 AS yes FROM shift_sign_ups WHERE shift_id = :id", id=shift_id):
        raise Conflict(
            N_("Somebody signed up for this shift, so it stays. Cancel the booth if it is off."), "shift_in_use"
        )
    run(tx, "DELETE FROM booth_shifts WHERE id = :id", id=shift_id)
    audit.note(tx, by.id, "shift.removed", "shift", shift_id)


def find(tx: apsw.Connection, shift_id: int) -> Row:
    """A shift with its booth's name, status, season and type, whoever asks. Raises NotFound."""
    row = one(tx, f"{_SHIFT} WHERE booth_shifts.id = :id", id=shift_id)
    if row is None:
        raise NotFound(N_("There is no such shift."), "no_such_shift")
    return row


def look_at(tx: apsw.Connection, by: Person, shift_id: int) -> Row:
    """A shift of a booth that is hers to see. Raises NotFound."""
    shift = find(tx, shift_id)
    booths.look_at(tx, by, shift.booth_id)
    return shift


def of_booth(tx: apsw.Connection, booth_id: int) -> list[Row]:
    """A booth's shifts by time, with places taken (girls, adults, registered adults) and people who wait."""
    booth = booths.find(tx, booth_id)
    return many(
        tx,
        """SELECT booth_shifts.*,
                   count(*) FILTER (WHERE people.state = 'going' AND scout_id IS NOT NULL) AS girls,
                   count(*) FILTER (WHERE people.state = 'going' AND people.account_id IS NOT NULL) AS adults,
                   count(*) FILTER (WHERE people.state = 'going' AND people.account_id IS NOT NULL AND EXISTS (
                       SELECT 1 FROM adult_clearances WHERE account_id = people.account_id AND until >= :day))
                       AS registered,
                   count(*) FILTER (WHERE people.state = 'waiting' AND scout_id IS NOT NULL) AS girls_waiting,
                   count(*) FILTER (WHERE people.state = 'waiting' AND people.account_id IS NOT NULL) AS adults_waiting
              FROM booth_shifts LEFT JOIN shift_sign_ups AS people ON shift_id = booth_shifts.id
             WHERE booth_id = :booth GROUP BY booth_shifts.id ORDER BY starts_at, booth_shifts.id""",
        booth=booth_id,
        day=troop.day_of(tx, booth.starts_at),
    )


def taken(tx: apsw.Connection, shift_id: int) -> Row:
    """How many girls and adults have a place."""
    found = one(
        tx,
        """SELECT count(scout_id) AS girls, count(account_id) AS adults FROM shift_sign_ups
            WHERE shift_id = :id AND state = 'going'""",
        id=shift_id,
    )
    assert found is not None
    return found


def lacks(tx: apsw.Connection, season_id: int, booth_type: str, shift: Row) -> dict[str, int]:
    """What a row of `of_booth` still needs to take place: girls, adults and registered adults; nothing where it is met."""
    policy = policies.of_type(tx, season_id, booth_type)
    missing = {"girls": shift.min_girls - shift.girls, "adults": shift.min_adults - shift.adults}
    if policy.adults_are_registered:
        missing["registered"] = shift.min_adults - shift.registered
    return {who: count for who, count in missing.items() if count > 0}


def _places(now: dict[str, int], given: dict[str, int | None]) -> dict[str, int]:
    bounds = {"min_girls": 50, "max_girls": 50, "min_adults": 20, "max_adults": 20}
    chosen = now | {name: number for name, number in given.items() if number is not None}
    found = {name: values.whole(name, chosen[name], 0, most) for name, most in bounds.items()}
    for who in ("girls", "adults"):
        if found[f"max_{who}"] < found[f"min_{who}"]:
            sentence = N_("The most cannot be fewer than the least.")
            raise Invalid(sentence, "most_below_least", {f"max_{who}": sentence})
    return found


def _require_changeable(booth: Row) -> None:
    if booth.status not in (*states.AHEAD, "open"):
        raise Conflict(N_("This booth is over: its shifts stay as they were."), "booth_over")
