"""What each query of the pages costs in a full season.

    python -m tests.bench.queries [--scouts 25] [--sales 6000] [--booths 60] [--most-milliseconds 50]

Opens every page, call and export as an admin, a leader, a caregiver and a girl, and lists each query once, the dearest first, with
the longest it took, the steps of SQLite's virtual machine (the same on every machine) and who asked. Exits 1 where one took longer.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker.db import connections
from tests.db.filled import Season, season_of
from tests.db.spoken import asked_by

ROLES = ("admin", "cookie_leader", "caregiver", "scout")


@dataclass
class Query:
    """One statement: the dearest of all the times it was carried out."""

    sql: str
    asked_by: str
    seconds: float = 0.0
    steps: int = 0
    times: int = 0


class Listener:
    """Hears the end of each statement of the connections that are opened while it listens."""

    def __init__(self) -> None:
        self.queries: dict[str, Query] = {}
        self._begun: dict[int, tuple[float, str]] = {}

    def hear(self, event: dict) -> None:
        """apsw calls this when a statement begins and when it ends; a trigger's own statements belong to it."""
        if event["code"] == apsw.SQLITE_TRACE_STMT:
            if not event["trigger"]:
                self._begun[event["id"]] = time.perf_counter(), asked_by()
            return
        began, origin = self._begun.pop(event["id"], (time.perf_counter(), "?"))
        query = self.queries.setdefault(event["sql"], Query(event["sql"], origin))
        query.seconds = max(query.seconds, time.perf_counter() - began)
        query.steps = max(query.steps, event["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"])
        query.times += 1


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen to the connections that are opened while this lasts."""
    listener, settle = Listener(), connections._settle

    def settle_and_listen(connection: apsw.Connection) -> None:
        settle(connection)
        connection.trace_v2(apsw.SQLITE_TRACE_STMT | apsw.SQLITE_TRACE_PROFILE, listener.hear)

    connections._settle = settle_and_listen
    try:
        yield listener
    finally:
        connections._settle = settle


def look_at_everything(season: Season) -> None:
    """Open each page, call and export once for each kind of person."""
    for role in ROLES:
        browser = season.browser(role)
        for page in season.pages().values():
            browser.get(page)


def main() -> int:
    """Fill a box, look at everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, usual in (("scouts", 25), ("sales", 6000), ("booths", 60), ("most-milliseconds", 50)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, listening() as listener:
        for season in season_of(Path(folder), asked.scouts, asked.sales, asked.booths):
            listener.queries.clear()
            look_at_everything(season)
    found = sorted(listener.queries.values(), key=lambda query: -query.seconds)
    print(f"{'ms':>8} {'steps':>9} {'times':>6}  asked by: statement")
    for query in found:
        slow = "  TOO SLOW" if query.seconds * 1000 > asked.most_milliseconds else ""
        said = " ".join(query.sql.split())[:90]
        print(f"{query.seconds * 1000:8.1f} {query.steps:9} {query.times:6}  {query.asked_by}: {said}{slow}")
    too_slow = sum(query.seconds * 1000 > asked.most_milliseconds for query in found)
    print(f"{len(found)} queries, {too_slow} of them over {asked.most_milliseconds} ms")
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
