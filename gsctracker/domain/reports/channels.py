"""Packages of each girl and cookie by channel, as the back office has them and as we have them, to be set side by side."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import apsw

from gsctracker.db.rows import many

CHANNELS = ("hand_out", "shipped", "booth", "site", "share")
"""How packages come to a girl's name in the back office."""

Packages = dict[tuple[int, int], dict[str, int]]
"""(scout id, product id) to packages by channel; `ledger` where the office does not say which."""


class Both(NamedTuple):
    """The same packages from both sides, and what Digital Cookie says. `own`: what she sold herself, delivered or not."""

    office: Packages
    ours: Packages
    digital_cookie: dict[tuple[int, int], int]


def of_season(tx: apsw.Connection, season_id: int) -> Both:
    """Every girl and cookie of the season."""
    return Both(_office(tx, season_id), _ours(tx, season_id), _digital_cookie(tx, season_id))


def _office(tx: apsw.Connection, season_id: int) -> Packages:
    return _summed(
        many(
            tx,
            """SELECT scout_id, product_id, sum(CASE WHEN kind = 'g2t' THEN -boxes ELSE boxes END) AS boxes,
                      CASE WHEN kind IN ('t2g', 'g2t', 'g2g') THEN 'hand_out' WHEN kind IN ('t2g_booth', 'share_booth') THEN 'booth'
                           WHEN kind IN ('t2g_site', 't2g_ship') THEN 'site' WHEN kind = 'direct_ship' THEN 'shipped'
                           WHEN kind IN ('share', 'share_manual', 'share_dc') THEN 'share' ELSE 'ledger' END AS channel
                 FROM office_lines
                WHERE season_id = :season AND scout_id IS NOT NULL AND product_id IS NOT NULL
                  AND kind IN ('t2g', 'g2t', 'g2g', 't2g_booth', 't2g_site', 't2g_ship', 'direct_ship', 'share', 'share_manual',
                               'share_booth', 'share_dc', 'ledger_girl')
                GROUP BY scout_id, product_id, channel""",
            season=season_id,
        )
    )


def _ours(tx: apsw.Connection, season_id: int) -> Packages:
    return _summed(
        many(
            tx,
            """SELECT scout_id, product_id, sum(boxes) AS boxes,
                      CASE channel WHEN 'donation' THEN 'share' ELSE channel END AS channel
                 FROM credited WHERE season_id = :season GROUP BY scout_id, product_id, 4
                UNION ALL
               SELECT places.scout_id, product_id, sum(CASE WHEN to_place = places.id THEN boxes ELSE -boxes END), 'hand_out'
                 FROM journal JOIN box_moves ON entry_id = journal.id
                 JOIN places ON places.id IN (from_place, to_place) AND places.scout_id IS NOT NULL
                WHERE season_id = :season AND journal.kind IN ('T2G', 'G2T', 'G2G') GROUP BY places.scout_id, product_id""",
            season=season_id,
        )
    )


def _digital_cookie(tx: apsw.Connection, season_id: int) -> dict[tuple[int, int], int]:
    return {
        (row.scout_id, row.product_id): row.boxes
        for row in many(
            tx,
            """SELECT scout_id, product_id, sum(order_lines.boxes) AS boxes
                 FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                WHERE season_id = :season AND source = 'digital-cookie' AND scout_id IS NOT NULL
                GROUP BY scout_id, product_id""",
            season=season_id,
        )
    }


def _summed(found: Iterable) -> Packages:
    packages: Packages = {}
    for row in found:
        channels = packages.setdefault((row.scout_id, row.product_id), {})
        channels[row.channel] = channels.get(row.channel, 0) + row.boxes
    return packages


class Share(NamedTuple):
    """Cookie Share of a girl that does not reach the back office by itself: packages needed there by hand, and seen there.

    `waiting`: paid by a card that is not charged yet. They follow by themselves once it is, so nobody types them.
    """

    needed: int = 0
    seen: int = 0
    waiting: int = 0

    @property
    def to_type(self) -> int:
        """Packages that somebody still has to type."""
        return max(0, self.needed - self.seen)


def share_to_type(tx: apsw.Connection, season_id: int) -> defaultdict[int, Share]:
    """Each girl's Cookie Share, by her id; nothing for a girl who has none.

    By itself comes only what a charged card paid for a Donation or a Shipped order. Cash, in-person and cookies-in-hand orders
    with a donation do not. The troop's site and the booths have their own way, but for a family's own.
    """
    found: defaultdict[int, Share] = defaultdict(Share)
    for row in many(
        tx,
        """SELECT scout_id, sum(CASE WHEN is_waiting THEN 0 ELSE boxes END) AS needed, sum(seen) AS seen,
                  sum(CASE WHEN is_waiting THEN boxes ELSE 0 END) AS waiting
             FROM (SELECT scout_id, donated_boxes AS boxes, 0 AS seen,
                          source = 'digital-cookie' AND payment_method = 'none' AND order_type IN ('shipped', 'donation')
                              AS is_waiting
                     FROM counted_orders
                    WHERE season_id = :season AND scout_id IS NOT NULL AND donated_boxes > 0
                      AND NOT (payment_method = 'card' AND order_type IN ('shipped', 'donation'))
                    UNION ALL
                   SELECT credits.scout_id, credits.boxes, 0, 0
                     FROM standing_entries JOIN credits ON entry_id = standing_entries.id
                    WHERE season_id = :season AND kind = 'booth_credit' AND channel = 'donation'
                    UNION ALL
                   SELECT scout_id, 0, boxes, 0 FROM office_lines
                    WHERE season_id = :season AND scout_id IS NOT NULL AND kind IN ('share', 'share_manual'))
            GROUP BY scout_id ORDER BY scout_id""",
        season=season_id,
    ):
        found[row.scout_id] = Share(row.needed, row.seen, row.waiting)
    return found
