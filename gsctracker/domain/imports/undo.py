"""Taking a batch back: everything it wrote is reversed and what was known before stands again. The batch stays listed."""

import json

import apsw
import msgspec

from gsctracker import clock
from gsctracker.db.rows import Row, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.imports import applying, batches, office_credits, office_records, roster_rows
from gsctracker.domain.imports.office_records import Record
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import imported
from gsctracker.domain.sales.imported import Order
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict
from gsctracker.words import N_, counted

NEWER = counted(
    "The import of %(file)s (number %(id)s) changed a row of this one later. Take that one back first.",
    "The import of %(file)s (number %(id)s) changed %(n)s rows of this one later. Take that one back first.",
)
GIRL_IN_USE = counted(
    "%(n)s of the girls it put on the roster has sales, boxes or money by now.",
    "%(n)s of the girls it put on the roster have sales, boxes or money by now.",
)
SITE_CREDITED = counted(
    "%(n)s package of the troop's site was credited to a girl, and the site's orders come from this import.",
    "%(n)s packages of the troop's site were credited to girls, and the site's orders come from this import.",
)


def blockers(tx: apsw.Connection, batch_id: int) -> list[Note]:
    """Why a batch cannot be taken back now; empty where it can."""
    batch = batches.find(tx, batch_id)
    found = [
        Note(NEWER, {"file": row.file_name, "id": row.id, "n": row.n})
        for row in many(
            tx,
            """SELECT import_batches.id, file_name, count(*) AS n
                 FROM import_rows JOIN import_batches ON import_batches.id = batch_id
                WHERE season_id = :season AND source = :source AND row_type = :type AND state = 'applied' AND batch_id <> :id
                  AND is_written = 1 AND applied_at >= :applied AND import_rows.id > (SELECT max(id) FROM import_rows WHERE batch_id = :id)
                  AND key IN (SELECT key FROM import_rows WHERE batch_id = :id AND is_written = 1)
                GROUP BY import_batches.id ORDER BY import_batches.id DESC""",
            season=batch.season_id,
            source=batch.source,
            type=batch.row_type,
            id=batch_id,
            applied=batch.applied_at,
        )
    ]
    if batch.source == "roster" and (girls := _girls_in_use(tx, batch_id)):
        found.append(Note(GIRL_IN_USE, {"n": girls}))
    if batch.source == "digital-cookie" and (boxes := _site_credited(tx, batch)):
        found.append(Note(SITE_CREDITED, {"n": boxes}))
    return found


def undo(tx: apsw.Connection, by: Person | None, batch_id: int) -> None:
    """Take back everything a batch did. Raises Conflict with the blockers where something later depends on it."""
    if by is not None:
        roles.require(by, "imports")
    batch = batches.find(tx, batch_id)
    seasons.require_open(seasons.find(tx, batch.season_id), by)
    if batch.state == "undone":
        raise Conflict(N_("This import was taken back before."), "already_undone")
    if batch.state == "staged":
        raise Conflict(N_("This import was not applied, so there is nothing to take back."), "not_applied")
    in_the_way = blockers(tx, batch_id)
    if in_the_way:
        first = in_the_way[0]
        raise Conflict(first.message, "import_in_use", None, **first.params)
    written = many(
        tx, "SELECT id, key, scout_id, before FROM import_rows WHERE batch_id = :id AND is_written = 1", id=batch_id
    )
    account = by.id if by else None
    if batch.source == "digital-cookie":
        _orders(tx, batch, written, account)
    elif batch.source == "roster":
        for row in written:
            roster_rows.take_back(tx, row.scout_id, json.loads(row.before))
    else:
        _office(tx, batch, written, account)
    _forget_names(tx, batch_id)
    run(tx, "UPDATE import_batches SET state = 'undone', undone_at = :now WHERE id = :id", now=clock.now(), id=batch_id)
    audit.note(tx, account, "import.undone", "import", batch_id, rows=len(written))


def _orders(tx: apsw.Connection, batch: Row, written: list[Row], by: int | None) -> None:
    before = {row.key: msgspec.json.decode(row.before, type=Order | None) for row in written}
    imported.cancel(tx, batch.season_id, [key for key, order in before.items() if order is None], by=by)
    restored = [order for order in before.values() if order is not None]
    imported.write(tx, batch.season_id, restored, by=by)


def _office(tx: apsw.Connection, batch: Row, written: list[Row], by: int | None) -> None:
    before = {applying.key_of(batch, row): msgspec.json.decode(row.before, type=Record | None) for row in written}
    prices = {product.id: product.price_cents for product in catalogue.products(tx, batch.season_id)}
    office_records.write(tx, batch.season_id, batch.source, before, by=by, batch_id=batch.id, prices=prices)
    office_credits.settle(tx, batch.season_id, by=by)


def _girls_in_use(tx: apsw.Connection, batch_id: int) -> int:
    found = one(
        tx,
        """SELECT count(*) AS n FROM import_rows
            WHERE batch_id = :id AND is_written = 1 AND json_extract(before, '$.created')
              AND (EXISTS (SELECT 1 FROM orders WHERE orders.scout_id = import_rows.scout_id AND status <> 'cancelled')
                   OR EXISTS (SELECT 1 FROM standing_entries AS entry WHERE entry.scout_id = import_rows.scout_id)
                   OR EXISTS (SELECT 1 FROM accounts WHERE accounts.scout_id = import_rows.scout_id))""",
        id=batch_id,
    )
    return found.n if found else 0


def _site_credited(tx: apsw.Connection, batch: Row) -> int:
    """Packages that girls were credited with by hand beyond what the site would still have sold without this batch."""
    found = one(
        tx,
        """SELECT ifnull(sum(max(0, given - ifnull(sold, 0))), 0) AS boxes
             FROM (SELECT product_id AS product, sum(boxes) AS given FROM credits JOIN journal ON journal.id = entry_id
                    WHERE season_id = :season AND channel = 'site' GROUP BY product_id)
             LEFT JOIN (SELECT product_id, sum(order_lines.boxes) AS sold
                          FROM counted_orders JOIN order_lines ON order_id = counted_orders.id
                         WHERE season_id = :season AND scout_id IS NULL
                           AND ifnull(external_number, '') NOT IN
                               (SELECT key FROM import_rows WHERE batch_id = :batch AND is_written = 1 AND before = 'null')
                         GROUP BY product_id) ON product_id = product
            WHERE EXISTS (SELECT 1 FROM import_rows JOIN orders ON external_number = key AND orders.season_id = :season
                           WHERE batch_id = :batch AND is_written = 1 AND orders.scout_id IS NULL)""",
        season=batch.season_id,
        batch=batch.id,
    )
    return found.boxes if found else 0


def _forget_names(tx: apsw.Connection, batch_id: int) -> None:
    """The rows that nobody ever answered for keep their numbers, not the girls' names."""
    run(
        tx,
        """UPDATE import_rows SET fields = json_set(fields, '$.row.girl_first', '', '$.row.girl_last', '', '$.row.girl_name', '',
                  '$.row.giver_name', '', '$.row.from_name', '', '$.row.to_name', '', '$.row.last_name', '',
                  '$.row.guardian_name', '', '$.row.guardian_email', '', '$.row.gsusa_id', '', '$.row.memo', '', '$.row.seen', json('{}'))
            WHERE batch_id = :id AND outcome <> 'vanished'""",
        id=batch_id,
    )
