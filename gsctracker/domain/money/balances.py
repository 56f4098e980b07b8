"""What each family owes the troop and what that is made of; where the troop's own money is. Everything in cents."""

import apsw

from gsctracker.db.rows import Row, many, one
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_


def families(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """One row a girl she may see: balance_cents = boxes_held_cents + cash_held_cents + customers_owe_cents - written_off_cents.

    Raises NotAllowed for a girl: what families owe is the business of adults.
    """
    roles.require(by, "family.money")
    everybody = roles.allows(by, "money.see")
    return many(
        tx,
        """SELECT family_balances.*, first_name, last_initial, status, household_id
             FROM family_balances JOIN scouts ON scouts.id = scout_id
            WHERE season_id = :season
              AND (:everybody OR scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY scout_id""",
        season=season_id,
        everybody=everybody,
        account=by.id,
    )


def family(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> Row:
    """The same for one girl. Raises NotFound where she is not hers to see, or not there."""
    roles.require(by, "family.money")
    roles.must_see_scout(by, scout_id)
    found = one(
        tx,
        """SELECT family_balances.*, first_name, last_initial, status, household_id
             FROM family_balances JOIN scouts ON scouts.id = scout_id WHERE season_id = :season AND scout_id = :scout""",
        season=season_id,
        scout=scout_id,
    )
    if found is None:
        raise NotFound(N_("There is no such scout."), "no_such_scout")
    return found


def why(tx: apsw.Connection, season_id: int, scout_id: int, by: Person, before: int = 0, limit: int = 50) -> list[Row]:
    """The postings on a girl's account, newest first: cents above zero raise what her family owes.

    `before` is the posting id where the page before ended (0: begin with the newest).
    """
    roles.require(by, "family.money")
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT posting_id, family_ledger.entry_id, family_ledger.kind, cents, family_ledger.boxes, family_ledger.price_cents,
                  products.name, products.code, day, method, reference, note, order_id, reverses
             FROM family_ledger JOIN journal ON journal.id = entry_id LEFT JOIN products ON products.id = family_ledger.product_id
            WHERE family_ledger.season_id = :season AND family_ledger.scout_id = :scout AND (:before = 0 OR posting_id < :before)
            ORDER BY posting_id DESC LIMIT :limit""",
        season=season_id,
        scout=scout_id,
        before=before,
        limit=limit,
    )


def troop_accounts(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    """Cents on each of the troop's own accounts (cash_box, bank, stock, council, card_clearing, ...), all of them."""
    rows = many(
        tx,
        """SELECT kind, ifnull(cents, 0) AS cents FROM money_accounts
             LEFT JOIN (SELECT account_id, cents FROM account_balances WHERE season_id = :season) ON account_id = money_accounts.id
            WHERE kind <> 'scout' ORDER BY id""",
        season=season_id,
    )
    return {row.kind: row.cents for row in rows}


def out_of_balance(tx: apsw.Connection) -> int:
    """Cents by which all accounts together differ from zero: always 0, and checked all the same."""
    return many(tx, "SELECT ifnull(sum(cents), 0) AS cents FROM account_balances")[0].cents
