"""Makes what is kept of this release: python -m tests.db.releases.make

Run once, when a schema is released, and commit the folder `schema-N` beside this file; it never changes again.
"""

import json
import tempfile
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import Database, contents, migrate
from gsctracker.ops import demo
from gsctracker.ops.copies import keys, making

HERE = Path(__file__).parent
FIGURES, KEY, FILE = "figures.json", "key.txt", "gsctracker.db"


def make(folder: Path) -> Path:
    """A box with a small season, its plain and its sealed copy, the key and the figures, in `folder/schema-N`."""
    target = folder / f"schema-{migrate.newest()}"
    target.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as name:
        plain = Config(data_dir=Path(name))
        keys.ready(plain)
        db = Database(plain.database)
        try:
            demo.fill(db, scouts=4, sales=30, booths=2)
            with db.read() as tx:
                figures = _figures(contents.summary(tx))
            making.make(plain, db, kind="manual", label="plain", to=target)
            sealed = Config(data_dir=Path(name), backup_recipient=keys.recipients(plain)[0])
            making.make(sealed, db, kind="manual", label="sealed", to=target)
            making.take(db, target / FILE)
        finally:
            db.close()
        (target / KEY).write_text(keys.identities(plain)[0] + "\n", encoding="ascii")
    (target / FIGURES).write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="ascii")
    return target


def _figures(summary: dict) -> dict:
    """Rows and sums of the tables that are the troop's."""
    return {
        table: {"rows": facts["rows"], "sums": facts["sums"]}
        for table, facts in summary.items()
        if table not in contents.BOX_TABLES and facts["rows"]
    }


if __name__ == "__main__":
    made = HERE / f"schema-{migrate.newest()}"
    if made.exists():
        raise SystemExit(f"{made} is there already and never changes again")
    print(make(HERE))
