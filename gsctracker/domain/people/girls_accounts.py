"""A girl's own account: a nickname and a passphrase, opened with consent; a new passphrase is her guardian's to set."""

import apsw

from gsctracker.db.rows import Row, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, consents, roles, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.words import N_


def of(tx: apsw.Connection, scout_id: int, by: Person) -> Row | None:
    """Her account (id, sign_in_name, state), or None. Raises NotFound where she is not hers to see."""
    consents.may_decide(by, scout_id)
    return one(tx, "SELECT id, sign_in_name, state FROM accounts WHERE scout_id = :scout", scout=scout_id)


def open_for(tx: apsw.Connection, scout_id: int, nickname: str, password_hash: str, by: Person) -> int:
    """Open her account; gives its id. Raises Conflict without consent, where she has one, or where the nickname is taken."""
    if of(tx, scout_id, by) is not None:
        raise Conflict(N_("She has an account already."), "has_account")
    girl = consents.find_girl(tx, scout_id, by)
    account_id = accounts.open_account(
        tx,
        sign_in_name=nickname,
        first_name=girl.first_name,
        role="scout",
        scout_id=scout_id,
        password_hash=password_hash,
    )
    audit.note(tx, by.id, "account.opened_for_girl", "scout", scout_id, account=account_id)
    return account_id


def reset(tx: apsw.Connection, scout_id: int, password_hash: str, by: Person) -> None:
    """Give her another passphrase and sign her out everywhere: a guardian of hers, or whoever manages people where no guardian
    of hers has an account. Raises NotAllowed, NotFound.
    """
    account = of(tx, scout_id, by)
    if account is None:
        raise NotFound(N_("She has no account."), "no_such_account")
    if scout_id not in by.scout_ids:
        roles.require(by, "people.manage")
        if one(
            tx,
            """SELECT 1 AS yes FROM guardians JOIN guardian_scouts ON guardian_id = guardians.id
                WHERE scout_id = :scout AND account_id IS NOT NULL""",
            scout=scout_id,
        ):
            raise NotAllowed(N_("An adult of her family sets her passphrase, on her page."), "her_guardians")
    run(tx, "UPDATE accounts SET password_hash = :hash WHERE id = :id", hash=password_hash, id=account.id)
    sessions.end_all(tx, account.id)
    audit.note(tx, by.id, "account.password_of_girl", "scout", scout_id, account=account.id)
