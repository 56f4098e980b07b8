"""Crediting girls with what a booth or the troop's own site sold: a division is proposed, posted with its why, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one
from gsctracker.domain import audit, journal
from gsctracker.domain.booths import attendance, booths, carry, closing, dividing, tallies
from gsctracker.domain.booths.dividing import Sale, Share
from gsctracker.domain.journal import Credit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid
from gsctracker.words import N_

MOST_MINUTES = 1_000_000
MOST_SALES = 5_000

Hand = Mapping[tuple[int, int], int]
"""Shared out by hand: (scout id, product id) to packages."""


@dataclass(frozen=True)
class Proposal:
    """A division before it is posted: each girl's share, her minutes, her carry before, and packages nobody was there for."""

    way: str
    sold: dict[int, int]
    shares: list[Share]
    minutes: dict[int, int]
    carries: dict[int, Fraction]
    nobodys: dict[int, int]


def sold(tx: apsw.Connection, booth_id: int) -> dict[int, int]:
    """Packages a booth sold by cookie, Cookie Share too."""
    rows = many(tx, "SELECT product_id, boxes FROM booth_sold WHERE booth_id = :id AND boxes > 0", id=booth_id)
    return {row.product_id: row.boxes for row in rows}


def noted_minutes(tx: apsw.Connection, booth_id: int) -> dict[int, int]:
    """Each girl's minutes at the booth, as she checked in and out or signed up."""
    return dividing.minutes(attendance.stays(tx, booth_id))


def propose(
    tx: apsw.Connection,
    booth_id: int,
    way: str,
    *,
    weights: Mapping[int, int] | None = None,
    sales: Sequence[Sale] = (),
    hand: Hand | None = None,
) -> Proposal:
    """How the booth's packages would be shared out. `weights`: minutes by scout id, where they are other than was noted;
    `sales`: one by one, where they are other than the phones tapped in.

    Raises Invalid for a way that lacks what it needs: girls, counts between, sales, or packages by hand that add up.
    """
    booth = booths.find(tx, booth_id)
    minutes = _minutes(tx, weights, noted_minutes(tx, booth_id))
    stays, boxes = attendance.stays(tx, booth_id), sold(tx, booth_id)
    nobodys: dict[int, int] = {}
    if way in ("segments", "sales"):
        if way == "segments":
            quotas, nobodys = dividing.by_segment(attendance.segments(tx, booth_id), stays)
        else:
            quotas, nobodys = dividing.by_sale(sales or tallies.sales(tx, booth_id), stays, booth.ends_at)
        if not quotas and not nobodys:
            _lacks(N_("There is nothing to divide by: no counts at a change of shift, or no sales one by one."))
        nobodys = {product: min(n, boxes.get(product, 0)) for product, n in nobodys.items()}
        quotas = dividing.fitted(quotas, boxes, nobodys, minutes)
    else:
        quotas = _quotas(tx, booth.season_id, way, boxes, minutes, hand)
    return _proposal(tx, booth.season_id, way, boxes, quotas, minutes, nobodys)


def credit(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    way: str,
    *,
    weights: Mapping[int, int] | None = None,
    sales: Sequence[Sale] = (),
    hand: Hand | None = None,
) -> int:
    """Post a division; gives the entry's id.

    Raises Conflict for a booth that two adults did not sign off yet, that was credited before, or that sold something while
    nobody was there: such packages are shared out by hand or evenly, which somebody decides.
    """
    roles.require(by, "stock.move")
    closed = closing.find(tx, booth_id)
    if closed is None or (closed.signed_by is None and closed.scout_id is None):
        raise Conflict(N_("Two adults sign the booth off first. Then its packages are shared out."), "not_signed")
    found = propose(tx, booth_id, way, weights=weights, sales=sales, hand=hand)
    if left := sum(found.nobodys.values()):
        raise Conflict(
            N_("Packages sold while no girl was present: %(n)d. Share this booth out evenly, by minutes or by hand."),
            "nobody_present",
            n=left,
        )
    return post(tx, by, booth_id, found)


def post(tx: apsw.Connection, by: Person, booth_id: int, found: Proposal) -> int:
    """Post a proposal with its why, without asking who may; gives the entry's id."""
    given = [(share.scout_id, product, boxes) for share in found.shares for product, boxes in share.given.items()]
    entry_id = closing.post_credit(tx, by, booth_id, given)
    _remember(tx, entry_id, found)
    return entry_id


