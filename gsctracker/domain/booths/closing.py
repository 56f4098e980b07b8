"""Closing a booth: what was sold follows from the counts, what the cash should be follows from what was sold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit, journal
from gsctracker.domain.booths import booths, states
from gsctracker.domain.booths.cash import REASONS, Money, checked
from gsctracker.domain.journal import (
    BANK,
    CARD_CLEARING,
    CASH_BOX,
    COUNCIL_ACCOUNT,
    CUSTOMER,
    OVER_SHORT,
    STOCK,
    Boxes,
    Cents,
    Credit,
    goods,
)
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed
from gsctracker.words import N_

BEFORE_CLOSING = ("scheduled", "packed", "open")
CLOSED = ("counted", "reconciled", "credited", "closed")


@dataclass(frozen=True)
class Result:
    """A closed booth in packages and cents; `variance_cents` below zero is short."""

    sold: dict[int, int]
    expected_cents: int
    collected_cents: int

    @property
    def variance_cents(self) -> int:
        """What the booth took more (or, below zero, less) than it should have."""
        return self.collected_cents - self.expected_cents


def may_count(tx: apsw.Connection, by: Person, booth_id: int) -> bool:
    """Whether she may count this booth: a leader for cookies, an adult who signed up to stand there, or the family whose it is."""
    if roles.allows(by, "stock.move"):
        return True
    if by.role == "scout":
        return False
    if one(tx, "SELECT 1 AS yes FROM shift_places WHERE booth_id = :b AND account_id = :a", b=booth_id, a=by.id):
        return True
    hers = many(
        tx,
        """SELECT scout_id FROM booths JOIN shift_places ON booth_id = booths.id
            WHERE booths.id = :b AND booths.type = 'family' AND scout_id IS NOT NULL""",
        b=booth_id,
    )
    return any(row.scout_id in by.scout_ids for row in hers)


def find(tx: apsw.Connection, booth_id: int) -> Row | None:
    """The closing that stands, with its `lines` and `pieces` of cash by denomination; None while the booth is not closed."""
    row = one(
        tx,
        """SELECT booth_closings.*, note, journal.scout_id, end_cents + drops_cents - start_cents + checks_cents + cards_cents + apps_cents
                      AS collected_cents,
                  (SELECT first_name FROM accounts WHERE id = closed_by) AS closer,
                  (SELECT first_name FROM accounts WHERE id = signed_by) AS signer
             FROM booth_closings JOIN journal ON journal.id = entry_id
            WHERE booth_closings.booth_id = :booth AND reopened_at IS NULL""",
        booth=booth_id,
    )
    if row is None:
        return None
    row.variance_cents = row.collected_cents - row.expected_cents
    row.pieces = {int(denomination): pieces for denomination, pieces in json.loads(row.cash).items()}
    row.lines = many(
        tx,
        """SELECT product_id, name, code, colour, price_cents, packs_per_case, is_virtual,
                  booth_closing_lines.brought, remaining, damaged, donated, sold
             FROM booth_closing_lines JOIN products ON products.id = product_id
            WHERE closing_id = :closing ORDER BY is_virtual, position, products.id""",
        closing=row.id,
    )
    return row


def close(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    *,
    sold: Mapping[int, int],
    cash_cents: int,
    card_cents: int = 0,
    reason: str = "",
) -> Result:
    """Post what a booth sold (product id to packages, Cookie Share too) and what it took, float left out.

    For a booth that was counted elsewhere: what is left stays on its table. The difference goes to over and short with its
    reason, never to a girl. Raises Conflict when closed before.
    """
    roles.require(by, "stock.move")
    booth = to_close(tx, by, booth_id)
    lines = [(of_season(tx, booth, product), values.boxes("sold", boxes, 0)) for product, boxes in sold.items()]
    money = Money(end=values.cents("cashCents", cash_cents), cards=values.cents("cardCents", card_cents))
    kind = "other" if values.text("reason", reason, 500) else None
    result, sale = post_sale(tx, by, booth, lines, money, kind, reason)
    belong(tx, keep(tx, by, booth_id, sale, money, result, kind, {}), [sale])
    return result


def sign(tx: apsw.Connection, by: Person, booth_id: int, *, by_counting: bool = False) -> None:
    """The second adult says that she counted too, or counted the same (`seconding.sign`).

    Raises Conflict for the one who closed it, or when it was signed before.
    """
    closing = find(tx, booth_id)
    booth = booths.find(tx, booth_id)
    if by.role == "scout" or not (roles.allows(by, "stock.see") or may_count(tx, by, booth_id)):
        raise NotAllowed(N_("A booth is signed off by a leader or by an adult who signed up for it."), "not_allowed")
    if closing is None:
        raise Conflict(N_("This booth is not closed yet."), "not_closed")
    if closing.scout_id is not None:
        raise Conflict(N_("A family's own boxes need no second signature."), "no_signature_needed")
    if closing.signed_by is not None:
        raise Conflict(N_("Two adults signed this booth off before."), "already_signed")
    if closing.closed_by == by.id:
        raise Conflict(
            N_("Two different people sign off: ask the other adult to sign with her own account."), "same_person"
        )
    run(
        tx,
        "UPDATE booth_closings SET signed_by = :by, signed_at = :now WHERE id = :id",
        by=by.id,
        now=clock.now(),
        id=closing.id,
    )
    if booth.status == "counted":
        states.follow(tx, booth_id, "reconciled")
    audit.note(tx, by.id, "booth.signed", "booth", booth_id, by_counting=by_counting)


def credit(tx: apsw.Connection, by: Person, booth_id: int, shares: Sequence[tuple[int, int, int]]) -> int:
    """Credit girls with what a booth sold: (scout id, product id, packages); gives the entry's id.

    Raises Conflict when it was credited before, Invalid for more than the booth sold (schema.sql refuses that too).
    """
    roles.require(by, "stock.move")
    return post_credit(tx, by, booth_id, shares)


def post_credit(tx: apsw.Connection, by: Person, booth_id: int, shares: Sequence[tuple[int, int, int]]) -> int:
    """As `credit`, without asking who may. What a family sold from home counts as the girl's own sale."""
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    if one(tx, "SELECT 1 AS yes FROM standing_entries WHERE booth_id = :id AND kind = 'booth_credit'", id=booth_id):
        raise Conflict(N_("This booth was credited before. Take that back first."), "already_credited")
    _no_more_than_sold(tx, booth_id, shares)
    closed = find(tx, booth_id)
    own = closed is not None and closed.scout_id is not None

    def channel(product_id: int) -> str:
        return "booth" if not own else "donation" if catalogue.find(tx, product_id).is_virtual else "own"

    entry_id = journal.post(
        tx,
        booth.season_id,
        "booth_credit",
        troop.day_of(tx, booth.starts_at),
        by=by.id,
        booth_id=booth_id,
        credit=[Credit(scout, product, boxes, channel(product)) for scout, product, boxes in shares if boxes],
    )
    states.follow(tx, booth_id, "credited")
    audit.note(tx, by.id, "booth.credited", "booth", booth_id)
    return entry_id


