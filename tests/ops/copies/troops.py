"""A box with a few sales in it, its copies, and what a test changes about them."""

import json
import shutil
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.people.roles import Person
from gsctracker.ops.copies import finding, keys, making, manifest, restoring, staging
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.restoring import Restored
from tests import factories

OLGA = Person(id=1, role="admin", first_name="Olga")


def make_box(folder: Path, scouts: int = 3) -> tuple[Config, Database]:
    """Troop 1234 in `folder`, with so many girls; gives its settings and its open database."""
    config = Config(data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    keys.ready(config)
    db = Database(config.database)
    with db.write() as tx:
        factories.set_up(tx)
    add_scouts(db, scouts)
    return config, db


def add_scouts(db: Database, number: int) -> None:
    """So many more girls, one write each."""
    for _ in range(number):
        with db.write() as tx:
            factories.make_scout(tx, "Ava")


def scouts_in(db: Database) -> int:
    """How many girls there are."""
    with db.read() as tx:
        return value(tx, "SELECT count(*) FROM scouts")


def copied(config: Config, db: Database, kind: str = "manual") -> tuple[Path, Manifest]:
    """A copy of now: its file and its manifest."""
    made = making.make(config, db, kind=kind, force=True)
    assert made is not None
    return config.backups / made.file, made


def put_back(config: Config, db: Database | None, source: str = "latest", **how: bool) -> Restored:
    """Restore that copy; gives what was done."""
    with staging.stage(config, finding.find(config, source), **how) as staged:
        return restoring.restore(config, db, staged, by=OLGA)


def carried_out(file: Path, folder: Path) -> Path:
    """The copy and its manifest in another folder, as somebody brings them on a stick; gives the file."""
    folder.mkdir(exist_ok=True)
    stem = file.name.split(".")[0]
    shutil.copy(file.with_name(f"{stem}.json"), folder)
    return Path(shutil.copy(file, folder))


def signed_again(file: Path, config: Config, **changes: object) -> None:
    """Write the manifest beside `file` with these fields changed (as JSON names them), signed with the box's key."""
    described = file.with_name(f"{file.name.split('.')[0]}.json")
    fields = json.loads(described.read_bytes()) | changes
    described.write_text(json.dumps(fields))
    key = keys.signing_key(config)
    fields["hmac"] = manifest._signature(fields, key)
    described.write_text(json.dumps(fields))


def changed(database: Path, *statements: str) -> None:
    """Carry out statements on a plain file, its triggers and references asleep."""
    connection = apsw.Connection(str(database))
    connection.execute("PRAGMA foreign_keys = OFF")
    for statement in statements:
        connection.execute(statement)
    connection.close()
