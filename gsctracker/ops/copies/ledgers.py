"""Whether the three ledgers of a file agree with themselves: what integrity_check cannot see and SQL can ask."""

import apsw

from gsctracker.db.rows import value

# what the reversal says, turned round, beside what it reverses: both must be the same rows
_UNMIRRORED = """
    SELECT count(*) FROM (
        SELECT entry, {same}, one, other, sum(side) FROM (
            SELECT journal.id AS entry, {same}, {one} AS one, {other} AS other, 1 AS side
              FROM journal JOIN {table} ON entry_id = reverses
             UNION ALL
            SELECT journal.id, {same}, {other}, {one}, -1
              FROM journal JOIN {table} ON entry_id = journal.id WHERE reverses IS NOT NULL)
         GROUP BY entry, {same}, one, other HAVING sum(side) <> 0)"""

# what is wrong -> how many rows, boxes or cents are; every number must be 0
_QUESTIONS = {
    "boxes that came from nowhere or went nowhere": "SELECT abs(ifnull(sum(boxes), 0)) FROM boxes_at",
    "moves from a place to itself": "SELECT count(*) FROM box_moves WHERE from_place = to_place",
    "reversals that move other boxes than went before": _UNMIRRORED.format(
        table="box_moves", same="product_id, boxes", one="from_place", other="to_place"
    ),
    "reversals that pay other cents than were paid": _UNMIRRORED.format(
        table="money_entries", same="product_id, cents", one="debit", other="credit"
    ),
    "moves of a cookie that has no boxes": """
        SELECT count(*) FROM box_moves JOIN products ON products.id = product_id WHERE is_virtual = 1""",
    "counts of a cookie that has no boxes": """
        SELECT count(*) FROM count_lines JOIN products ON products.id = product_id WHERE is_virtual = 1""",
    "packages credited from a booth that it never sold": """
        SELECT count(*) FROM booth_credited LEFT JOIN booth_sold USING (booth_id, product_id)
         WHERE booth_credited.boxes > ifnull(booth_sold.boxes, 0)""",
    "cents that are on no account": "SELECT abs(ifnull(sum(cents), 0)) FROM account_balances",
    "entries of money that are not boxes times their price": """
        SELECT count(*) FROM money_entries WHERE boxes IS NOT NULL AND cents <> boxes * price_cents""",
    "orders whose lines add up to something else": """
        SELECT count(*) FROM orders LEFT JOIN (
               SELECT order_id, sum(boxes) AS boxes, sum(boxes * price_cents) AS cents FROM order_lines GROUP BY order_id
               ) AS said ON said.order_id = orders.id
         WHERE orders.boxes <> ifnull(said.boxes, 0) OR orders.amount_cents <> ifnull(said.cents, 0)""",
}


def out_of_balance(connection: apsw.Connection) -> list[str]:
    """What does not add up in a file of this program's schema, as sentences; none where all is well."""
    found = {wrong: value(connection, question) for wrong, question in _QUESTIONS.items()}
    return [f"The ledgers do not add up: {number} {wrong}." for wrong, number in found.items() if number]
