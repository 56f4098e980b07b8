"""The back office's records as its files say them, to be looked at."""

import json

import apsw

from gsctracker.db.rows import Row, many

SHELF = {
    "c2t": 1, "t2t_in": 1, "g2t": 1, "t2c": -1, "t2t_out": -1, "t2g": -1, "t2g_booth": -1, "t2g_site": -1,
}  # fmt: skip
"""The kinds of records that move boxes onto the office's shelf (1) or off it (-1)."""


def of_shelf(tx: apsw.Connection, season_id: int, product_id: int, before: int = 0, limit: int = 50) -> list[Row]:
    """The records of one cookie that its shelf at the office is made of, newest first; packages below zero left it."""
    return many(
        tx,
        """SELECT office_lines.id, system, office_lines.kind, external_number, day, products.name AS cookie,
                  boxes * signs.value AS boxes, office_lines.cents, batch_id, file_name
             FROM office_lines JOIN products ON products.id = product_id
             JOIN import_batches ON import_batches.id = batch_id
             JOIN json_each(:signs) AS signs ON signs.key = office_lines.kind
            WHERE office_lines.season_id = :season AND product_id = :product AND (:before = 0 OR office_lines.id < :before)
            ORDER BY office_lines.id DESC LIMIT :limit""",
        signs=json.dumps(SHELF),
        season=season_id,
        product=product_id,
        before=before,
        limit=limit,
    )


def of_girl(
    tx: apsw.Connection, season_id: int, scout_id: int, product_id: int | None = None, before: int = 0, limit: int = 50
) -> list[Row]:
    """A girl's records newest first, of one cookie or all, from the one before id `before` (0: the newest).

    Each: id, system, kind, external_number, day, cookie, boxes, cents, batch_id, file_name.
    """
    return many(
        tx,
        """SELECT office_lines.id, system, office_lines.kind, external_number, day, products.name AS cookie, boxes,
                  office_lines.cents, batch_id, file_name
             FROM office_lines LEFT JOIN products ON products.id = product_id
             JOIN import_batches ON import_batches.id = batch_id
            WHERE office_lines.season_id = :season AND office_lines.scout_id = :scout
              AND (:product IS NULL OR product_id = :product) AND (:before = 0 OR office_lines.id < :before)
            ORDER BY office_lines.id DESC LIMIT :limit""",
        season=season_id,
        scout=scout_id,
        product=product_id,
        before=before,
        limit=limit,
    )
