"""A copy of the database while it is in use, and a look at whether a copy is whole."""

import os
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker.db import connections, durable
from gsctracker.db.rows import many, value
from gsctracker.errors import Conflict
from gsctracker.words import N_

APPLICATION_ID = 0x47534354  # "GSCT"


@dataclass(frozen=True)
class Checked:
    """What a sound copy holds: its schema number and how many rows each table has."""

    schema: int
    rows: dict[str, int]


def copy_out(connection: apsw.Connection, target: Path) -> None:
    """Copy the database behind `connection` into the new file `target`, for its owner alone and on the disk when this returns.

    The copy is one state of the database, whoever writes meanwhile; until it is whole it has another name. Raises Conflict
    where it cannot be made; nothing is left behind then.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)  # of a copy whose maker was killed
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("PRAGMA synchronous = OFF")  # SQLite would settle the whole file at once; we do, in parts
        connection.execute("VACUUM INTO :target", {"target": str(part)})
        durable.settle_in_parts(part)
        os.link(part, target)  # unlike a rename it never replaces an older copy
        part.unlink()
        durable.settle(target.parent)
    except (OSError, apsw.Error) as error:
        if part.parent.is_dir() and os.access(part.parent, os.W_OK):
            part.unlink(missing_ok=True)
        raise Conflict(
            N_("No copy can be made in %(folder)s: %(reason)s."),
            "cannot_copy",
            folder=str(target.parent),
            reason=_reason(error),
        ) from error


def check(path: Path) -> Checked:
    """Look at every page, key and reference of a copy. Raises Conflict where anything is not as it must be."""
    try:
        reader = connections.open_reader(path)
        try:
            return _checked(reader, path)
        finally:
            reader.close()
    except apsw.Error as error:
        raise _not_sound(path, str(error)) from error


def _checked(reader: apsw.Connection, path: Path) -> Checked:
    if reader.pragma("application_id") != APPLICATION_ID:
        raise Conflict(N_("%(name)s is not a copy of a GSCTracker database."), "not_our_copy", name=path.name)
    said = value(reader, "PRAGMA integrity_check(1)")
    if said != "ok":
        raise _not_sound(path, said)
    orphans = many(reader, "PRAGMA foreign_key_check")
    if orphans:
        raise _not_sound(path, f"{len(orphans)} rows belong to nothing, the first in {orphans[0].table}")
    tables = many(
        reader,
        """SELECT name, format('"%w"', name) AS quoted FROM pragma_table_list
            WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name""",
    )
    return Checked(
        schema=reader.pragma("user_version"),
        rows={table.name: value(reader, f"SELECT count(*) FROM {table.quoted}") for table in tables},
    )


def _not_sound(path: Path, reason: str) -> Conflict:
    reason = " ".join(reason.split()).rstrip(".")
    return Conflict(N_("The copy %(name)s is damaged: %(reason)s."), "copy_damaged", name=path.name, reason=reason)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).rstrip(".")
