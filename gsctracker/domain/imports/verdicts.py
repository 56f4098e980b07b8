"""What becomes of one row of a file: its outcome, why, what somebody has to be asked, and what would be written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from gsctracker.domain.imports.rows import Note
from gsctracker.words import N_

OUTCOMES = ("new", "ours", "changed", "same", "conflict", "vanished", "refused")


class Ask(NamedTuple):
    """A question: what does `said` mean? `kind` is a kind of import_answers; a girl's name is only its hash here."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """new, changed, conflict: `wanted` is what is written (conflict: written as the row says, and somebody should look).
    ours: somebody recorded it here by hand; only that is written, nothing moves. `entries` are the moves it is or may be.
    same: nothing to do. refused: nothing is written, what was known is kept; where it `asks`, an answer may change that.
    """

    outcome: str
    reasons: tuple[Note, ...] = ()
    asks: tuple[Ask, ...] = ()
    wanted: Any = None
    scout_id: int | None = None
    knows_girl: bool = True
    giver_id: int | None = None
    entries: tuple[int, ...] = ()


MOST_BOXES, MOST_CENTS = 100_000, 10_000_000
TOO_MUCH = Note(N_("This row has more than a troop can sell in a season."))


def is_too_much(packages: Iterable[int], cents: int = 0) -> bool:
    """Whether a row says more than any ledger takes: a slip in the file, or somebody's joke."""
    return any(abs(boxes) > MOST_BOXES for boxes in packages) or abs(cents) > MOST_CENTS


def refused(*reasons: Note, asks: Iterable[Ask] = (), scout_id: int | None = None, knows_girl: bool = True) -> Verdict:
    """A row that is kept and not written."""
    return Verdict("refused", tuple(reasons), tuple(dict.fromkeys(asks)), None, scout_id, knows_girl)


def compared(wanted: Any, known: Any, reasons: Iterable[Note] = (), scout_id: int | None = None) -> Verdict:
    """new, same or changed by what was known under the key (None: nothing); conflict where there is a reason to look."""
    said = tuple(reasons)
    if wanted == known:
        return Verdict("same", said, scout_id=scout_id)
    outcome = "conflict" if said else "new" if known is None else "changed"
    return Verdict(outcome, said, (), wanted, scout_id)
