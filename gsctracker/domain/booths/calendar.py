"""A family's booths in its own calendar: a secret link that can be taken back, and what stands behind it."""

import json
from collections.abc import Collection, Iterable
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

_LONGEST_LINE = 75
"""Octets of a line, RFC 5545 3.1; longer ones are folded."""


class Event(NamedTuple):
    """One shift as a calendar has it; instants in UTC."""

    uid: str
    starts_at: str
    ends_at: str
    summary: str
    location: str
    description: str
    status: str


def make_link(tx: apsw.Connection, by: Person) -> str:
    """A new secret for her family's calendar, shown once; the one before works no longer."""
    roles.require(by, "shifts.sign_up")
    secret = secrets.new()
    run(
        tx,
        "INSERT OR REPLACE INTO calendar_links (account_id, token_hash, made_at) VALUES (:id, :hash, :now)",
        id=by.id,
        hash=secrets.digest(secret),
        now=clock.now(),
    )
    audit.note(tx, by.id, "calendar.linked", "account", by.id)
    return secret


def revoke(tx: apsw.Connection, by: Person) -> None:
    """The link works no longer; nothing happens where there is none."""
    if run(tx, "DELETE FROM calendar_links WHERE account_id = :id", id=by.id):
        audit.note(tx, by.id, "calendar.revoked", "account", by.id)


def revoke_all(tx: apsw.Connection) -> int:
    """No link works any longer; gives how many did."""
    return run(tx, "DELETE FROM calendar_links")


def keep_only(tx: apsw.Connection, token_hashes: Collection[str]) -> int:
    """In a copy that takes the present's place: links that were taken back since open nothing again; gives how many that were."""
    kept = json.dumps(sorted(token_hashes))
    return run(tx, "DELETE FROM calendar_links WHERE token_hash NOT IN (SELECT value FROM json_each(:kept))", kept=kept)


def made_at(tx: apsw.Connection, by: Person) -> str | None:
    """Since when she has a link, or None."""
    return value(tx, "SELECT made_at FROM calendar_links WHERE account_id = :id", id=by.id)


def of_link(tx: apsw.Connection, secret: str) -> Row:
    """Whose link this is (account_id, language). Raises NotFound where it was revoked or the account is disabled."""
    row = one(
        tx,
        """SELECT account_id, language FROM calendar_links JOIN accounts ON accounts.id = account_id
            WHERE token_hash = :hash AND state = 'active'""",
        hash=secrets.digest(secret),
    )
    if row is None:
        raise NotFound(N_("This calendar link works no longer."), "no_such_link")
    return row


def shifts_of(tx: apsw.Connection, account_id: int) -> list[Row]:
    """The shifts of an account's girls and its own in the current season, cancelled ones too: one row for each shift.

    uid, shift_id, starts_at, ends_at, booth_name, address, status, girls (first names alone), is_herself, is_waiting. Who only
    waits is left out where another of the family has a place: is_waiting says that all of them wait.
    """
    return many(
        tx,
        """SELECT 'shift-' || booth_shifts.id || '@' || (SELECT uid FROM instance) || '.gsctracker' AS uid,
                  booth_shifts.id AS shift_id, booth_shifts.starts_at, booth_shifts.ends_at, booths.name AS booth_name, address,
                  booths.status, min(shift_sign_ups.state = 'waiting') AS is_waiting,
                  CASE WHEN min(shift_sign_ups.state = 'waiting') THEN group_concat(scouts.first_name, ', ' ORDER BY scouts.first_name)
                       ELSE group_concat(scouts.first_name, ', ' ORDER BY scouts.first_name) FILTER (WHERE shift_sign_ups.state = 'going')
                       END AS girls,
                  CASE WHEN min(shift_sign_ups.state = 'waiting') THEN max(shift_sign_ups.account_id IS NOT NULL)
                       ELSE max(shift_sign_ups.account_id IS NOT NULL AND shift_sign_ups.state = 'going') END AS is_herself
             FROM shift_sign_ups JOIN booth_shifts ON booth_shifts.id = shift_id JOIN booths ON booths.id = booth_id
             JOIN seasons ON seasons.id = season_id AND is_current = 1
             LEFT JOIN scouts ON scouts.id = shift_sign_ups.scout_id
            WHERE shift_sign_ups.state <> 'left'
              AND (shift_sign_ups.account_id = :account
                   OR shift_sign_ups.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            GROUP BY booth_shifts.id ORDER BY booth_shifts.starts_at, booth_shifts.id LIMIT 2000""",
        account=account_id,
    )


def text(name: str, events: Iterable[Event], stamp: str) -> str:
    """A calendar file (RFC 5545): UTC instants, one stable UID a shift, values escaped, lines folded, CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//GSCTracker//Booths//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{_utc(stamp)}",
            f"DTSTART:{_utc(event.starts_at)}",
            f"DTEND:{_utc(event.ends_at)}",
            f"SUMMARY:{_escaped(event.summary)}",
            *([f"LOCATION:{_escaped(event.location)}"] if event.location else []),
            *([f"DESCRIPTION:{_escaped(event.description)}"] if event.description else []),
            f"STATUS:{event.status}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _utc(instant: str) -> str:
    return instant.replace("-", "").replace(":", "")


def _escaped(said: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        said = said.replace(sign, written)
    return said


def _folded(line: str) -> list[str]:
    """The line in pieces of at most 75 octets, never through the middle of a letter; each but the first begins with a space."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > _LONGEST_LINE:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
