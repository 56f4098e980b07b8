"""The recovery sheet: what a person must hold in her hand to bring the troop back on a new box; and who holds it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.config import Config
from gsctracker.db.rows import many, run, value
from gsctracker.domain import audit
from gsctracker.domain import contacts as whom_to_call
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid
from gsctracker.ops.copies import keys
from gsctracker.words import N_

HOLDERS = 2
LONGEST_NAME = 80

WHAT_IT_IS = N_(
    "The copies of your troop's data are sealed. This page opens them. Whoever has it and a copy can read everything, so keep it"
    " like a birth certificate: printed, at home, with two people who do not live together."
)
WHOM_TO_CALL = N_("Whom to call")
STEPS = (
    N_("Get a box: any computer that stays on, and install GSCTracker on it as its guide says."),
    N_(
        "Find the newest copy: a file gsctracker-....db.gz.age and the .json of the same name, in the bucket that this sheet names."
    ),
    N_("Start the empty box (gsctracker serve), open the address it prints, and choose to restore from a copy."),
    N_(
        "Give it the copy and the key of this sheet. Without the program: ./restore.sh -i KEY_FILE FILE, with the key in KEY_FILE."
    ),
    N_("Sign in as before, compare the last sales with your paper, and print a new sheet."),
)


@dataclass(frozen=True)
class Sheet:
    """What stands on the sheet. `identity` is empty where it was taken off the box; `bucket` where no bucket is set."""

    uid: str
    troop: str
    made_at: str
    identity: str
    recipients: tuple[str, ...]
    bucket: str
    endpoint: str
    holders: tuple[str, ...]
    contacts: tuple[tuple[str, str], ...] = ()


def sheet(config: Config, tx: apsw.Connection) -> Sheet:
    """The sheet of this box as it is now; the key is made where the box has none yet."""
    keys.ready(config)
    own = troop.own(tx)
    identities = keys.identities(config)
    bucket = f"s3://{config.s3_backup_bucket}/{config.s3_backup_prefix}" if config.s3_backup_bucket else ""
    return Sheet(
        uid=value(tx, "SELECT uid FROM instance"),
        troop=own.number if own else "",
        made_at=clock.now(),
        identity=identities[0] if identities else "",
        recipients=tuple(keys.recipients(config)),
        bucket=bucket,
        endpoint=config.s3_endpoint_url or "",
        holders=holders(tx),
        contacts=tuple((one.role, f"{one.name}, {one.phone}") for one in whom_to_call.everybody(tx)),
    )


def lines(found: Sheet, say: Callable[[str], str]) -> list[str]:
    """The sheet as text, a line each; `say` gives a sentence in the language it is printed in."""
    return [
        f"GSCTracker recovery sheet   troop {found.troop or '-'}   box {found.uid}   {found.made_at}",
        "",
        say(WHAT_IT_IS),
        "",
        f"Key         {found.identity or '(was taken off this box: it stands on an older sheet)'}",
        *(f"Sealed for  {each}" for each in found.recipients),
        f"Bucket      {found.bucket or '(none is set: copies lie on this box alone)'}",
        *([f"Store       {found.endpoint}"] if found.endpoint else []),
        f"Held by     {', '.join(found.holders) or '(name two people: gsctracker secrets holders NAME NAME)'}",
        "",
        *(f"{number}. {say(step)}" for number, step in enumerate(STEPS, start=1)),
        *(["", say(WHOM_TO_CALL), *(f"{role}: {who}" for role, who in found.contacts)] if found.contacts else []),
    ]


def keys_in(text: str) -> list[str]:
    """The age keys that stand in a text: a recovery sheet, a file somebody typed."""
    return re.findall(r"\bAGE-SECRET-KEY-1[0-9A-Z]+\b", text.upper())


def holders(tx: apsw.Connection) -> tuple[str, ...]:
    """The people who hold a printed sheet."""
    return tuple(row.name for row in many(tx, "SELECT name FROM recovery_holders ORDER BY id"))


def are_named(tx: apsw.Connection) -> bool:
    """Whether two people hold a sheet: one alone may be on holiday, or leave."""
    return len(holders(tx)) >= HOLDERS


def name_holders(tx: apsw.Connection, by: Person | None, names: list[str]) -> None:
    """Write down who holds a sheet; `by` is None at the console. Raises Invalid unless they are two different people."""
    if by:
        roles.require(by, "operate")
    found = [values.line("name", name, LONGEST_NAME, 1) for name in names]
    if len(found) != HOLDERS or len({name.casefold() for name in found}) != HOLDERS:
        raise Invalid(N_("Name two different people."), "two_holders")
    run(tx, "DELETE FROM recovery_holders")
    for number, name in enumerate(found, start=1):
        run(
            tx,
            "INSERT INTO recovery_holders (id, name, since) VALUES (:id, :name, :now)",
            id=number,
            name=name,
            now=clock.now(),
        )
    audit.note(tx, by.id if by else None, "recovery.holders", "instance", 1)


def shown(tx: apsw.Connection, by: Person | None) -> None:
    """Write down that the sheet with its key was shown."""
    if by:
        roles.require(by, "operate")
    audit.note(tx, by.id if by else None, "recovery.shown", "instance", 1)
