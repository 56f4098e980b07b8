"""Packages of each girl and cookie by channel, as the back office has them and as we have them, to be set side by side."""

from collections.abc import Iterable
from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, many

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
                      CASE WHEN kind IN ('t2g', 'g2t', 'g2g') THEN 'hand_out' WHEN kind = 't2g_booth' THEN 'booth'
                           WHEN kind IN ('t2g_site', 't2g_ship') THEN 'site' WHEN kind = 'direct_ship' THEN 'shipped'
                           WHEN kind IN ('share', 'share_manual', 'share_booth', 'share_dc') THEN 'share' ELSE 'ledger' END AS channel
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


def share_to_type(tx: apsw.Connection, season_id: int) -> dict[int, tuple[int, int]]:
    """Cookie Share that does not reach the back office by itself: girl to (packages needed there by hand, packages seen there).

    By itself comes only what a charged card paid for a Donation or a Shipped order. Cash, in-person and cookies-in-hand orders
    with a donation, and cards that are not charged yet do not. The troop's site and the booths have their own way.
    """
    needed = _by_scout(
        many(
            tx,
            """SELECT scout_id, sum(order_lines.boxes) AS boxes
                 FROM counted_orders JOIN order_lines ON order_id = counted_orders.id JOIN products ON products.id = product_id
                WHERE counted_orders.season_id = :season AND scout_id IS NOT NULL AND is_virtual = 1
                  AND NOT (payment_method = 'card' AND order_type IN ('shipped', 'donation'))
                GROUP BY scout_id""",
            season=season_id,
        )
    )
    seen = _by_scout(
        many(
            tx,
            """SELECT scout_id, sum(boxes) AS boxes FROM office_lines
                WHERE season_id = :season AND scout_id IS NOT NULL AND kind IN ('share', 'share_manual') GROUP BY scout_id""",
            season=season_id,
        )
    )
    return {scout: (needed.get(scout, 0), seen.get(scout, 0)) for scout in sorted({*needed, *seen})}


def _by_scout(found: Iterable[Row]) -> dict[int, int]:
    return {row.scout_id: row.boxes for row in found}
