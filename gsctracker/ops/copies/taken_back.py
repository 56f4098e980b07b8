"""What opened the box and was taken back since a copy was made, such as the passkey of a lost phone: it stays taken back."""

import logging
from pathlib import Path

import apsw

from gsctracker.db.connections import open_reader
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import calendar
from gsctracker.domain.people import outside, passkeys

logger = logging.getLogger("gsctracker.copies")


def carry_over(writer: apsw.Connection, live: Path) -> None:
    """Before a copy takes the place of the file `live`: passkeys, outside accounts and calendar links that are there no longer go
    from it too. `writer` is in a transaction of the copy. A present of before these were known, or of another box, changes nothing.
    """
    reader = open_reader(live)
    try:
        if value(reader, "SELECT uid FROM instance") != value(writer, "SELECT uid FROM instance"):
            return
        keys = {row.credential_id for row in many(reader, "SELECT credential_id FROM passkeys")}
        identities = {
            (row.issuer, row.subject) for row in many(reader, "SELECT issuer, subject FROM outside_identities")
        }
        links = {row.token_hash for row in many(reader, "SELECT token_hash FROM calendar_links")}
    except apsw.SQLError:
        return
    finally:
        reader.close()
    gone = {
        "passkeys": passkeys.keep_only(writer, keys),
        "outside": outside.keep_only(writer, identities),
        "calendars": calendar.keep_only(writer, links),
    }
    if any(gone.values()):
        logger.info("taken back since the copy: %s", gone, extra={"event": "stays_taken_back"})
