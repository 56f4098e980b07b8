"""What happens to the box itself, as lines of the record of who did what: it starts, stops, is set otherwise, is asked for work.

A line never keeps a box from starting, from stopping or from being looked after: where it cannot be written the log alone tells.
"""

import contextlib
import hashlib
import hmac
import json
import logging

import apsw

from gsctracker import __version__
from gsctracker.config import SETTINGS, Config
from gsctracker.db import Busy, Database, migrate
from gsctracker.domain import audit
from gsctracker.domain.people.roles import Person

logger = logging.getLogger("gsctracker.audit")

ALWAYS_MADE = frozenset({"session_secret", "encryption_key"})  # renewing them is a line of its own (ops/rotation)
MARK_LENGTH = 8


def note(db: Database, action: str, by: Person | None = None, **detail: object) -> None:
    """Write down that `action` was done to the box by her, or by the operator at the console. Raises nothing."""
    _write(db, by, {action: detail})


def note_beside(config: Config, action: str, **detail: object) -> None:
    """The same for a command that works beside a database without opening it: whatever its schema, it stays as it is."""
    try:
        db = Database(config.database, as_it_is=True)
    except (apsw.Error, OSError) as problem:
        _lost(action, problem)
        return
    with contextlib.closing(db):
        _write(db, None, {action: detail})


def started(config: Config, db: Database) -> None:
    """Write down this start, whether the server before it was killed, and which settings are otherwise than at the last one.

    Settings are told by name alone. Each is remembered by a few digits that nobody without the box's session key can make.
    """
    try:
        with db.read() as tx:
            schema = migrate.number_of(tx)
            was_killed = _newest(tx, "box.started", "box.stopped", "box.restored")[0] == "box.started"
            known = json.loads(_newest(tx, "config.changed")[1] or "{}")
    except apsw.Error as problem:
        _lost("box.started", problem)
        return
    lines: dict[str, dict[str, object]] = {
        "box.started": {"version": __version__, "schema": schema, "after_a_kill": was_killed}
    }
    marks = marked(config)
    if changed := _changed(known.get("marks", {}), marks):
        lines["config.changed"] = {"settings": changed, "marks": marks}
    _write(db, None, lines)


def stopped(db: Database) -> None:
    """Write down that the server stopped because it was told to."""
    note(db, "box.stopped", version=__version__)


def marked(config: Config) -> dict[str, str]:
    """For each setting that is not as it is by itself a mark that is another for another value; "" is the mark of the key."""
    key = (config.session_secret or "").encode()
    found = {"": ""} | {
        setting.name.upper(): str(getattr(config, setting.name))
        for setting in SETTINGS
        if setting.name not in ALWAYS_MADE and getattr(config, setting.name) != setting.default
    }
    return {
        name: hmac.new(key, f"setting {name}={said}".encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]
        for name, said in found.items()
    }


def _changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The names; under another key only those that were set or unset since, as the others cannot be compared."""
    if before and before[""] != now[""]:
        return ["SESSION_SECRET", *sorted((before.keys() ^ now.keys()) - {""})]
    return sorted(name for name in (before.keys() | now.keys()) - {""} if before.get(name) != now.get(name))


def _newest(tx: apsw.Connection, *actions: str) -> tuple[str, str]:
    """Action and detail of the newest line of these, two empty texts where there is none."""
    found = tx.execute(
        """SELECT action, detail FROM audit_log
            WHERE id = (SELECT max(id) FROM audit_log WHERE action IN (SELECT value FROM json_each(:actions)))""",
        {"actions": json.dumps(actions)},
    ).fetchone()
    return found or ("", "")


def _write(db: Database, by: Person | None, lines: dict[str, dict[str, object]]) -> None:
    for action, detail in lines.items():
        told = json.dumps({name: said for name, said in detail.items() if name != "marks"})
        logger.info("%s %s", action, told, extra={"event": "recorded", "action": action})
    try:
        with db.noting(), db.write() as tx:
            for action, detail in lines.items():
                audit.note(tx, by.id if by else None, action, "box", None, **detail)
    except (Busy, OSError, apsw.Error) as problem:
        _lost(", ".join(lines), problem)


def _lost(action: str, problem: Exception) -> None:
    logger.warning("%s could not be written down: %s", action, type(problem).__name__, extra={"event": "not_recorded"})
