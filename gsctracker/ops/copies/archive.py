"""A copy opened beside the box to look at, such as a season of years ago: in a scratch place, where nothing can be changed."""

import dataclasses
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.closing import BY_HAND
from gsctracker.domain.people import sessions, tokens
from gsctracker.ops import standby
from gsctracker.ops.copies import finding, staging

logger = logging.getLogger("gsctracker.copies")


@contextmanager
def opened(config: Config, source: str) -> Iterator[tuple[Config, Database]]:
    """The copy that `source` names (as `finding.find` has it) as a box of its own that can only be read, and its settings.

    People sign in as they did then. Nothing of it stays at the end, and the box beside it is not touched. Raises what finding
    and staging raise.
    """
    with staging.stage(config, finding.find(config, source), adopt=True) as staged:
        home = staged.path.parent / "archive"
        home.mkdir(mode=0o700)
        own = dataclasses.replace(
            config, data_dir=home, database_path=None, backup_dir=None, s3_backup_bucket=None, app_url=None
        )
        staged.path.rename(own.database)
        db = Database(own.database)
        try:
            with db.write() as tx:
                sessions.end_everybody(tx)  # who was signed in then
                tokens.revoke_all(tx)
            standby.enter(own.database, BY_HAND)
            logger.info("opened to look at: %s", staged.name, extra={"event": "archive", "copy": staged.name})
            yield own, db
        finally:
            db.close()
