"""Mails to those who moved up from a waiting list. No girl's name is in them: the page says who it is."""

import gettext
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.booths import hours, moved_up
from gsctracker.integrations import notify
from gsctracker.words import N_

TRANSLATIONS = Path(__file__).parents[1] / "translations"
TITLE = N_("A place is free: %(booth)s, %(when)s")
BODY = N_(
    "You were on the waiting list for this shift, and now the place is yours. Give it back in time if you cannot come."
)


def tell(config: Config, db: Database) -> str | None:
    """Tell each family once; where no mail goes out, nobody. What could not be sent is tried again at the next run."""
    if not (config.smtp_host and config.smtp_from):
        return None
    server = notify.MailServer(config.smtp_host, config.smtp_port, config.smtp_user, config.smtp_pass, config.smtp_from)
    with db.read() as tx:
        waiting = [(row, hours.said(tx, row.starts_at)) for row in moved_up.to_tell(tx)]
    told = set()
    for row, when in waiting:
        said = gettext.translation("messages", TRANSLATIONS, [row.language], fallback=True).gettext
        title = said(TITLE) % {"booth": row.booth_name, "when": when}
        address = f"{config.app_url.rstrip('/')}/booths/{row.booth_id}" if config.app_url else ""
        body = f"{title}\n\n{said(BODY)}\n\n{address}\n"
        try:
            notify.mail(server, row.to, notify.Message(title, body, "info", f"place-{row.id}"))
        except notify.Undelivered:
            continue
        told.add(row.id)
    for sign_up_id in sorted(told):
        with db.write() as tx:
            moved_up.told(tx, sign_up_id)
    return f"told of {len(told)} places that became free" if told else None
