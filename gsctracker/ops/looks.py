"""Who looked at what is measured and logged of the box, written down once a day for each person and each page."""

import logging
import threading

import apsw

from gsctracker import clock
from gsctracker.db import Busy, Database
from gsctracker.domain import audit

logger = logging.getLogger("gsctracker.audit")


class Looks:
    """The looks of today that are in the record already; a start of the server forgets them, and then there is one line more."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turn = threading.Lock()
        self._day = ""
        self._known: set[tuple[int | None, str]] = set()

    def note(self, account_id: int | None, what: str) -> None:
        """Account `account_id` (None: a program with the token of the numbers) looked at `what`. A box that cannot write now
        is looked at all the same: that is when it is needed most.
        """
        today, look = clock.now()[:10], (account_id, what)
        with self._turn:
            if today != self._day:
                self._day, self._known = today, set()
            if look in self._known:
                return
            self._known.add(look)
        try:
            with self._db.write() as tx:
                audit.note(tx, account_id, "box.looked_at", "monitoring", None, what=what)
        except (Busy, OSError, apsw.Error) as problem:
            logger.warning("a look at %s could not be written down: %s", what, type(problem).__name__)
            with self._turn:
                self._known.discard(look)
