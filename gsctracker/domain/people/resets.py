"""A link with which somebody who forgot her password chooses a new one. Whoever starts it never learns the password."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, roles, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_

MINUTES = 15


def start(tx: apsw.Connection, account_id: int, by: Person | None) -> str:
    """Begin a reset; gives the link's secret, shown once. An earlier link works no longer. `by` None: the operator.

    Who may manage people may for families; for everybody who leads, only an admin: the link opens what she may do.
    Raises NotAllowed, NotFound, and Conflict for a disabled account.
    """
    account = accounts.find(tx, account_id)
    if by is not None:
        roles.require(by, "people.manage")
        if by.role != "admin" and account.role not in ("caregiver", "scout"):
            raise NotAllowed(N_("Only an admin starts a new password for somebody who leads."), "not_allowed")
    if account.state != "active":
        raise Conflict(N_("This account is disabled. Enable it first."), "account_disabled")
    run(tx, "DELETE FROM password_resets WHERE account_id = :id OR expires_at <= :now", id=account_id, now=clock.now())
    secret = secrets.new()
    run(
        tx,
        """INSERT INTO password_resets (token_hash, account_id, made_by, made_at, expires_at)
           VALUES (:hash, :id, :by, :now, :until)""",
        hash=secrets.digest(secret),
        id=account_id,
        by=by.id if by else None,
        now=clock.now(),
        until=clock.after(minutes=MINUTES),
    )
    audit.note(tx, by.id if by else None, "password_reset.started", "account", account_id)
    return secret


def open_reset(tx: apsw.Connection, secret: str) -> Row:
    """Whose link it is (account_id, sign_in_name, first_name). Raises NotFound once used, replaced or after MINUTES."""
    row = one(
        tx,
        """SELECT account_id, sign_in_name, first_name FROM password_resets JOIN accounts ON accounts.id = account_id
            WHERE token_hash = :hash AND expires_at > :now AND state = 'active'""",
        hash=secrets.digest(secret),
        now=clock.now(),
    )
    if row is None:
        raise NotFound(N_("This link was used or has run out. Ask for a new one."), "reset_gone")
    return row


def finish(tx: apsw.Connection, secret: str, password_hash: str) -> None:
    """Keep the password she chose; the link, every session and every other way in end: somebody else may have made one.

    She signs in with it, second factor and all.
    """
    found = open_reset(tx, secret)
    run(tx, "DELETE FROM password_resets WHERE account_id = :id", id=found.account_id)
    accounts.keep_password(tx, found.account_id, password_hash)
    accounts.end_other_ways(tx, found.account_id)
    audit.note(tx, found.account_id, "password_reset.finished", "account", found.account_id)


def withdraw_all(tx: apsw.Connection) -> int:
    """No link works any longer; gives how many did."""
    return run(tx, "DELETE FROM password_resets")
