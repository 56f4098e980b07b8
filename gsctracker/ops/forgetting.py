"""Carrying out a family's wish that its girl is forgotten, and proving it on a fresh copy of the file."""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.connections import open_reader
from gsctracker.db.rows import many, value
from gsctracker.domain import once
from gsctracker.domain.imports import forgetting as imported_rows
from gsctracker.domain.people import forgetting
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import buyers
from gsctracker.ops import family_exports
from gsctracker.ops.copies import making

logger = logging.getLogger("gsctracker.privacy")


@dataclass(frozen=True)
class Proof:
    """What was looked for in a fresh copy: how many words, and where (table.column) one of them still stands."""

    words: int
    found: tuple[str, ...]


def carry_out(config: Config, db: Database, scout_id: int, by: Person, whole_name: str = "") -> Proof:
    """Forget her in one write, then look for her in a copy made afresh. Raises what `forgetting.forget` does."""
    with db.write() as tx:
        tx.execute("PRAGMA secure_delete = ON")  # what is freed is overwritten, not only left
        try:
            words = forgetting.spoken_of(tx, scout_id, whole_name.strip())
            hashes = forgetting.forget(tx, scout_id, by, whole_name)
            buyers.forget_of(tx, scout_id)
            imported_rows.forget_rows(tx, scout_id, hashes)
            once.forget_words(tx, words, "Scout")
        finally:
            tx.execute("PRAGMA secure_delete = OFF")
    family_exports.clear(config, db)
    proof = Proof(len(words), look_for(config, db, words))
    logger.info(
        "a girl was forgotten", extra={"event": "child_deleted", "scout": scout_id, "left_in": ", ".join(proof.found)}
    )
    return proof


def look_for(config: Config, db: Database, words: list[str]) -> tuple[str, ...]:
    """Where (table.column) any of the words stands in a fresh copy of the file, letters of either case being the same."""
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
    for table in many(
        reader,
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    ):
        for column in many(
            reader, "SELECT name FROM pragma_table_info(:table) WHERE type IN ('TEXT', 'BLOB')", table=table.name
        ):
            said = f'lower(CAST("{column.name}" AS TEXT))'
            test = " OR ".join(f"instr({said}, :w{at}) > 0" for at in range(len(words)))
            if words and value(
                reader,
                f'SELECT EXISTS (SELECT 1 FROM "{table.name}" WHERE {test})',
                **{f"w{at}": word.lower() for at, word in enumerate(words)},
            ):
                found.append(f"{table.name}.{column.name}")
    return found
