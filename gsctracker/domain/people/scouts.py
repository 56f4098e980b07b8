"""The roster: girls and the households they belong to."""

import hashlib

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

LEVELS = ("daisy", "brownie", "junior", "cadette", "senior", "ambassador")
STATUSES = ("active", "inactive", "transferred")
PAGE = 50
_COLUMNS = "id, household_id, first_name, last_initial, level, grade, status"


def add_scout(
    tx: apsw.Connection,
    first_name: str,
    last_initial: str = "",
    *,
    level: str | None = None,
    grade: int | None = None,
    household_id: int | None = None,
    by: Person | None,
) -> int:
    """Put a girl on the roster, in a household of her own unless one is named; gives her id. `by` None: the operator."""
    if by is not None:
        roles.require(by, "scouts.manage")
    first = values.line("firstName", first_name, 40, 1)
    initial = values.line("lastName", last_initial, 12)
    if household_id is not None and not one(tx, "SELECT 1 AS yes FROM households WHERE id = :id", id=household_id):
        raise NotFound(N_("There is no such household."), "no_such_household")
    if household_id is None:
        household_id = open_household(tx, f"{first} {initial}".strip())
    scout_id = add(
        tx,
        """INSERT INTO scouts (household_id, first_name, last_initial, level, grade, created_at)
           VALUES (:household, :first, :initial, :level, :grade, :now)""",
        household=household_id,
        first=first,
        initial=initial,
        level=level and values.choice("level", level, LEVELS),
        grade=grade if grade is None else values.whole("grade", grade, 0, 12),
        now=clock.now(),
    )
    audit.note(tx, by.id if by else None, "scout.added", "scout", scout_id)
    return scout_id


def change(tx: apsw.Connection, scout_id: int, by: Person, **changes: object) -> None:
    """Change a girl's first_name, last_initial, level, grade or status."""
    roles.require(by, "scouts.manage")
    now = find(tx, scout_id, by)
    level = changes.get("level", now.level)
    grade = changes.get("grade", now.grade)
    run(
        tx,
        """UPDATE scouts SET first_name = :first, last_initial = :initial, level = :level, grade = :grade, status = :status
            WHERE id = :id""",
        id=scout_id,
        first=values.line("firstName", changes.get("first_name", now.first_name), 40, 1),
        initial=values.line("lastName", changes.get("last_initial", now.last_initial), 12),
        level=level and values.choice("level", level, LEVELS),
        grade=None if grade is None else values.whole("grade", grade, 0, 12),
        status=values.choice("status", changes.get("status", now.status), STATUSES),
    )
    told = audit.between(now, find(tx, scout_id, by), ("level", "grade", "status"))
    audit.note(tx, by.id, "scout.changed", "scout", scout_id, fields=sorted(changes), **told)


def find(tx: apsw.Connection, scout_id: int, by: Person) -> Row:
    """A girl who is hers to see. Raises NotFound."""
    roles.must_see_scout(by, scout_id)
    row = one(tx, f"SELECT {_COLUMNS} FROM scouts WHERE id = :id", id=scout_id)
    if row is None:
        raise NotFound(N_("There is no such scout."), "no_such_scout")
    return row


def must_be_on_roster(tx: apsw.Connection, scout_id: int) -> None:
    """Raise NotFound where no girl of that id is on the roster."""
    if not one(tx, "SELECT 1 AS yes FROM scouts WHERE id = :id", id=scout_id):
        raise NotFound(N_("There is no such scout."), "no_such_scout")


def page(tx: apsw.Connection, by: Person, after: int = 0, limit: int = PAGE, status: str | None = None) -> list[Row]:
    """The girls she may see, by roster order, from the one after id `after`."""
    everybody = roles.allows(by, "sales.all")
    return many(
        tx,
        f"""SELECT {_COLUMNS} FROM scouts
             WHERE id > :after AND (:everybody OR id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
               AND (:status IS NULL OR status = :status)
             ORDER BY id LIMIT :limit""",
        after=after,
        everybody=everybody,
        account=by.id,
        status=status,
        limit=limit,
    )


def open_household(tx: apsw.Connection, name: str) -> int:
    """Make a household; gives its id."""
    return add(
        tx,
        "INSERT INTO households (name, created_at) VALUES (:name, :now)",
        name=values.line("household", name, 80, 1),
        now=clock.now(),
    )


def name_hash(tx: apsw.Connection, said: str) -> str:
    """What is kept of a name in another system's file: its letters, salted with this box's own salt and hashed."""
    salt = value(tx, "SELECT name_salt FROM instance")
    return hashlib.sha256(f"{salt}:{values.letters(said)}".encode()).hexdigest()


def remember_alias(tx: apsw.Connection, scout_id: int, source: str, said: str) -> None:
    """From now on this name (or number) of another system means this girl; nothing is remembered of one who was forgotten."""
    run(
        tx,
        """INSERT INTO scout_aliases (source, hash, scout_id)
           SELECT :source, :hash, id FROM scouts WHERE id = :scout AND forgotten_at IS NULL
           ON CONFLICT (source, hash) DO UPDATE SET scout_id = excluded.scout_id""",
        source=source,
        hash=name_hash(tx, said),
        scout=scout_id,
    )


def remember_hash(tx: apsw.Connection, scout_id: int, source: str, known_hash: str) -> None:
    """The same where only the hash of the name is left; a name that already means a girl keeps its meaning."""
    run(
        tx,
        """INSERT INTO scout_aliases (source, hash, scout_id)
           SELECT :source, :hash, id FROM scouts WHERE id = :scout AND forgotten_at IS NULL ON CONFLICT DO NOTHING""",
        source=source,
        hash=known_hash,
        scout=scout_id,
    )


def forgotten(tx: apsw.Connection) -> frozenset[int]:
    """The girls who were forgotten at their families' wish: only their figures are here."""
    return frozenset(row.id for row in many(tx, "SELECT id FROM scouts WHERE forgotten_at IS NOT NULL"))


def known_names(tx: apsw.Connection) -> list[Row]:
    """The girls whose names in files are remembered: (scout_id, first_name, last_initial, names), how many each."""
    return many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, count(*) AS names
             FROM scout_aliases JOIN scouts ON scouts.id = scout_id WHERE source = 'name'
            GROUP BY scouts.id ORDER BY first_name, last_initial, scouts.id""",
    )


def forget_names(tx: apsw.Connection, scout_id: int, by: Person) -> None:
    """No name in a file means this girl any longer by what was remembered. Raises NotFound where nothing was."""
    roles.require(by, "imports")
    if not run(tx, "DELETE FROM scout_aliases WHERE source = 'name' AND scout_id = :id", id=scout_id):
        raise NotFound(N_("No name is remembered for her."), "no_such_answer")
    audit.note(tx, by.id, "scout.names_forgotten", "scout", scout_id)


def as_on_roster(tx: apsw.Connection, scout_id: int, level: str | None, grade: int | None, status: str) -> None:
    """Her level, grade and status as the council's roster has them."""
    run(
        tx,
        "UPDATE scouts SET level = :level, grade = :grade, status = :status WHERE id = :id",
        id=scout_id,
        level=level,
        grade=grade,
        status=status,
    )
