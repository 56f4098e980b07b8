"""Which packages of an order were refunded, where its file says only how many: the question, and the answer as it is kept."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, value
from gsctracker.domain.imports import rows
from gsctracker.domain.imports.known import Known
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_, counted

NOT_AS_MANY = counted(
    "%(n)s package was refunded: the numbers must come to that.",
    "%(n)s packages were refunded: the numbers must come to that.",
)


class Refund(NamedTuple):
    """So many packages of an order were refunded, out of these cookies (code, name, packages in the order)."""

    boxes: int
    cookies: tuple[tuple[str, str, int], ...]


def of_order(tx: apsw.Connection, batch: Row, said: str) -> Refund:
    """The refund that a batch asks about; `said` as in `batches.asks`. Raises NotFound where it asks for no such order."""
    stored = value(
        tx,
        """SELECT fields FROM import_rows, json_each(asks) AS ask
            WHERE batch_id = :batch AND json_extract(ask.value, '$[0]') = 'refund' AND json_extract(ask.value, '$[1]') = :said
            ORDER BY import_rows.id""",
        batch=batch.id,
        said=said,
    )
    if stored is None:
        raise NotFound(N_("There is no such question."), "no_such_question")
    row = rows.from_plain(batch.row_type, json.loads(stored)["row"])
    known = Known(tx, seasons.find(tx, batch.season_id), batch.source)
    counts, _ = known.lines(row.lines)
    cookies = [(known.products[product].code, known.products[product].name, boxes) for product, boxes in counts.items()]
    return Refund(row.refunded, tuple(cookies))


def meaning(refund: Refund, told: Mapping[str, int]) -> str:
    """The answer as it is kept: "TM 2, CD 1". Raises Invalid where it does not come to what was refunded."""
    most = {code: boxes for code, _, boxes in refund.cookies}
    if sum(told.values()) != refund.boxes or any(not 0 <= boxes <= most.get(code, 0) for code, boxes in told.items()):
        raise Invalid(NOT_AS_MANY, "not_as_many", n=refund.boxes)
    return ", ".join(f"{code} {boxes}" for code, boxes in told.items() if boxes)
