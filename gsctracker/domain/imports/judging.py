"""Judging the rows of a batch against everything that is known: when a file is staged, answered for, and applied."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import apsw

from gsctracker.db.rows import Row, many, one, value
from gsctracker.domain.imports import cells, office_records, office_rows, order_rows, own_moves, roster_rows, rows
from gsctracker.domain.imports.known import NOT_OURS, Known
from gsctracker.domain.imports.office_rows import Office
from gsctracker.domain.imports.order_rows import Orders
from gsctracker.domain.imports.roster_rows import Roster
from gsctracker.domain.imports.rows import Note, ScoutRow, TransferRow
from gsctracker.domain.imports.verdicts import Verdict, refused
from gsctracker.domain.sales import imported
from gsctracker.domain.season import seasons
from gsctracker.words import N_

OTHER_NUMBER = Note(
    N_("The girl of this name is known by another GSUSA number. If this is another girl, add her by hand.")
)
NEWER_ROW = Note(N_("A newer file that was applied has this row too."))


@dataclass
class Kept:
    """What is kept of a row beside the row itself, once it is known whose it is."""

    girl: int | None = None
    giver: int | None = None
    hash: str = ""
    not_ours: bool = False
    numbers: dict[str, str] = field(default_factory=dict)  # source (gsusa, sc) to the hash of her number there
    entries: list[int] = field(default_factory=list)  # moves recorded here by hand that the row is, or may be


class Judge:
    """Compares rows of one batch: everything known is loaded once, then each row is a few look-ups in memory."""

    def __init__(self, tx: apsw.Connection, batch: Row, season: Row | None = None) -> None:
        season = season or seasons.find(tx, batch.season_id)
        self._tx = tx
        self._batch = batch
        self.known = Known(tx, season, batch.source)
        self.age = age_of(tx, batch)
        self.side: Orders | Office | Roster
        self.later: set[str] = set()
        if batch.source == "digital-cookie":
            self.side = Orders(
                self.known,
                imported.known(tx, season.id),
                self.age,
                batch.scout_id,
                _numbers_of_troop(tx, season.id) if batch.scout_id is not None else frozenset(),
                _booth_days(tx, season.id),
            )
        elif batch.source == "roster":
            self.side = roster_rows.load(tx, self.known)
        else:
            own = own_moves.standing(tx, season.id, batch.source)
            self.side = Office(self.known, office_records.known(tx, season.id, batch.source), self.age, own)

    def meet(self, found: Iterable[Any]) -> None:
        """Look at all girls' names before the first row is judged."""
        self.known.meet(name for row in found for name in _names_of(row))

    def verdict(self, row: Any, kept: Kept | None = None) -> tuple[Verdict, Kept]:
        """The verdict over a row, and what is kept beside it."""
        kept = kept or Kept()
        if kept.not_ours:
            return refused(NOT_OURS), kept
        numbers = kept.numbers or self._numbers_of(row)
        girl = self.known.numbered(numbers) if kept.girl is None else kept.girl
        if isinstance(row, ScoutRow) and self._is_of_another(row, girl, numbers):
            row = replace(row, doubts=(*row.doubts, OTHER_NUMBER))
        girls: Any = (girl, kept.giver) if isinstance(self.side, Office) else girl
        verdict = self.side.judge(row, girls)
        names = list(_names_of(row))
        return verdict, Kept(
            verdict.scout_id if verdict.knows_girl else None,
            verdict.giver_id if verdict.knows_girl else None,
            self.known.hash_of(*names[0]) if names and verdict.knows_girl else kept.hash,
            NOT_OURS in verdict.reasons,
            numbers,
        )

    def settle(self, judged: Sequence[tuple[Any, Verdict, Kept]]) -> list[tuple[Verdict, Kept]]:
        """The verdicts over all rows together: what moves boxes is set beside the moves that were recorded here by hand."""
        verdicts = [verdict for _, verdict, _ in judged]
        if isinstance(self.side, Office):
            keyed = [(self.side.key(row), verdict) for row, verdict, _ in judged]
            verdicts = own_moves.recognised(keyed, self.known, self.side.records, self.side.own)
        return [
            (verdict, replace(kept, entries=list(verdict.entries)))
            for verdict, (_, _, kept) in zip(verdicts, judged, strict=True)
        ]

    def _numbers_of(self, row: Any) -> dict[str, str]:
        found = {"gsusa": getattr(row, "gsusa_id", ""), "sc": getattr(row, "girl_id", "")}
        return {source: self.known.hash_of(number, "") for source, number in found.items() if number}

    def _is_of_another(self, row: ScoutRow, girl: int | None, numbers: dict[str, str]) -> bool:
        if "gsusa" not in numbers or self.known.numbered(numbers) is not None:
            return False
        girl = self.known.girl(row.first_name, row.last_name).scout_id if girl is None else girl
        return girl is not None and self.known.has_other_number(girl, "gsusa", numbers["gsusa"])

    def keyed(self, row: Any) -> Any:
        """The row with a key that names nobody: a roster's rows go by the girl's number or name, of which a hash is enough."""
        return replace(row, key=self.known.hash_of(row.key, "")) if isinstance(row, ScoutRow) else row

    def vanished(self, keys: Iterable[str]) -> list[str]:
        """Keys that the file applied before this one had and this one has not; none where this one is older, or a part of
        what there is: a roster, or one of a family's two files (completed, and still to deliver)."""
        if self.age < 0 or self._batch.source == "roster" or self._batch.scout_id is not None:
            return []
        before = last_applied(self._tx, self._batch)
        if before is None:
            return []
        had = many(self._tx, "SELECT DISTINCT key FROM import_rows WHERE batch_id = :id ORDER BY key", id=before.id)
        now = set(keys)
        return [row.key for row in had if row.key not in now]


