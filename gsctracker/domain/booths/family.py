"""A family's own booth: one girl sells from her boxes at home, her family owes for them as usual, and all credit is hers.

That holds for booths of the type `family` for which nothing was packed; one that the troop packed is closed like any other.
"""

from collections.abc import Mapping

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, one
from gsctracker.domain import journal
from gsctracker.domain.booths import attendance, closing, crediting, dividing, states
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.journal import CARD_CLEARING, COUNCIL_ACCOUNT, CUSTOMER, Boxes, Cents, goods
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid
from gsctracker.words import N_


def is_from_home(tx: apsw.Connection, booth: Row) -> bool:
    """Whether it sells from a girl's home: a family's booth with nothing of the troop's on its table."""
    if booth.type != "family":
        return False
    place = journal.place_of_booth(tx, booth.id)
    return (
        one(
            tx,
            "SELECT 1 AS yes FROM box_steps WHERE place_id = :place GROUP BY product_id HAVING sum(boxes) <> 0",
            place=place,
        )
        is None
    )


def girl(tx: apsw.Connection, booth_id: int) -> int | None:
    """The one girl whose booth it is, as she signed up or was there; None where there is none, or more than one."""
    found = {stay.scout_id for stay in attendance.stays(tx, booth_id)}
    return found.pop() if len(found) == 1 else None


def at_home(tx: apsw.Connection, booth_id: int) -> dict[int, int]:
    """Packages at her home by cookie, as the ledger has them."""
    scout_id = girl(tx, booth_id)
    if scout_id is None:
        return {}
    rows = many(
        tx,
        "SELECT product_id, sum(boxes) AS boxes FROM box_steps WHERE place_id = :place GROUP BY product_id HAVING sum(boxes) <> 0",
        place=journal.place_of_scout(tx, scout_id),
    )
    return {row.product_id: row.boxes for row in rows}


def close(
    tx: apsw.Connection, by: Person, booth: Row, sold: Mapping[int, int], cards_cents: int = 0, note: str = ""
) -> closing.Result:
    """Post what she sold (product id to packages, Cookie Share too), and her credit. `cards_cents`: what the council holds.

    The cash is her family's to hand in like that of her other sales: nobody counts it here, so nothing is over or short, and
    no second adult signs. Raises Invalid where it is not one girl's, or where the cards took more than was sold.
    """
    scout_id = girl(tx, booth.id)
    if scout_id is None:
        sentence = N_("A family's booth is one girl's: sign up her alone, or note who was there.")
        raise Invalid(sentence, "one_girl", {"girl": sentence})
    lines = [(closing.of_season(tx, booth, product), values.boxes("sold", boxes, 0)) for product, boxes in sold.items()]
    lines = [(product, boxes) for product, boxes in lines if boxes]
    expected = sum(product.price_cents * boxes for product, boxes in lines)
    cards = values.cents("cardsCents", cards_cents)
    if cards > expected:
        sentence = N_("The cards took more than was sold.")
        raise Invalid(sentence, "more_than_sold", {"cardsCents": sentence})
    home, account = journal.place_of_scout(tx, scout_id), journal.account_of_scout(tx, scout_id)
    owed = [goods(account, COUNCIL_ACCOUNT, one.id, boxes, one.price_cents) for one, boxes in lines if one.is_virtual]
    entry_id = journal.post(
        tx,
        booth.season_id,
        "booth_sale",
        troop.day_of(tx, booth.starts_at),
        by=by.id,
        booth_id=booth.id,
        scout_id=scout_id,
        note=values.text("note", note, 500),
        custody=[Boxes(product.id, boxes, home, CUSTOMER) for product, boxes in lines if not product.is_virtual],
        liability=[*owed, Cents(CARD_CLEARING, account, cards)],
    )
    result = closing.Result({product.id: boxes for product, boxes in lines}, expected, expected)
    money = Money(end=expected - cards, cards=cards)
    closing.belong(tx, closing.keep(tx, by, booth.id, entry_id, money, result, None, {}), [entry_id])
    if lines:
        minutes = dividing.minutes(attendance.stays(tx, booth.id)).get(scout_id, 0)
        crediting.post(tx, by, booth.id, crediting.propose(tx, booth.id, "one", weights={scout_id: max(1, minutes)}))
    else:
        states.follow(tx, booth.id, "reconciled")
    return result
