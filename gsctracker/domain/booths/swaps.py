"""Swaps: a place that one family offers and another takes, however late; the shift never falls short meanwhile."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import hours, shifts, sign_ups, states
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_


def offer(tx: apsw.Connection, by: Person, sign_up_id: int) -> int:
    """Offer a place to the other families; it stays hers until somebody takes it. Gives the offer's id."""
    mine = sign_ups.find(tx, by, sign_up_id)
    shift = shifts.find(tx, mine.shift_id)
    if mine.state != "going":
        raise Conflict(N_("There is no place to offer: it is a turn on the waiting list."), "only_waiting")
    if shift.ends_at <= hours.present(tx) or shift.status not in states.SIGN_UP:
        raise Conflict(N_("This shift is over."), "shift_over")
    if one(tx, "SELECT 1 AS yes FROM shift_swaps WHERE sign_up_id = :id AND state = 'open'", id=sign_up_id):
        raise Conflict(N_("This place is offered already."), "already_offered")
    swap_id = add(
        tx,
        "INSERT INTO shift_swaps (sign_up_id, offered_at, offered_by) VALUES (:sign_up, :now, :by)",
        sign_up=sign_up_id,
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "swap.offered", "swap", swap_id)
    return swap_id


def withdraw(tx: apsw.Connection, by: Person, swap_id: int) -> None:
    """Keep the place after all. Raises NotFound where the offer is not hers or not open."""
    swap = _open(tx, by, swap_id)
    if not sign_ups.is_hers(by, swap):
        raise NotFound(N_("There is no such offer."), "no_such_offer")
    run(tx, "UPDATE shift_swaps SET state = 'withdrawn' WHERE id = :id", id=swap_id)
    audit.note(tx, by.id, "swap.withdrawn", "swap", swap_id)


def accept(tx: apsw.Connection, by: Person, swap_id: int, scout_id: int | None = None) -> int:
    """Take an offered place: a girl's with a girl of hers, an adult's for herself; gives the new sign-up's id.

    Raises NotFound, and Conflict where the place was taken meanwhile or the person stands elsewhere at that time.
    """
    roles.require(by, "shifts.sign_up")
    swap = _open(tx, by, swap_id)
    shift = shifts.find(tx, swap.shift_id)
    if shift.ends_at <= hours.present(tx) or shift.status not in states.SIGN_UP:
        raise Conflict(N_("This shift is over."), "shift_over")
    if swap.scout_id is None:
        scout_id, account_id, name = None, by.id, by.first_name
    else:
        if scout_id is None:
            raise NotFound(N_("There is no such scout."), "no_such_scout")
        girl = scouts.find(tx, scout_id, by)
        account_id, name = None, girl.first_name
        if girl.status != "active":
            raise Conflict(N_("%(girl)s does not sell this season."), "not_active", girl=name)
    before = one(
        tx,
        """SELECT id, state FROM shift_sign_ups
              WHERE shift_id = :shift AND state <> 'left' AND (scout_id = :scout OR account_id = :account)""",
        shift=shift.id,
        scout=scout_id,
        account=account_id,
    )
    if before and before.state == "going":
        raise Conflict(N_("%(name)s is signed up for this shift already."), "already_signed_up", name=name)
    sign_ups.require_no_clash(tx, shift, scout_id, account_id, name)
    run(tx, "UPDATE shift_sign_ups SET state = 'left' WHERE id = :id", id=swap.sign_up_id)
    if before:
        run(tx, "UPDATE shift_sign_ups SET state = 'left' WHERE id = :id", id=before.id)
    taken_as = sign_ups.put_in(tx, by, shift.id, scout_id, account_id, "going")
    run(tx, "UPDATE shift_swaps SET state = 'taken', taken_as = :as WHERE id = :id", **{"as": taken_as}, id=swap_id)
    audit.note(tx, by.id, "swap.taken", "swap", swap_id)
    return taken_as


def offered(tx: apsw.Connection, by: Person, season_id: int) -> list[Row]:
    """Places that can be taken now: id, shift_id, booth_id, booth_name, starts_at, ends_at, is_adult, is_hers; no names."""
    roles.require(by, "shifts.sign_up")
    rows = many(
        tx,
        """SELECT shift_swaps.id, sign_up_id, people.scout_id, people.account_id, shift_id, booth_id, booths.name AS booth_name,
                  booth_shifts.starts_at, booth_shifts.ends_at, people.scout_id IS NULL AS is_adult
             FROM shift_swaps JOIN shift_sign_ups AS people ON people.id = sign_up_id
             JOIN booth_shifts ON booth_shifts.id = shift_id JOIN booths ON booths.id = booth_id
            WHERE season_id = :season AND shift_swaps.state = 'open' AND people.state = 'going'
              AND status IN ('scheduled', 'packed', 'open') AND booth_shifts.ends_at > :now
            ORDER BY booth_shifts.starts_at, shift_swaps.id LIMIT 200""",
        season=season_id,
        now=hours.present(tx),
    )
    for row in rows:
        row.is_hers = row.scout_id in by.scout_ids if row.scout_id else row.account_id == by.id
    return rows


def _open(tx: apsw.Connection, by: Person, swap_id: int) -> Row:
    row = one(
        tx,
        """SELECT shift_swaps.id, sign_up_id, shift_swaps.state, shift_id, scout_id, account_id
             FROM shift_swaps JOIN shift_sign_ups ON shift_sign_ups.id = sign_up_id WHERE shift_swaps.id = :id""",
        id=swap_id,
    )
    if row is None or not roles.allows(by, "shifts.sign_up"):
        raise NotFound(N_("There is no such offer."), "no_such_offer")
    if row.state != "open":
        raise Conflict(N_("Somebody was quicker, or the offer was withdrawn."), "offer_gone")
    return row
