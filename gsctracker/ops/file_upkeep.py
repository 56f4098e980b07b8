"""What keeps the database file quick, small and known to be whole: run by the timetable, each giving a sentence, or None
where there was nothing to do and nothing was written.
"""

import apsw

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.closing import DAMAGED
from gsctracker.db.connections import open_reader, open_writer
from gsctracker.db.rows import many, value
from gsctracker.errors import Conflict
from gsctracker.ops import machine, standby
from gsctracker.ops.upkeep import NothingToDo
from gsctracker.words import N_

WORTH_FOLDING_BYTES = 100_000
MOST_FREE_SHARE = 0.20
ROOM_FOR_VACUUM = 2  # times the file: the new one is written beside it, and into the WAL


def optimize(config: Config, db: Database) -> str | None:
    """Renew the planner's statistics where they have grown old."""
    try:
        with db.write() as tx:
            before = _statistics(tx)
            tx.execute("PRAGMA analysis_limit = 1000")
            tx.execute(
                "PRAGMA optimize(0x10002)"
            )  # 0x10000: look at every table, so that a new file has them after one night
            if _statistics(tx) == before:
                raise NothingToDo  # SQLite writes the same lines again
    except NothingToDo:
        return None
    return "statistics are up to date"


def fold_in(config: Config, db: Database) -> str | None:
    """Fold the WAL into the file and cut it to nothing, where it has grown worth it and no long reader is in the way."""
    log = db.path.with_name(db.path.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    if size < WORTH_FOLDING_BYTES:
        return None
    writer = open_writer(db.path)
    try:
        writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:
        return "a long reader was in the way; it is done at the next turn"
    finally:
        writer.close()
    return f"{size // 1000} kB of the log folded in"


def shrink(config: Config, db: Database, free_bytes: int | None = None) -> str | None:
    """VACUUM where more than a fifth of the file is empty and the disk has room for it twice; otherwise says why not.

    `free_bytes` is what the disk has left, looked up unless given.
    """
    with db.read() as tx:
        pages, free, size = (value(tx, f"PRAGMA {name}") for name in ("page_count", "freelist_count", "page_size"))
    if free <= pages * MOST_FREE_SHARE:
        return None
    free_bytes = machine.disk_of(db.path.parent)[1] if free_bytes is None else free_bytes
    if free_bytes < pages * size * ROOM_FOR_VACUUM:
        return f"not done: it takes {pages * size * ROOM_FOR_VACUUM // 1_000_000} MB of room on the disk"
    writer = open_writer(db.path)
    try:
        writer.execute("VACUUM")
        left = value(writer, "PRAGMA page_count")
    finally:
        writer.close()
    return f"the file shrank from {pages * size // 1000} to {left * size // 1000} kB"


def check(config: Config, db: Database) -> str:
    """Look at every page, index and reference of the live file. Raises Conflict where something is not as it must be: from then
    on the box is only read, until a look finds it sound again or a copy is put back.
    """
    reader = open_reader(db.path)
    try:
        damage = [row.integrity_check for row in many(reader, "PRAGMA integrity_check(5)")]
        loose = value(reader, "SELECT count(*) FROM pragma_foreign_key_check")
    except apsw.Error as error:
        damage, loose = [str(error)], 0
    finally:
        reader.close()
    if damage != ["ok"] or loose:
        found = " ".join((damage[0] if damage != ["ok"] else f"{loose} rows belong to nothing").split())[:300]
        if standby.now(db) is None:
            standby.enter(db.path, DAMAGED, found)
        raise Conflict(
            N_("The database is damaged: %(found)s. Put back the newest copy: gsctracker restore"),
            "database_damaged",
            found=found,
        )
    standby.leave(db.path, DAMAGED)
    return "every page, index and reference is sound"


def _statistics(tx: apsw.Connection) -> list[tuple[object, ...]]:
    if not value(tx, "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"):
        return []
    return list(tx.execute("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx"))
