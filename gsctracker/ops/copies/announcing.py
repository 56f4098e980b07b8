"""Telling all who run the box that a copy was put back: nobody should learn of it from figures that differ."""

import logging

import apsw

from gsctracker.config import Config
from gsctracker.db.connections import open_reader
from gsctracker.domain.booths import hours
from gsctracker.ops import letters
from gsctracker.ops.copies.restoring import UNDO_DAYS, Restored
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")


def tell(config: Config, done: Restored, who: str = "") -> int:
    """Write to each admin who is in the copy, in her language; gives how many letters a mail server took.

    `who` asked for it, nobody at the console or at the set-up. Without a mail server nobody is written to. Slow, and raises
    nothing: the restore stands.
    """
    if letters.mail_server(config) is None:
        return 0
    try:
        reader = open_reader(config.database)
        try:
            to = letters.readers(reader)
            when = hours.said(reader, done.made_at) if done.made_at else "?"
        finally:
            reader.close()
    except apsw.Error as error:
        logger.warning("nobody is told of the restore: %s", error)
        return 0
    facts: dict[str, object] = {"copy": done.name, "when": when, "who": who, "days": UNDO_DAYS}
    gone = sum(each.only_here for each in done.loss.values())
    body: list[letters.Sentence] = [
        (N_("%(who)s put back the copy %(copy)s. The data is now as it was %(when)s."), facts)
        if who
        else (N_("The copy %(copy)s was put back. The data is now as it was %(when)s."), facts),
        (N_("What was entered since is gone with it: %(rows)s rows in all tables."), {"rows": gone}),
        (
            N_(
                "Everybody has to sign in again. Passwords and roles are those of the copy: please look at the list of people."
            ),
            {},
        ),
    ]
    if done.before:
        body.append((N_("If that was not meant: for %(days)s days it can be taken back on the page of copies."), facts))
    return letters.send(config, to, (N_("A copy was put back on the troop's box"), {}), body, f"restored-{done.name}")