def last_applied(tx: apsw.Connection, batch: Row) -> Row | None:
    """The batch of the same kind (and girl) that was applied last, other than this one."""
    return one(
        tx,
        """SELECT id, file_made, newest, applied_at FROM import_batches
            WHERE season_id = :season AND source = :source AND kind = :kind AND scout_id IS :scout AND state = 'applied'
              AND id IS NOT :id AND sha256 <> :sha ORDER BY file_made DESC, newest DESC, applied_at DESC, id DESC LIMIT 1""",
        season=batch.season_id,
        source=batch.source,
        kind=batch.kind,
        scout=batch.scout_id,
        id=batch.id,
        sha=batch.sha256,
    )


def age_of(tx: apsw.Connection, batch: Row) -> int:
    """-1 where the file is older than what was applied of its kind, 1 where newer (or the first), 0 where nobody can tell.

    By the moment in the files' names where both have one, else by their newest rows.
    """
    before = last_applied(tx, batch)
    if before is None:
        return 1
    ours, theirs = batch.newest, before.newest
    if batch.file_made and before.file_made:
        ours, theirs = batch.file_made, before.file_made
    return (ours > theirs) - (ours < theirs)


def judge_again(tx: apsw.Connection, batch: Row) -> list[tuple[Row, Any, Verdict, Kept]]:
    """Every row of a batch that is not written yet, judged by what is known now; the rows are updated."""
    judge = Judge(tx, batch)
    waiting = many(
        tx,
        """SELECT id, row_no, key, fields, outcome FROM import_rows
            WHERE batch_id = :id AND is_written = 0 AND outcome <> 'vanished' ORDER BY id""",
        id=batch.id,
    )
    read = [(row, *_stored(batch.row_type, row.fields)) for row in waiting]
    judge.meet(row for _, row, _ in read)
    newer = _newer_keys(tx, batch) if batch.state == "applied" else set()
    settled = judge.settle([(row, *judge.verdict(row, known)) for _, row, known in read])
    done = []
    for (stored, row, _), (verdict, kept) in zip(read, settled, strict=True):
        if stored.key in newer and verdict.outcome != "same":
            outdated = replace(verdict, outcome="refused", reasons=(NEWER_ROW,), asks=(), wanted=None)
            done.append((stored, row, outdated, kept))
        else:
            done.append((stored, row, verdict, kept))
    tx.executemany(
        "UPDATE import_rows SET fields = ?, scout_id = ?, outcome = ?, reasons = ?, asks = ? WHERE id = ?",
        [(*columns_of(row, verdict, kept), stored.id) for stored, row, verdict, kept in done],
    )
    return done


