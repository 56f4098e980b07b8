"""What a sale did to the three ledgers, entry by entry: the why behind its figures."""

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import orders


def entries(tx: apsw.Connection, order_id: int, by: Person, limit: int = 50) -> list[Row]:
    """The sale's entries, newest first, each with .moves (boxes), .money (cents) and .credits (packages).

    `reverses` and `reversed_by` name the entry it mirrors or that mirrors it. A family does not see the entries of the girl
    whose sale it was before it was her own girl's, and a girl herself sees no money. Raises NotFound where the sale is not hers.
    """
    orders.find(tx, order_id, by)
    found = many(
        tx,
        """SELECT journal.id, kind, day, recorded_at, reverses, batch_id, accounts.first_name AS recorder,
                  (SELECT later.id FROM journal AS later WHERE later.reverses = journal.id) AS reversed_by
             FROM journal LEFT JOIN accounts ON accounts.id = recorded_by
            WHERE order_id = :order
              AND (:everybody OR journal.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY journal.id DESC LIMIT :limit""",
        order=order_id,
        everybody=roles.allows(by, "sales.all"),
        account=by.id,
        limit=limit,
    )
    for entry in found:
        entry.moves = _moves(tx, entry.id)
        entry.money = _money(tx, entry.id) if roles.allows(by, "family.money") else []
        entry.credits = many(
            tx,
            """SELECT products.name, credits.boxes, channel, scouts.first_name, scouts.last_initial
                 FROM credits JOIN products ON products.id = product_id JOIN scouts ON scouts.id = credits.scout_id
                WHERE entry_id = :id ORDER BY credits.id""",
            id=entry.id,
        )
    return found


def _moves(tx: apsw.Connection, entry_id: int) -> list[Row]:
    return many(
        tx,
        """SELECT products.name, box_moves.boxes, giver.kind AS from_kind, receiver.kind AS to_kind,
                  coalesce(girl.first_name, other.first_name) AS first_name,
                  coalesce(girl.last_initial, other.last_initial) AS last_initial
             FROM box_moves JOIN products ON products.id = product_id
             JOIN places AS giver ON giver.id = from_place JOIN places AS receiver ON receiver.id = to_place
             LEFT JOIN scouts AS girl ON girl.id = giver.scout_id LEFT JOIN scouts AS other ON other.id = receiver.scout_id
            WHERE entry_id = :id ORDER BY box_moves.id""",
        id=entry_id,
    )


def _money(tx: apsw.Connection, entry_id: int) -> list[Row]:
    return many(
        tx,
        """SELECT receiver.kind AS debit_kind, payer.kind AS credit_kind, sum(cents) AS cents,
                  coalesce(girl.first_name, other.first_name) AS first_name,
                  coalesce(girl.last_initial, other.last_initial) AS last_initial
             FROM money_entries
             JOIN money_accounts AS receiver ON receiver.id = debit JOIN money_accounts AS payer ON payer.id = credit
             LEFT JOIN scouts AS girl ON girl.id = receiver.scout_id LEFT JOIN scouts AS other ON other.id = payer.scout_id
            WHERE entry_id = :id GROUP BY debit, credit ORDER BY min(money_entries.id)""",
        id=entry_id,
    )
