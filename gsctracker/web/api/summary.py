"""The troop's season in one answer."""

from flask import Blueprint, g

from gsctracker.domain.reports import summary as reports
from gsctracker.domain.season import seasons, troop
from gsctracker.web.access import allow
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer

bp = Blueprint("summary_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Troop(Answer, frozen=True):
    """The box's own troop."""

    id: int
    number: str
    name: str
    council: str
    time_zone: str


class Season(Answer, frozen=True):
    """The season under way; `year` is the one in which it ends."""

    id: int
    name: str
    year: int
    baker: str
    status: str


class Totals(Answer, frozen=True):
    """The whole troop: `boxes` counts every package sold, of which `donatedBoxes` were donated."""

    boxes: int
    sales_count: int
    revenue_cents: int
    collected_cents: int
    owed_cents: int
    donated_boxes: int


class CookieSold(Answer, frozen=True):
    """How much of one cookie was sold."""

    code: str
    name: str
    boxes: int
    revenue_cents: int


class ScoutSold(Answer, frozen=True):
    """What one girl sold and is credited with."""

    scout_id: int
    first_name: str
    last_name: str
    sales_count: int
    total_boxes: int
    collected_cents: int
    owed_cents: int
    goal_boxes: int | None


class Summary(Answer, frozen=True):
    """The season so far. A caregiver or a scout finds only her own family in `scouts`, most boxes first."""

    troop: Troop
    season: Season
    totals: Totals
    products: list[CookieSold]
    scouts: list[ScoutSold]


@bp.get("/summary")
@bp.get("/reports/summary", endpoint="report")
@allow("home")
@call(kept=True)
def summary(tx) -> Summary:
    """Totals, cookies and girls of the season so far."""
    season = seasons.current(tx)
    own = troop.own(tx)
    products = reports.products(tx, season.id)
    total = reports.totals(tx, season.id, products)
    return Summary(
        troop=Troop(own.id, own.number, own.name, own.council, own.time_zone),
        season=Season(season.id, season.name, season.year, season.baker, season.status),
        totals=Totals(
            boxes=total.boxes,
            sales_count=total.sales_count,
            revenue_cents=total.revenue_cents,
            collected_cents=total.collected_cents,
            owed_cents=total.owed_cents,
            donated_boxes=total.donated_boxes,
        ),
        products=[CookieSold(row.code, row.name, row.boxes, row.revenue_cents) for row in products],
        scouts=[
            ScoutSold(
                scout_id=row.scout_id,
                first_name=row.first_name,
                last_name=row.last_initial,
                sales_count=row.sales_count,
                total_boxes=row.total_boxes,
                collected_cents=row.collected_cents,
                owed_cents=row.owed_cents,
                goal_boxes=row.goal_boxes,
            )
            for row in reports.scouts(tx, season.id, g.by)
        ],
    )
