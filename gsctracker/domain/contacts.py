"""Whom to call when something is wrong: kept here, shown with the faults, printed with the recovery sheet."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

MOST = 20
LONGEST_ROLE, LONGEST_NAME, LONGEST_PHONE, LONGEST_NOTE = 60, 80, 40, 200


def everybody(tx: apsw.Connection) -> list[Row]:
    """In the order in which they are called: id, role, name, phone, note."""
    return many(tx, "SELECT id, role, name, phone, note FROM contacts ORDER BY id LIMIT :most", most=MOST)


def enter(tx: apsw.Connection, by: Person, role: object, name: object, phone: object, note: object = "") -> int:
    """Somebody more to call; gives the number. Raises Invalid, Conflict where there are MOST."""
    roles.require(by, "operate")
    if value(tx, "SELECT count(*) FROM contacts") >= MOST:
        raise Conflict(N_("There are %(most)d already: take somebody off first."), "too_many_contacts", most=MOST)
    contact_id = add(
        tx,
        "INSERT INTO contacts (role, name, phone, note) VALUES (:role, :name, :phone, :note)",
        role=values.line("role", role, LONGEST_ROLE, 1),
        name=values.line("name", name, LONGEST_NAME, 1),
        phone=values.line("phone", phone, LONGEST_PHONE, 3),
        note=values.line("note", note, LONGEST_NOTE),
    )
    audit.note(tx, by.id, "contact.entered", "contacts", contact_id)
    return contact_id


def take_off(tx: apsw.Connection, contact_id: int, by: Person) -> None:
    """She is called no more. Raises NotFound."""
    roles.require(by, "operate")
    if not run(tx, "DELETE FROM contacts WHERE id = :id", id=contact_id):
        raise NotFound(N_("Nobody of that number is on the list."), "no_such_contact")
    audit.note(tx, by.id, "contact.taken_off", "contacts", contact_id)
