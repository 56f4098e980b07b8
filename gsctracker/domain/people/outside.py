"""Signing in by an outside account (Google, or another that the operator set up): whose it is, and what it never does.

What is said there opens an account that is there already, or one that an invitation promised. It makes no admin, and a
girl has none: she signs in with her nickname.
"""

import json
from collections.abc import Collection
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, invitations
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_

_ELSEWHERE = N_("That outside account belongs to somebody else here.")


class Identity(NamedTuple):
    """Who somebody is elsewhere; `email` is an address that was verified there, or empty."""

    issuer: str
    subject: str
    email: str
    first_name: str = ""
    last_name: str = ""


def of_account(tx: apsw.Connection, account_id: int) -> list[Row]:
    """Her outside accounts (issuer, linked_at)."""
    return many(
        tx, "SELECT issuer, linked_at FROM outside_identities WHERE account_id = :id ORDER BY issuer", id=account_id
    )


def let_in(tx: apsw.Connection, who: Identity) -> Row:
    """The account (id, sign_in_name, password_hash) that this outside account opens; linked now where its address is hers.

    Raises NotAllowed where there is none, where it is an admin's that she has not linked herself, or where it may not sign in.
    """
    linked = _account_of(tx, who)
    if linked is not None:
        known = accounts.candidate_by_id(tx, linked)
        if known is None:
            raise _nobody()
        return known
    found = accounts.candidate(tx, who.email) if who.email else None
    if found is None:
        raise _nobody()
    role = accounts.find(tx, found.id).role
    if role == "scout":
        raise _nobody()
    if role == "admin":
        raise NotAllowed(
            N_("An admin links her outside account herself, on the page of her account. Sign in with your password."),
            "link_first",
        )
    _keep(tx, found.id, who)
    known = accounts.candidate_by_id(tx, found.id)
    if known is None:
        raise _nobody()
    return known


def link(tx: apsw.Connection, by: Person, who: Identity) -> None:
    """From now on it opens her account. Raises NotAllowed for a girl, Conflict where it is somebody else's."""
    if by.role == "scout":
        raise NotAllowed(N_("A girl signs in with her nickname and her passphrase."), "not_for_girls")
    if _account_of(tx, who) not in (None, by.id):
        raise Conflict(_ELSEWHERE, "linked_elsewhere")
    if _account_of(tx, who) is None:
        _keep(tx, by.id, who)


def unlink(tx: apsw.Connection, by: Person, issuer: str) -> None:
    """It opens her account no longer. Raises NotFound."""
    if not run(
        tx, "DELETE FROM outside_identities WHERE account_id = :by AND issuer = :issuer", by=by.id, issuer=issuer
    ):
        raise NotFound(N_("There is no such outside account."), "no_such_identity")
    audit.note(tx, by.id, "outside.unlinked", "account", by.id)


def accept(tx: apsw.Connection, secret: str, who: Identity, password_hash: str, language: str = "en") -> int:
    """Open the account an invitation promises to the address that was verified there; gives its id.

    `password_hash` is of a password that nobody knows: she may choose one by a link later. Raises NotFound, NotAllowed
    for an admin's invitation or another address, and Conflict.
    """
    invitation = invitations.open_invitation(tx, secret)
    if invitation.role == "admin":
        raise NotAllowed(N_("An admin opens her account with a password of her own."), "link_first")
    if not who.email or who.email.casefold() != invitation.email.casefold():
        raise NotAllowed(
            N_("That outside account has another address than the invitation. Choose a password instead."),
            "other_address",
        )
    if _account_of(tx, who) is not None:
        raise Conflict(_ELSEWHERE, "linked_elsewhere")
    first = who.first_name or who.email.partition("@")[0][:40]
    account_id = invitations.accept(tx, secret, first, who.last_name, password_hash, language)
    _keep(tx, account_id, who)
    return account_id


def unlink_all(tx: apsw.Connection) -> int:
    """No outside account opens anything any longer; gives how many did."""
    return run(tx, "DELETE FROM outside_identities")


def keep_only(tx: apsw.Connection, identities: Collection[tuple[str, str]]) -> int:
    """In a copy that takes the present's place: who was unlinked since opens nothing again; gives how many that were.

    `identities` (issuer, subject) are those of the present.
    """
    kept = json.dumps(sorted(identities))
    return run(
        tx,
        """DELETE FROM outside_identities WHERE NOT EXISTS (
               SELECT 1 FROM json_each(:kept) WHERE value ->> 0 = issuer AND value ->> 1 = subject)""",
        kept=kept,
    )


def _account_of(tx: apsw.Connection, who: Identity) -> int | None:
    found = one(
        tx,
        "SELECT account_id FROM outside_identities WHERE issuer = :issuer AND subject = :subject",
        issuer=who.issuer,
        subject=who.subject,
    )
    return found.account_id if found else None


def _keep(tx: apsw.Connection, account_id: int, who: Identity) -> None:
    if one(
        tx,
        "SELECT 1 AS yes FROM outside_identities WHERE account_id = :id AND issuer = :issuer",
        id=account_id,
        issuer=who.issuer,
    ):
        raise Conflict(N_("Your account is linked to another account there. Unlink that one first."), "linked_already")
    run(
        tx,
        """INSERT INTO outside_identities (issuer, subject, account_id, linked_at)
           VALUES (:issuer, :subject, :account, :now)""",
        issuer=who.issuer,
        subject=who.subject,
        account=account_id,
        now=clock.now(),
    )
    audit.note(tx, account_id, "outside.linked", "account", account_id)


def _nobody() -> NotAllowed:
    return NotAllowed(
        N_("Nobody here has the address of that outside account. Ask your cookie leader for an invitation."),
        "no_such_account",
    )
