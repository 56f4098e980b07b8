"""Invitations: a link for one person, one use, seven days. Nobody opens an account uninvited."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, families, roles, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_

DAYS = 7
ROLES = ("caregiver", "leader", "cookie_leader", "admin")


def invite(tx: apsw.Connection, email: str, role: str, by: Person, guardian_id: int | None = None) -> str:
    """Invite an address to a role; gives the link's secret, which is shown once. An earlier link for it works no longer.

    A caregiver's invitation names the guardian whose girls will be hers to see. Only an admin invites an admin.
    """
    roles.require(by, "people.manage")
    values.choice("role", role, ROLES)
    if role == "admin" and by.role != "admin":
        raise NotAllowed(N_("Only an admin makes an admin."), "not_allowed")
    _refuse_second_account(tx, guardian_id)
    email = values.email("email", email)
    run(
        tx,
        "UPDATE invitations SET withdrawn_at = :now WHERE email = :email AND used_at IS NULL AND withdrawn_at IS NULL",
        now=clock.now(),
        email=email,
    )
    secret = secrets.new()
    invitation_id = add(
        tx,
        """INSERT INTO invitations (token_hash, role, email, guardian_id, made_by, made_at, expires_at)
           VALUES (:hash, :role, :email, :guardian, :by, :now, :until)""",
        hash=secrets.digest(secret),
        role=role,
        email=email,
        guardian=guardian_id,
        by=by.id,
        now=clock.now(),
        until=clock.after(days=DAYS),
    )
    audit.note(tx, by.id, "invitation.made", "invitation", invitation_id, role=role)
    return secret


def open_invitation(tx: apsw.Connection, secret: str) -> Row:
    """The invitation (id, role, email, guardian_id) behind a link. Raises NotFound once used, withdrawn or expired."""
    row = one(
        tx,
        """SELECT id, role, email, guardian_id FROM invitations
            WHERE token_hash = :hash AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now""",
        hash=secrets.digest(secret),
        now=clock.now(),
    )
    if row is None:
        raise NotFound(N_("This invitation was used or has run out. Ask for a new one."), "invitation_gone")
    return row


def accept(
    tx: apsw.Connection, secret: str, first_name: str, last_name: str, password_hash: str, language: str = "en"
) -> int:
    """Open the account an invitation promises; gives its id. The link works once.

    Raises Conflict where the guardian it is for came in by another link meanwhile.
    """
    invitation = open_invitation(tx, secret)
    _refuse_second_account(tx, invitation.guardian_id)
    account_id = accounts.open_account(
        tx,
        sign_in_name=invitation.email,
        first_name=first_name,
        last_name=last_name,
        role=invitation.role,
        password_hash=password_hash,
        language=language,
    )
    if invitation.guardian_id is not None:
        families.attach_account(tx, invitation.guardian_id, account_id)
    run(tx, "UPDATE invitations SET used_at = :now WHERE id = :id", now=clock.now(), id=invitation.id)
    audit.note(tx, account_id, "invitation.accepted", "invitation", invitation.id)
    return account_id


def waiting(tx: apsw.Connection) -> list[Row]:
    """Invitations that can still be accepted, newest first, at most 200."""
    return many(
        tx,
        """SELECT id, role, email, guardian_id, made_at, expires_at FROM invitations
            WHERE used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now ORDER BY id DESC LIMIT 200""",
        now=clock.now(),
    )


def withdraw(tx: apsw.Connection, invitation_id: int, by: Person) -> None:
    """The link works no longer. Raises NotFound where there is no such invitation waiting."""
    roles.require(by, "people.manage")
    changed = run(
        tx,
        "UPDATE invitations SET withdrawn_at = :now WHERE id = :id AND used_at IS NULL AND withdrawn_at IS NULL",
        now=clock.now(),
        id=invitation_id,
    )
    if not changed:
        raise NotFound(N_("There is no such invitation."), "no_such_invitation")
    audit.note(tx, by.id, "invitation.withdrawn", "invitation", invitation_id)


def withdraw_all(tx: apsw.Connection) -> int:
    """No link that was sent out works any longer; gives how many did.

    One that was withdrawn or used since a copy was made must not work again.
    """
    return run(
        tx, "UPDATE invitations SET withdrawn_at = :now WHERE used_at IS NULL AND withdrawn_at IS NULL", now=clock.now()
    )


def _refuse_second_account(tx: apsw.Connection, guardian_id: int | None) -> None:
    if guardian_id is not None and families.find(tx, guardian_id).account_id is not None:
        raise Conflict(N_("She has an account already."), "guardian_has_account")
