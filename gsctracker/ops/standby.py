"""A box that can only be read: why, since when, and what to do about it. Everything goes on but changes.

Why stands as a number beside the database, seen by every process at no cost (db.closing); the words for it in a small file there.
"""

import contextlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database, durable
from gsctracker.db.closing import BY_HAND, DAMAGED, NOT_MIGRATED, UNWRITABLE, Closing
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.standby")

NAMES = {BY_HAND: "by_hand", DAMAGED: "damaged", NOT_MIGRATED: "not_migrated", UNWRITABLE: "unwritable"}
SENTENCES = {
    BY_HAND: N_(
        "The box can only be read at the moment: whoever looks after it wants nothing to change. It will be back soon."
    ),
    DAMAGED: N_(
        "The database is damaged, so nothing is changed any more. What to do: stop the server, put back the newest copy "
        "(gsctracker restore), start it again, and look for another card or disk."
    ),
    NOT_MIGRATED: N_(
        "The upgrade to GSCTracker %(version)s failed: everything is as it was before and can only be read. What to do: "
        "install the version of before, or one in which this is put right. What failed: %(said)s"
    ),
    UNWRITABLE: N_(
        "The disk of the box can only be read, so nothing can be saved. What to do: copy the data off it if it is an old "
        "card, and start the box again."
    ),
}


@dataclass(frozen=True)
class Standby:
    """Why nothing may be changed: `reason` is one of NAMES, `sentence` with its `params` is for a person, `since` an instant."""

    reason: str
    since: str | None
    sentence: str
    params: dict[str, str]


def now(db: Database) -> Standby | None:
    """Why this box can only be read, or None where it can be written; costs nothing then."""
    if db.is_writable():
        return None
    why = db.why_only_read()
    return _told(db.path, why) if why else None


def of(database: Path) -> Standby | None:
    """The same for a database that is not opened; what only a running server knows is not seen."""
    if not database.exists():
        return None
    with contextlib.closing(Closing(database)) as closing:
        why = closing.why_only_read()
    return _told(database, why) if why else None


def enter(database: Path, reason: int, said: str = "", version: str = "") -> None:
    """Let nothing be changed from now on, also after a restart. `said` is what went wrong, `version` the program it went wrong
    with.
    """
    logger.error("only read from now on: %s %s", NAMES[reason], said, extra={"event": "only_read"})
    kept = {"reason": NAMES[reason], "since": clock.now(), "said": said[:1000], "version": version}
    with contextlib.suppress(OSError):  # the number alone says enough
        durable.write_whole(_file(database), json.dumps(kept).encode())
    with contextlib.closing(Closing(database)) as closing:
        closing.only_read(reason)


def leave(database: Path, *reasons: int) -> bool:
    """Let everything go on, if it is one of these reasons (any, where none is named) that kept it; gives whether it was."""
    with contextlib.closing(Closing(database)) as closing:
        why = closing.why_only_read()
        if not why or (reasons and why not in reasons):
            return False
        closing.only_read(0)
    words = _file(database)
    words.unlink(missing_ok=True)
    logger.warning("writing goes on", extra={"event": "writable"})
    return True


def is_refused_by(database: Path, version: str = __version__) -> bool:
    """Whether bringing this database up already failed with that version of the program: it would fail again."""
    kept = _kept(database)
    return (kept.get("reason"), kept.get("version")) == (NAMES[NOT_MIGRATED], version) and of(database) is not None


def on(config: Config) -> None:
    """Let everybody read and nobody change anything, until `leave`."""
    enter(config.database, BY_HAND)


def _told(database: Path, why: int) -> Standby:
    kept = _kept(database)
    if kept.get("reason") != NAMES[why]:
        kept = {}
    params = {"version": kept.get("version") or __version__, "said": kept.get("said") or "?"}
    return Standby(NAMES[why], kept.get("since"), SENTENCES[why], params)


def _kept(database: Path) -> dict[str, str]:
    words = _file(database)
    try:
        found = json.loads(words.read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: str(text) for name, text in found.items()} if isinstance(found, dict) else {}


def _file(database: Path) -> Path:
    return database.with_name(database.name + "-standby")
