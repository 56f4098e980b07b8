"""What does not agree: Digital Cookie, the back office and our own ledgers side by side, each difference in words.

The parts of a difference always add up to it: nothing is left unexplained, and nothing is explained twice.
"""

from dataclasses import dataclass, field

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.imports import ticks
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import channels, remarks, shelf
from gsctracker.domain.reports.parts import Part, of_cookie
from gsctracker.domain.season import seasons


@dataclass(frozen=True)
class Line:
    """One girl and cookie in packages; `place_id` is her home. gap = office - credited = the sum of the parts."""

    scout_id: int
    first_name: str
    last_initial: str
    product_id: int
    code: str
    name: str
    digital_cookie: int
    office: int
    credited: int
    on_hand: int
    place_id: int
    parts: list[Part] = field(default_factory=list)

    @property
    def gap(self) -> int:
        """Packages that the office has more than we credited."""
        return self.office - self.credited


@dataclass(frozen=True)
class Page:
    """Everything on the page. `office`: the back office's name. `remarks`: what makes the comparison incomplete."""

    office: str
    last_export: str | None
    lines: list[Line]
    shelf: list[shelf.Shelf]
    remarks: list[Note]


OFFICES = {"abc": "Smart Cookies", "lbb": "eBudde"}


def page(tx: apsw.Connection, season_id: int, by: Person, scout_id: int | None = None) -> Page:
    """All girls and cookies that any of the three knows, those that differ and those that do not; or one girl's."""
    roles.require(by, "differences")
    season = seasons.find(tx, season_id)
    office = OFFICES[season.baker]
    return Page(
        office,
        ticks.last_export(tx, season_id),
        _lines(tx, season, office, scout_id),
        shelf.tie_out(tx, season_id, office),
        remarks.of_season(tx, season_id, office),
    )


def _lines(tx: apsw.Connection, season: Row, office: str, scout_id: int | None) -> list[Line]:
    both = channels.of_season(tx, season.id)
    scouts = {row.id: row for row in many(tx, "SELECT id, first_name, last_initial FROM scouts")}
    cookies = many(
        tx,
        "SELECT id, code, name FROM products WHERE season_id = :season ORDER BY is_virtual, position",
        season=season.id,
    )
    homes = {row.scout_id: row.id for row in many(tx, "SELECT id, scout_id FROM places WHERE scout_id IS NOT NULL")}
    on_hand = {
        (row.scout_id, row.product_id): row.boxes
        for row in many(
            tx,
            """SELECT scout_id, product_id, boxes FROM boxes_at JOIN places ON places.id = place_id
                JOIN products ON products.id = product_id WHERE scout_id IS NOT NULL AND season_id = :season""",
            season=season.id,
        )
    }
    met = {*both.office, *both.ours, *both.digital_cookie}
    by_ledger = any("ledger" in packages for packages in both.office.values())
    shares = channels.share_to_type(tx, season.id)
    found = []
    for girl in scouts.values():
        for cookie in cookies:
            key = (girl.id, cookie.id)
            if key not in met or scout_id not in (None, girl.id):
                continue
            theirs, ours = both.office.get(key, {}), both.ours.get(key, {})
            credited = sum(boxes for channel, boxes in ours.items() if channel != "hand_out")
            dc, hand = both.digital_cookie.get(key, 0), on_hand.get(key, 0)
            why = of_cookie(theirs, ours, office, by_ledger, shares[girl.id])
            line = Line(
                girl.id, girl.first_name, girl.last_initial, cookie.id, cookie.code, cookie.name,
                dc, sum(theirs.values()), credited, hand, homes[girl.id], why,
            )  # fmt: skip
            if line.office or credited or dc or hand or why:
                found.append(line)
    return found
