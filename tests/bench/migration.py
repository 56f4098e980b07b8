"""How long the box is away for a heavy migration of a full season: python -m tests.bench.migration [--sales 6000]

The step is made up: it rebuilds the table of entries, the largest, adds a column to the sales, fills it, and makes an index.
Printed are the seconds of the copy before, of the step and of the whole start; DB-19 wants less than 5 on a Pi 4.
"""

import argparse
import tempfile
import time
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import Database, connections, migrate
from gsctracker.db.migrate import Step
from gsctracker.db.rows import value
from gsctracker.ops import demo, upgrade

MOST_SECONDS = 5.0
HEAVY = Step(
    migrate.newest() + 1,
    "heavy",
    """CREATE TABLE journal_again AS SELECT * FROM journal;
       CREATE UNIQUE INDEX journal_again_id ON journal_again (id);
       ALTER TABLE orders ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;
       CREATE INDEX orders_by_weight ON orders (weight, id);
       ANALYZE;""",
    """DROP INDEX orders_by_weight;
       ALTER TABLE orders DROP COLUMN weight;
       DROP TABLE journal_again;""",
)


def measure(folder: Path, scouts: int, sales: int, booths: int) -> dict[str, float]:
    """Megabytes of the file; seconds of the rehearsed step alone, of the whole start with it, and of the way back."""
    config = Config(data_dir=folder)
    folder.mkdir(parents=True, exist_ok=True)
    db = Database(config.database)
    demo.fill(db, scouts, sales, booths)
    db.close()
    steps = migrate.steps
    try:
        migrate.steps = lambda folder=None: [*steps(folder), HEAVY]
        rehearsed = upgrade.rehearse(config)
        began = time.perf_counter()
        upgrade.opened(config).close()
        whole = time.perf_counter() - began
        back = upgrade.carry_out(config, migrate.FIRST)
    finally:
        migrate.steps = steps
    reader = connections.open_reader(config.database)
    left = value(reader, "SELECT count(*) FROM sqlite_schema WHERE name = 'journal_again'")
    reader.close()
    assert left == 0
    size = config.database.stat().st_size / 1e6
    return {"megabytes": size, "step": rehearsed.seconds, "start": whole, "back": back.seconds}


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, default in (("scouts", 25), ("sales", 6000), ("booths", 60)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "data", given.scouts, given.sales, given.booths)
    print("  ".join(f"{name} {value:.2f}" for name, value in found.items()))
    if found["step"] > MOST_SECONDS:
        raise SystemExit(f"TOO SLOW: {found['step']:.2f} seconds, {MOST_SECONDS} are the most")


if __name__ == "__main__":
    main()
