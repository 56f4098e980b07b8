"""Forgetting a girl at her family's wish: the wish, its confirmation, and what of her is kept by people's tables.

Her figures stay, because the troop accounts for every box and cent; her name becomes "Scout 7". How other systems' files name
her stays as a salted hash only, so that no file puts her back.
"""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import consents, roles, scouts, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

LEFT_DAYS = 60
UNUSABLE = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5c3NpZ25zaW4$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # fits no password
)


def ask(tx: apsw.Connection, scout_id: int, by: Person) -> int:
    """A family wishes that its girl is forgotten; gives the wish's id. Raises Conflict where one waits or it was done."""
    girl = consents.find_girl(tx, scout_id, by)
    if _is_forgotten(tx, scout_id):
        raise Conflict(N_("She is forgotten already."), "forgotten")
    if request_of(tx, scout_id, by) is not None:
        raise Conflict(N_("This was asked for already. A leader will confirm it."), "deletion_waits")
    request_id = add(
        tx,
        "INSERT INTO deletion_requests (scout_id, asked_by, asked_at) VALUES (:scout, :by, :now)",
        scout=girl.id,
        by=by.id,
        now=clock.now(),
    )
    audit.note(tx, by.id, "child.deletion_asked", "scout", scout_id)
    return request_id


def take_back(tx: apsw.Connection, scout_id: int, by: Person) -> None:
    """The wish is taken back before it was carried out. Raises NotFound where none waits."""
    consents.may_decide(by, scout_id)
    _decide(tx, scout_id, "taken_back", by)
    audit.note(tx, by.id, "child.deletion_taken_back", "scout", scout_id)


def request_of(tx: apsw.Connection, scout_id: int, by: Person) -> Row | None:
    """The wish (id, asked_by, asked_at) that waits for this girl, or None."""
    consents.may_decide(by, scout_id)
    return one(
        tx,
        "SELECT id, asked_by, asked_at FROM deletion_requests WHERE scout_id = :scout AND state = 'waiting'",
        scout=scout_id,
    )


def waiting(tx: apsw.Connection, by: Person) -> list[Row]:
    """The wishes that wait for a leader: (scout_id, first_name, last_initial, asked_at)."""
    roles.require(by, "consents.record")
    return many(
        tx,
        """SELECT scout_id, first_name, last_initial, asked_at FROM deletion_requests JOIN scouts ON scouts.id = scout_id
            WHERE state = 'waiting' ORDER BY deletion_requests.id LIMIT 200""",
    )


def spoken_of(tx: apsw.Connection, scout_id: int, whole_name: str = "") -> list[str]:
    """The words by which she could be found in the file: to be searched for when she is forgotten. Her first name alone is
    among them only where nobody else has it.
    """
    girl = one(
        tx,
        """SELECT scouts.first_name, last_initial, households.name AS household, sign_in_name
             FROM scouts JOIN households ON households.id = household_id
             LEFT JOIN accounts ON accounts.scout_id = scouts.id WHERE scouts.id = :scout""",
        scout=scout_id,
    )
    assert girl is not None
    found = [f"{girl.first_name} {girl.last_initial}".strip(), girl.sign_in_name, whole_name]
    if not _has_other_girls(tx, scout_id):
        found.append(girl.household)
    if not value(
        tx,
        """SELECT (SELECT count(*) FROM scouts WHERE first_name = :name COLLATE NOCASE AND id <> :scout)
                + (SELECT count(*) FROM accounts WHERE first_name = :name COLLATE NOCASE AND scout_id IS NOT :scout)""",
        name=girl.first_name,
        scout=scout_id,
    ):
        found.append(girl.first_name)
    for adult in _own_adults(tx, scout_id):
        found += [adult.email, adult.name if " " in adult.name else ""]
    return sorted({word for word in found if word and len(word) > 2})


def forget(tx: apsw.Connection, scout_id: int, by: Person, whole_name: str = "") -> frozenset[str]:
    """Take her name out of people's tables; gives the hashes of the names by which files know her.

    `whole_name` is her name as the council's files have it, where somebody knows it: only its hash is kept. The adults who
    answer for no other girl lose name, address and account with her. Raises NotFound where no wish waits.
    """
    roles.require(by, "people.forget")
    girl = scouts.find(tx, scout_id, by)
    _decide(tx, scout_id, "done", by)
    if consents.standing(tx, scout_id) is not None:
        consents.withdraw(tx, scout_id, by)
    named = values.line("wholeName", whole_name, 80)
    for said in {named, f"{girl.first_name} {girl.last_initial}".strip()} - {""}:
        scouts.remember_hash(tx, scout_id, "name", scouts.name_hash(tx, said))
    hashes = _erase(tx, scout_id)
    audit.note(tx, by.id, "child.deleted", "scout", scout_id)
    return hashes


def who_left(tx: apsw.Connection) -> list[int]:
    """The girls who took part in past seasons alone, LEFT_DAYS after the one under way began."""
    before = clock.after(days=-LEFT_DAYS)
    return [
        row.scout_id
        for row in many(tx, "SELECT scout_id FROM girls_who_left WHERE season_began_at < :before", before=before)
    ]


def leave(tx: apsw.Connection, scout_id: int) -> frozenset[str]:
    """A girl who left some time ago keeps her figures here and no name; gives the hashes of her names, of which none is kept: if she
    comes back, she is a new girl.
    """
    if consents.standing(tx, scout_id) is not None:
        consents.withdraw_again(tx, scout_id)
    hashes = _erase(tx, scout_id, keeps_hashes=False)
    audit.note(tx, None, "child.deleted_after_leaving", "scout", scout_id)
    return hashes


