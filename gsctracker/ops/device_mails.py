"""Letters to those in whose name somebody signed in on a device that was never seen before: she knows, or she looks."""

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.people import devices
from gsctracker.domain.season import troop
from gsctracker.ops import letters
from gsctracker.words import N_

TITLE = N_("Somebody signed in as you on a new device")
WAS_IT_YOU = N_("If that was you, all is well: there is nothing to do.")
WHAT_TO_DO = N_("If it was not: sign in, sign out everywhere else, choose a new password, and tell a leader.")


def tell(config: Config, db: Database) -> str | None:
    """Tell each once; where no mail goes out, nobody. What could not be sent is tried again for a day."""
    if not (config.smtp_host and config.smtp_from):
        return None
    with db.read() as tx:
        found = [] if troop.is_demo(tx) else devices.to_mail(tx)
    told = 0
    for row in found:
        said: dict[str, object] = {"day": row.first_at[:10], "time": row.first_at[11:16]}
        body: list[letters.Sentence] = [
            (N_("It was on %(day)s at %(time)s UTC."), said),
            (WAS_IT_YOU, {}),
            (WHAT_TO_DO, {}),
        ]
        if letters.send(config, [row], (TITLE, {}), body, f"device-{row.device_hash[:12]}", page="/account/devices"):
            with db.write() as tx:
                devices.mailed(tx, row.account_id, row.device_hash)
            told += 1
    return f"told of {told} new devices" if told else None
