"""Claims: what the council is asked about an order of which fewer, more or damaged boxes came.

open -> told (when, under which reference) -> settled: credited, delivered, rejected; waived also without having been told.
A claim moves no box and no cent: boxes that come for it are written down as a move of their own.
"""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

STATES = ("open", "told", "settled")
KINDS = ("missing", "surplus", "damaged")
OUTCOMES = ("credited", "delivered", "rejected", "waived")
MOST = 500
_CLAIMS = """SELECT standing_claims.id, receipt_id, order_id, entry_id, standing_claims.kind, boxes, standing_claims.price_cents,
                    worth_cents, told_on, told_reference, settled_on, outcome, settled_note, state, standing_claims.version,
                    products.id AS product_id, name, code, packs_per_case, products.season_id, cupboard, cupboard_orders.kind AS order_kind
               FROM standing_claims JOIN products ON products.id = product_id JOIN cupboard_orders ON cupboard_orders.id = order_id"""


def page(tx: apsw.Connection, season_id: int, by: Person, order_id: int | None = None) -> list[Row]:
    """The season's claims, or those of one order: what waits first, newest first; those of taken-back receipts are gone."""
    roles.require(by, "stock.see")
    return many(
        tx,
        f"""{_CLAIMS} WHERE products.season_id = :season AND (:order IS NULL OR order_id = :order)
             ORDER BY state = 'settled', standing_claims.id DESC LIMIT :most""",
        season=season_id,
        order=order_id,
        most=MOST,
    )


def find(tx: apsw.Connection, claim_id: int, by: Person) -> Row:
    """One claim. Raises NotFound, also where its receipt was taken back."""
    roles.require(by, "stock.see")
    claim = one(tx, f"{_CLAIMS} WHERE standing_claims.id = :id", id=claim_id)
    if claim is None:
        raise NotFound(N_("There is no such claim."), "no_such_claim")
    return claim


def waiting(tx: apsw.Connection, season_id: int) -> Row:
    """How many claims the council does not know of yet (open), how many it has to answer (told), and cents of both."""
    found = one(
        tx,
        """SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'told') AS told,
                  ifnull(sum(worth_cents) FILTER (WHERE state = 'open'), 0) AS open_cents,
                  ifnull(sum(worth_cents) FILTER (WHERE state = 'told'), 0) AS told_cents
             FROM standing_claims JOIN cupboard_orders ON cupboard_orders.id = order_id WHERE season_id = :season""",
        season=season_id,
    )
    assert found is not None
    return found


def tell(
    tx: apsw.Connection,
    claim_id: int,
    by: Person,
    *,
    day: str | None = None,
    reference: str = "",
    version: int | None = None,
) -> None:
    """The council was told, on `day` (today), under its reference. May be said again while it is not settled."""
    claim = _in_hand(tx, claim_id, by, version)
    _refuse_a_settled_one(claim)
    run(
        tx,
        "UPDATE claims SET told_on = :day, told_reference = :reference, version = version + 1 WHERE id = :id",
        id=claim_id,
        day=_not_ahead(tx, day),
        reference=values.line("reference", reference, 80),
    )
    audit.note(tx, by.id, "claim.told", "claim", claim_id)


def settle(
    tx: apsw.Connection,
    claim_id: int,
    by: Person,
    outcome: str,
    *,
    day: str | None = None,
    note: str = "",
    version: int | None = None,
) -> None:
    """What became of it, on `day` (today): credited, delivered, rejected or waived."""
    claim = _in_hand(tx, claim_id, by, version)
    _refuse_a_settled_one(claim)
    values.choice("outcome", outcome, OUTCOMES)
    if outcome != "waived" and claim.told_on is None:
        sentence = N_("The council was not told yet. Say first when it was, or waive the claim.")
        raise Conflict(sentence, "not_told", {"outcome": sentence})
    day = _not_ahead(tx, day)
    if claim.told_on and day < claim.told_on:
        values.refuse("date", N_("That is before the council was told."))
    run(
        tx,
        """UPDATE claims SET settled_on = :day, outcome = :outcome, settled_note = :note, version = version + 1
            WHERE id = :id""",
        id=claim_id,
        day=day,
        outcome=outcome,
        note=values.text("note", note, 500),
    )
    audit.note(tx, by.id, "claim.settled", "claim", claim_id, outcome=outcome)


def open_again(tx: apsw.Connection, claim_id: int, by: Person, version: int | None = None) -> None:
    """It was not settled after all: it waits again."""
    claim = _in_hand(tx, claim_id, by, version)
    if claim.state != "settled":
        raise Conflict(N_("This claim is not settled."), "not_settled")
    run(
        tx,
        """UPDATE claims SET settled_on = NULL, outcome = NULL, settled_note = '', version = version + 1 WHERE id = :id""",
        id=claim_id,
    )
    audit.note(tx, by.id, "claim.opened_again", "claim", claim_id)


def _in_hand(tx: apsw.Connection, claim_id: int, by: Person, version: int | None) -> Row:
    roles.require(by, "stock.move")
    claim = find(tx, claim_id, by)
    seasons.require_open(seasons.find(tx, claim.season_id), by)
    if version is not None and version != claim.version:
        sentence = N_("Somebody changed this claim in the meantime. Look at it again before you go on.")
        raise Conflict(sentence, "changed_meanwhile")
    return claim


def _refuse_a_settled_one(claim: Row) -> None:
    if claim.state == "settled":
        raise Conflict(N_("This claim is settled. Open it again first if that is wrong."), "settled_already")


def _not_ahead(tx: apsw.Connection, day: str | None) -> str:
    today = troop.today(tx)
    day = values.day("date", day) if day else today
    if day > today:
        values.refuse("date", N_("That day is still to come."))
    return day
