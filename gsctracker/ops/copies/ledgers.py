"""Whether the three ledgers of a file agree with themselves: what integrity_check cannot see and SQL can ask."""

import apsw

from gsctracker.db.rows import many

# each part counts rows, boxes or cents that must not be there; a reversal turned round must be what it reverses, row by row
QUESTIONS = """
    SELECT 'boxes that came from nowhere or went nowhere' AS wrong, abs(ifnull(sum(boxes), 0)) AS found FROM boxes_at
     UNION ALL
    SELECT 'moves from a place to itself', count(*) FROM box_moves WHERE from_place = to_place
     UNION ALL
    SELECT 'reversals that move other boxes than went before', count(*) FROM (
        SELECT 1 FROM (
            SELECT journal.id AS entry, product_id, boxes, from_place AS one, to_place AS other, 1 AS side
              FROM journal JOIN box_moves ON entry_id = reverses
             UNION ALL
            SELECT journal.id, product_id, boxes, to_place, from_place, -1
              FROM journal JOIN box_moves ON entry_id = journal.id WHERE reverses IS NOT NULL)
         GROUP BY entry, product_id, boxes, one, other HAVING sum(side) <> 0)
     UNION ALL
    SELECT 'reversals that pay other cents than were paid', count(*) FROM (
        SELECT 1 FROM (
            SELECT journal.id AS entry, product_id, cents, debit AS one, credit AS other, 1 AS side
              FROM journal JOIN money_entries ON entry_id = reverses
             UNION ALL
            SELECT journal.id, product_id, cents, credit, debit, -1
              FROM journal JOIN money_entries ON entry_id = journal.id WHERE reverses IS NOT NULL)
         GROUP BY entry, product_id, cents, one, other HAVING sum(side) <> 0)
     UNION ALL
    SELECT 'reversals that take other credit back than was given', count(*) FROM (
        SELECT 1 FROM (
            SELECT journal.id AS entry, scout_id, product_id, channel, boxes, 1 AS side
              FROM (SELECT id, reverses FROM journal) AS journal JOIN credits ON entry_id = reverses
             UNION ALL
            SELECT journal.id, scout_id, product_id, channel, -boxes, -1
              FROM (SELECT id, reverses FROM journal) AS journal JOIN credits ON entry_id = journal.id
             WHERE reverses IS NOT NULL)
         GROUP BY entry, scout_id, product_id, channel, boxes HAVING sum(side) <> 0)
     UNION ALL
    SELECT 'moves of a cookie that has no boxes', count(*)
      FROM box_moves JOIN products ON products.id = product_id WHERE is_virtual = 1
     UNION ALL
    SELECT 'counts of a cookie that has no boxes', count(*)
      FROM count_lines JOIN products ON products.id = product_id WHERE is_virtual = 1
     UNION ALL
    SELECT 'packages credited from a booth that it never sold', count(*)
      FROM booth_credited LEFT JOIN booth_sold USING (booth_id, product_id)
     WHERE booth_credited.boxes > ifnull(booth_sold.boxes, 0)
     UNION ALL
    SELECT 'cents that are on no account', abs(ifnull(sum(cents), 0)) FROM account_balances
     UNION ALL
    SELECT 'entries of money that are not boxes times their price', count(*)
      FROM money_entries WHERE boxes IS NOT NULL AND cents <> boxes * price_cents
     UNION ALL
    SELECT 'orders whose lines add up to something else', count(*)
      FROM orders LEFT JOIN (
           SELECT order_id, sum(boxes) AS boxes, sum(boxes * order_lines.price_cents) AS cents, sum(boxes * is_virtual) AS shared,
                  sum(boxes * order_lines.price_cents * is_virtual) AS shared_cents
             FROM order_lines JOIN products ON products.id = product_id GROUP BY order_id
           ) AS said ON said.order_id = orders.id
     WHERE orders.boxes <> ifnull(said.boxes, 0) OR orders.amount_cents <> ifnull(said.cents, 0)
        OR donated_boxes <> ifnull(shared, 0) OR donated_cents <> ifnull(shared_cents, 0)
     UNION ALL
    SELECT 'sums of credit that are not what was credited', count(*) FROM (
        SELECT 1 FROM (SELECT scout_id, product_id, channel, boxes FROM credits
                        UNION ALL SELECT scout_id, product_id, channel, -boxes FROM credit_sums)
         GROUP BY scout_id, product_id, channel HAVING sum(boxes) <> 0)
     UNION ALL
    SELECT 'sums of girls that are not what was credited', count(*) FROM (
        SELECT 1 FROM (SELECT season_id, scout_id, credits.boxes FROM credits JOIN products ON products.id = product_id
                        UNION ALL SELECT season_id, scout_id, -boxes FROM girl_credit_sums)
         GROUP BY season_id, scout_id HAVING sum(boxes) <> 0)
     UNION ALL
    SELECT 'sums of booths that are not what was sold or credited there', count(*) FROM (
        SELECT 1 FROM (SELECT booth_id, product_id, iif(reverses IS NULL, boxes, -boxes) AS sold, 0 AS credited
                         FROM journal JOIN box_moves ON entry_id = journal.id
                        WHERE booth_id IS NOT NULL AND kind = 'booth_sale' AND 5 IN (from_place, to_place)
                        UNION ALL SELECT booth_id, product_id, iif(reverses IS NULL, boxes, -boxes), 0
                         FROM journal JOIN money_entries ON entry_id = journal.id JOIN products ON products.id = product_id
                        WHERE booth_id IS NOT NULL AND kind = 'booth_sale' AND is_virtual = 1
                        UNION ALL SELECT booth_id, product_id, 0, boxes
                         FROM journal JOIN credits ON entry_id = journal.id WHERE booth_id IS NOT NULL
                        UNION ALL SELECT booth_id, product_id, -sold, -credited FROM booth_sums)
         GROUP BY booth_id, product_id HAVING sum(sold) <> 0 OR sum(credited) <> 0)
     UNION ALL
    SELECT 'sums of money that are not what was posted', count(*) FROM (
        SELECT 1 FROM (SELECT debit AS account_id, season_id, kind, ifnull(product_id, 0) AS cookie, cents, ifnull(boxes, 0) AS boxes
                         FROM money_entries JOIN journal ON journal.id = entry_id
                        UNION ALL SELECT credit, season_id, kind, ifnull(product_id, 0), -cents, -ifnull(boxes, 0)
                         FROM money_entries JOIN journal ON journal.id = entry_id
                        UNION ALL SELECT account_id, season_id, kind, product_id, -cents, -boxes FROM money_sums)
         GROUP BY account_id, season_id, kind, cookie HAVING sum(cents) <> 0 OR sum(boxes) <> 0)
     UNION ALL
    SELECT 'sums of boxes that are not what was moved', count(*) FROM (
        SELECT 1 FROM (SELECT place_id, product_id, boxes FROM box_steps
                        UNION ALL SELECT place_id, product_id, -boxes FROM box_sums)
         GROUP BY place_id, product_id HAVING sum(boxes) <> 0)
     UNION ALL
    SELECT 'sums of sales that are not what was sold', count(*) FROM (
        SELECT 1 FROM (SELECT season_id, ifnull(scout_id, 0) AS who, 1 AS sales, boxes, amount_cents, collected_cents, donated_boxes,
                              delivered_cents, share_cents, cash_cents, card_cents FROM added_orders
                        UNION ALL SELECT season_id, scout_id, -sales, -boxes, -amount_cents, -collected_cents, -donated_boxes,
                              -delivered_cents, -share_cents, -cash_cents, -card_cents FROM order_sums)
         GROUP BY season_id, who HAVING sum(sales) <> 0 OR sum(boxes) <> 0 OR sum(amount_cents) <> 0
             OR sum(collected_cents) <> 0 OR sum(donated_boxes) <> 0 OR sum(delivered_cents) <> 0 OR sum(share_cents) <> 0
             OR sum(cash_cents) <> 0 OR sum(card_cents) <> 0)
     UNION ALL
    SELECT 'sums of cookies that are not what was sold', count(*) FROM (
        SELECT 1 FROM (SELECT product_id, order_lines.boxes, order_lines.boxes * price_cents AS cents
                         FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                        UNION ALL SELECT product_id, -boxes, -cents FROM line_sums)
         GROUP BY product_id HAVING sum(boxes) <> 0 OR sum(cents) <> 0)"""


def out_of_balance(connection: apsw.Connection) -> list[str]:
    """What does not add up in a file of this program's schema, as sentences; none where all is well."""
    return [
        f"The ledgers do not add up: {each.found} {each.wrong}." for each in many(connection, QUESTIONS) if each.found
    ]
