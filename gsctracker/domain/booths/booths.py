"""Booths: where and when the troop sells together. Shifts, packing and the phone's counting come on top of this."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, ids, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.booths import hours, policies, sites, states
from gsctracker.domain.inventory import transfers
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

FIRST_STATES = ("planned", "requested", "confirmed", "scheduled")
_COLUMNS = "id, season_id, type, site_id, name, address, starts_at, ends_at, status, sign_up_from, permit, notes"


def plan(
    tx: apsw.Connection, by: Person, name: str, starts_at: str, ends_at: str, address: str = "", **more: object
) -> int:
    """Put a booth on the calendar (instants in UTC); gives its id.

    `more`: type, site_id, status (one of FIRST_STATES), sign_up_from (an instant or None), permit, notes. A place lends its
    address where none is given. Raises Invalid, also where it is longer than the policy of its type allows.
    """
    roles.require(by, "booths.plan")
    season = seasons.current(tx)
    facts = _checked(
        tx, season.id, {"name": name, "starts_at": starts_at, "ends_at": ends_at, "address": address} | more
    )
    booth_id = add(
        tx,
        """INSERT INTO booths (season_id, type, site_id, name, address, starts_at, ends_at, status, sign_up_from, permit, notes)
           VALUES (:season, :type, :site_id, :name, :address, :starts_at, :ends_at, :status, :sign_up_from, :permit, :notes)""",
        season=season.id,
        status=values.choice("status", more.get("status", "scheduled"), FIRST_STATES),
        **facts,
    )
    audit.note(tx, by.id, "booth.planned", "booth", booth_id)
    return booth_id


def change(tx: apsw.Connection, by: Person, booth_id: int, **changes: object) -> None:
    """Change what `plan` takes, but its status. Raises Conflict where shifts would lie outside its new hours, or it was held."""
    roles.require(by, "booths.plan")
    now = find(tx, booth_id)
    if now.status not in (*states.AHEAD, "open") and changes.keys() - {"notes", "permit"}:
        raise Conflict(N_("This booth is over: only its notes can still be changed."), "booth_over")
    facts = _checked(tx, now.season_id, {**vars(now), **changes}, was=hours.minutes(now.starts_at, now.ends_at))
    outside = one(
        tx,
        "SELECT 1 AS yes FROM booth_shifts WHERE booth_id = :id AND (starts_at < :starts OR ends_at > :ends)",
        id=booth_id,
        starts=facts["starts_at"],
        ends=facts["ends_at"],
    )
    if outside:
        raise Conflict(N_("A shift would lie outside these hours. Remove it first."), "shift_outside")
    run(
        tx,
        """UPDATE booths SET type = :type, site_id = :site_id, name = :name, address = :address, starts_at = :starts_at,
                  ends_at = :ends_at, sign_up_from = :sign_up_from, permit = :permit, notes = :notes WHERE id = :id""",
        id=booth_id,
        **facts,
    )
    audit.note(tx, by.id, "booth.changed", "booth", booth_id, fields=sorted(changes))


def copy(tx: apsw.Connection, by: Person, booth_id: int, days: int = 7) -> int:
    """The same booth with its shifts so many days later, at the same time on the wall, nobody signed up; gives its id."""
    roles.require(by, "booths.plan")
    days = values.whole("days", days, 1, 366)
    was = find(tx, booth_id)
    later = {name: hours.days_on(tx, getattr(was, name), days) for name in ("starts_at", "ends_at")}
    made = plan(
        tx,
        by,
        was.name,
        later["starts_at"],
        later["ends_at"],
        was.address,
        type=was.type,
        site_id=was.site_id,
        notes=was.notes,
        sign_up_from=was.sign_up_from and hours.days_on(tx, was.sign_up_from, days),
        status="scheduled" if was.status in (*states.SIGN_UP, *states.HELD) else "planned",
    )
    for shift in many(tx, "SELECT * FROM booth_shifts WHERE booth_id = :id ORDER BY starts_at, id", id=booth_id):
        run(
            tx,
            """INSERT INTO booth_shifts (booth_id, starts_at, ends_at, min_girls, max_girls, min_adults, max_adults)
               VALUES (:booth, :starts, :ends, :min_girls, :max_girls, :min_adults, :max_adults)""",
            booth=made,
            starts=hours.days_on(tx, shift.starts_at, days),
            ends=hours.days_on(tx, shift.ends_at, days),
            min_girls=shift.min_girls,
            max_girls=shift.max_girls,
            min_adults=shift.min_adults,
            max_adults=shift.max_adults,
        )
    return made


def cancel(tx: apsw.Connection, by: Person, booth_id: int, reason: str) -> None:
    """Call a booth off, with a reason; boxes that were packed for it go back onto the shelf."""
    states.move(tx, by, booth_id, "cancelled", reason)
    packed = many(
        tx,
        """SELECT product_id, boxes FROM boxes_at JOIN places ON places.id = place_id
            WHERE booth_id = :id AND boxes > 0 ORDER BY product_id""",
        id=booth_id,
    )
    lines = [(catalogue.find(tx, row.product_id), row.boxes) for row in packed]
    if lines:
        transfers.move(tx, by, "BOOTH_TO_TROOP", lines, booth_id=booth_id)


def find(tx: apsw.Connection, booth_id: int) -> Row:
    """A booth, whoever asks. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM booths WHERE id = :id", id=booth_id)
    if row is None:
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    return row


