"""Telling browsers: who is on duty of faults, an adult of her own family's shifts. No message names a girl."""

import gettext
import json
import logging
from collections.abc import Sequence

import apsw

from gsctracker import translations
from gsctracker.config import Config
from gsctracker.db import Busy, Database
from gsctracker.db.rows import Row
from gsctracker.domain import pushes
from gsctracker.domain.booths import hours
from gsctracker.errors import Invalid
from gsctracker.integrations import web_push
from gsctracker.integrations.notify import Undelivered
from gsctracker.ops import secrets
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.push")

KEY = "vapid_private_key"
NEAR = False  # only services on the internet: an address is what a browser said
TITLE = N_("%(booth)s, %(when)s")
BODY = N_("Your family has a shift. Give it back in time if you cannot come.")


def private_key(config: Config) -> str:
    """The box's key for pushes: as set, else as kept, else made now and kept beside the box's other secrets."""
    if config.vapid_private_key:
        return config.vapid_private_key
    file = secrets.folder_of(config.data_dir) / KEY
    if not file.exists():
        secrets.write(file, web_push.new_key())
    return file.read_text(encoding="ascii", errors="replace").strip()


def public_key(config: Config) -> str:
    """What a browser is given when it asks to be told. Raises Invalid where the one that is set belongs to another private key."""
    found = web_push.public_key(private_key(config))
    if config.vapid_public_key and config.vapid_public_key.rstrip("=") != found:
        raise Invalid(N_("VAPID_PUBLIC_KEY does not belong to VAPID_PRIVATE_KEY: unset it."), "wrong_vapid_key")
    return found


def tell(
    config: Config, db: Database, to: Sequence[Row], title: str, body: str, path: str, *, is_urgent: bool = False
) -> int:
    """Bring a message to these browsers (rows of `pushes.of`); gives how many took it. Slow: never inside a write."""
    if not to:
        return 0
    sender = config.app_url if (config.app_url or "").startswith("https:") else "mailto:gsctracker@localhost"
    message = json.dumps({"title": title, "body": body, "path": path}, ensure_ascii=False).encode()
    key, told = private_key(config), 0
    for one in to:
        browser = web_push.Browser(one.endpoint, one.p256dh, one.auth)
        try:
            web_push.send(browser, message, key, str(sender), is_urgent=is_urgent, near=NEAR)
        except web_push.Gone:
            _note(db, one.id, is_gone=True)
        except Undelivered as why:
            logger.info("a browser was not told: %s", why, extra={"event": "push_undelivered"})
            _note(db, one.id, is_gone=False)
        else:
            told += 1
            _note(db, one.id, is_gone=None)
    return told


def remind(config: Config, db: Database) -> str | None:
    """Remind adults of the shifts of today and tomorrow, each once; None where nobody asked for it or nothing comes."""
    if not web_push.is_there():
        return None
    with db.read() as tx:
        waiting = [(row, hours.said(tx, row.starts_at), pushes.of(tx, [row.account_id])) for row in pushes.due(tx)]
    told = 0
    for row, when, to in waiting:
        say = gettext.translation("messages", translations.FOLDER, [row.language], fallback=True).gettext
        title = say(TITLE) % {"booth": row.booth, "when": when}
        if tell(config, db, to, title, say(BODY), f"/booths/{row.booth_id}"):
            told += 1
            with db.write() as tx:
                pushes.reminded(tx, row.sign_up_id, row.account_id)
    return f"reminded of {told} of {len(waiting)} shifts" if waiting else None


def _note(db: Database, push_id: int, is_gone: bool | None) -> None:
    """Keep what came of it; a box that cannot be written to tells all the same."""
    try:
        with db.write() as tx:
            if is_gone is None:
                pushes.worked(tx, push_id)
            else:
                pushes.failed(tx, push_id, is_gone)
    except (apsw.Error, Busy, OSError):
        logger.info("what came of a push could not be kept", extra={"event": "push_unrecorded"})
