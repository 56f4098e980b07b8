"""Browsers that may be told of something while they are closed: whose they are, and of which shifts each person was reminded."""

import base64
import binascii
import re
from collections.abc import Collection

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, ids, many, run, value
from gsctracker.domain import audit
from gsctracker.domain.booths import hours
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

MOST = 10  # browsers of one person
MOST_FAILURES = 20  # in a row: then nobody is there any more
MOST_REMINDERS = 500  # in one run
SCHEMES = ("https",)
AHEAD_HOURS = 31  # from five in the afternoon to the end of the next day


def subscribe(tx: apsw.Connection, by: Person, endpoint: object, p256dh: object, auth: object, agent: str = "") -> int:
    """This browser of hers may be told; gives its number. One that was somebody else's is hers from now on.

    Raises Invalid for what no browser sends, Conflict for the eleventh.
    """
    roles.require(by, "shifts.sign_up")
    where = values.line("endpoint", endpoint, 1000, 12)
    parts = re.fullmatch(r"([a-z]+)://[A-Za-z0-9.\[\]:-]+/[^\s@\\]*", where)
    keys = _raw(p256dh), _raw(auth)
    if not parts or parts[1] not in SCHEMES or len(keys[0]) != 65 or len(keys[1]) != 16:
        raise Invalid(N_("This browser sent something that cannot be used. Try another one."), "bad_subscription")
    run(tx, "DELETE FROM push_subscriptions WHERE endpoint = :where", where=where)
    if value(tx, "SELECT count(*) FROM push_subscriptions WHERE account_id = :by", by=by.id) >= MOST:
        raise Conflict(N_("You have %(most)d browsers already: remove one first."), "too_many_browsers", most=MOST)
    found = add(
        tx,
        """INSERT INTO push_subscriptions (account_id, endpoint, p256dh, auth, agent, made_at)
           VALUES (:by, :where, :key, :auth, :agent, :now)""",
        by=by.id,
        where=where,
        key=str(p256dh).rstrip("="),
        auth=str(auth).rstrip("="),
        agent=agent[:80],
        now=clock.now(),
    )
    audit.note(tx, by.id, "push.subscribed", "push_subscriptions", found)
    return found


def remove(tx: apsw.Connection, by: Person, push_id: int) -> None:
    """That browser of hers is told nothing any more. Raises NotFound."""
    if not run(tx, "DELETE FROM push_subscriptions WHERE id = :id AND account_id = :by", id=push_id, by=by.id):
        raise NotFound(N_("There is no such browser."), "no_such_browser")
    audit.note(tx, by.id, "push.removed", "push_subscriptions", push_id)


def forget_all(tx: apsw.Connection) -> int:
    """No browser of anybody's is told anything any more; gives how many were."""
    return run(tx, "DELETE FROM push_subscriptions")


def of(tx: apsw.Connection, account_ids: Collection[int]) -> list[Row]:
    """The browsers of these people: id, account_id, endpoint, p256dh, auth, agent, made_at."""
    return many(
        tx,
        """SELECT id, account_id, endpoint, p256dh, auth, agent, made_at FROM push_subscriptions
             WHERE account_id IN (SELECT value FROM json_each(:accounts)) ORDER BY id""",
        accounts=ids(account_ids),
    )


def worked(tx: apsw.Connection, push_id: int) -> None:
    """It was told."""
    run(tx, "UPDATE push_subscriptions SET failures = 0 WHERE id = :id AND failures > 0", id=push_id)


def failed(tx: apsw.Connection, push_id: int, is_gone: bool) -> None:
    """It could not be told; one that is gone, or failed MOST_FAILURES times in a row, is forgotten."""
    if not is_gone:
        run(tx, "UPDATE push_subscriptions SET failures = failures + 1 WHERE id = :id", id=push_id)
    run(
        tx,
        "DELETE FROM push_subscriptions WHERE id = :id AND (:gone OR failures >= :most)",
        id=push_id,
        gone=is_gone,
        most=MOST_FAILURES,
    )


def due(tx: apsw.Connection) -> list[Row]:
    """Shifts of today and tomorrow whose people have a browser and were not reminded: sign_up_id, account_id, language, booth_id,
    booth, starts_at. For an adult her own shift, and those of girls she answers for.
    """
    now = hours.present(tx)
    return many(
        tx,
        """SELECT DISTINCT people.id AS sign_up_id, accounts.id AS account_id, language, booth_id, booths.name AS booth,
                  booth_shifts.starts_at
             FROM booth_shifts JOIN shift_sign_ups AS people ON people.shift_id = booth_shifts.id AND people.state = 'going'
             JOIN booths ON booths.id = booth_id AND booths.status IN ('scheduled', 'packed', 'open')
             JOIN accounts ON accounts.state = 'active' AND accounts.role <> 'scout'
              AND (accounts.id = people.account_id
                   OR accounts.id IN (SELECT account_id FROM cared_for WHERE cared_for.scout_id = people.scout_id))
             JOIN push_subscriptions ON push_subscriptions.account_id = accounts.id
            WHERE booth_shifts.starts_at > :now AND booth_shifts.starts_at <= :until
              AND NOT EXISTS (SELECT 1 FROM push_reminders
                               WHERE sign_up_id = people.id AND push_reminders.account_id = accounts.id)
            ORDER BY booth_shifts.starts_at, people.id, accounts.id LIMIT :most""",
        now=now,
        until=hours.shifted(now, hours=AHEAD_HOURS),
        most=MOST_REMINDERS,
    )


def reminded(tx: apsw.Connection, sign_up_id: int, account_id: int) -> None:
    """She was reminded of that shift."""
    run(
        tx,
        "INSERT OR IGNORE INTO push_reminders (sign_up_id, account_id, at) VALUES (:sign_up, :account, :now)",
        sign_up=sign_up_id,
        account=account_id,
        now=clock.now(),
    )


def _raw(said: object) -> bytes:
    """The bytes of a key as browsers write them; nothing where it is none."""
    if not isinstance(said, str) or len(said) > 200:
        return b""
    bare = said.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
