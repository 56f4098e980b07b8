"""Places to stand at, kept from season to season, and what was sold there before."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_


def add_site(tx: apsw.Connection, by: Person, name: str, address: str = "", notes: str = "") -> int:
    """Remember a place; gives its id."""
    roles.require(by, "booths.plan")
    site_id = add(
        tx,
        "INSERT INTO booth_sites (name, address, notes) VALUES (:name, :address, :notes)",
        name=values.line("name", name, 80, 1),
        address=values.line("address", address, 200),
        notes=values.text("notes", notes, 1000),
    )
    audit.note(tx, by.id, "site.added", "site", site_id)
    return site_id


def change(tx: apsw.Connection, by: Person, site_id: int, **changes: object) -> None:
    """Change a place's name, address, notes or is_active. Raises NotFound."""
    roles.require(by, "booths.plan")
    now = find(tx, site_id)
    run(
        tx,
        "UPDATE booth_sites SET name = :name, address = :address, notes = :notes, is_active = :active WHERE id = :id",
        id=site_id,
        name=values.line("name", changes.get("name", now.name), 80, 1),
        address=values.line("address", changes.get("address", now.address), 200),
        notes=values.text("notes", changes.get("notes", now.notes), 1000),
        active=int(bool(changes.get("is_active", now.is_active))),
    )
    audit.note(tx, by.id, "site.changed", "site", site_id, fields=sorted(changes))


def find(tx: apsw.Connection, site_id: int) -> Row:
    """A place. Raises NotFound."""
    row = one(tx, "SELECT id, name, address, notes, is_active FROM booth_sites WHERE id = :id", id=site_id)
    if row is None:
        raise NotFound(N_("There is no such place."), "no_such_site")
    return row


def all_of_them(tx: apsw.Connection, by: Person) -> list[Row]:
    """Every place by name, with how many booths stood there, packages they sold, and minutes they took."""
    roles.require(by, "shifts.manage")
    return many(
        tx,
        """SELECT id, name, address, notes, is_active,
                  (SELECT count(*) FROM booths WHERE site_id = site.id
                      AND status IN ('counted', 'reconciled', 'credited', 'closed')) AS held,
                  (SELECT ifnull(sum(boxes), 0) FROM booths CROSS JOIN booth_sold ON booth_id = booths.id
                    WHERE site_id = site.id) AS boxes
             FROM booth_sites AS site ORDER BY is_active DESC, name, id LIMIT 500""",
    )


def sold_before(tx: apsw.Connection, site_id: int, limit: int = 20) -> list[Row]:
    """The booths held at a place, newest first: id, name, starts_at, ends_at, packages sold, packages an hour."""
    return many(
        tx,
        """SELECT id, name, starts_at, ends_at, sold,
                  CAST(round(sold * 3600.0 / (unixepoch(ends_at) - unixepoch(starts_at))) AS INTEGER) AS per_hour
             FROM (SELECT booths.*, ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = booths.id), 0) AS sold
                     FROM booths WHERE site_id = :site AND status IN ('counted', 'reconciled', 'credited', 'closed'))
            ORDER BY starts_at DESC, id DESC LIMIT :limit""",
        site=site_id,
        limit=limit,
    )


def cookies_sold(tx: apsw.Connection, site_id: int, limit: int = 20) -> list[Row]:
    """What sold at a place over all its booths: cookie name and packages, most first."""
    return many(
        tx,
        """SELECT products.family, max(products.name) AS name, sum(boxes) AS boxes
             FROM booths CROSS JOIN booth_sold ON booth_id = booths.id JOIN products ON products.id = product_id
            WHERE site_id = :site GROUP BY products.family ORDER BY boxes DESC, name LIMIT :limit""",
        site=site_id,
        limit=limit,
    )