def take_credit_back(tx: apsw.Connection, by: Person, booth_id: int, note: str) -> bool:
    """Reverse what girls were credited with; gives whether there was anything."""
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    require_at_hand(booth, by)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    standing = many(tx, "SELECT id FROM standing_entries WHERE booth_id = :id AND kind = 'booth_credit'", id=booth_id)
    for entry in standing:
        journal.reverse(tx, entry.id, by=by.id, note=values.text("note", note, 500))
    if not standing:
        return False
    closed = find(tx, booth_id)
    states.follow(tx, booth_id, "counted" if closed is None or closed.signed_by is None else "reconciled")
    audit.note(tx, by.id, "booth.credit_taken_back", "booth", booth_id)
    return True


def unsigned(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Booths that one adult closed and no other signed: (id, name, closer); a family's own boxes need no second adult."""
    return many(
        tx,
        """SELECT booths.id, booths.name, first_name AS closer
             FROM booth_closings JOIN booths ON booths.id = booth_closings.booth_id JOIN journal ON journal.id = entry_id
             LEFT JOIN accounts ON accounts.id = closed_by
            WHERE booths.season_id = :season AND reopened_at IS NULL AND signed_by IS NULL AND journal.scout_id IS NULL
            ORDER BY booths.starts_at, booths.id LIMIT 200""",
        season=season_id,
    )


def put_away(tx: apsw.Connection, by: Person, booth_id: int) -> None:
    """Close the book of a booth whose every package is credited, or that sold nothing. Raises Conflict before that.

    From then on only an admin opens it again or takes its credit back.
    """
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    if booth.status not in ("reconciled", "credited") or booths.left(tx, booth_id):
        raise Conflict(N_("Packages of this booth are not credited yet."), "not_credited")
    states.follow(tx, booth_id, "closed")
    audit.note(tx, by.id, "booth.put_away", "booth", booth_id)


def require_at_hand(booth: Row, by: Person) -> None:
    """Raise NotAllowed for a booth that was put away, unless she is an admin."""
    if booth.status == "closed" and not roles.allows(by, states.MOVES["closed", "reconciled"]):
        raise NotAllowed(N_("This booth was put away. Ask an admin to open it again."), "put_away")


def to_close(tx: apsw.Connection, by: Person, booth_id: int) -> Row:
    """The booth, if it can be closed now. Raises Conflict where it was closed before or does not take place."""
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    if find(tx, booth_id) is not None or booth.status not in (*BEFORE_CLOSING, *CLOSED):
        if booth.status in (*BEFORE_CLOSING, *CLOSED):
            raise Conflict(N_("This booth was closed before."), "already_closed")
        raise Conflict(N_("This booth does not take place, so there is nothing to close."), "not_held")
    return booth


def of_season(tx: apsw.Connection, booth: Row, product_id: int) -> Row:
    """The cookie, if it belongs to the booth's season. Raises Invalid."""
    product = catalogue.find(tx, product_id)
    if product.season_id != booth.season_id:
        raise Invalid(N_("%(name)s belongs to another season."), "other_season", name=product.name)
    return product


def post_sale(
    tx: apsw.Connection,
    by: Person,
    booth: Row,
    sold: Sequence[tuple[Row, int]],
    money: Money,
    reason: str | None,
    note: str,
) -> tuple[Result, int]:
    """Write what was sold and taken; gives the result and the entry's id. Raises Invalid for a variance without a reason."""
    money = checked(money)
    lines = [(product, boxes) for product, boxes in sold if boxes]
    expected = sum(product.price_cents * boxes for product, boxes in lines)
    result = Result({product.id: boxes for product, boxes in lines}, expected, money.collected)
    if result.variance_cents and not reason:
        sentence = N_("The cash does not match what was sold. Say why, as far as you know.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    if reason:
        values.choice("reason", reason, tuple(REASONS))
    place = journal.place_of_booth(tx, booth.id)
    entry_id = journal.post(
        tx,
        booth.season_id,
        "booth_sale",
        troop.day_of(tx, booth.starts_at),
        by=by.id,
        booth_id=booth.id,
        note=values.text("note", note, 500),
        custody=[Boxes(product.id, boxes, place, CUSTOMER) for product, boxes in lines if not product.is_virtual],
        liability=_takings(lines, result, money),
    )
    return result, entry_id


def keep(
    tx: apsw.Connection,
    by: Person,
    booth_id: int,
    entry_id: int,
    money: Money,
    result: Result,
    reason: str | None,
    pieces: Mapping[int, int],
) -> int:
    """Write the closing down, first signed by who closes; gives its id."""
    closing_id = add(
        tx,
        """INSERT INTO booth_closings (booth_id, entry_id, closed_at, closed_by, start_cents, drops_cents, end_cents, checks_cents,
                                       cards_cents, apps_cents, expected_cents, cash, reason)
           VALUES (:booth, :entry, :now, :by, :start, :drops, :end, :checks, :cards, :apps, :expected, :pieces, :reason)""",
        booth=booth_id,
        entry=entry_id,
        now=clock.now(),
        by=by.id,
        expected=result.expected_cents,
        pieces=json.dumps({str(denomination): number for denomination, number in pieces.items() if number}),
        reason=reason if result.variance_cents else None,
        **money._asdict(),
    )
    states.follow(tx, booth_id, "counted")
    audit.note(tx, by.id, "booth.closed", "booth", booth_id, variance=result.variance_cents)
    return closing_id


def belong(tx: apsw.Connection, closing_id: int, entries: Sequence[int]) -> None:
    """Remember which entries a closing wrote."""
    for entry_id in entries:
        add(
            tx,
            "INSERT INTO booth_closing_entries (entry_id, closing_id) VALUES (:entry, :closing)",
            entry=entry_id,
            closing=closing_id,
        )


def _no_more_than_sold(tx: apsw.Connection, booth_id: int, shares: Sequence[tuple[int, int, int]]) -> None:
    rows = many(tx, "SELECT product_id, boxes FROM booth_sold WHERE booth_id = :id", id=booth_id)
    left = {row.product_id: row.boxes for row in rows}
    for scout_id, product_id, boxes in shares:
        scouts.must_be_on_roster(tx, scout_id)
        left[product_id] = left.get(product_id, 0) - values.boxes("boxes", boxes, 0)
        if left[product_id] < 0:
            name = catalogue.find(tx, product_id).name
            raise Invalid(N_("The booth sold fewer %(name)s than are shared out."), "more_than_sold", name=name)
    if not any(boxes for _, _, boxes in shares):
        sentence = N_("Enter at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})


def _takings(lines: Sequence[tuple[Row, int]], result: Result, money: Money) -> list[Cents]:
    """Everything sold is charged to the cash box; cards, apps and the variance then come out of it."""
    postings = [
        goods(CASH_BOX, COUNCIL_ACCOUNT if product.is_virtual else STOCK, product.id, boxes, product.price_cents)
        for product, boxes in lines
    ]
    postings += [Cents(CARD_CLEARING, CASH_BOX, money.cards), Cents(BANK, CASH_BOX, money.apps)]
    if result.variance_cents < 0:
        postings.append(Cents(OVER_SHORT, CASH_BOX, -result.variance_cents))
    elif result.variance_cents > 0:
        postings.append(Cents(CASH_BOX, OVER_SHORT, result.variance_cents))
    return postings
