"""What makes the comparison of the systems incomplete, in sentences: rows that wait, cards that wait, the troop's site."""

import apsw

from gsctracker.db.rows import Row, many, value
from gsctracker.domain.imports import batches, ticks
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.reports import channels
from gsctracker.words import N_, counted

WAITING = counted(
    "%(n)s donated package waits until its card is charged (%(girls)s). Do not type it: it follows by itself.",
    "%(n)s donated packages wait until their cards are charged (%(girls)s). Do not type them: they follow by themselves.",
)
NAMES_MOST = 6


def of_season(tx: apsw.Connection, season_id: int, office: str) -> list[Note]:
    """The remarks; none where nothing is missing."""
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
    left = _site_left(tx, season_id)
    if left:
        found.append(
            Note(N_("Packages of the troop's site that are not credited to any girl yet: %(n)s."), {"n": left})
        )
    if waiting_share := {girl: share.waiting for girl, share in channels.share_to_type(tx, season_id).items()}:
        found += _waiting_for_cards(tx, waiting_share)
    if ticks.last_export(tx, season_id) is None:
        found.append(
            Note(N_("No export of %(office)s was brought in yet, so its column is empty."), {"office": office})
        )
    return found


def _waiting_for_cards(tx: apsw.Connection, waiting: dict[int, int]) -> list[Note]:
    girls = many(tx, "SELECT id, first_name, last_initial FROM scouts ORDER BY first_name, id")
    names = [f"{girl.first_name} {girl.last_initial}".strip() for girl in girls if waiting.get(girl.id)]
    if not names:
        return []
    named = ", ".join(names[:NAMES_MOST]) + (", …" if len(names) > NAMES_MOST else "")
    return [Note(WAITING, {"n": sum(waiting.values()), "girls": named})]


def _site_left(tx: apsw.Connection, season_id: int) -> int:
    """Packages of the troop's site that no girl is credited with; its donations come to girls by the dividers of booths."""
    return (
        value(
            tx,
            """SELECT sum(max(0, sold - ifnull(given, 0)))
                 FROM (SELECT product_id, sum(order_lines.boxes) AS sold
                         FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                        WHERE season_id = :season AND scout_id IS NULL AND source = 'digital-cookie' AND order_type <> 'booth'
                        GROUP BY product_id) AS site
                 LEFT JOIN (SELECT product_id, sum(boxes) AS given
                              FROM (SELECT product_id, boxes FROM credited WHERE season_id = :season AND channel = 'site'
                                     UNION ALL
                                    SELECT product_id, boxes FROM journal JOIN credits ON entry_id = journal.id
                                      JOIN products ON products.id = product_id
                                     WHERE journal.season_id = :season AND kind = 'office_credit' AND channel <> 'site'
                                       AND is_virtual = 1)
                             GROUP BY product_id) AS credit ON credit.product_id = site.product_id""",
            season=season_id,
        )
        or 0
    )


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
