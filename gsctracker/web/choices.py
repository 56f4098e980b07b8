"""What a form offers to choose from: girls, booths, the places a box can be at."""

from flask import g
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import booths
from gsctracker.domain.people import roles, scouts
from gsctracker.web import wording
from gsctracker.words import N_

MOST = 500


def girls(tx, status: str | None = "active") -> list[tuple[int, str]]:
    """(id, name) of the girls she may see, by name."""
    rows = scouts.page(tx, g.by, limit=MOST, status=status)
    return sorted(((row.id, wording.girl(row)) for row in rows), key=lambda one: one[1].casefold())


def open_booths(tx, season_id: int) -> list[tuple[int, str]]:
    """(id, name) of the booths that are still to come or under way."""
    rows = booths.page(tx, season_id, limit=MOST)
    return [(row.id, row.name) for row in rows if row.status == "scheduled"]


def holders(tx, season_id: int) -> list[tuple[str, str]]:
    """Whoever holds boxes of the troop: the shelf, each girl, each booth."""
    return [
        ("troop", gettext("The troop's shelf")),
        *((f"girl-{scout_id}", name) for scout_id, name in girls(tx)),
        *((f"booth-{booth_id}", name) for booth_id, name in open_booths(tx, season_id)),
    ]


def holder(name: str, given: object) -> dict[str, int]:
    """Whoever was chosen among `holders`, as a move wants to know it; nothing for the shelf."""
    kind, _, number = str(given or "").partition("-")
    if given == "troop":
        return {}
    if kind not in ("girl", "booth"):
        values.refuse(name, N_("Say where the boxes are."))
    return {"scout_id" if kind == "girl" else "booth_id": row_id(name, number)}


def row_id(name: str, given: object) -> int:
    """The id of a row, as a form brings it."""
    return values.whole(name, given, 1, 10**12 - 1)


def only_own_girl() -> int | None:
    """The girl of a family that has one alone; None for everybody else."""
    if roles.allows(g.by, "sales.all") or len(g.by.scout_ids) != 1:
        return None
    return next(iter(g.by.scout_ids))
