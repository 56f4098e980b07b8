"""Credit of booths and of the site, given or taken back here, with the office's credit made right after it in the same transaction.

What an office's divider gave may be the same packages; so whoever credits through a door goes through these verbs. They take
and raise what the verbs of domain/booths of the same name do.
"""

from typing import Any

import apsw

from gsctracker.domain.booths import booths, closing, counting, crediting, seconding
from gsctracker.domain.imports import office_credits
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons


def close(tx: apsw.Connection, by: Person, booth_id: int, *counted: Any, **how: Any) -> closing.Result:
    """Close a booth by its count (as `counting.close`); a family's own booth is credited with that.

    Where another adult closed it with the very same figures, that is her signature, and nothing is posted again.
    """
    seconded = seconding.sign(tx, by, booth_id, *counted, **how)
    if seconded is not None:
        return seconded
    result = counting.close(tx, by, booth_id, *counted, **how)
    if booths.find(tx, booth_id).status == "credited":
        _settle(tx, by, booth_id)
    return result


def credit(tx: apsw.Connection, by: Person, booth_id: int, way: str, **how: Any) -> int:
    """Post a booth's division (`how`: weights, sales, hand); gives the entry's id."""
    entry_id = crediting.credit(tx, by, booth_id, way, **how)
    _settle(tx, by, booth_id)
    return entry_id


def take_back(tx: apsw.Connection, by: Person, booth_id: int, reason: str) -> None:
    """Take a booth's credit back."""
    crediting.take_back(tx, by, booth_id, reason)
    _settle(tx, by, booth_id)


def reopen(tx: apsw.Connection, by: Person, booth_id: int, reason: str) -> None:
    """Open a booth again: its credit first, then its closing."""
    counting.reopen(tx, by, booth_id, reason)
    _settle(tx, by, booth_id)


def credit_site(tx: apsw.Connection, by: Person, way: str, **how: Any) -> int:
    """Post a division of the site's packages; gives the entry's id."""
    entry_id = crediting.credit_site(tx, by, way, **how)
    office_credits.settle(tx, seasons.current(tx).id, by=by.id)
    return entry_id


def take_site_back(tx: apsw.Connection, by: Person, entry_id: int, reason: str) -> None:
    """Take a division of the site back."""
    crediting.take_site_back(tx, by, entry_id, reason)
    office_credits.settle(tx, seasons.current(tx).id, by=by.id)


def _settle(tx: apsw.Connection, by: Person, booth_id: int) -> None:
    office_credits.settle(tx, booths.find(tx, booth_id).season_id, by=by.id)
