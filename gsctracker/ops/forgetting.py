"""Carrying out a family's wish that its girl is forgotten, and proving it on a fresh copy of the file."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.connections import open_reader
from gsctracker.db.rows import many, value
from gsctracker.domain import once
from gsctracker.domain.imports import forgetting as imported_rows
from gsctracker.domain.people import consents, forgetting
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import buyers
from gsctracker.ops import family_exports

logger = logging.getLogger("gsctracker.privacy")


@dataclass(frozen=True)
class Proof:
    """What was looked for in a fresh copy: how many words, and where (table.column) one of them still stands."""

    words: int
    found: tuple[str, ...]


def carry_out(config: Config, db: Database, scout_id: int, by: Person, whole_name: str = "") -> Proof:
    """Forget her in one write, then look for her in a copy made afresh. Raises what `forgetting.forget` does."""
    with _overwriting(db) as tx:
        words = forgetting.spoken_of(tx, scout_id, whole_name.strip())
        _forget_elsewhere(tx, scout_id, words, forgetting.forget(tx, scout_id, by, whole_name))
    family_exports.clear(config, db)
    proof = Proof(len(words), look_for(config, db, words))
    logger.info(
        "a girl was forgotten", extra={"event": "child_deleted", "scout": scout_id, "left_in": ", ".join(proof.found)}
    )
    return proof


def forget_who_left(config: Config, db: Database) -> str | None:
    """Girls of past seasons who left lose their names (see `forgetting.who_left`), each in a write of its own."""
    with db.read() as tx:
        left = forgetting.who_left(tx)
    for scout_id in left:
        with _overwriting(db) as tx:
            words = forgetting.spoken_of(tx, scout_id)
            _forget_elsewhere(tx, scout_id, words, forgetting.leave(tx, scout_id))
    if not left:
        return None
    family_exports.clear(config, db)
    return f"{len(left)} girls of past seasons have no name here any more"


@contextmanager
def _overwriting(db: Database) -> Iterator[apsw.Connection]:
    """A write that overwrites what it frees, and does not only leave it."""
    with db.write() as tx:
        tx.execute("PRAGMA secure_delete = ON")
        try:
            yield tx
        finally:
            tx.execute("PRAGMA secure_delete = OFF")


def _forget_elsewhere(tx: apsw.Connection, scout_id: int, words: list[str], hashes: frozenset[str]) -> None:
    """What other subjects keep of her besides figures."""
    buyers.forget_of(tx, scout_id)
    imported_rows.forget_rows(tx, scout_id, hashes)
    once.forget_words(tx, words, "Scout")


def carry_over(writer: apsw.Connection, live: Path) -> None:
    """Before a copy takes the place of the file `live`: who was forgotten since is forgotten in it too, and consent that was
    taken back stays so. `writer` is in a transaction of the copy.
    """
    reader = open_reader(live)
    try:
        if value(reader, "SELECT uid FROM instance") != value(writer, "SELECT uid FROM instance"):
            return
        if not value(reader, "SELECT 1 FROM pragma_table_info('scouts') WHERE name = 'forgotten_at'"):
            return  # a file of a time when nobody could be forgotten
        girls = many(reader, "SELECT id, created_at FROM scouts WHERE forgotten_at IS NOT NULL")
        names = many(reader, "SELECT source, hash, scout_id FROM forgotten_names")
        withdrawn = many(
            reader,
            """SELECT scouts.id, created_at FROM scouts JOIN consents AS word ON word.scout_id = scouts.id
                WHERE kind = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM consents WHERE scout_id = scouts.id AND id > word.id)""",
        )
    finally:
        reader.close()
    for girl in girls:
        hers = [(row.source, row.hash) for row in names if row.scout_id == girl.id]
        hashes = forgetting.again(writer, girl.id, girl.created_at, hers)
        if hashes:
            buyers.forget_of(writer, girl.id)
            imported_rows.forget_rows(writer, girl.id, hashes)
    for girl in withdrawn:
        if value(writer, "SELECT created_at FROM scouts WHERE id = :id", id=girl.id) == girl.created_at:
            consents.withdraw_again(writer, girl.id)


def look_for(config: Config, db: Database, words: list[str]) -> tuple[str, ...]:
    """Where (table.column) any of the words stands in a fresh copy of the file, letters of either case being the same."""
    from gsctracker.ops.copies import making  # which restores, and those call `carry_over`

    folder = config.data_dir / "tmp"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder, prefix="drill-") as scratch:
        copy = Path(scratch) / "copy.db"
        making.take(db, copy)
        reader = open_reader(copy)
        try:
            found = _places(reader, words)
        finally:
            reader.close()
    return tuple(found)


def _places(reader: apsw.Connection, words: list[str]) -> list[str]:
    found = []
    bound = {f"w{at}": word.lower() for at, word in enumerate(words)}
    for column in many(
        reader,
        """SELECT tables.name AS in_table, columns.name
             FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.schema = 'main' AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%'
              AND columns.type IN ('TEXT', 'BLOB') ORDER BY tables.name, columns.cid""",
    ):
        said = f'lower(CAST("{column.name}" AS TEXT))'
        test = " OR ".join(f"instr({said}, :{name}) > 0" for name in bound)
        if words and value(reader, f'SELECT EXISTS (SELECT 1 FROM "{column.in_table}" WHERE {test})', **bound):
            found.append(f"{column.in_table}.{column.name}")
    return found
