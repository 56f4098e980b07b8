"""The roster, as far as the caller may see it."""

from flask import Blueprint, g

from gsctracker.domain.people import scouts
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Listing, PageAsk

MOST_SCOUTS = 10_000

bp = Blueprint("scouts_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Scout(Answer, frozen=True):
    """A girl of the troop; `lastName` is as few letters as tell two girls apart."""

    scout_id: int
    first_name: str
    last_name: str
    status: str
    level: str | None = None
    grade: int | None = None


@bp.get("/scouts")
@allow("home")
@call(kept=True)
def roster(tx, query: PageAsk) -> Listing[Scout]:
    """The girls of the troop, in the order they joined; a family sees its own."""
    everybody = scouts.page(tx, g.by, limit=MOST_SCOUTS)
    return cursors.part(everybody, query, lambda row: (row.id,), _scout)


def _scout(row) -> Scout:
    return Scout(row.id, row.first_name, row.last_initial, row.status, row.level, row.grade)
