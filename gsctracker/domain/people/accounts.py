"""Accounts: who may sign in. Passwords come here hashed (passwords.hashed), because hashing is slow."""

import re

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import consents, passkeys, roles, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from gsctracker.words import N_

_COLUMNS = "id, sign_in_name, first_name, last_name, role, scout_id, state, language, phone, created_at"
PAGE = 50
LANGUAGES = ("en", "es")
_PHONE = re.compile(r"[0-9+()\-. /x]{5,30}")


def candidate(tx: apsw.Connection, sign_in_name: str) -> Row | None:
    """The account (id, password_hash) that goes by this name and may sign in, or None; a girl's only while consent stands."""
    return one(
        tx,
        """SELECT id, password_hash FROM accounts WHERE sign_in_name = :name AND state = 'active'
              AND (consent_id IS NULL OR consent_id IN (SELECT id FROM standing_consents WHERE expires_on >= :today))""",
        name=sign_in_name.strip(),
        today=clock.now()[:10],
    )


def candidate_by_id(tx: apsw.Connection, account_id: int) -> Row | None:
    """The same account by its id (id, sign_in_name, password_hash), or None where it may not sign in."""
    named = one(tx, "SELECT sign_in_name FROM accounts WHERE id = :id", id=account_id)
    if named is None:
        return None
    found = candidate(tx, named.sign_in_name)
    if found is not None:
        found.sign_in_name = named.sign_in_name
    return found


def find(tx: apsw.Connection, account_id: int) -> Row:
    """An account without its password. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM accounts WHERE id = :id", id=account_id)
    if row is None:
        raise NotFound(N_("There is no such account."), "no_such_account")
    return row


def named(tx: apsw.Connection, sign_in_name: str) -> Row:
    """An account by its sign-in name. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM accounts WHERE sign_in_name = :name", name=sign_in_name.strip())
    if row is None:
        raise NotFound(N_("Nobody signs in as %(name)s."), "no_such_account", name=sign_in_name)
    return row


def page(tx: apsw.Connection, after: str = "", limit: int = PAGE) -> list[Row]:
    """Accounts by sign-in name, from the one after `after`; ask for one more than you show to know of a next page."""
    return many(
        tx,
        f"SELECT {_COLUMNS} FROM accounts WHERE sign_in_name > :after ORDER BY sign_in_name LIMIT :limit",
        after=after,
        limit=limit,
    )


def open_account(
    tx: apsw.Connection,
    *,
    sign_in_name: str,
    first_name: str,
    role: str,
    password_hash: str,
    last_name: str = "",
    scout_id: int | None = None,
    language: str = "en",
    by: Person | None = None,
) -> int:
    """Let somebody sign in; gives the account's id. Raises Invalid or, where the name is taken, Conflict.

    A scout signs in with a nickname and belongs to a girl of the roster; everybody else with an e-mail address. `by` None:
    the operator, or whoever was invited.
    """
    if by is not None:
        roles.require(by, "people.manage")
    values.choice("role", role, roles.ROLES)
    if (role == "scout") != (scout_id is not None):
        raise Invalid(N_("A scout's account belongs to a girl of the roster, another one does not."), "scout_account")
    name = values.line("email", sign_in_name, 254, 3) if role == "scout" else values.email("email", sign_in_name)
    if role == "scout" and "@" in name:
        sentence = N_("A girl signs in with a nickname, not with an e-mail address.")
        raise Invalid(sentence, "nickname_needed", {"email": sentence})
    consent_id = consents.must_stand(tx, scout_id) if scout_id is not None else None
    if one(tx, "SELECT id FROM accounts WHERE sign_in_name = :name", name=name):
        sentence = N_("Somebody signs in with that name already.")
        raise Conflict(sentence, "name_taken", {"email": sentence})
    account_id = add(
        tx,
        """INSERT INTO accounts (sign_in_name, first_name, last_name, role, scout_id, consent_id, password_hash, language, created_at)
           VALUES (:name, :first, :last, :role, :scout, :consent, :hash, :language, :now)""",
        name=name,
        first=values.line("firstName", first_name, 40, 1),
        last=values.line("lastName", last_name, 40),
        role=role,
        scout=scout_id,
        consent=consent_id,
        hash=password_hash,
        language=values.choice("language", language, LANGUAGES),
        now=clock.now(),
    )
    audit.note(tx, by.id if by else None, "account.opened", "account", account_id, role=role)
    return account_id


def change_role(tx: apsw.Connection, account_id: int, role: str, by: Person) -> None:
    """Give an adult another role; she signs in anew. Nobody raises herself, only an admin makes admins, the last admin stays."""
    account = _mine_to_manage(tx, account_id, by)
    values.choice("role", role, roles.ROLES)
    if account.id == by.id:
        raise NotAllowed(N_("Nobody changes her own role."), "own_role")
    if role == "admin" and by.role != "admin":
        raise NotAllowed(N_("Only an admin makes an admin."), "not_allowed")
    if "scout" in (role, account.role):
        raise Invalid(
            N_("A scout's account stays a scout's."),
            "scout_account",
            {"role": N_("A scout's account stays a scout's.")},
        )
    _keep_an_admin(tx, account, stays=role == "admin")
    run(tx, "UPDATE accounts SET role = :role WHERE id = :id", role=role, id=account_id)
    if role == "admin":  # what was linked by an address alone does not make an admin
        end_other_ways(tx, account_id)
    sessions.end_all(tx, account_id)
    audit.note(tx, by.id, "account.role", "account", account_id, role=role, before=account.role)


