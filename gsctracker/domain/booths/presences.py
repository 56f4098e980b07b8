"""When a girl or an adult really was at a booth: half-open intervals [came_at, left_at). Out at 19:00 is not there at 19:00.

Crediting reads the girls'; the adults' say whether as many are there as the booth needs.
"""

import json
from collections.abc import Sequence

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, hours, policies, sign_ups, states
from gsctracker.domain.people import accounts, roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_

EARLY_HOURS, LATE_HOURS = 2, 4
"""How far from a booth's own hours somebody may come or leave."""
MOST_AT_ONCE = 60


def check_in(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    scout_id: int | None = None,
    at: str | None = None,
    *,
    account_id: int | None = None,
) -> int:
    """A girl, or an adult (whoever asks, where neither is named), is there from this instant on (None: now); gives the presence's id.

    Raises NotFound for an adult who has no place at this booth, unless a leader notes it; Conflict where she is elsewhere.
    """
    booth = _run_by(tx, by, booth_id)
    if scout_id is not None:
        account_id = None
        scouts.must_be_on_roster(tx, scout_id)
    else:
        account_id = account_id or by.id
        _must_be_an_adult_of(tx, by, booth_id, account_id)
    came_at = _near(tx, booth, "came_at", at)
    _require_nowhere_else(tx, booth, scout_id, account_id, came_at, None)
    presence_id = add(
        tx,
        """INSERT INTO presences (booth_id, scout_id, account_id, came_at, noted_by, noted_at)
           VALUES (:booth, :scout, :account, :came, :by, :now)""",
        booth=booth_id,
        scout=scout_id,
        account=account_id,
        came=came_at,
        by=by.id,
        now=clock.now(),
    )
    audit.note(tx, by.id, "presence.in", "booth", booth_id, scout=scout_id, account=account_id, at=came_at)
    return presence_id


def leave(tx: apsw.Connection, by: Person, booth_id: int, presence_id: int, at: str | None = None) -> None:
    """Whoever this entry is about leaves at this instant (None: now). Raises NotFound, Invalid, and Conflict where she left before."""
    booth = _run_by(tx, by, booth_id)
    row = _of(tx, booth_id, presence_id)
    if row.left_at is not None:
        raise Conflict(N_("She is not noted as being there."), "not_there")
    left_at = _near(tx, booth, "left_at", at)
    if left_at <= row.came_at:
        values.refuse("left_at", N_("She left after she came."))
    run(tx, "UPDATE presences SET left_at = :left WHERE id = :id", left=left_at, id=row.id)
    audit.note(tx, by.id, "presence.out", "booth", booth.id, scout=row.scout_id, account=row.account_id, at=left_at)


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
    _require_nowhere_else(tx, booth, row.scout_id, row.account_id, came_at, left_at, presence_id)
    run(
        tx,
        "UPDATE presences SET came_at = :came, left_at = :left, noted_by = :by, noted_at = :now WHERE id = :id",
        came=came_at,
        left=left_at,
        by=by.id,
        now=clock.now(),
        id=presence_id,
    )
    audit.note(tx, by.id, "presence.corrected", "booth", booth_id, scout=row.scout_id, account=row.account_id)


def remove(tx: apsw.Connection, by: Person, booth_id: int, presence_id: int) -> None:
    """She was not there after all."""
    _run_by(tx, by, booth_id)
    row = _of(tx, booth_id, presence_id)
    run(tx, "DELETE FROM presences WHERE id = :id", id=presence_id)
    audit.note(tx, by.id, "presence.removed", "booth", booth_id, scout=row.scout_id, account=row.account_id)


def of_booth(tx: apsw.Connection, booth_id: int) -> list[Row]:
    """Every interval at a booth (id, scout_id or account_id, came_at, left_at or None, names as `sign_ups.of_booth`), as they came."""
    return many(
        tx,
        """SELECT presences.id, presences.scout_id, account_id, came_at, left_at, scouts.first_name AS scout_first_name,
                  scouts.last_initial AS scout_last_initial, accounts.first_name AS adult_first_name,
                  accounts.last_name AS adult_last_name
             FROM presences LEFT JOIN scouts ON scouts.id = presences.scout_id LEFT JOIN accounts ON accounts.id = account_id
            WHERE booth_id = :booth ORDER BY came_at, presences.id""",
        booth=booth_id,
    )


def may_leave_now(booth: Row) -> bool:
    """Whether this moment can be noted at the booth: not days before it, nor days after."""
    return _is_near(booth, clock.now())


