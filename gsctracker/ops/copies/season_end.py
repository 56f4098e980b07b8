"""The copy that a season leaves behind when its books are closed: kept for ever in every place, opened again with `serve --read-only`."""

import apsw

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import Row, many
from gsctracker.ops.copies import making

KIND = "season-end"


def due(tx: apsw.Connection) -> list[Row]:
    """The seasons that are settled or archived and have no such copy of that state yet (label), oldest first."""
    return many(
        tx,
        """SELECT name || ', ' || status AS label FROM seasons
            WHERE status IN ('settled', 'archived')
              AND NOT EXISTS (SELECT 1 FROM copy_runs WHERE kind = 'season-end' AND result <> 'failed'
                                 AND label = seasons.name || ', ' || seasons.status)
            ORDER BY year, id""",
    )


def make(config: Config, db: Database) -> str | None:
    """Make the copies that are due; gives what was made as a sentence, None where none is. Raises what `making.make` raises."""
    with db.read() as tx:
        seasons = due(tx)
    made = [making.make(config, db, KIND, season.label) for season in seasons]
    return " ".join(f"{one.name} was made for the end of the season: {one.label}." for one in made if one) or None
