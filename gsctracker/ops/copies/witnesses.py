"""What copies prove about the record of who did what: each manifest holds the seal of the newest line that its copy had.

Whoever can write to the live file can change a line and seal it and all after it anew; then every line fits again (domain/audit). But the
seals in the manifests made before are signed, lie beside the copies and off the box, and say what the lines' seals were.
"""

from collections.abc import Iterable
from typing import Any

import apsw

from gsctracker import clock
from gsctracker.db.rows import one, value
from gsctracker.domain.audit import KEPT_YEARS
from gsctracker.ops.copies import history
from gsctracker.ops.copies.manifest import Manifest


def newest(connection: apsw.Connection) -> dict[str, Any]:
    """The newest line: its number, when it was written, its seal; nothing where there is no line."""
    row = one(connection, "SELECT id, at, seal FROM audit_log ORDER BY id DESC LIMIT 1")
    return {"line": row.id, "at": row.at, "seal": row.seal} if row else {}


def contradicted(connection: apsw.Connection, copies: Iterable[Manifest]) -> str | None:
    """What is wrong with the record by the word of these copies, or None; copies of another box, of a time before the last restore, that
    nobody signed or that hold no seal, say nothing.
    """
    whose = history.whose(connection)
    told = [each for each in copies if each.proven and each.record and (each.instance, each.generation) == whose]
    for copy in sorted(told, key=lambda each: each.sequence):
        if wrong := differs(connection, copy):
            return wrong
    return None


def differs(connection: apsw.Connection, copy: Manifest) -> str | None:
    """What of the record is not as it was when that copy was made, or None where it is. A line that went for its age is not missed."""
    line, seal = copy.record.get("line"), copy.record.get("seal")
    now = value(connection, "SELECT seal FROM audit_log WHERE id = :line", line=line)
    if now == seal or (now is None and copy.record["at"] < _oldest_kept()):
        return None
    what = "is gone" if now is None else "is another"
    return f"Line {line} of the record of who did what {what} since the copy {copy.name}: something else wrote to the file."


def _oldest_kept() -> str:
    now = clock.now()
    return f"{int(now[:4]) - KEPT_YEARS}{now[4:]}"