def adults_lacking(tx: apsw.Connection, season_id: int, held: Sequence[Row]) -> dict[int, dict[str, int]]:
    """By booth: how many adults, and how many registered ones, are missing at those of `held` that go on at this moment.

    A booth goes on within its hours once somebody was noted there, or it is open; one with all its adults is left out.
    """
    now, asked = hours.present(tx), policies.of_season(tx, season_id)
    going = [one for one in held if one.starts_at <= now < one.ends_at and one.status in states.SIGN_UP][:MOST_AT_ONCE]
    rows = many(
        tx,
        """SELECT booth_id, count(account_id) FILTER (WHERE left_at IS NULL) AS adults,
                  count(account_id) FILTER (WHERE left_at IS NULL AND EXISTS (
                      SELECT 1 FROM adult_clearances WHERE adult_clearances.account_id = presences.account_id AND until >= :day))
                      AS registered
             FROM presences WHERE booth_id IN (SELECT value FROM json_each(:ids)) GROUP BY booth_id""",
        ids=json.dumps([one.id for one in going]),
        day=troop.day_of(tx, now),
    )
    there, found = {row.booth_id: row for row in rows}, {}
    for booth in going:
        policy, count = asked[booth.type], there.get(booth.id)
        if count is None and booth.status != "open":
            continue
        missing = {"adults": policy.min_adults - (count.adults if count else 0)}
        if policy.adults_are_registered:
            missing["registered"] = policy.min_adults - (count.registered if count else 0)
        if lacking := {who: number for who, number in missing.items() if number > 0}:
            found[booth.id] = lacking
    return found


def _run_by(tx: apsw.Connection, by: Person, booth_id: int) -> Row:
    booth = booths.look_at(tx, by, booth_id)
    if not sign_ups.stands_there(tx, by, booth_id):
        raise NotAllowed(N_("The adults of this booth and the leaders note who is there."), "not_at_this_booth")
    if booth.status not in ("scheduled", "packed", "open", "counted"):
        raise Conflict(N_("Who was there is settled for this booth."), "booth_over")
    return booth


def _must_be_an_adult_of(tx: apsw.Connection, by: Person, booth_id: int, account_id: int) -> None:
    account = accounts.find(tx, account_id)
    if account.role != "scout" and account.state == "active":
        if account_id == by.id or roles.allows(by, "shifts.manage"):
            return
        found = one(
            tx,
            "SELECT 1 AS yes FROM shift_places WHERE booth_id = :booth AND account_id = :account",
            booth=booth_id,
            account=account_id,
        )
        if found:
            return
    raise NotFound(N_("There is no such account."), "no_such_account")


def _of(tx: apsw.Connection, booth_id: int, presence_id: int) -> Row:
    row = one(
        tx,
        "SELECT id, scout_id, account_id, came_at, left_at FROM presences WHERE id = :id AND booth_id = :booth",
        id=presence_id,
        booth=booth_id,
    )
    if row is None:
        raise NotFound(N_("There is no such entry."), "no_such_presence")
    return row


def _near(tx: apsw.Connection, booth: Row, field: str, given: str | None) -> str:
    at = values.instant(field, given) if given else clock.now()
    if not _is_near(booth, at):
        values.refuse(field, N_("That is too far from the booth's hours."))
    return at


def _is_near(booth: Row, at: str) -> bool:
    return hours.shifted(booth.starts_at, hours=-EARLY_HOURS) <= at <= hours.shifted(booth.ends_at, hours=LATE_HOURS)


def _require_nowhere_else(
    tx: apsw.Connection,
    booth: Row,
    scout_id: int | None,
    account_id: int | None,
    came_at: str,
    left_at: str | None,
    but: int | None = None,
) -> None:
    """Nobody is at two booths at once; who was not noted as leaving stayed to her booth's end and no longer."""
    other = one(
        tx,
        """SELECT booths.name FROM presences JOIN booths ON booths.id = booth_id
            WHERE (scout_id = :scout OR account_id = :account) AND presences.id IS NOT :but
              AND came_at < :until AND ifnull(left_at, max(ends_at, came_at)) > :came""",
        scout=scout_id,
        account=account_id,
        but=but,
        came=came_at,
        until=left_at or max(booth.ends_at, came_at),
    )
    if other:
        raise Conflict(N_("She is noted as being at %(booth)s at that time."), "two_places", booth=other.name)
