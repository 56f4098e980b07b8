"""What a row changes: each thing it says that was known otherwise, old beside new."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import apsw
import msgspec

from gsctracker.db.rows import Row, many
from gsctracker.domain.imports import rows
from gsctracker.domain.imports.applying import key_of
from gsctracker.domain.imports.judging import Judge, Kept
from gsctracker.domain.imports.known import Known
from gsctracker.domain.imports.office_records import Record
from gsctracker.domain.imports.roster_rows import Girl
from gsctracker.domain.sales.imported import Order
from gsctracker.domain.season import seasons


class Change(NamedTuple):
    """One thing: what it is (status, kind, girl, day, packages of `cookie`, cents, ...), before and now; None: nothing."""

    what: str
    old: Any
    new: Any
    cookie: str = ""


def of_rows(tx: apsw.Connection, batch: Row, row_ids: Sequence[int]) -> dict[int, list[Change]]:
    """The changes of some rows of a batch (from `batches.find`); a row that is all new has none.

    Of rows that were written: what stood there before, beside what stands there now.
    """
    wanted = json.dumps(list(row_ids))
    found = many(
        tx,
        """SELECT id, key, fields, is_written, before FROM import_rows
            WHERE batch_id = :id AND outcome IN ('changed', 'conflict') AND id IN (SELECT value FROM json_each(:ids))""",
        id=batch.id,
        ids=wanted,
    )
    if not found or batch.state == "undone":
        return {}
    judge = Judge(tx, batch)
    told = {}
    for stored in found:
        old, new = _both(tx, judge, batch, stored)
        if old is not None and new is not None:
            told[stored.id] = _differing(old, new, judge.known)
    return told


def cookie_names(tx: apsw.Connection, batch: Row) -> Callable[[dict[str, Any]], str]:
    """Gives the name of a line's cookie (as `batches.lines` has it) by what this season and its answers know."""
    known = Known(tx, seasons.find(tx, batch.season_id), batch.source)

    def name(line: dict[str, Any]) -> str:
        product = known.cookie(rows.Line(line["cookie"], line["boxes"], line.get("known_by", "name")))
        return product.name if product else line["cookie"]

    return name


def _both(tx: apsw.Connection, judge: Judge, batch: Row, stored: Row) -> tuple[Any, Any]:
    side: Any = judge.side
    fields = json.loads(stored.fields)
    row = rows.from_plain(batch.row_type, fields.pop("row"))
    if batch.source == "digital-cookie":
        kind: Any = Order
        now = side.orders.get(row.number or row.key)
    elif batch.source == "roster":
        if stored.is_written:
            return None, None  # its level and guardian are on her own page by now
        kind, now = Girl, None
    else:
        kind, now = Record, side.records.get(key_of(batch, stored))
    if stored.is_written:
        return msgspec.json.decode(stored.before, type=kind | None), now
    verdict = judge.verdict(row, Kept(**fields))[0]
    if batch.source == "roster":
        now = side.girls.get(verdict.scout_id)
    return now, verdict.wanted


def _differing(old: Any, new: Any, known: Known) -> list[Change]:
    if isinstance(new, Girl):
        return [Change(what, a, b) for what, a, b in zip(Girl._fields, old, new, strict=True) if a != b]
    pairs = _of_order(old, new) if isinstance(new, Order) else _of_record(old, new)
    found = [Change(what, a, b) for what, a, b in pairs if a != b]
    before, now = _packages(old), _packages(new)
    for product_id in sorted({*before, *now}):
        a, b = before.get(product_id, 0), now.get(product_id, 0)
        if a != b:
            found.append(Change("packages", a, b, known.products[product_id].name))
    return found


def _of_order(old: Order, new: Order) -> list[tuple[str, Any, Any]]:
    return [
        ("status", old.status, new.status),
        ("order_type", old.order_type, new.order_type),
        ("payment_method", old.payment_method, new.payment_method),
        ("girl", old.scout_id, new.scout_id),
        ("day", old.ordered_on, new.ordered_on),
        ("paid", old.collected_cents, new.collected_cents),
        ("worth", _worth_of_order(old), _worth_of_order(new)),
    ]


def _of_record(old: Record, new: Record) -> list[tuple[str, Any, Any]]:
    return [
        ("kind", old.kind, new.kind),
        ("girl", old.sayings[0].scout_id, new.sayings[0].scout_id),
        ("day", old.day, new.day),
        ("worth", _worth_of_record(old), _worth_of_record(new)),
    ]


def _worth_of_order(order: Order) -> int:
    return sum(boxes * cents for _, boxes, cents in order.lines)


def _worth_of_record(record: Record) -> int:
    return sum(saying.cents for saying in record.sayings)


def _packages(what: Order | Record) -> dict[int, int]:
    if isinstance(what, Order):
        return {product_id: boxes for product_id, boxes, _ in what.lines}
    found: dict[int, int] = {}
    for saying in what.sayings:
        if saying.product_id is not None:
            found[saying.product_id] = found.get(saying.product_id, 0) + saying.boxes
    return found
