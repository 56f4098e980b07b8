"""Booths: where and when the troop sells together. Shifts, packing and the phone's counting come on top of this."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_


def plan(tx: apsw.Connection, by: Person, name: str, starts_at: str, ends_at: str, address: str = "") -> int:
    """Put a booth on the calendar (instants in UTC); gives its id."""
    roles.require(by, "stock.move")
    season = seasons.current(tx)
    starts_at, ends_at = values.instant("startsAt", starts_at), values.instant("endsAt", ends_at)
    if ends_at <= starts_at:
        sentence = N_("A booth ends after it begins.")
        raise Invalid(sentence, "ends_before_it_begins", {"endsAt": sentence})
    booth_id = add(
        tx,
        """INSERT INTO booths (season_id, name, address, starts_at, ends_at)
           VALUES (:season, :name, :address, :starts, :ends)""",
        season=season.id,
        name=values.line("name", name, 80, 1),
        address=values.line("address", address, 200),
        starts=starts_at,
        ends=ends_at,
    )
    audit.note(tx, by.id, "booth.planned", "booth", booth_id)
    return booth_id


def find(tx: apsw.Connection, booth_id: int) -> Row:
    """A booth. Raises NotFound."""
    row = one(
        tx, "SELECT id, season_id, name, address, starts_at, ends_at, status FROM booths WHERE id = :id", id=booth_id
    )
    if row is None:
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    return row


def page(tx: apsw.Connection, season_id: int, after: int = 0, limit: int = 50) -> list[Row]:
    """Booths in the order they were planned, from the one after id `after`, with packages sold and credited."""
    return many(
        tx,
        """SELECT id, name, address, starts_at, ends_at, status,
                  ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = booths.id), 0) AS sold,
                  ifnull((SELECT sum(boxes) FROM booth_credited WHERE booth_id = booths.id), 0) AS credited
             FROM booths WHERE season_id = :season AND id > :after ORDER BY id LIMIT :limit""",
        season=season_id,
        after=after,
        limit=limit,
    )


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
