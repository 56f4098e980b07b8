"""Where and when the troop sells together."""

from flask import Blueprint

from gsctracker.domain.booths import booths
from gsctracker.domain.season import seasons
from gsctracker.web.access import allow
from gsctracker.web.api import cursors
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Listing, PageAsk

MOST_BOOTHS = 10_000

bp = Blueprint("booths_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Booth(Answer, frozen=True):
    """A booth with the packages it sold and those that girls were credited with."""

    id: int
    name: str
    starts_at: str
    ends_at: str
    status: str
    sold_boxes: int
    credited_boxes: int
    address: str | None = None


@bp.get("/booths")
@allow("season.see")
@call(kept=True)
def calendar(tx, query: PageAsk) -> Listing[Booth]:
    """The season's booths, in the order they were planned."""
    rows = booths.page(tx, seasons.current(tx).id, limit=MOST_BOOTHS)
    return cursors.part(rows, query, lambda row: (row.id,), _booth)


def _booth(row) -> Booth:
    return Booth(row.id, row.name, row.starts_at, row.ends_at, row.status, row.sold, row.credited, row.address or None)