def lone_admin(tx: apsw.Connection) -> bool:
    """Whether one admin alone can sign in: two are advised, or a lost password closes the box."""
    return value(tx, "SELECT count(*) FROM accounts WHERE role = 'admin' AND state = 'active'") < 2


def disable(tx: apsw.Connection, account_id: int, by: Person | None) -> None:
    """Let somebody sign in no more, at once everywhere. Raises Conflict for the last admin. `by` None: the operator."""
    account = _mine_to_manage(tx, account_id, by)
    _keep_an_admin(tx, account, stays=False)
    run(tx, "UPDATE accounts SET state = 'disabled' WHERE id = :id", id=account_id)
    sessions.end_all(tx, account_id)
    audit.note(tx, by.id if by else None, "account.disabled", "account", account_id)


def enable(tx: apsw.Connection, account_id: int, by: Person | None) -> None:
    """Let somebody sign in again."""
    account = _mine_to_manage(tx, account_id, by)
    if account.scout_id is not None:
        consents.must_stand(tx, account.scout_id)
    run(tx, "UPDATE accounts SET state = 'active' WHERE id = :id", id=account_id)
    audit.note(tx, by.id if by else None, "account.enabled", "account", account_id)


def set_password(tx: apsw.Connection, account_id: int, password_hash: str, by: Person | None) -> None:
    """Replace one's own password, or as the operator (`by` None) anybody's; every session of the account ends."""
    if by is not None and by.id != account_id:
        raise NotAllowed(N_("Nobody sets somebody else's password here; the operator can."), "not_own_password")
    keep_password(tx, account_id, password_hash)
    if by is None:
        end_other_ways(tx, account_id)
    audit.note(tx, by.id if by else None, "account.password", "account", account_id)


def keep_password(tx: apsw.Connection, account_id: int, password_hash: str) -> None:
    """Keep a new password for whoever may set it; every session of the account and every link to reset it ends."""
    run(tx, "UPDATE accounts SET password_hash = :hash WHERE id = :id", hash=password_hash, id=account_id)
    run(tx, "DELETE FROM password_resets WHERE account_id = :id", id=account_id)
    sessions.end_all(tx, account_id)


def end_other_ways(tx: apsw.Connection, account_id: int) -> None:
    """Nothing but her password lets her in any longer: whoever took the account over may have made a way of her own."""
    passkeys.remove_hers(tx, account_id)
    run(tx, "DELETE FROM outside_identities WHERE account_id = :id", id=account_id)


def renew_hash(tx: apsw.Connection, account_id: int, old: str, new: str) -> None:
    """Keep another hash of the same password, unless it was changed meanwhile; nobody is signed out by that."""
    run(
        tx,
        "UPDATE accounts SET password_hash = :new WHERE id = :id AND password_hash = :old",
        new=new,
        old=old,
        id=account_id,
    )


def set_language(tx: apsw.Connection, account_id: int, language: str) -> None:
    """The language she reads."""
    values.choice("language", language, LANGUAGES)
    run(tx, "UPDATE accounts SET language = :language WHERE id = :id", language=language, id=account_id)


def rename(tx: apsw.Connection, account_id: int, first_name: object, last_name: object) -> None:
    """How she is called; her sign-in name stays, and of a girl's last name no more is kept than is there. Raises Invalid."""
    run(
        tx,
        """UPDATE accounts SET first_name = :first, last_name = CASE role WHEN 'scout' THEN last_name ELSE :last END
            WHERE id = :id""",
        first=values.line("firstName", first_name, 40, 1),
        last=values.line("lastName", last_name, 40),
        id=account_id,
    )


def reach_at(tx: apsw.Connection, account_id: int, phone: object) -> None:
    """Where leaders reach her by telephone; empty takes it away again. Raises Invalid, and NotAllowed for a girl."""
    if find(tx, account_id).role == "scout":
        raise NotAllowed(N_("A girl's telephone number is not kept here."), "not_of_a_girl")
    said = values.line("phone", phone, 30)
    if said and not _PHONE.fullmatch(said):
        sentence = N_("Type the number with digits, spaces and + - ( ) alone.")
        raise Invalid(sentence, "not_a_phone", {"phone": sentence})
    run(tx, "UPDATE accounts SET phone = :phone WHERE id = :id", phone=said, id=account_id)
    audit.note(tx, account_id, "account.phone", "account", account_id, is_kept=bool(said))


def _mine_to_manage(tx: apsw.Connection, account_id: int, by: Person | None) -> Row:
    account = find(tx, account_id)
    if by is not None:
        roles.require(by, "people.manage")
        if account.role == "admin" and by.role != "admin":
            raise NotAllowed(N_("Only an admin changes an admin's account."), "not_allowed")
    return account


def _keep_an_admin(tx: apsw.Connection, account: Row, *, stays: bool) -> None:
    if account.role != "admin" or account.state != "active" or stays:
        return
    if not one(
        tx, "SELECT 1 AS yes FROM accounts WHERE role = 'admin' AND state = 'active' AND id <> :id", id=account.id
    ):
        raise Conflict(N_("She is the last admin: make somebody else an admin first."), "last_admin")
