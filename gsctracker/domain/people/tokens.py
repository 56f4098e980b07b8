"""Tokens for programs: each acts as the account that made it, within its scopes, until its day; shown once, kept as a hash."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

PREFIX = "gsct_"
SUBJECTS = ("sales", "booths", "stock", "money", "goals", "imports", "season", "reports")
ONLY_READ = ("season", "reports")
SCOPES = tuple(
    f"{subject}:{act}" for subject in SUBJECTS for act in ("read", "write") if act == "read" or subject not in ONLY_READ
)
DAYS = (7, 30, 90, 365)
MOST_PER_ACCOUNT = 20
MOST_ORIGINS = 5
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,200}(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Bearer:
    """What a token stands for: who acts, within which scopes, and the sites whose pages may use it."""

    id: int
    account_id: int
    scopes: frozenset[str]
    origins: frozenset[str]
    used_on: str | None


def make(tx: apsw.Connection, name: object, scopes: Collection[str], days: int, by: Person, origins: str = "") -> str:
    """A new token, shown this once. `origins`: addresses of sites, apart by spaces or lines, whose pages may use it; mostly none.

    Raises Invalid, NotAllowed and, for too many of them, Conflict.
    """
    roles.require(by, "tokens")
    chosen = [scope for scope in SCOPES if scope in set(scopes)]
    if not chosen or len(chosen) != len(set(scopes)):
        sentence = N_("Choose at least one thing that the program may do.")
        raise Invalid(sentence, "no_scope", {"scopes": sentence})
    if days not in DAYS:
        raise Invalid(N_("Please choose one of these."), "invalid", {"days": N_("Please choose one of these.")})
    sites = list(dict.fromkeys(origins.lower().split()))
    if len(sites) > MOST_ORIGINS or not all(_ORIGIN.fullmatch(site) for site in sites):
        sentence = N_("Write at most five addresses such as https://example.org, without a path.")
        raise Invalid(sentence, "no_origin", {"origins": sentence})
    living = value(
        tx,
        "SELECT count(*) FROM api_tokens WHERE account_id = :id AND revoked_at IS NULL AND expires_at > :now",
        id=by.id,
        now=clock.now(),
    )
    if living >= MOST_PER_ACCOUNT:
        raise Conflict(N_("You have %(n)d tokens already. Revoke one first."), "too_many_tokens", n=MOST_PER_ACCOUNT)
    token = PREFIX + secrets.new()
    token_id = add(
        tx,
        """INSERT INTO api_tokens (token_hash, account_id, name, scopes, origins, made_at, expires_at)
           VALUES (:hash, :account, :name, :scopes, :origins, :now, :until)""",
        hash=secrets.digest(token),
        account=by.id,
        name=values.line("name", name, 60, 1),
        scopes=json.dumps(chosen),
        origins=json.dumps(sites),
        now=clock.now(),
        until=clock.after(days=days),
    )
    audit.note(tx, by.id, "token.made", "api_token", token_id, scopes=chosen, days=days)
    return token


def bearer(tx: apsw.Connection, token: str) -> Bearer | None:
    """What a token stands for, or None where there is none such, or it was revoked, has run out, or was another box's."""
    if not token.startswith(PREFIX) or len(token) > 200:
        return None
    row = one(
        tx,
        """SELECT id, account_id, scopes, origins, used_on FROM api_tokens
            WHERE token_hash = :hash AND revoked_at IS NULL AND expires_at > :now""",
        hash=secrets.digest(token),
        now=clock.now(),
    )
    if row is None:
        return None
    return Bearer(
        row.id, row.account_id, frozenset(json.loads(row.scopes)), frozenset(json.loads(row.origins)), row.used_on
    )


def used(tx: apsw.Connection, token_id: int) -> None:
    """It was used today."""
    run(tx, "UPDATE api_tokens SET used_on = :today WHERE id = :id", today=clock.now()[:10], id=token_id)


def is_named(tx: apsw.Connection, origin: str) -> bool:
    """Whether any living token names this site, so that its pages may ask whether they may ask."""
    return bool(
        value(
            tx,
            """SELECT 1 FROM api_tokens, json_each(origins) AS site
                WHERE site.value = :origin AND revoked_at IS NULL AND expires_at > :now LIMIT 1""",
            origin=origin,
            now=clock.now(),
        )
    )


def of_account(tx: apsw.Connection, account_id: int) -> list[Row]:
    """An account's tokens that still work (id, name, scopes, origins, made_at, expires_at, used_on), newest first."""
    found = many(
        tx,
        """SELECT id, name, scopes, origins, made_at, expires_at, used_on FROM api_tokens
            WHERE account_id = :id AND revoked_at IS NULL AND expires_at > :now ORDER BY id DESC""",
        id=account_id,
        now=clock.now(),
    )
    for row in found:
        row.scopes, row.origins = json.loads(row.scopes), json.loads(row.origins)
    return found


def revoke(tx: apsw.Connection, token_id: int, by: Person) -> None:
    """One of her own tokens works no longer. Raises NotFound."""
    gone = run(
        tx,
        "UPDATE api_tokens SET revoked_at = :now WHERE id = :id AND account_id = :by AND revoked_at IS NULL",
        now=clock.now(),
        id=token_id,
        by=by.id,
    )
    if not gone:
        raise NotFound(N_("There is no such token."), "no_such_token")
    audit.note(tx, by.id, "token.revoked", "api_token", token_id)


def revoke_all(tx: apsw.Connection) -> int:
    """No token works any longer; gives how many did."""
    return run(tx, "UPDATE api_tokens SET revoked_at = :now WHERE revoked_at IS NULL", now=clock.now())