def take_back(tx: apsw.Connection, by: Person, booth_id: int, reason: str) -> None:
    """Take a booth's credit back, with the reason. Raises Conflict where there is none."""
    if not closing.take_credit_back(tx, by, booth_id, _reason(reason)):
        raise Conflict(N_("This booth is not credited yet."), "not_credited")


def of_booth(tx: apsw.Connection, booth_id: int) -> Row | None:
    """The division that stands: its entry, way, and girls with `given` by product id, ideal, carry before and after, minutes."""
    entry = one(
        tx,
        """SELECT standing_entries.id, way, day FROM standing_entries LEFT JOIN booth_divisions ON entry_id = standing_entries.id
            WHERE booth_id = :booth AND kind = 'booth_credit'""",
        booth=booth_id,
    )
    return entry and _with_girls(tx, entry)


def site_left(tx: apsw.Connection, season_id: int) -> dict[int, int]:
    """Packages of the troop's own site (online orders in no girl's name) that no girl is credited with yet, by cookie.

    Below zero: more was credited than the site sold. What was handed over at a booth belongs to that booth.
    """
    rows = many(
        tx,
        """SELECT product_id, sum(boxes) AS boxes FROM (
               SELECT product_id, order_lines.boxes FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                WHERE season_id = :season AND scout_id IS NULL AND source = 'digital-cookie' AND order_type <> 'booth'
                UNION ALL
               SELECT product_id, -boxes FROM credited WHERE season_id = :season AND channel = 'site')
            GROUP BY product_id HAVING sum(boxes) <> 0""",
        season=season_id,
    )
    return {row.product_id: row.boxes for row in rows}


def propose_site(
    tx: apsw.Connection, season_id: int, way: str, *, weights: Mapping[int, int] | None = None, hand: Hand | None = None
) -> Proposal:
    """How what is left of the site's packages would be shared out: as a booth's, by the season's minutes where nothing is said."""
    values.choice("way", way, ("even", "minutes", "pool", "hand", "one"))
    boxes = {product: n for product, n in site_left(tx, season_id).items() if n > 0}
    minutes = _minutes(tx, weights, attendance.season_minutes(tx, season_id))
    return _proposal(tx, season_id, way, boxes, _quotas(tx, season_id, way, boxes, minutes, hand), minutes, {})


def credit_site(
    tx: apsw.Connection, by: Person, way: str, *, weights: Mapping[int, int] | None = None, hand: Hand | None = None
) -> int:
    """Post a division of the site's packages; gives the entry's id. Raises Invalid where nothing is left."""
    roles.require(by, "stock.move")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    found = propose_site(tx, season.id, way, weights=weights, hand=hand)
    if not found.shares:
        raise Invalid(N_("Every package of the site is credited."), "nothing_left")
    entry_id = journal.post(
        tx,
        season.id,
        "site_credit",
        troop.today(tx),
        by=by.id,
        credit=[
            Credit(share.scout_id, product, boxes, "site")
            for share in found.shares
            for product, boxes in share.given.items()
            if boxes
        ],
    )
    _remember(tx, entry_id, found)
    audit.note(tx, by.id, "site.credited", "journal", entry_id)
    return entry_id


def take_site_back(tx: apsw.Connection, by: Person, entry_id: int, reason: str) -> None:
    """Take one of our own divisions of the site back, with the reason."""
    roles.require(by, "stock.move")
    entry = one(
        tx,
        """SELECT season_id FROM standing_entries JOIN booth_divisions ON entry_id = standing_entries.id
            WHERE standing_entries.id = :id AND kind = 'site_credit'""",
        id=entry_id,
    )
    if entry is None:
        raise Conflict(N_("That was taken back before."), "not_credited")
    seasons.require_open(seasons.find(tx, entry.season_id), by)
    journal.reverse(tx, entry_id, by=by.id, note=_reason(reason))
    audit.note(tx, by.id, "site.credit_taken_back", "journal", entry_id)