def look_at(tx: apsw.Connection, by: Person, booth_id: int) -> Row:
    """A booth that is hers to see: a family's are those that are open for sign-up, and those where it stands."""
    found = find(tx, booth_id)
    hidden = not roles.allows(by, "shifts.manage") and found.status not in states.SIGN_UP
    if hidden and booth_id not in family_booths(tx, by):
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    return found


def family_booths(tx: apsw.Connection, by: Person) -> set[int]:
    """The booths at which her girls, she, or another adult of theirs has or had a place, or waits for one."""
    rows = many(
        tx,
        """SELECT booth_id FROM booth_shifts JOIN shift_sign_ups ON shift_id = booth_shifts.id
             WHERE state <> 'left' AND (scout_id IN (SELECT value FROM json_each(:girls)) OR account_id = :account
                OR account_id IN (SELECT account_id FROM cared_for WHERE scout_id IN (SELECT value FROM json_each(:girls))))
             UNION SELECT booth_id FROM presences WHERE scout_id IN (SELECT value FROM json_each(:girls))""",
        girls=ids(by.scout_ids),
        account=by.id,
    )
    return {row.booth_id for row in rows}


def page(tx: apsw.Connection, season_id: int, after: int = 0, limit: int = 50) -> list[Row]:
    """Booths in the order they were planned, from the one after id `after`, with packages sold and credited."""
    return many(
        tx,
        f"""SELECT {_COLUMNS},
                  ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = booths.id), 0) AS sold,
                  ifnull((SELECT sum(boxes) FROM booth_credited WHERE booth_id = booths.id), 0) AS credited
             FROM booths WHERE season_id = :season AND id > :after ORDER BY id LIMIT :limit""",
        season=season_id,
        after=after,
        limit=limit,
    )


def left(tx: apsw.Connection, booth_id: int) -> int:
    """Packages that a booth sold and no girl is credited with yet."""
    row = one(
        tx,
        """SELECT ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = :id), 0)
                  - ifnull((SELECT sum(boxes) FROM booth_credited WHERE booth_id = :id), 0) AS boxes""",
        id=booth_id,
    )
    return row.boxes if row else 0


def not_credited(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Booths whose packages are not all credited to girls yet: (id, name, left)."""
    return many(
        tx,
        """SELECT booths.id, booths.name, sum(sold.boxes - ifnull(given.boxes, 0)) AS left
             FROM booths JOIN booth_sold AS sold ON sold.booth_id = booths.id
             LEFT JOIN booth_credited AS given ON given.booth_id = booths.id AND given.product_id = sold.product_id
            WHERE season_id = :season GROUP BY booths.id HAVING left > 0 ORDER BY booths.starts_at LIMIT 200""",
        season=season_id,
    )


def _checked(tx: apsw.Connection, season_id: int, given: dict[str, object], was: int = 0) -> dict[str, object]:
    """What a booth is made of; `was` is its length in minutes before, which it may keep."""
    starts_at, ends_at = values.instant("startsAt", given["starts_at"]), values.instant("endsAt", given["ends_at"])
    if ends_at <= starts_at:
        sentence = N_("A booth ends after it begins.")
        raise Invalid(sentence, "ends_before_it_begins", {"endsAt": sentence})
    kind = values.choice("type", given.get("type", "troop"), policies.TYPES)
    longest = policies.of_type(tx, season_id, kind).max_minutes
    if hours.minutes(starts_at, ends_at) > max(longest, was):
        about = f"{longest // 60}:{longest % 60:02}"
        sentence = N_("A booth of this type lasts %(longest)s hours at most.")
        raise Invalid(sentence, "too_long", {"endsAt": (sentence, {"longest": about})}, longest=about)
    site_id = given.get("site_id")
    address = values.line("address", given.get("address"), 200)
    if site_id is not None:
        address = address or sites.find(tx, int(str(site_id))).address
    opens = given.get("sign_up_from")
    return {
        "type": kind,
        "site_id": site_id,
        "name": values.line("name", given["name"], 80, 1),
        "address": address,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "sign_up_from": values.instant("signUpFrom", opens) if opens else None,
        "permit": values.line("permit", given.get("permit"), 200),
        "notes": values.text("notes", given.get("notes"), 1000),
    }
