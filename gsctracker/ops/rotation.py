"""New keys in place of old ones, without losing what the old ones opened."""

import os
import re
import secrets as random
from dataclasses import dataclass
from datetime import UTC, datetime

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain import audit
from gsctracker.domain.people import sessions
from gsctracker.errors import Conflict, NotFound
from gsctracker.integrations import age
from gsctracker.ops import secrets
from gsctracker.ops.copies import keys
from gsctracker.words import N_

LAST = 4
NAMES = ("session", "encryption", "backup")
_SET_OUTSIDE = {"session": "session_secret", "encryption": "encryption_key", "metrics": "metrics_token"}


def rotate(config: Config, db: Database, name: str) -> str:
    """Make a new key of that name (see NAMES) and keep the old one beside it; gives what to do next, in a sentence.

    Everybody's session ends. Raises NotFound for another name, and Conflict for a key that is set from outside.
    """
    setting = _SET_OUTSIDE.get(name)
    if setting and getattr(config, setting):
        raise Conflict(
            N_("%(name)s is set in the box's environment or settings file: put a new value there and start again."),
            "set_outside",
            name=setting.upper(),
        )
    if name not in NAMES:
        raise NotFound(
            N_("There is no key called %(name)s. There are: %(all)s."), "no_such_key", name=name, all=", ".join(NAMES)
        )
    said = _new_identity(config) if name == "backup" else _new_secret(config, _SET_OUTSIDE[name])
    with db.write() as tx:
        ended = sessions.end_everybodys(tx)
        audit.note(tx, None, "key.rotated", "instance", 1, key=name, sessions=ended)
    return said


@dataclass(frozen=True)
class Key:
    """What may be shown of a key: its name, the day since which it lies here ("": it comes from outside), its last LAST characters."""

    name: str
    since: str
    ends: str


def present(config: Config) -> list[Key]:
    """The keys in use, without what they open. Of the one for copies the public half is shown: copies are sealed for it."""
    folder, found = secrets.folder_of(config.data_dir), []
    files = {"session": "session_secret", "encryption": "encryption_key", "backup": keys.RECIPIENT}
    for name, file in files.items():
        kept = (folder / file).read_text(encoding="ascii", errors="replace").strip() if (folder / file).exists() else ""
        used = kept if name == "backup" else getattr(config, file) or kept
        if used:
            made = datetime.fromtimestamp((folder / file).stat().st_mtime, tz=UTC) if used == kept else None
            found.append(Key(name, made.date().isoformat() if made else "", used[-LAST:]))
    return found


def take_up(config: Config, identity: str) -> None:
    """Make the key of the box that a copy came from this one's: what was printed goes on to open the copies."""
    if keys.identities(config)[:1] == [identity]:
        return
    number = _set_aside(config, keys.IDENTITY)
    _set_aside(config, keys.SIGNING, number)
    secrets.write(secrets.folder_of(config.data_dir) / keys.IDENTITY, identity)
    keys.ready(config)


def _new_secret(config: Config, file: str) -> str:
    _set_aside(config, file)
    secrets.write(secrets.folder_of(config.data_dir) / file, random.token_hex(32))
    return N_("The new key is used from the next start on: start the server again.")


def _new_identity(config: Config) -> str:
    if not age.is_available():
        raise Conflict(N_("This machine cannot seal copies: pip install pyrage"), "cannot_seal")
    number = _set_aside(config, keys.IDENTITY)
    _set_aside(config, keys.SIGNING, number)
    identity = age.new_identity()
    folder = secrets.folder_of(config.data_dir)
    secrets.write(folder / keys.IDENTITY, identity)
    keys.ready(config)
    return N_(
        "Copies are sealed for the new key from now on. Print a new recovery sheet; the old one still opens the old copies."
    )


def _set_aside(config: Config, file: str, number: int = 0) -> int:
    """Give the old key a number of its own; gives that number."""
    folder = secrets.folder_of(config.data_dir)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    taken = [int(found[1]) for each in os.listdir(folder) if (found := re.fullmatch(rf"{file}-(\d+)", each))]
    number = number or 1 + max(taken, default=0)
    if (folder / file).exists():
        (folder / file).rename(folder / f"{file}-{number:04}")
    return number