def site_divisions(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Our own divisions of the site that stand, newest first, as `of_booth` gives them."""
    entries = many(
        tx,
        """SELECT standing_entries.id, way, day FROM standing_entries JOIN booth_divisions ON entry_id = standing_entries.id
            WHERE season_id = :season AND kind = 'site_credit' ORDER BY standing_entries.id DESC LIMIT 50""",
        season=season_id,
    )
    return [_with_girls(tx, entry) for entry in entries]


def _quotas(
    tx: apsw.Connection,
    season_id: int,
    way: str,
    boxes: Mapping[int, int],
    minutes: Mapping[int, int],
    hand: Hand | None,
) -> dividing.Quotas:
    values.choice("way", way, dividing.WAYS)
    if way == "hand":
        return _by_hand(tx, boxes, hand or {})
    weights = dict(minutes)
    if way == "even":
        weights = dict.fromkeys((girl for girl, n in minutes.items() if n > 0), 1)
    elif way == "pool":
        weights = attendance.season_minutes(tx, season_id)
    elif way == "one" and sum(n > 0 for n in minutes.values()) != 1:
        _lacks(N_("Choose the one girl whose booth it was."))
    if not any(n > 0 for n in weights.values()):
        _lacks(N_("Nobody is noted as present. Say who was there."))
    return dividing.by_weight(boxes, weights)


def _by_hand(tx: apsw.Connection, boxes: Mapping[int, int], hand: Hand) -> dividing.Quotas:
    quotas: dividing.Quotas = {}
    for (scout_id, product_id), number in hand.items():
        scouts.must_be_on_roster(tx, scout_id)
        if values.boxes(f"hand-{scout_id}-{product_id}", number, 0):
            quotas.setdefault(product_id, {})[scout_id] = Fraction(number)
    for product_id in {*boxes, *quotas}:
        shared = int(sum(quotas.get(product_id, {}).values()))
        if shared != boxes.get(product_id, 0):
            name = catalogue.find(tx, product_id).name
            sentence = N_("%(name)s: %(shared)d are shared out, but %(sold)d were sold.")
            params = {"name": name, "shared": shared, "sold": boxes.get(product_id, 0)}
            raise Invalid(sentence, "does_not_add_up", {"hand": (sentence, params)}, **params)
    return quotas


def _proposal(
    tx: apsw.Connection,
    season_id: int,
    way: str,
    boxes: dict[int, int],
    quotas: dividing.Quotas,
    minutes: dict[int, int],
    nobodys: dict[int, int],
) -> Proposal:
    carries = carry.of_season(tx, season_id)
    roster = [row.id for row in many(tx, "SELECT id FROM scouts ORDER BY id LIMIT 5000")]
    return Proposal(way, boxes, dividing.whole(quotas, carries, roster), minutes, carries, nobodys)


def _minutes(tx: apsw.Connection, given: Mapping[int, int] | None, noted: dict[int, int]) -> dict[int, int]:
    if given is None:
        return noted
    for scout_id, minutes in given.items():
        scouts.must_be_on_roster(tx, scout_id)
        values.whole(f"minutes-{scout_id}", minutes, 0, MOST_MINUTES)
    return dict(given)


def _remember(tx: apsw.Connection, entry_id: int, found: Proposal) -> None:
    add(tx, "INSERT INTO booth_divisions (entry_id, way) VALUES (:entry, :way)", entry=entry_id, way=found.way)
    for share in found.shares:
        add(
            tx,
            """INSERT INTO booth_shares (entry_id, scout_id, minutes, ideal, carry_before)
               VALUES (:entry, :scout, :minutes, :ideal, :before)""",
            entry=entry_id,
            scout=share.scout_id,
            minutes=found.minutes.get(share.scout_id, 0),
            ideal=str(share.ideal),
            before=str(found.carries.get(share.scout_id, Fraction(0))),
        )


def _with_girls(tx: apsw.Connection, entry: Row) -> Row:
    shares = many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, minutes, ideal, carry_before
             FROM scouts LEFT JOIN booth_shares ON scout_id = scouts.id AND entry_id = :entry
            WHERE scouts.id IN (SELECT scout_id FROM credits WHERE entry_id = :entry UNION SELECT scout_id FROM booth_shares
                                 WHERE entry_id = :entry) ORDER BY scouts.id""",
        entry=entry.id,
    )
    given: dict[int, dict[int, int]] = {}
    for row in many(tx, "SELECT scout_id, product_id, boxes FROM credits WHERE entry_id = :entry", entry=entry.id):
        given.setdefault(row.scout_id, {})[row.product_id] = row.boxes
    for share in shares:
        share.given = given.get(share.scout_id, {})
        share.boxes = sum(share.given.values())
        share.ideal = Fraction(share.ideal or share.boxes)
        share.carry_before = Fraction(share.carry_before or 0)
        share.carry_after = share.carry_before + share.ideal - share.boxes
    entry.girls = shares
    return entry


def _reason(reason: str) -> str:
    found = values.text("reason", reason, 500)
    if not found:
        sentence = N_("Say why it is taken back.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    return found


def _lacks(sentence: str) -> None:
    raise Invalid(sentence, "invalid", {"way": sentence})
