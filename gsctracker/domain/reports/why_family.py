"""Why a part of what a family owes is what it is: the sales and postings that make it, newest first."""

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

PARTS = {
    "boxes": "boxes_held_cents",
    "cash": "cash_held_cents",
    "customers": "customers_owe_cents",
    "written_off": "written_off_cents",
    "goods": "goods_cents",
    "paid": "paid_cents",
}
"""The figures of a family (money.balances) that are no sum of all its postings, and the columns that hold them."""

NEWEST = ("", 0, 0)


def lines(
    tx: apsw.Connection,
    season_id: int,
    scout_id: int,
    by: Person,
    part: str,
    before: tuple[str, int, int] = NEWEST,
    limit: int = 50,
) -> list[Row]:
    """What makes a part, in cents: sales that passed through her hands and postings on the family's account.

    `before` is (day, turn, id) of the line where the page before ended. Raises NotFound for a part nobody knows or a girl
    who is not hers to see, NotAllowed for a girl.
    """
    roles.require(by, "family.money")
    roles.must_see_scout(by, scout_id)
    if part not in PARTS:
        raise NotFound(N_("There is no such figure."), "no_such_figure")
    return many(
        tx,
        """SELECT * FROM (
               SELECT ordered_on AS day, 1 AS turn, order_id AS id, NULL AS entry_id, order_id, 'sale' AS kind,
                      customer_name AS reference, '' AS note, NULL AS reverses, NULL AS name, NULL AS boxes, NULL AS price_cents,
                      CASE :part WHEN 'cash' THEN cash_cents WHEN 'boxes' THEN -delivered_cents
                                 WHEN 'customers' THEN delivered_cents + share_cents - cash_cents - card_cents ELSE 0 END AS cents
                 FROM handled_orders WHERE season_id = :season AND scout_id = :scout
                UNION ALL
               SELECT day, 3, family_booth_sales.entry_id, family_booth_sales.entry_id, NULL, 'booth_sale', booths.name, '', NULL,
                      NULL, NULL, NULL,
                      CASE :part WHEN 'cash' THEN cash_cents WHEN 'boxes' THEN -delivered_cents ELSE 0 END
                 FROM family_booth_sales JOIN booths ON booths.id = booth_id
                WHERE family_booth_sales.season_id = :season AND scout_id = :scout
                UNION ALL
               SELECT day, 2, posting_id, entry_id, order_id, journal.kind, reference, note, reverses,
                      products.name, family_ledger.boxes, family_ledger.price_cents,
                      CASE WHEN :part IN ('boxes', 'goods') AND journal.kind IN ('T2G', 'G2T', 'G2G') THEN cents
                           WHEN :part = 'cash' AND journal.kind = 'payment' THEN cents
                           WHEN :part = 'paid' AND journal.kind = 'payment' THEN -cents
                           WHEN :part = 'written_off' AND journal.kind = 'write_off' THEN -cents ELSE 0 END
                 FROM family_ledger JOIN journal ON journal.id = entry_id LEFT JOIN products ON products.id = product_id
                WHERE family_ledger.season_id = :season AND family_ledger.scout_id = :scout)
            WHERE cents <> 0 AND (:day = '' OR (day, turn, id) < (:day, :turn, :id))
            ORDER BY day DESC, turn DESC, id DESC LIMIT :limit""",
        part=part,
        season=season_id,
        scout=scout_id,
        day=before[0],
        turn=before[1],
        id=before[2],
        limit=limit,
    )
