"""Who is signed in where: server-side, found by the hash of the cookie's secret."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, one, run, value
from gsctracker.domain.people import secrets
from gsctracker.domain.people.roles import Person

DAYS = 14
MOST_PER_ACCOUNT = 500
FRESH_MINUTES = 10
SHOWN = 24  # digits of the digest that name a session to its owner
MOST_SHOWN = 50


class Life(NamedTuple):
    """How long a session lasts: minutes without a sign of her, and hours in all."""

    quiet_minutes: int
    hours: int


LIFE = {
    "scout": Life(8 * 60, DAYS * 24),
    "caregiver": Life(8 * 60, DAYS * 24),
    "leader": Life(8 * 60, DAYS * 24),  # a booth's day
    "cookie_leader": Life(8 * 60, DAYS * 24),
    "admin": Life(30, 12),
}


def start(tx: apsw.Connection, account_id: int, agent: str = "", device_hash: str = "") -> str:
    """Sign an account in; gives the secret for its cookie. The oldest sessions beyond MOST_PER_ACCOUNT end.

    Whoever starts one has just proven who she is, so it is fresh. `device_hash`: see devices.
    """
    token = secrets.new()
    role = value(tx, "SELECT role FROM accounts WHERE id = :id", id=account_id)
    run(
        tx,
        """INSERT INTO sessions (token_hash, account_id, agent, device_hash, started_at, seen_at, proven_at, expires_at)
           VALUES (:hash, :account, :agent, :device, :now, :now, :now, :until)""",
        hash=secrets.digest(token),
        account=account_id,
        agent=agent[:80],
        now=clock.now(),
        device=device_hash,
        until=clock.after(hours=LIFE[role].hours),
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


def resume(tx: apsw.Connection, token: str, seen_at: str = "") -> Person | None:
    """Whoever holds this session, or None where it ended, expired, was quiet too long, or its account was disabled.

    `seen_at`: the last sign of her that is not written down yet.
    """
    found = one(
        tx,
        """SELECT accounts.id, role, first_name, last_name, language, seen_at,
                  EXISTS (SELECT 1 FROM known_devices WHERE known_devices.account_id = accounts.id AND told_at IS NULL
                             AND known_devices.device_hash <> sessions.device_hash) AS new_device,
                  (SELECT json_group_array(scout_id) FROM cared_for WHERE account_id = accounts.id) AS wards
             FROM sessions JOIN accounts ON accounts.id = account_id
            WHERE token_hash = :hash AND expires_at > :now AND state = 'active'
              AND (consent_id IS NULL OR consent_id IN (SELECT id FROM standing_consents WHERE expires_on >= :today))""",
        hash=secrets.digest(token),
        now=clock.now(),
        today=clock.now()[:10],
    )
    if found is None or max(found.seen_at, seen_at) < clock.after(minutes=-LIFE[found.role].quiet_minutes):
        return None
    return _person(found, new_device=bool(found.new_device))


def acting(tx: apsw.Connection, account_id: int) -> Person | None:
    """Whoever a program acts for, as she is now; None where her account may not sign in."""
    found = one(
        tx,
        """SELECT accounts.id, role, first_name, last_name, language,
                  (SELECT json_group_array(scout_id) FROM cared_for WHERE account_id = accounts.id) AS wards
             FROM accounts WHERE id = :id AND state = 'active' AND role <> 'scout'""",
        id=account_id,
    )
    return _person(found) if found else None


def _person(found: Row, *, new_device: bool = False) -> Person:
    return Person(
        id=found.id,
        role=found.role,
        first_name=found.first_name,
        last_name=found.last_name,
        scout_ids=frozenset(json.loads(found.wards)),
        language=found.language,
        new_device=new_device,
    )


def seen(tx: apsw.Connection, signs: Mapping[str, str]) -> None:
    """Write down when sessions, by their digest, last gave a sign of her."""
    tx.executemany(
        "UPDATE sessions SET seen_at = max(seen_at, ?2) WHERE token_hash = ?1",
        list(signs.items()),
    )


def is_fresh(tx: apsw.Connection, token: str) -> bool:
    """Whether her password was typed in this session within the last FRESH_MINUTES."""
    return bool(
        value(
            tx,
            "SELECT 1 FROM sessions WHERE token_hash = :hash AND proven_at >= :since",
            hash=secrets.digest(token),
            since=clock.after(minutes=-FRESH_MINUTES),
        )
    )


def prove(tx: apsw.Connection, token: str) -> str:
    """She has just typed her password in this session: it goes on under another secret, which is given; that before opens nothing.

    Gives an empty text where the session has ended.
    """
    new = secrets.new()
    went_on = run(
        tx,
        "UPDATE sessions SET token_hash = :new, proven_at = :now WHERE token_hash = :hash AND expires_at > :now",
        new=secrets.digest(new),
        now=clock.now(),
        hash=secrets.digest(token),
    )
    return new if went_on else ""


def of_account(tx: apsw.Connection, account_id: int, token: str = "") -> list[Row]:
    """Where an account is signed in (name, agent, started_at, seen_at, expires_at, is_this), newest first, at most MOST_SHOWN."""
    return many(
        tx,
        """SELECT substr(token_hash, 1, :shown) AS name, agent, started_at, seen_at, expires_at, token_hash = :this AS is_this
             FROM sessions WHERE account_id = :account AND expires_at > :now
            ORDER BY is_this DESC, seen_at DESC, token_hash LIMIT :most""",
        account=account_id,
        this=secrets.digest(token),
        now=clock.now(),
        shown=SHOWN,
        most=MOST_SHOWN,
    )


def end_named(tx: apsw.Connection, account_id: int, name: str) -> int:
    """End one of an account's sessions by the name that `of_account` gave it; gives how many ended."""
    return run(
        tx,
        "DELETE FROM sessions WHERE account_id = :account AND substr(token_hash, 1, :shown) = :name",
        account=account_id,
        name=name,
        shown=SHOWN,
    )


def end_others(tx: apsw.Connection, account_id: int, token: str) -> int:
    """End all of an account's sessions but this one; gives how many ended."""
    return run(
        tx,
        "DELETE FROM sessions WHERE account_id = :account AND token_hash <> :this",
        account=account_id,
        this=secrets.digest(token),
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
