"""Who is signed in where: server-side, found by the hash of the cookie's secret."""

import json

import apsw

from gsctracker import clock
from gsctracker.db.rows import one, run, value
from gsctracker.domain.people import secrets
from gsctracker.domain.people.roles import Person

DAYS = 30
MOST_PER_ACCOUNT = 500


def start(tx: apsw.Connection, account_id: int, agent: str = "") -> str:
    """Sign an account in; gives the secret for its cookie. The oldest sessions beyond MOST_PER_ACCOUNT end."""
    token = secrets.new()
    run(
        tx,
        """INSERT INTO sessions (token_hash, account_id, agent, started_at, expires_at)
           VALUES (:hash, :account, :agent, :now, :until)""",
        hash=secrets.digest(token),
        account=account_id,
        agent=agent[:80],
        now=clock.now(),
        until=clock.after(days=DAYS),
    )
    run(
        tx,
        """DELETE FROM sessions WHERE token_hash IN (
               SELECT token_hash FROM sessions WHERE account_id = :account AND token_hash <> :new
                ORDER BY started_at DESC, token_hash LIMIT -1 OFFSET :others)""",
        account=account_id,
        new=secrets.digest(token),
        others=MOST_PER_ACCOUNT - 1,
    )
    return token


def resume(tx: apsw.Connection, token: str) -> Person | None:
    """Whoever holds this session, or None where it ended, expired, or its account was disabled."""
    found = one(
        tx,
        """SELECT accounts.id, role, first_name, last_name, language,
                  (SELECT json_group_array(scout_id) FROM cared_for WHERE account_id = accounts.id) AS wards
             FROM sessions JOIN accounts ON accounts.id = account_id
            WHERE token_hash = :hash AND expires_at > :now AND state = 'active'
              AND (consent_id IS NULL OR consent_id IN (SELECT id FROM standing_consents WHERE expires_on >= :today))""",
        hash=secrets.digest(token),
        now=clock.now(),
        today=clock.now()[:10],
    )
    if found is None:
        return None
    return Person(
        id=found.id,
        role=found.role,
        first_name=found.first_name,
        last_name=found.last_name,
        scout_ids=frozenset(json.loads(found.wards)),
        language=found.language,
    )


def end(tx: apsw.Connection, token: str) -> None:
    """Sign out of this session."""
    run(tx, "DELETE FROM sessions WHERE token_hash = :hash", hash=secrets.digest(token))


def end_all(tx: apsw.Connection, account_id: int) -> None:
    """Sign an account out everywhere."""
    run(tx, "DELETE FROM sessions WHERE account_id = :account", account=account_id)


def end_everybody(tx: apsw.Connection) -> None:
    """Sign everybody out everywhere: nobody is in by a session that was ended since a copy was made."""
    run(tx, "DELETE FROM sessions")


def end_everybodys(tx: apsw.Connection) -> int:
    """Sign everybody out everywhere; gives how many sessions that were."""
    return run(tx, "DELETE FROM sessions")


def count_active(tx: apsw.Connection) -> int:
    """How many sessions are open now."""
    return value(tx, "SELECT count(*) FROM sessions WHERE expires_at > :now", now=clock.now())


def forget_expired(tx: apsw.Connection) -> int:
    """Remove sessions that are over; gives how many."""
    return run(tx, "DELETE FROM sessions WHERE expires_at <= :now", now=clock.now())
