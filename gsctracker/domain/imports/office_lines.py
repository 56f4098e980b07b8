"""The back office's records as its files say them, to be looked at."""

import apsw

from gsctracker.db.rows import Row, many


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
