"""What was shipped since a copy, put into the copy on the bench: the state of a minute between two copies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.db import connections, contents, row_changes
from gsctracker.db.rows import many, value
from gsctracker.domain.sales import search
from gsctracker.errors import Conflict
from gsctracker.ops.copies import keys, shipment, unpacking
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.shipment import Shipment
from gsctracker.words import N_


@dataclass(frozen=True)
class Shipped:
    """A shipment that lies somewhere: its note as it was found there, and what fetches its file into a new one.

    One that nobody asked for by its minute is left out where it cannot be used: the copy alone is better than nothing.
    """

    raw: bytes
    fetch: Callable[[Shipment, Path], None] = field(compare=False)
    is_asked_for: bool = True


def put_in(
    config: Config,
    database: Path,
    copy: Manifest,
    shipped: Shipped,
    identities: list[str],
    unverified: bool,
) -> Shipment:
    """Bring the staged copy into the state of the shipment; gives the shipment.

    Raises Conflict, each in a sentence of its own, where the note was changed or is of another copy, the file is damaged or
    sealed for another key, or what comes out is not what the note says.
    """
    found = shipment.read(shipped.raw, keys.manifest_keys(config, identities))
    if (found.parent, found.instance, found.schema) != (copy.name, copy.instance, copy.schema):
        raise Conflict(
            N_("The shipment %(name)s does not go on from the copy %(copy)s."),
            "other_copy",
            name=found.name,
            copy=copy.name,
        )
    if copy.proven and not found.proven and not unverified:
        raise Conflict(
            N_("The note of %(name)s was not signed with the key that signed its copy. If you trust it, ask with --unverified."),
            "shipment_unproven",
            name=found.name,
        )  # fmt: skip
    fetched, rows = (database.with_name(found.name + ending) for ending in (".fetched", ".rows"))
    try:
        shipped.fetch(found, fetched)
        unpacking.unpack_rows(fetched, rows, found, [*keys.identities(config), *identities])
        _apply(database, rows, found)
    finally:
        fetched.unlink(missing_ok=True)
        rows.unlink(missing_ok=True)
    return found


def _apply(database: Path, rows: Path, found: Shipment) -> None:
    writer = connections.open_writer(database)
    try:
        # the rows are the result of what triggers did; they would do it twice, or forbid what has happened long ago
        writer.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
        writer.execute("PRAGMA foreign_keys = OFF")
        writer.execute("BEGIN IMMEDIATE")
        try:
            counted = row_changes.put_in(writer, lambda: _lines(rows))
            if counted != found.tables or contents.content(contents.summary(writer)) != found.content:
                raise _differs(found)
            if value(writer, "PRAGMA integrity_check(1)") != "ok" or many(writer, "PRAGMA foreign_key_check"):
                raise _differs(found)
            writer.execute("COMMIT")
        except apsw.ConstraintError as error:
            raise _differs(found) from error
    finally:
        writer.close()


def make_findable(database: Path) -> None:
    """Make every sale of a file of this program's schema findable by its words again: the index holds none of its own text."""
    writer = connections.open_writer(database)
    try:
        writer.execute("BEGIN IMMEDIATE")
        search.index_all(writer)
        writer.execute("COMMIT")
    finally:
        writer.close()


def _lines(rows: Path) -> Iterator[bytes]:
    with rows.open("rb") as source:
        while line := source.readline(row_changes.LONGEST_LINE):
            yield line


def _differs(found: Shipment) -> Conflict:
    return Conflict(
        N_("The shipment %(name)s does not give the state that its note tells of."), "shipment_differs", name=found.name
    )
