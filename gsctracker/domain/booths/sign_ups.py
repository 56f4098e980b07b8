"""Who stands in which shift: girls by their families, adults by themselves, a waiting list that moves up by itself."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, ids, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import hours, policies, shifts, states
from gsctracker.domain.people import accounts, roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

_PERSON = """shift_sign_ups.id, shift_id, shift_sign_ups.scout_id, shift_sign_ups.account_id, shift_sign_ups.state,
             scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial,
             accounts.first_name AS adult_first_name, accounts.last_name AS adult_last_name"""
_JOINED = """shift_sign_ups LEFT JOIN scouts ON scouts.id = shift_sign_ups.scout_id
             LEFT JOIN accounts ON accounts.id = shift_sign_ups.account_id"""


def sign_up(
    tx: apsw.Connection,
    by: Person,
    shift_id: int,
    scout_id: int | None = None,
    account_id: int | None = None,
    wait: bool = False,
) -> tuple[int, str]:
    """Take a place for a girl, or for an adult (herself where neither is named); gives (sign-up's id, going or waiting).

    With `wait` somebody goes on the waiting list of a full shift; without it, Conflict `shift_full`. Raises NotFound for a
    girl, shift or adult that is not hers, Conflict where it is not open (yet), or the person has a place at that time.
    """
    roles.require(by, "shifts.sign_up")
    shift = shifts.look_at(tx, by, shift_id)
    if scout_id is not None:
        account_id = None
        girl = scouts.find(tx, scout_id, by)
        if girl.status != "active":
            raise Conflict(N_("%(girl)s does not sell this season."), "not_active", girl=girl.first_name)
        name = girl.first_name
    else:
        account_id = account_id or by.id
        name = _adult(tx, by, account_id).first_name
    _require_open(tx, by, shift, scout_id)
    _require_free(tx, shift, scout_id, account_id, name)
    count = shifts.taken(tx, shift_id)
    full = count.girls >= shift.max_girls if scout_id else count.adults >= shift.max_adults
    if full and not wait:
        sentence = N_("Somebody was quicker: no place is left in this shift. You can go on its waiting list.")
        raise Conflict(sentence, "shift_full")
    state = "waiting" if full else "going"
    return put_in(tx, by, shift_id, scout_id, account_id, state), state


def put_in(
    tx: apsw.Connection, by: Person, shift_id: int, scout_id: int | None, account_id: int | None, state: str
) -> int:
    """Write a sign-up down; whether it is right was asked before. Gives its id."""
    sign_up_id = add(
        tx,
        """INSERT INTO shift_sign_ups (shift_id, scout_id, account_id, state, made_at, made_by)
           VALUES (:shift, :scout, :account, :state, :now, :by)""",
        shift=shift_id,
        scout=scout_id,
        account=account_id,
        state=state,
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "shift.signed_up", "shift", shift_id, scout=scout_id, account=account_id, state=state)
    return sign_up_id


def leave(tx: apsw.Connection, by: Person, sign_up_id: int) -> None:
    """Give a place back; the first who waits moves up.

    Raises NotFound where it is not hers, Conflict `too_late_to_leave` where the shift would fall below its minimum within the
    season's hours and nobody waits (a leader may always), or `shift_over`.
    """
    mine = find(tx, by, sign_up_id)
    shift = shifts.find(tx, mine.shift_id)
    if mine.state == "going" and not roles.allows(by, "shifts.manage"):
        _may_leave(tx, shift, mine)
    run(tx, "UPDATE shift_sign_ups SET state = 'left' WHERE id = :id", id=sign_up_id)
    run(tx, "UPDATE shift_swaps SET state = 'withdrawn' WHERE sign_up_id = :id AND state = 'open'", id=sign_up_id)
    audit.note(tx, by.id, "shift.left", "shift", shift.id, scout=mine.scout_id, account=mine.account_id)
    move_up(tx, shift.id)


def move_up(tx: apsw.Connection, shift_id: int) -> list[int]:
    """Give free places to those who wait, first come first served, past those who stand elsewhere by now; gives their ids."""
    shift = shifts.find(tx, shift_id)
    if shift.status not in states.SIGN_UP:
        return []
    moved = []
    for row in many(
        tx,
        """SELECT id, scout_id, account_id FROM shift_sign_ups AS mine WHERE shift_id = :id AND state = 'waiting'
              AND NOT EXISTS (SELECT 1 FROM shift_places WHERE starts_at < :ends AND ends_at > :starts
                                 AND (scout_id = mine.scout_id OR account_id = mine.account_id)) ORDER BY id""",
        id=shift_id,
        starts=shift.starts_at,
        ends=shift.ends_at,
    ):
        count = shifts.taken(tx, shift_id)
        if (count.girls < shift.max_girls) if row.scout_id else (count.adults < shift.max_adults):
            run(
                tx,
                "UPDATE shift_sign_ups SET state = 'going', moved_at = :now WHERE id = :id",
                now=clock.now(),
                id=row.id,
            )
            audit.note(tx, None, "shift.moved_up", "shift", shift_id, scout=row.scout_id, account=row.account_id)
            moved.append(row.id)
    return moved


def find(tx: apsw.Connection, by: Person, sign_up_id: int) -> Row:
    """A sign-up that stands and is hers: her girl's, her own, or anybody's for a leader. Raises NotFound."""
    row = one(
        tx,
        f"SELECT {_PERSON} FROM {_JOINED} WHERE shift_sign_ups.id = :id AND shift_sign_ups.state <> 'left'",
        id=sign_up_id,
    )
    if row is None or not is_hers(by, row):
        raise NotFound(N_("There is no such sign-up."), "no_such_sign_up")
    return row


def is_hers(by: Person, row: Row) -> bool:
    """Whether a sign-up (scout_id, account_id) is hers to change."""
    if roles.allows(by, "shifts.manage"):
        return True
    if not roles.allows(by, "shifts.sign_up"):
        return False
    return row.scout_id in by.scout_ids if row.scout_id else row.account_id == by.id


def of_booth(tx: apsw.Connection, booth_id: int) -> list[Row]:
    """Everybody who has a place at a booth or waits, by shift and turn; whose names one may see is the caller's question."""
    return many(
        tx,
        f"""SELECT {_PERSON}, (SELECT id FROM shift_swaps WHERE sign_up_id = shift_sign_ups.id AND state = 'open') AS swap_id
              FROM {_JOINED} JOIN booth_shifts ON booth_shifts.id = shift_id
             WHERE booth_id = :booth AND shift_sign_ups.state <> 'left'
             ORDER BY booth_shifts.starts_at, shift_id, shift_sign_ups.state, shift_sign_ups.id""",
        booth=booth_id,
    )


def stands_there(tx: apsw.Connection, by: Person, booth_id: int) -> bool:
    """Whether she leads the troop, or is an adult with a place at this booth: then she runs it with the others."""
    if roles.allows(by, "shifts.manage"):
        return True
    found = one(
        tx,
        "SELECT 1 AS yes FROM shift_places WHERE booth_id = :booth AND account_id = :account",
        booth=booth_id,
        account=by.id,
    )
    return found is not None


def coming(tx: apsw.Connection, by: Person, season_id: int, now: str, limit: int = 5) -> list[Row]:
    """The next shifts of her girls and herself, going or waiting, soonest first; those over by `now` are left out."""
    return many(
        tx,
        f"""SELECT {_PERSON}, booth_shifts.starts_at, booth_shifts.ends_at, booth_id, booths.name AS booth_name, address,
                   moved_at
              FROM {_JOINED} JOIN booth_shifts ON booth_shifts.id = shift_id JOIN booths ON booths.id = booth_id
             WHERE season_id = :season AND shift_sign_ups.state <> 'left' AND booth_shifts.ends_at > :now
               AND booths.status IN ('scheduled', 'packed', 'open')
               AND (shift_sign_ups.scout_id IN (SELECT value FROM json_each(:girls)) OR shift_sign_ups.account_id = :account)
             ORDER BY booth_shifts.starts_at, shift_sign_ups.id LIMIT :limit""",
        season=season_id,
        now=now,
        girls=ids(by.scout_ids),
        account=by.id,
        limit=limit,
    )


def opens_at(tx: apsw.Connection, by: Person, shift: Row, scout_id: int | None) -> str | None:
    """From when on this person may be signed up (an instant), or None: at once. Cookie leaders need not wait."""
    if shift.sign_up_from is None or roles.allows(by, "booths.plan"):
        return None
    early = policies.early_hours(tx, shift.season_id)
    who = {"leader"} if roles.allows(by, "shifts.manage") else set()
    girls = [scout_id] if scout_id else sorted(by.scout_ids)
    who |= {scouts.find(tx, girl, by).level for girl in girls}
    return hours.shifted(shift.sign_up_from, hours=-max((early.get(one, 0) for one in who), default=0))


def _require_open(tx: apsw.Connection, by: Person, shift: Row, scout_id: int | None) -> None:
    if shift.status not in states.SIGN_UP:
        raise Conflict(N_("This booth is not open for sign-up."), "not_open")
    now = hours.present(tx)
    if shift.ends_at <= now and not roles.allows(by, "shifts.manage"):
        raise Conflict(N_("This shift is over."), "shift_over")
    opens = opens_at(tx, by, shift, scout_id)
    if opens is not None and now < opens:
        raise Conflict(N_("Sign-up for this booth opens on %(when)s."), "too_early", when=hours.said(tx, opens))


def _require_free(tx: apsw.Connection, shift: Row, scout_id: int | None, account_id: int | None, name: str) -> None:
    whose = {"scout": scout_id, "account": account_id}
    before = one(
        tx,
        """SELECT state FROM shift_sign_ups
              WHERE shift_id = :shift AND state <> 'left' AND (scout_id = :scout OR account_id = :account)""",
        shift=shift.id,
        **whose,
    )
    if before:
        raise Conflict(N_("%(name)s is signed up for this shift already."), "already_signed_up", name=name)
    require_no_clash(tx, shift, scout_id, account_id, name)


def require_no_clash(tx: apsw.Connection, shift: Row, scout_id: int | None, account_id: int | None, name: str) -> None:
    """Raise Conflict where the person has a place at that time: nobody is at two places at once."""
    other = one(
        tx,
        """SELECT booths.name FROM shift_places JOIN booths ON booths.id = booth_id
            WHERE (scout_id = :scout OR account_id = :account) AND shift_places.starts_at < :ends
              AND shift_places.ends_at > :starts AND shift_id <> :shift""",
        scout=scout_id,
        account=account_id,
        starts=shift.starts_at,
        ends=shift.ends_at,
        shift=shift.id,
    )
    if other:
        sentence = N_("%(name)s has a place at %(booth)s at that time.")
        raise Conflict(sentence, "two_places", name=name, booth=other.name)


def _may_leave(tx: apsw.Connection, shift: Row, mine: Row) -> None:
    now = hours.present(tx)
    if shift.starts_at <= now:
        raise Conflict(N_("This shift has begun. Tell a leader if somebody could not come."), "shift_over")
    least = policies.leave_hours(tx, shift.season_id)
    if now < hours.shifted(shift.starts_at, hours=-least):
        return
    count = shifts.taken(tx, shift.id)
    left = (count.girls - shift.min_girls) if mine.scout_id else (count.adults - shift.min_adults)
    waits = one(
        tx,
        """SELECT 1 AS yes FROM shift_sign_ups
            WHERE shift_id = :id AND state = 'waiting' AND (scout_id IS NULL) = :adult""",
        id=shift.id,
        adult=mine.scout_id is None,
    )
    if left <= 0 and not waits:
        sentence = N_(
            "Less than %(n)s hours are left and the booth needs everybody. Offer the place to other families."
        )
        raise Conflict(sentence, "too_late_to_leave", n=least)


def _adult(tx: apsw.Connection, by: Person, account_id: int) -> Row:
    if account_id != by.id and not roles.allows(by, "shifts.manage"):
        raise NotFound(N_("There is no such account."), "no_such_account")
    account = accounts.find(tx, account_id)
    if account.role == "scout" or account.state != "active":
        raise NotFound(N_("There is no such account."), "no_such_account")
    return account
