"""Moves recorded here by hand that were then typed into the back office: its file tells of them again, and moves nothing twice.

A record that equals a move of ours, a few days apart at most, is that move. One that nearly does is asked about, once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, ids, many
from gsctracker.domain.imports.known import OTHER, Known
from gsctracker.domain.imports.office_records import MOVES, Move, Record
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.imports.verdicts import Ask, Verdict
from gsctracker.words import N_

DAYS, DAYS_ASKED, DAYS_NEAR = 4, 14, 1
"""So many days may lie between what happened and what was typed; up to so many a move of the same packages is asked about,
and up to so many one of other packages.
"""

SHORTEST_NUMBER = 4

RECORDED = Note(
    N_("This was recorded here by hand already. It is recognised by its number from now on; nothing moves twice.")
)
OURS_STANDS = Note(
    N_("Said to be the move recorded here, which has other packages. Ours stands; the difference is shown as one.")
)
CHANGED_THERE = Note(
    N_(
        "It stands for a move recorded here by hand and says something else now. If the office is right, take that move back."
    )
)
WHICH = Note(N_("A move recorded here by hand may be the same one. Say whether it is, so that nothing moves twice."))
TAKEN_BACK = Note(
    N_("The move recorded here that this row stands for was taken back. Say whether its boxes move after all.")
)


class Own(NamedTuple):
    """A move recorded by hand that stands. `key` is the record of the office it was recognised as, or None."""

    entry_id: int
    move: Move
    reference: str
    key: str | None

    @property
    def whose(self) -> tuple[str, int | None, int | None]:
        """What has to be the same if two moves are to be one: the kind and the girls."""
        return self.move.kind, self.move.scout_id, self.move.to_scout_id


def standing(tx: apsw.Connection, season_id: int, system: str) -> dict[int, Own]:
    """The season's moves that somebody recorded by hand and nobody took back, by entry; those of another system are left out."""
    lines: dict[int, list[tuple[int, int]]] = {}
    heads = {}
    for row in many(
        tx,
        f"""SELECT entry.id, entry.kind, day, entry.scout_id, reference, product_id, sum(boxes) AS boxes, key,
                   CASE WHEN entry.kind = 'G2G' THEN places.scout_id END AS to_scout_id
              FROM standing_entries AS entry JOIN box_moves ON box_moves.entry_id = entry.id JOIN places ON places.id = to_place
              LEFT JOIN external_entries ON external_entries.entry_id = entry.id
             WHERE entry.season_id = :season AND entry.kind IN {MOVES} AND batch_id IS NULL
               AND (key IS NULL OR system = :system)
             GROUP BY entry.id, product_id ORDER BY entry.id, product_id""",
        season=season_id,
        system=system,
    ):
        heads[row.id] = row
        lines.setdefault(row.id, []).append((row.product_id, row.boxes))
    return {
        entry_id: Own(
            entry_id,
            Move(row.kind, row.day, row.scout_id, row.to_scout_id, tuple(lines[entry_id])),
            row.reference,
            row.key,
        )
        for entry_id, row in heads.items()
    }


def said_of(season_id: int, key: str) -> str:
    """How a record is named in a question and its answer: numbers begin anew with each season."""
    return f"{season_id}/{key}"[:200]


def keeps(record: Record, before: Record | None, own: Mapping[int, Own], answer: str) -> bool:
    """Whether a record goes on standing for the move of ours it was recognised as."""
    if record.move is None or before is None or before.own is None or before.own not in own or answer == OTHER:
        return False
    return _whose(record.move) == own[before.own].whose


