"""Closing the box for a while: everybody sees a polite page until it is opened again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.closing import Closing
from gsctracker.db.connections import open_reader
from gsctracker.domain.booths import busy
from gsctracker.errors import Conflict, NotFound
from gsctracker.ops import standby
from gsctracker.words import N_

BEFORE_A_BOOTH = timedelta(hours=1)


def on(config: Config, only_read: bool = False) -> None:
    """Close the box, or let it `only_read`; the running server sees it at once, and a restart changes nothing. Raises NotFound
    without a database.
    """
    with _beside(config) as closing:
        if not only_read:
            closing.close_by_hand(True)
            return
    standby.on(config)


def off(config: Config) -> None:
    """Open the box again, and let changes be made whatever spoke against it. Raises NotFound without a database."""
    with _beside(config) as closing:
        closing.close_by_hand(False)
    standby.leave(config.database)


def is_on(config: Config) -> bool:
    """Whether the box is closed by hand. Raises NotFound without a database."""
    with _beside(config) as closing:
        return closing.is_closed_by_hand()


def may_close(config: Config) -> None:
    """Refuse while a booth is open or begins within the hour: Conflict with when the last of them ends. NotFound without a
    database. The file is only read, whatever its schema.
    """
    _must_be_there(config)
    now = clock.moment()
    reader = open_reader(config.database)
    try:
        until = busy.under_way_until(reader, clock.instant(now), clock.instant(now + BEFORE_A_BOOTH))
    finally:
        reader.close()
    if until:
        raise Conflict(
            N_(
                "A booth is open, or begins within the hour; the last of them ends at %(until)s (UTC). Wait for its end."
            ),
            "booth_under_way",
            until=until,
        )


@contextmanager
def _beside(config: Config) -> Iterator[Closing]:
    _must_be_there(config)
    closing = Closing(config.database)
    try:
        yield closing
    finally:
        closing.close()


def _must_be_there(config: Config) -> None:
    if not config.database.exists():
        raise NotFound(
            N_("There is no troop in %(folder)s yet. Start it with: gsctracker serve"),
            "no_database",
            folder=str(config.data_dir),
        )
