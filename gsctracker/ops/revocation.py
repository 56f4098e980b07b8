"""When something leaked: everything that lets somebody in without a password ends, at once and in one step."""

from gsctracker.db import Database
from gsctracker.domain import audit, pushes
from gsctracker.domain.booths import calendar
from gsctracker.domain.people import consent_letters, devices, invitations, outside, passkeys, resets, sessions, tokens


def revoke_everything(db: Database) -> dict[str, int]:
    """End all sessions, invitations, reset links, letters about consent, calendar links, tokens, passkeys, outside accounts, known
    devices and push notices; gives how many of each.

    Passwords and second factors stay: everybody signs in anew with them.
    """
    with db.write() as tx:
        ended = {
            "sessions": sessions.end_everybodys(tx),
            "invitations": invitations.withdraw_all(tx),
            "resets": resets.withdraw_all(tx),
            "letters": consent_letters.withdraw_all(tx),
            "calendars": calendar.revoke_all(tx),
            "tokens": tokens.revoke_all(tx),
            "outside": outside.unlink_all(tx),
            "passkeys": passkeys.remove_all(tx),
            "devices": devices.forget_all(tx),
            "pushes": pushes.forget_all(tx),
        }
        audit.note(tx, None, "access.revoked", "instance", 1, **ended)
    return ended