def recognised(
    found: Sequence[tuple[str, Verdict]], known: Known, records: Mapping[str, Record], own: Mapping[int, Own]
) -> list[Verdict]:
    """The verdicts over all rows of a file (key of the record, verdict), those about a move of ours changed to say so.

    What was answered comes first, then what equals, the nearest day before others; the rest of what resembles is asked.
    """
    done = [verdict for _, verdict in found]
    answers = {at: known.meaning("move", said_of(known.season.id, key)) for at, key in _about_moves(found, records)}
    open_rows = {at: done[at].wanted for at, answer in answers.items() if answer != OTHER}
    keys = {found[at][0] for at in open_rows}
    free = {entry: one for entry, one in own.items() if one.key is None or one.key in keys}

    def is_ours(at: int, entry: int, note: Note) -> None:
        done[at] = _ours(done[at], free.pop(entry), note)
        del open_rows[at]

    for at, record in list(open_rows.items()):
        chosen = free.get(int(answers[at])) if answers[at].isdigit() else None
        if chosen is not None and chosen.whose == _whose(record.move):
            is_ours(at, chosen.entry_id, RECORDED if _lines(record) == chosen.move.lines else OURS_STANDS)
    for at, entry in _equal(open_rows, free):
        if at in open_rows and entry in free:
            is_ours(at, entry, RECORDED)
    for at, record in open_rows.items():
        key, verdict = found[at]
        before = records.get(key)
        near = [entry for entry, one in free.items() if _resembles(record, one)]
        if near or (before is not None and before.own is not None):
            done[at] = replace(
                verdict, outcome="refused", reasons=(*verdict.reasons, WHICH if near else TAKEN_BACK), wanted=None,
                entries=tuple(near), asks=(Ask("move", said_of(known.season.id, key)),),
            )  # fmt: skip
    return done


def _about_moves(found: Sequence[tuple[str, Verdict]], records: Mapping[str, Record]) -> Iterator[tuple[int, str]]:
    """The rows that would move boxes for the first time: place in the file, key."""
    for at, (key, verdict) in enumerate(found):
        before = records.get(key)
        if isinstance(verdict.wanted, Record) and verdict.wanted.move and not (before and before.move):
            yield at, key


def _equal(open_rows: Mapping[int, Record], free: Mapping[int, Own]) -> list[tuple[int, int]]:
    """Rows and moves of ours that may be one, the nearest days first."""
    pairs = [
        (_distance(record, one), at, entry)
        for at, record in open_rows.items()
        for entry, one in free.items()
        if one.whose == _whose(record.move) and one.move.lines == _lines(record)
    ]
    return [(at, entry) for distance, at, entry in sorted(pairs) if distance <= DAYS]


def told(tx: apsw.Connection, entry_ids: Iterable[int]) -> dict[int, Row]:
    """Moves to be shown beside rows: id, kind, day, the girl's first name and initial, and what was moved, "12 Thin Mints"."""
    found = many(
        tx,
        """SELECT journal.id, kind, day, first_name, last_initial,
                   group_concat(boxes || ' ' || products.name, ', ' ORDER BY position) AS cookies
              FROM journal JOIN box_moves ON entry_id = journal.id JOIN products ON products.id = product_id
              LEFT JOIN scouts ON scouts.id = journal.scout_id
             WHERE journal.id IN (SELECT value FROM json_each(:entries)) GROUP BY journal.id""",
        entries=ids(entry_ids),
    )
    return {row.id: row for row in found}


def _ours(verdict: Verdict, own: Own, note: Note) -> Verdict:
    wanted = verdict.wanted._replace(move=None, own=own.entry_id)
    return replace(
        verdict, outcome="ours", reasons=(*verdict.reasons, note), wanted=wanted, entries=(own.entry_id,)
    )  # fmt: skip


def _resembles(record: Record, own: Own) -> bool:
    if own.whose != _whose(record.move):
        return False
    distance = _distance(record, own)
    return distance <= DAYS_NEAR or (own.move.lines == _lines(record) and distance <= DAYS_ASKED)


def _distance(record: Record, own: Own) -> int:
    """Days between the two; none where ours bears the office's number."""
    number = "".join(filter(str.isdigit, record.number)).lstrip("0")
    if len(number) >= SHORTEST_NUMBER and number == "".join(filter(str.isdigit, own.reference)).lstrip("0"):
        return 0
    assert record.move is not None
    return abs((date.fromisoformat(record.move.day) - date.fromisoformat(own.move.day)).days)


def _whose(move: Move | None) -> tuple[str, int | None, int | None]:
    assert move is not None
    return move.kind, move.scout_id, move.to_scout_id


def _lines(record: Record) -> tuple[tuple[int, int], ...]:
    assert record.move is not None
    return record.move.lines