def again(tx: apsw.Connection, scout_id: int, created_at: str, names: list[tuple[str, str]]) -> frozenset[str]:
    """A copy of before was put back: forget a girl once more, by the names (source, hash) that were kept of her.

    Gives the hashes of her names; none where she is not in it, is another girl or is forgotten there too.
    """
    if not one(
        tx,
        "SELECT 1 AS yes FROM scouts WHERE id = :id AND created_at = :at AND forgotten_at IS NULL",
        id=scout_id,
        at=created_at,
    ):
        return frozenset()
    for source, known_hash in names:
        scouts.remember_hash(tx, scout_id, source, known_hash)
    consents.withdraw_again(tx, scout_id)
    run(
        tx,
        "UPDATE deletion_requests SET state = 'done', decided_at = :now WHERE scout_id = :id AND state = 'waiting'",
        now=clock.now(),
        id=scout_id,
    )
    hashes = _erase(tx, scout_id, keeps_hashes=bool(names))
    audit.note(tx, None, "child.deleted_again", "scout", scout_id)
    return hashes


def _erase(tx: apsw.Connection, scout_id: int, keeps_hashes: bool = True) -> frozenset[str]:
    hashes = frozenset(row.hash for row in many(tx, "SELECT hash FROM scout_aliases WHERE scout_id = :id", id=scout_id))
    run(
        tx,
        """INSERT INTO forgotten_names (source, hash, scout_id)
           SELECT source, hash, scout_id FROM scout_aliases WHERE scout_id = :id AND :keeps""",
        id=scout_id,
        keeps=int(keeps_hashes),
    )
    run(tx, "DELETE FROM scout_aliases WHERE scout_id = :id", id=scout_id)
    run(tx, "UPDATE consents SET evidence = '', address = '' WHERE scout_id = :id", id=scout_id)
    for adult in _own_adults(tx, scout_id):
        _forget_adult(tx, adult)
    if not _has_other_girls(tx, scout_id):
        run(
            tx,
            "UPDATE households SET name = 'Household ' || id WHERE id = (SELECT household_id FROM scouts WHERE id = :id)",
            id=scout_id,
        )
    run(tx, "DELETE FROM guardian_scouts WHERE scout_id = :id", id=scout_id)
    for account in many(tx, "SELECT id FROM accounts WHERE scout_id = :id", id=scout_id):
        _close(tx, account.id, f"scout-{scout_id}", "Scout")
    run(tx, "DELETE FROM family_exports WHERE scout_id = :id", id=scout_id)
    run(tx, "DELETE FROM consent_letters WHERE scout_id = :id", id=scout_id)
    run(
        tx,
        """UPDATE scouts SET first_name = 'Scout', last_initial = id, level = NULL, grade = NULL, status = 'inactive',
                  forgotten_at = :now WHERE id = :id""",
        id=scout_id,
        now=clock.now(),
    )
    return hashes


def _decide(tx: apsw.Connection, scout_id: int, state: str, by: Person) -> None:
    if not run(
        tx,
        """UPDATE deletion_requests SET state = :state, decided_by = :by, decided_at = :now
            WHERE scout_id = :scout AND state = 'waiting'""",
        state=state,
        by=by.id,
        now=clock.now(),
        scout=scout_id,
    ):
        raise NotFound(N_("Nobody has asked for this, or it was decided before."), "no_deletion_waits")


def _is_forgotten(tx: apsw.Connection, scout_id: int) -> bool:
    return value(tx, "SELECT forgotten_at IS NOT NULL FROM scouts WHERE id = :id", id=scout_id) == 1


def _own_adults(tx: apsw.Connection, scout_id: int) -> list[Row]:
    """The guardians (id, name, email, account_id) who answer for her and for nobody else."""
    return many(
        tx,
        """SELECT guardians.id, name, email, account_id FROM guardians JOIN guardian_scouts AS mine ON mine.guardian_id = guardians.id
            WHERE mine.scout_id = :id
              AND NOT EXISTS (SELECT 1 FROM guardian_scouts WHERE guardian_id = guardians.id AND scout_id <> :id)""",
        id=scout_id,
    )


def _has_other_girls(tx: apsw.Connection, scout_id: int) -> bool:
    return bool(
        one(
            tx,
            """SELECT 1 AS yes FROM scouts AS hers JOIN scouts AS others USING (household_id)
                WHERE hers.id = :id AND others.id <> :id AND others.forgotten_at IS NULL""",
            id=scout_id,
        )
    )


def _forget_adult(tx: apsw.Connection, adult: Row) -> None:
    run(tx, "UPDATE invitations SET email = 'gone@forgotten.invalid' WHERE guardian_id = :id", id=adult.id)
    run(tx, "UPDATE guardians SET name = 'Guardian ' || id, email = NULL WHERE id = :id", id=adult.id)
    if adult.account_id and value(tx, "SELECT role FROM accounts WHERE id = :id", id=adult.account_id) == "caregiver":
        _close(tx, adult.account_id, f"guardian-{adult.id}@forgotten.invalid", "Guardian")


def _close(tx: apsw.Connection, account_id: int, sign_in_name: str, first_name: str) -> None:
    sessions.end_all(tx, account_id)
    run(
        tx,
        """UPDATE accounts SET sign_in_name = :name, first_name = :first, last_name = '', phone = '', state = 'disabled',
                  password_hash = :hash
            WHERE id = :id""",
        name=sign_in_name,
        first=first_name,
        hash=UNUSABLE,
        id=account_id,
    )
