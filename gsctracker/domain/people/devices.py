"""Devices on which somebody signed in before, known by a secret that stays in the browser; only its hash is kept here."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, run, value
from gsctracker.domain.people import secrets

MOST_PER_ACCOUNT = 20


def knows(tx: apsw.Connection, account_id: int, secret: str) -> bool:
    """Whether this account signed in with that device before."""
    return bool(
        value(
            tx,
            "SELECT 1 FROM known_devices WHERE account_id = :account AND device_hash = :hash",
            account=account_id,
            hash=secrets.digest(secret),
        )
    )


def met(tx: apsw.Connection, account_id: int, secret: str, agent: str = "") -> str:
    """An account has signed in with that device; gives the hash it goes by. She is told of it elsewhere unless it is her first."""
    hashed = secrets.digest(secret)
    run(
        tx,
        """INSERT INTO known_devices (account_id, device_hash, agent, first_at, last_at, told_at)
           VALUES (:account, :hash, :agent, :now, :now,
                   CASE WHEN EXISTS (SELECT 1 FROM known_devices WHERE account_id = :account) THEN NULL ELSE :now END)
           ON CONFLICT DO UPDATE SET last_at = :now, agent = :agent""",
        account=account_id,
        hash=hashed,
        agent=agent[:80],
        now=clock.now(),
    )
    run(
        tx,
        """DELETE FROM known_devices WHERE account_id = :account AND device_hash IN (
               SELECT device_hash FROM known_devices WHERE account_id = :account AND device_hash <> :hash
                ORDER BY last_at DESC, device_hash LIMIT -1 OFFSET :others)""",
        account=account_id,
        hash=hashed,
        others=MOST_PER_ACCOUNT - 1,
    )
    return hashed


def untold(tx: apsw.Connection, account_id: int, secret: str) -> list[Row]:
    """Devices (agent, first_at) she has not called hers yet, but the one with this secret; newest first."""
    return many(
        tx,
        """SELECT agent, first_at FROM known_devices
            WHERE account_id = :account AND told_at IS NULL AND device_hash <> :hash ORDER BY first_at DESC, device_hash""",
        account=account_id,
        hash=secrets.digest(secret),
    )


def to_mail(tx: apsw.Connection) -> list[Row]:
    """Devices of the last day that nobody called hers yet and no letter told of: account_id, device_hash, first_at, and to
    whom (to, language). A girl has no address.
    """
    return many(
        tx,
        """SELECT account_id, device_hash, first_at, sign_in_name AS "to", language
             FROM known_devices JOIN accounts ON accounts.id = account_id
            WHERE known_devices.told_at IS NULL AND mailed_at IS NULL AND first_at > :since
              AND role <> 'scout' AND state = 'active'
            ORDER BY first_at, device_hash LIMIT 100""",
        since=clock.after(days=-1),
    )


def mailed(tx: apsw.Connection, account_id: int, device_hash: str) -> None:
    """A letter told her of it."""
    run(
        tx,
        "UPDATE known_devices SET mailed_at = :now WHERE account_id = :account AND device_hash = :hash",
        now=clock.now(),
        account=account_id,
        hash=device_hash,
    )


def are_hers(tx: apsw.Connection, account_id: int, secret: str) -> None:
    """She says that the new ones are hers. The device she says it with does not vouch for itself."""
    run(
        tx,
        """UPDATE known_devices SET told_at = :now
            WHERE account_id = :account AND told_at IS NULL AND device_hash <> :hash""",
        now=clock.now(),
        account=account_id,
        hash=secrets.digest(secret),
    )


def forget(tx: apsw.Connection, account_id: int, secret: str = "") -> None:
    """No device is known to be hers any longer, but the one with this secret."""
    run(
        tx,
        "DELETE FROM known_devices WHERE account_id = :account AND device_hash <> :hash",
        account=account_id,
        hash=secrets.digest(secret),
    )


def forget_all(tx: apsw.Connection) -> int:
    """No device is known to be anybody's any longer; gives how many were."""
    return run(tx, "DELETE FROM known_devices")
