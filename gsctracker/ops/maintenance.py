"""Closing the box for a while: everybody sees a polite page until it is opened again."""

from collections.abc import Iterator
from contextlib import contextmanager

from gsctracker.config import Config
from gsctracker.db.closing import Closing
from gsctracker.errors import NotFound
from gsctracker.ops import standby
from gsctracker.words import N_


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


@contextmanager
def _beside(config: Config) -> Iterator[Closing]:
    if not config.database.exists():
        raise NotFound(
            N_("There is no troop in %(folder)s yet. Start it with: gsctracker serve"),
            "no_database",
            folder=str(config.data_dir),
        )
    closing = Closing(config.database)
    try:
        yield closing
    finally:
        closing.close()