def columns_of(row: Any, verdict: Verdict, kept: Kept) -> tuple[str, int | None, str, str, str]:
    """A judged row as import_rows keeps it: fields, scout_id, outcome, reasons, asks."""
    row = replace(row, **{name: "" for name in ("girl_id", "gsusa_id") if hasattr(row, name)})
    if verdict.knows_girl:
        row = _without_names(row, verdict)
    fields = {"row": rows.plain(row)} | {name: said for name, said in vars(kept).items() if said}
    notes = [note for note in verdict.reasons if note is not None]
    return (
        listed(fields),
        verdict.scout_id,
        verdict.outcome,
        listed(map(rows.plain, notes)),
        listed(list(ask) for ask in verdict.asks),
    )


def _without_names(row: Any, verdict: Verdict) -> Any:
    if isinstance(row, ScoutRow):
        if roster_rows.FORGOTTEN in verdict.reasons:
            return replace(roster_rows.without_names(row), first_name="")
        return row  # a roster's names are needed until it is applied
    is_site = bool(getattr(row, "girl_name", "")) and verdict.scout_id is None and NOT_OURS not in verdict.reasons
    if is_site and hasattr(row, "is_site"):
        row = replace(row, is_site=True)
    elif is_site:
        row = replace(row, row_class="site")
    return (order_rows if isinstance(row, rows.OrderRow) else office_rows).without_names(row)


def _stored(row_type: str, fields: str) -> tuple[Any, Kept]:
    read = json.loads(fields)
    return rows.from_plain(row_type, read.pop("row")), Kept(**read)


def _names_of(row: Any) -> Iterable[tuple[str, str]]:
    if isinstance(row, ScoutRow):
        yield row.first_name, row.last_name
    elif isinstance(row, TransferRow):
        yield from (cells.person_name(name) for name in (row.girl_name, row.giver_name) if name)
    elif not getattr(row, "is_site", False) and getattr(row, "row_class", "girl") == "girl":
        yield from [(row.girl_first, row.girl_last)] if row.girl_first or row.girl_last else []


def _newer_keys(tx: apsw.Connection, batch: Row) -> set[str]:
    found = many(
        tx,
        """SELECT DISTINCT key FROM import_rows JOIN import_batches ON import_batches.id = batch_id
            WHERE batch_id > :id AND season_id = :season AND source = :source AND kind = :kind AND state = 'applied'""",
        id=batch.id,
        season=batch.season_id,
        source=batch.source,
        kind=batch.kind,
    )
    return {row.key for row in found}


def _numbers_of_troop(tx: apsw.Connection, season_id: int) -> frozenset[str]:
    found = many(
        tx,
        """SELECT DISTINCT key FROM import_rows JOIN import_batches ON import_batches.id = batch_id
            WHERE season_id = :season AND kind = 'troop_orders' AND state = 'applied'
              AND outcome NOT IN ('refused', 'vanished')""",
        season=season_id,
    )
    return frozenset(row.key for row in found)


def _booth_days(tx: apsw.Connection, season_id: int) -> frozenset[str]:
    """Days on which a booth of ours was closed: what was paid there through Digital Cookie is in its count."""
    found = many(
        tx,
        "SELECT DISTINCT day FROM standing_entries WHERE season_id = :season AND kind = 'booth_sale'",
        season=season_id,
    )
    return frozenset(row.day for row in found)


def listed(given: Any) -> str:
    """JSON of a mapping or of anything that can be gone through."""
    return json.dumps(given if isinstance(given, Mapping) else list(given), separators=(",", ":"))


def counted(tx: apsw.Connection, batch_id: int) -> Counter[str]:
    """How many rows of a batch have each outcome."""
    found = many(
        tx, "SELECT outcome, count(*) AS n FROM import_rows WHERE batch_id = :id GROUP BY outcome", id=batch_id
    )
    return Counter({row.outcome: row.n for row in found})


def is_waiting(tx: apsw.Connection, batch_id: int) -> bool:
    """Whether a batch has rows that would change something and were not written yet."""
    return bool(
        value(
            tx,
            """SELECT EXISTS (SELECT 1 FROM import_rows
                               WHERE batch_id = :id AND outcome IN ('new', 'ours', 'changed', 'conflict') AND is_written = 0)""",
            id=batch_id,
        )
    )
