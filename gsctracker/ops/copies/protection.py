"""How old the oldest entry is that only this box has: the number that counts when the box is stolen."""

import json
from datetime import datetime

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.contents import ROUTINE
from gsctracker.db.rows import one, value
from gsctracker.ops.copies import names, places, shipments_away


def unprotected_seconds(tx: apsw.Connection, config: Config) -> int:
    """How old the oldest entry (journal or audit) is that stands in no verified copy or shipment off the box; 0 when all do.

    ROUTINE lines of the audit log, such as that of a start, wait for the next copy and count for nothing here.
    """
    off = one(tx, "SELECT name, started_at FROM copy_runs WHERE uploaded_at IS NOT NULL ORDER BY seq DESC LIMIT 1")
    restored = value(tx, "SELECT max(ended_at) FROM restore_runs WHERE result IN ('done', 'undone')") or ""
    known = off and off.started_at > restored and _highest_ids(config, off.name)
    shipped = shipments_away.covered(tx, config)
    if shipped:
        audit, journal = known or (0, 0)
        known = max(audit, shipped.audit_id), max(journal, shipped.journal_id)
    if known:
        oldest = value(
            tx,
            """SELECT min(at) FROM (SELECT min(at) AS at FROM audit_log
                                              WHERE id > :audit AND action NOT IN (SELECT value FROM json_each(:routine))
                              UNION ALL SELECT min(recorded_at) FROM journal WHERE id > :journal)""",
            routine=json.dumps(ROUTINE),
            audit=known[0],
            journal=known[1],
        )
    else:  # its manifest is gone from here, or numbers began anew with a restore: go by the time
        oldest = value(
            tx,
            """SELECT min(at) FROM (SELECT min(at) AS at FROM audit_log
                                              WHERE at >= :since AND action NOT IN (SELECT value FROM json_each(:routine))
                              UNION ALL SELECT min(recorded_at) FROM journal WHERE recorded_at >= :since)""",
            routine=json.dumps(ROUTINE),
            since=max(off.started_at, restored) if off else "",
        )
    return _age(oldest) if oldest else 0


def _highest_ids(config: Config, name: str) -> tuple[int, int] | None:
    """The highest ids of the audit log and the journal in that copy, or None where its manifest is not here any more."""
    wanted = names.parse(name)
    for copy in places.local(config).backwards():
        if copy.name == name and {"audit_log", "journal"} <= set(copy.tables):
            return copy.tables["audit_log"]["maxId"], copy.tables["journal"]["maxId"]
        if wanted is None or copy.sequence <= wanted.sequence:
            break
    return None


def _age(instant: str) -> int:
    return max(0, int((clock.moment() - datetime.fromisoformat(instant)).total_seconds()))
