"""Made-up people and cookies with dull defaults: a test names only what matters to it."""

from contextlib import closing
from pathlib import Path

import apsw

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.people import accounts, consents, families, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop

HASH = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A hash that no password fits: tests that sign in make their own."""


def set_up(tx: apsw.Connection, **facts: object) -> Person:
    """Troop 1234, its season, and Olga the admin (account 1); `facts` are those of `troop.set_up` that matter."""
    dull = {
        "number": "1234",
        "name": "Troop 1234",
        "council": "Example Council",
        "baker": "abc",
        "year": 2026,
        "time_zone": "America/Chicago",
        "email": "olga@example.org",
        "first_name": "Olga",
        "last_name": "Admin",
        "password_hash": HASH,
    }
    account_id = troop.set_up(tx, **dull | facts)  # type: ignore[arg-type]
    return Person(id=account_id, role="admin", first_name="Olga")


def box_in(folder: Path) -> Path:
    """The data folder of a box with that troop, made if it is not there; gives the folder."""
    folder.mkdir(exist_ok=True)
    with closing(Database(folder / "gsctracker.db")) as db, db.write() as tx:
        set_up(tx)
    return folder


def make_scout(tx: apsw.Connection, first_name: str = "Ana", last_initial: str = "A.", **more: object) -> int:
    """A girl on the roster; gives her id."""
    return scouts.add_scout(tx, first_name, last_initial, by=None, **more)  # type: ignore[arg-type]


def make_person(
    tx: apsw.Connection,
    role: str = "leader",
    first_name: str = "Lea",
    *,
    scout_ids: tuple[int, ...] = (),
    password_hash: str = HASH,
) -> Person:
    """Somebody with an account; a caregiver answers for `scout_ids`, a scout is the one named."""
    if role == "scout":
        agree(tx, scout_ids[0])
    name = f"{first_name.lower()}{value(tx, 'SELECT count(*) FROM accounts')}"
    account_id = accounts.open_account(
        tx,
        sign_in_name=name if role == "scout" else f"{name}@example.org",
        first_name=first_name,
        role=role,
        scout_id=scout_ids[0] if role == "scout" else None,
        password_hash=password_hash,
    )
    if role == "caregiver":
        household = scouts.open_household(tx, first_name)
        guardian = families.add_guardian(tx, household, first_name, None, list(scout_ids), by=None)
        families.attach_account(tx, guardian, account_id)
    return Person(id=account_id, role=role, first_name=first_name, scout_ids=frozenset(scout_ids))


def agree(tx: apsw.Connection, scout_id: int, **scopes: bool) -> int:
    """A guardian of hers, made if there is none, signed today; gives the consent's id."""
    known = families.of_scouts(tx, [scout_id])[scout_id]
    home = value(tx, "SELECT household_id FROM scouts WHERE id = :id", id=scout_id)
    guardian = known[0].id if known else families.add_guardian(tx, home, "Gia", None, [scout_id], by=None)
    return consents.record(tx, scout_id, guardian_id=guardian, signed_on=clock.now()[:10], by=None, **scopes)


def product(tx: apsw.Connection, said: str) -> int:
    """The id of a cookie of the current season by any of its names."""
    found = catalogue.recognise(tx, seasons.current(tx).id, said)
    assert found is not None, said
    return found.id


def lines(tx: apsw.Connection, **boxes: int) -> list:
    """Lines for a move: lines(tx, TM=144, CD=72)."""
    season = seasons.current(tx).id
    return [(catalogue.recognise(tx, season, code), count) for code, count in boxes.items()]
