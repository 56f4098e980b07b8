"""A restore that was asked for on a page: looked at in a thread, done when somebody confirms it, followed by its token."""

import logging
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database
from gsctracker.db.difference import Difference
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound, Refusal
from gsctracker.log import request_id
from gsctracker.ops.copies import announcing, restoring, staging
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.restoring import Restored
from gsctracker.ops.copies.staging import Found, Staged
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

LOOKING, LOOKED, RESTORING, DONE, REFUSED = "looking", "looked", "restoring", "done", "refused"
RUNNING = (LOOKING, RESTORING)
CONFIRM_WITHIN_SECONDS = 1800
KEPT = 20


@dataclass(frozen=True)
class Order:
    """What is to be restored: `find` gives the copy; `identities`, `unverified` and `adopt` as `staging.stage` has them.

    `by` is who asked, None at the set-up of an empty box; `undoes` the restore that is taken back; `scratch` a folder that goes
    when all is over. `then` is called with what was staged after a restore that succeeded.
    """

    find: Callable[[], Found | Path]
    by: Person | None = None
    identities: tuple[str, ...] = ()
    unverified: bool = False
    adopt: bool = False
    undoes: int | None = None
    scratch: Path | None = None
    then: Callable[[Staged], None] | None = None


@dataclass
class Errand:
    """One restore and how far it is (`phase`). What was learned of the copy is there from LOOKED on, `refusal` where REFUSED."""

    token: str
    order: Order
    phase: str
    since: float
    name: str = ""
    made_at: str | None = None
    manifest: Manifest | None = None
    loss: dict[str, Difference] = field(default_factory=dict)
    refusal: Refusal | None = None
    result: Restored | None = None

    @property
    def is_running(self) -> bool:
        """Whether it goes on by itself."""
        return self.phase in RUNNING


class Errands:
    """The restores asked for on the pages of one server: one at a time, the newest KEPT are remembered."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config = config
        self._db = db
        self._lock = threading.Lock()
        self._known: dict[str, Errand] = {}
        self._thread: threading.Thread | None = None

    def look(self, order: Order) -> Errand:
        """Begin to fetch, check and compare a copy; nothing is changed. Raises Conflict while another errand runs."""
        return self._begin(Errand(secrets.token_urlsafe(24), order, LOOKING, clock.ticks()), goes_on=False)

    def restore_at_once(self, order: Order) -> Errand:
        """Check a copy and put it back, for a box with nothing to lose. Raises Conflict while another errand runs."""
        return self._begin(Errand(secrets.token_urlsafe(24), order, LOOKING, clock.ticks()), goes_on=True)

    def confirm(self, errand: Errand) -> None:
        """Put the copy back that was looked at. Raises Conflict where that was long ago, or while another errand runs."""
        if errand.phase != LOOKED or clock.ticks() - errand.since > CONFIRM_WITHIN_SECONDS:
            raise Conflict(N_("That was too long ago: look at the copy again first."), "look_again")
        self._begin(errand, goes_on=True)

    def find(self, token: str) -> Errand:
        """The errand of that token. Raises NotFound."""
        with self._lock:
            found = self._known.get(token)
        if found is None:
            raise NotFound(N_("There is no such restore. Look at the list of copies."), "no_such_restore")
        return found

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the errand that runs: a server that stops lets it end."""
        thread = self._thread
        if thread:
            thread.join(seconds)

    def _begin(self, errand: Errand, goes_on: bool) -> Errand:
        with self._lock:
            if any(one.is_running for one in self._known.values()):
                raise Conflict(N_("Another copy is being looked at or put back at this moment."), "restore_under_way")
            self._known.pop(errand.token, None)
            self._known[errand.token] = errand
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known)))
            errand.phase = LOOKING
            errand.since = clock.ticks()
            name = request_id.get()
            self._thread = threading.Thread(target=self._run, args=(errand, goes_on, name), name="restore")
            self._thread.start()
        return errand

    def _run(self, errand: Errand, goes_on: bool, request: str) -> None:
        request_id.set(request)
        order = errand.order
        try:
            found = order.find()
            with staging.stage(self._config, found, list(order.identities), order.unverified, order.adopt) as staged:
                errand.name, errand.made_at, errand.manifest = staged.name, staged.made_at, staged.manifest
                if goes_on:
                    errand.phase = RESTORING
                    errand.result = restoring.restore(self._config, self._db, staged, order.by, order.undoes)
                    logger.info("restored the copy %s", staged.name, extra={"event": "restored", "copy": staged.name})
                    if order.then:
                        order.then(staged)
                else:
                    errand.loss = restoring.loss(self._config, staged)
            errand.phase = DONE if goes_on else LOOKED
            if errand.result:
                announcing.tell(self._config, errand.result, order.by.first_name if order.by else "")
        except Refusal as no:
            self._refused(errand, no)
        except Busy:
            self._refused(errand, Conflict(N_("The box is busy with other changes. Try again in a moment."), "busy"))
        except Exception:
            logger.exception("the copy could not be put back")
            broken = Conflict(
                N_("Something broke while the copy was looked at or put back. It has been written down."), "broken"
            )
            self._refused(errand, broken)
        finally:
            if order.scratch:
                shutil.rmtree(order.scratch, ignore_errors=True)

    def _refused(self, errand: Errand, no: Refusal) -> None:
        logger.warning("not restored: %s", no, extra={"event": "restore_refused"})
        errand.refusal = no
        errand.phase = REFUSED
