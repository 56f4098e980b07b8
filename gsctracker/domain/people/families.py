"""Guardians: the adults who sign, receive and owe for their girls."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, ids, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_


def add_guardian(
    tx: apsw.Connection, household_id: int, name: str, email: str | None, scout_ids: list[int], *, by: Person | None
) -> int:
    """An adult who answers for these girls; gives her id. `by` None: the operator."""
    if by is not None:
        roles.require(by, "scouts.manage")
    guardian_id = add(
        tx,
        "INSERT INTO guardians (household_id, name, email) VALUES (:household, :name, :email)",
        household=household_id,
        name=values.line("guardianName", name, 80, 1),
        email=values.email("guardianEmail", email) if email else None,
    )
    for scout_id in scout_ids:
        _link(tx, guardian_id, scout_id)
    audit.note(tx, by.id if by else None, "guardian.added", "guardian", guardian_id)
    return guardian_id


def link(tx: apsw.Connection, guardian_id: int, scout_id: int, by: Person | None) -> None:
    """She answers for this girl too; a second child of the same parent is nothing special. `by` None: the operator."""
    if by is not None:
        roles.require(by, "scouts.manage")
    _link(tx, guardian_id, scout_id)
    audit.note(tx, by.id if by else None, "guardian.linked", "guardian", guardian_id, scout=scout_id)


def answer_for(tx: apsw.Connection, scout_id: int, name: str, email: str | None, *, by: Person | None) -> int | None:
    """An adult, known by her address or new in the girl's household, answers for a girl; gives her id where she is new."""
    known = by_email(tx, email) if email else None
    if known is not None:
        link(tx, known.id, scout_id, by)
        return None
    household = value(tx, "SELECT household_id FROM scouts WHERE id = :id", id=scout_id)
    return add_guardian(tx, household, name, email, [scout_id], by=by)


def unlink(tx: apsw.Connection, guardian_id: int, scout_id: int, by: Person) -> None:
    """She answers for this girl no longer."""
    roles.require(by, "scouts.manage")
    run(
        tx,
        "DELETE FROM guardian_scouts WHERE guardian_id = :guardian AND scout_id = :scout",
        guardian=guardian_id,
        scout=scout_id,
    )
    audit.note(tx, by.id, "guardian.unlinked", "guardian", guardian_id, scout=scout_id)


def remove(tx: apsw.Connection, guardian_id: int) -> None:
    """Take an adult off the families again, unless she has an account or an invitation by now."""
    run(
        tx,
        """DELETE FROM guardians WHERE id = :id AND account_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM invitations WHERE guardian_id = :id)
              AND NOT EXISTS (SELECT 1 FROM consents WHERE guardian_id = :id)""",
        id=guardian_id,
    )


def find(tx: apsw.Connection, guardian_id: int) -> Row:
    """A guardian. Raises NotFound."""
    row = one(tx, "SELECT id, household_id, name, email, account_id FROM guardians WHERE id = :id", id=guardian_id)
    if row is None:
        raise NotFound(N_("There is no such guardian."), "no_such_guardian")
    return row


def by_email(tx: apsw.Connection, email: str) -> Row | None:
    """The guardian with this address, or None."""
    return one(tx, "SELECT id, household_id, name, email, account_id FROM guardians WHERE email = :email", email=email)


def of_scouts(tx: apsw.Connection, scout_ids: list[int]) -> dict[int, list[Row]]:
    """The guardians of each of these girls."""
    found: dict[int, list[Row]] = {scout_id: [] for scout_id in scout_ids}
    for row in many(
        tx,
        """SELECT scout_id, guardians.id, name, email, account_id
              FROM guardian_scouts JOIN guardians ON guardians.id = guardian_id
             WHERE scout_id IN (SELECT value FROM json_each(:scouts)) ORDER BY guardians.id""",
        scouts=ids(scout_ids),
    ):
        found[row.scout_id].append(row)
    return found


def attach_account(tx: apsw.Connection, guardian_id: int, account_id: int) -> None:
    """The guardian signs in with this account."""
    run(tx, "UPDATE guardians SET account_id = :account WHERE id = :id", account=account_id, id=guardian_id)


def of_accounts(tx: apsw.Connection, account_ids: list[int]) -> dict[int, list[Row]]:
    """The girls (id, first_name, last_initial) whose family figures each of these accounts may see."""
    found: dict[int, list[Row]] = {account_id: [] for account_id in account_ids}
    for row in many(
        tx,
        """SELECT cared_for.account_id, scouts.id, first_name, last_initial
              FROM cared_for JOIN scouts ON scouts.id = scout_id
             WHERE cared_for.account_id IN (SELECT value FROM json_each(:accounts)) ORDER BY scouts.id""",
        accounts=ids(account_ids),
    ):
        found[row.account_id].append(row)
    return found


def entrust(tx: apsw.Connection, account_id: int, scout_id: int, by: Person) -> None:
    """Whoever signs in with this account answers for the girl; she becomes a guardian if she is none yet."""
    roles.require(by, "people.manage")
    account = accounts.find(tx, account_id)
    if account.role == "scout":
        sentence = N_("A scout's account belongs to herself alone.")
        raise Invalid(sentence, "scout_account", {"scout": sentence})
    scout = scouts.find(tx, scout_id, by)
    guardian = _guardian_of(tx, account_id)
    if guardian is None:
        name = f"{account.first_name} {account.last_name}".strip()
        guardian = add_guardian(tx, scout.household_id, name[:80], account.sign_in_name, [], by=by)
        attach_account(tx, guardian, account_id)
    link(tx, guardian, scout_id, by)


def release(tx: apsw.Connection, account_id: int, scout_id: int, by: Person) -> None:
    """Whoever signs in with this account answers for the girl no longer; nothing happens where she did not."""
    roles.require(by, "people.manage")
    guardian = _guardian_of(tx, account_id)
    if guardian is not None:
        unlink(tx, guardian, scout_id, by)


def _guardian_of(tx: apsw.Connection, account_id: int) -> int | None:
    return value(tx, "SELECT id FROM guardians WHERE account_id = :account", account=account_id)


def _link(tx: apsw.Connection, guardian_id: int, scout_id: int) -> None:
    scouts.must_be_on_roster(tx, scout_id)
    run(
        tx,
        "INSERT INTO guardian_scouts (guardian_id, scout_id) VALUES (:guardian, :scout) ON CONFLICT DO NOTHING",
        guardian=guardian_id,
        scout=scout_id,
    )
