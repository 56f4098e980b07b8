"""Whether the data shrank as no season shrinks: an empty disk in place of the old one, a mass deletion, a stale file."""

from typing import Any

from gsctracker.db.contents import APPEND_ONLY, BOX_TABLES
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_, in_english

COME_AND_GO = frozenset(
    {"import_batches", "import_rows", "invitations", "office_lines", "typed_ticks", "proceeds_tiers"}
)
NEVER_EMPTY = frozenset({"troop", "seasons", "products", "households", "scouts", "accounts", "orders"})
FEW = 20  # of fewer rows, one is a large share
LOST_AT_MOST = 0.2


def shrunk(before: Manifest, tables: dict[str, dict[str, Any]], schema: int) -> list[str]:
    """What is missing against the copy before, as sentences; `tables` is the summary of the new one, `schema` its number.

    A table that a migration took away is not missed.
    """
    found = []
    for name, was in sorted(before.tables.items()):
        now = tables.get(name, {"rows": 0, "maxId": 0})
        if name in BOX_TABLES or name in COME_AND_GO or (name not in tables and schema != before.schema):
            continue
        lost = was["rows"] - now["rows"]
        if name in APPEND_ONLY and name != "audit_log" and (lost > 0 or now["maxId"] < was["maxId"]):
            found.append(
                _fewer(N_("%(table)s only ever grows, and it had %(was)d rows and has %(now)d."), name, was, now)
            )
        elif lost > 0 and now["rows"] == 0 and (name in NEVER_EMPTY or was["rows"] >= FEW // 4):
            found.append(_fewer(N_("%(table)s had %(was)d rows and has none."), name, was, now))
        elif was["rows"] >= FEW and lost > was["rows"] * LOST_AT_MOST:
            found.append(_fewer(N_("%(table)s had %(was)d rows and has %(now)d."), name, was, now))
    return found


def _fewer(sentence: str, name: str, was: dict[str, Any], now: dict[str, Any]) -> str:
    return in_english(sentence, {"table": name, "was": was["rows"], "now": now["rows"]})
