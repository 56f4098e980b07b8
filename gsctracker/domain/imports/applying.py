"""Applying a batch: its rows reach the ledgers, all of them or none."""

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from gsctracker import clock
from gsctracker.db.rows import Row, one, run
from gsctracker.domain import audit
from gsctracker.domain.imports import batches, dividers, judging, office_credits, office_records, roster_rows, rows
from gsctracker.domain.imports.judging import Kept
from gsctracker.domain.imports.verdicts import Verdict
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import imported
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict
from gsctracker.words import N_

Judged = Sequence[tuple[Row, Any, Verdict, Kept]]


def apply(tx: apsw.Connection, by: Person | None, batch_id: int) -> dict[str, int]:
    """Write what the batch's rows say, judged once more by what is known now; gives rows by outcome.

    A batch that was applied before writes the rows that were answered for since; one with nothing left changes nothing.
    Raises NotFound, and Conflict where it was taken back or the season is closed.
    """
    if by is not None:
        roles.require(by, "imports")
    batch = batches.find(tx, batch_id)
    season = seasons.find(tx, batch.season_id)
    seasons.require_open(season, by)
    if batch.state == "undone":
        raise Conflict(N_("This import was taken back. Bring in the file again."), "already_undone")
    judged = judging.judge_again(tx, batch)
    writing = [each for each in judged if each[2].wanted is not None]
    account = by.id if by else None
    if batch.source == "digital-cookie":
        _orders(tx, batch, writing, account)
    elif batch.source == "roster":
        _roster(tx, batch, judged, by)
    else:
        _office(tx, batch, writing, account)
        office_credits.settle(tx, season.id, by=account, batch_id=batch.id)
    for _, _, verdict, kept in judged:
        if kept.hash and verdict.scout_id is not None and batch.source != "roster":
            scouts.remember_hash(tx, verdict.scout_id, "name", kept.hash)
            _remember_numbers(tx, verdict.scout_id, kept)
    if batch.state == "staged":
        run(
            tx,
            "UPDATE import_batches SET state = 'applied', applied_at = :now WHERE id = :id",
            now=clock.now(),
            id=batch_id,
        )
    if writing or batch.state == "staged":
        audit.note(tx, account, "import.applied", "import", batch_id, rows=len(writing))
    return dict(judging.counted(tx, batch_id))


def _orders(tx: apsw.Connection, batch: Row, writing: Judged, by: int | None) -> None:
    known = imported.known(tx, batch.season_id) if writing else {}
    imported.write(tx, batch.season_id, [verdict.wanted for _, _, verdict, _ in writing], by=by, batch_id=batch.id)
    _written(tx, [(stored.id, known.get(verdict.wanted.number)) for stored, _, verdict, _ in writing])


def _office(tx: apsw.Connection, batch: Row, writing: Judged, by: int | None) -> None:
    again = dividers.replaced_by(tx, batch)
    known = office_records.known(tx, batch.season_id, batch.source) if writing or again else {}
    wanted = {key_of(batch, stored): verdict.wanted for stored, _, verdict, _ in writing} | {
        row.key: None for row in again
    }
    prices = {product.id: product.price_cents for product in catalogue.products(tx, batch.season_id)}
    office_records.write(tx, batch.season_id, batch.source, wanted, by=by, batch_id=batch.id, prices=prices)
    _written(tx, [(stored.id, known.get(key_of(batch, stored))) for stored, _, _, _ in writing])
    _written(tx, [(row.id, known.get(row.key)) for row in again])


def _roster(tx: apsw.Connection, batch: Row, judged: Judged, by: Person | None) -> None:
    for stored, row, verdict, kept in judged:
        if verdict.outcome == "refused":
            continue
        scout_id: int | None = verdict.scout_id
        if verdict.wanted is not None:
            scout_id, before = roster_rows.write(tx, by, row, verdict.wanted, scout_id)
            _written(tx, [(stored.id, before)])
        if scout_id is not None:
            _remember_numbers(tx, scout_id, kept)
        fields = {"row": rows.plain(roster_rows.without_names(row)), "girl": scout_id}
        run(
            tx,
            "UPDATE import_rows SET scout_id = :scout, fields = :fields WHERE id = :id",
            scout=scout_id,
            fields=judging.listed(fields),
            id=stored.id,
        )


def _remember_numbers(tx: apsw.Connection, scout_id: int, kept: Kept) -> None:
    """Her numbers at GSUSA and Smart Cookies, once it is known who she is; a second one at GSUSA is not hers."""
    for source, number in kept.numbers.items():
        has_one = one(
            tx,
            "SELECT 1 AS yes FROM scout_aliases WHERE scout_id = :id AND source = :source",
            id=scout_id,
            source=source,
        )
        if source != "gsusa" or not has_one:
            scouts.remember_hash(tx, scout_id, source, number)


def key_of(batch: Row, stored: Row) -> str:
    """The office's record that a row is about: each kind of file counts its own numbers."""
    prefix = {"transfer": "", "order": "report/", "ledger": "ledger/"}[batch.row_type]
    return f"{prefix}{stored.key}"


def _written(tx: apsw.Connection, rows_before: Sequence[tuple[int, Any]]) -> None:
    tx.executemany(
        "UPDATE import_rows SET is_written = 1, before = ? WHERE id = ?",
        [(msgspec.json.encode(before).decode(), row_id) for row_id, before in rows_before],
    )
