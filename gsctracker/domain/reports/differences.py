"""What does not agree: Digital Cookie, the back office and our own ledgers side by side, each difference in words.

The parts of a difference always add up to it: nothing is left unexplained, and nothing is explained twice.
"""

from dataclasses import dataclass, field

import apsw

from gsctracker.db.rows import Row, many, value
from gsctracker.domain.imports import batches, ticks
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import channels, shelf
from gsctracker.domain.season import seasons
from gsctracker.words import N_


@dataclass(frozen=True)
class Part:
    """One reason for a difference: a code, so many packages more (or, below zero, fewer) at the office, and its sentence."""

    code: str
    boxes: int
    message: str
    params: dict[str, str | int]


@dataclass(frozen=True)
class Line:
    """One girl and cookie in packages. gap = office - credited = the sum of the parts."""

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

SENTENCES = {
    "held": N_("%(n)s are still at her home: %(office)s counts a hand-out as sold."),
    "not_handed_out": N_("%(n)s were sold that no hand-out covers: record the hand-out (T2G)."),
    "hand_out_not_typed": N_("%(n)s were handed out here and are not in %(office)s yet: type the T2G."),
    "hand_out_not_here": N_("%(n)s more were handed out in %(office)s than here: bring in its newest export."),
    "shipped_late": N_(
        "%(n)s shipped packages are in Digital Cookie and not in %(office)s yet; they follow by themselves."
    ),
    "shipped_not_here": N_(
        "%(n)s shipped packages are in %(office)s and not in a Digital Cookie file yet: bring in the newest."
    ),
    "booth_not_divided": N_("%(n)s of our booths are credited here and not divided in %(office)s yet."),
    "booth_not_here": N_("%(n)s of a booth are divided in %(office)s and not credited here yet."),
    "site_not_divided": N_("%(n)s of the troop's site are credited here and not distributed in %(office)s yet."),
    "site_not_here": N_("%(n)s of the troop's site are distributed in %(office)s and not credited here yet."),
    "share_to_type": N_("%(n)s Cookie Share are not in %(office)s: type them in, or they follow from Digital Cookie."),
    "share_too_many": N_("%(n)s Cookie Share more are in %(office)s than were donated: look for one typed twice."),
    "not_in_ledger": N_("%(n)s are not on her lines in %(office)s: type them in."),
    "more_in_ledger": N_("%(n)s more are on her lines in %(office)s than here."),
}

_BY_CHANNEL = {
    "hand_out": ("hand_out_not_here", "hand_out_not_typed"),
    "shipped": ("shipped_not_here", "shipped_late"),
    "booth": ("booth_not_here", "booth_not_divided"),
    "site": ("site_not_here", "site_not_divided"),
    "share": ("share_too_many", "share_to_type"),
    "ledger": ("more_in_ledger", "not_in_ledger"),
}


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
        _remarks(tx, season_id, office),
    )


def explained(code: str, boxes: int, office: str, **params: str | int) -> Part:
    """A part with its sentence; the sentence says the number without its sign."""
    return Part(code, boxes, SENTENCES[code], {"n": abs(boxes), "office": office, **params})


def _lines(tx: apsw.Connection, season: Row, office: str, scout_id: int | None) -> list[Line]:
    both = channels.of_season(tx, season.id)
    scouts = {row.id: row for row in many(tx, "SELECT id, first_name, last_initial FROM scouts")}
    cookies = many(
        tx,
        "SELECT id, code, name FROM products WHERE season_id = :season ORDER BY is_virtual, position",
        season=season.id,
    )
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
    found = []
    for girl in scouts.values():
        for cookie in cookies:
            key = (girl.id, cookie.id)
            if key not in met or scout_id not in (None, girl.id):
                continue
            theirs, ours = both.office.get(key, {}), both.ours.get(key, {})
            credited = sum(boxes for channel, boxes in ours.items() if channel != "hand_out")
            dc, hand = both.digital_cookie.get(key, 0), on_hand.get(key, 0)
            parts = _parts(theirs, ours, office, by_ledger)
            line = Line(
                girl.id, girl.first_name, girl.last_initial, cookie.id, cookie.code, cookie.name,
                dc, sum(theirs.values()), credited, hand, parts,
            )  # fmt: skip
            if line.office or credited or dc or hand or parts:
                found.append(line)
    return found


def _parts(theirs: dict[str, int], ours: dict[str, int], office: str, by_ledger: bool) -> list[Part]:
    """Channel by channel; a hand-out counts as sold there, so what she holds is a part of its own."""
    parts = []
    held = ours.get("hand_out", 0) - ours.get("own", 0)
    if held:
        parts.append(explained("held" if held > 0 else "not_handed_out", held, office))
    if by_ledger:
        expected = sum(ours.get(channel, 0) for channel in channels.CHANNELS) + ours.get("adjust", 0)
        gaps = {"ledger": sum(theirs.values()) - expected}
    else:
        gaps = {channel: theirs.get(channel, 0) - ours.get(channel, 0) for channel in channels.CHANNELS}
        gaps["booth"] -= ours.get("adjust", 0)
    for channel, gap in gaps.items():
        if gap:
            parts.append(explained(_BY_CHANNEL[channel][gap < 0], gap, office))
    return parts


def _remarks(tx: apsw.Connection, season_id: int, office: str) -> list[Note]:
    found = []
    if waiting := batches.unanswered(tx, season_id):
        found.append(
            Note(N_("Imported rows that wait for an answer and are in none of these figures: %(n)s."), {"n": waiting})
        )
    for row in _over_allocated(tx, season_id):
        found.append(
            Note(
                N_("%(name)s: girls were credited with %(given)s packages of the troop's site, and it sold %(sold)s."),
                {"name": row.name, "given": row.given, "sold": row.sold},
            )
        )
    left = value(
        tx,
        """SELECT sum(max(0, sold - given)) FROM (
               SELECT product_id, sum(order_lines.boxes) AS sold,
                      ifnull((SELECT sum(boxes) FROM credited WHERE credited.season_id = :season AND channel = 'site'
                                 AND credited.product_id = order_lines.product_id), 0) AS given
                 FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                WHERE season_id = :season AND scout_id IS NULL AND source = 'digital-cookie' AND order_type <> 'booth'
                GROUP BY product_id)""",
        season=season_id,
    )
    if left:
        found.append(
            Note(N_("Packages of the troop's site that are not credited to any girl yet: %(n)s."), {"n": left})
        )
    if ticks.last_export(tx, season_id) is None:
        found.append(
            Note(N_("No export of %(office)s was brought in yet, so its column is empty."), {"office": office})
        )
    return found


def _over_allocated(tx: apsw.Connection, season_id: int) -> list[Row]:
    return many(
        tx,
        """SELECT products.name, given, ifnull(sold, 0) AS sold
             FROM (SELECT product_id, sum(boxes) AS given FROM credited
                    WHERE season_id = :season AND channel = 'site' GROUP BY product_id) AS credit
             JOIN products ON products.id = credit.product_id
             LEFT JOIN (SELECT product_id, sum(order_lines.boxes) AS sold
                          FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                         WHERE season_id = :season AND scout_id IS NULL GROUP BY product_id) AS site
               ON site.product_id = credit.product_id
            WHERE given > ifnull(sold, 0)""",
        season=season_id,
    )
