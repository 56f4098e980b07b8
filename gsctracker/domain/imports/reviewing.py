"""What a person does with a staged batch before she applies it: put a girl of the file on the roster, look again, throw it away."""

import apsw

from gsctracker.db.rows import many, one, run
from gsctracker.domain import audit
from gsctracker.domain.imports import answers, applying, batches, cells, judging, own_moves, roster_rows
from gsctracker.domain.imports.known import OTHER
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_


def add_girl(tx: apsw.Connection, by: Person, batch_id: int, said: str) -> int:
    """Put the girl on the roster whose name a batch asks for (`said`, as in `batches.asks`); gives her id.

    Only her first name and as many letters as tell her apart are kept. Raises NotFound where nobody is asked for by that.
    """
    roles.require(by, "imports")
    asked = next((ask for ask in batches.asks(tx, batch_id) if ask.kind == "scout" and ask.said == said), None)
    if asked is None:
        raise NotFound(N_("There is no such question."), "no_such_question")
    first, last = cells.person_name(asked.shown)
    initial = roster_rows.initial_of(tx, first, last) if last else ""
    return scouts.add_scout(tx, (first or last)[:40], initial, by=by)


def another_one(tx: apsw.Connection, by: Person, batch_id: int, row_id: int) -> None:
    """The move of a row was recognised as one recorded here by hand, and it is another: it is written when the batch is applied.

    Remembered like every answer. Raises NotFound, and Conflict where the batch is not waiting any more.
    """
    roles.require(by, "imports")
    batch = batches.find(tx, batch_id)
    row = one(
        tx, "SELECT key, outcome FROM import_rows WHERE id = :id AND batch_id = :batch", id=row_id, batch=batch_id
    )
    if row is None:
        raise NotFound(N_("There is no such row in this import."), "no_such_row")
    if batch.state != "staged" or row.outcome != "ours":
        raise Conflict(N_("This row is not waiting any more. Look at the import again."), "not_waiting")
    said = own_moves.said_of(batch.season_id, applying.key_of(batch, row))
    answers.resolve(tx, by, batch.source, "move", said, OTHER)
    judging.judge_again(tx, batch)


def look_again(tx: apsw.Connection, season_id: int) -> None:
    """Compare every staged batch with what is known now; another one was applied or taken back."""
    for batch in many(
        tx,
        "SELECT * FROM import_batches WHERE season_id = :season AND state = 'staged' ORDER BY id",
        season=season_id,
    ):
        judging.judge_again(tx, batch)


def discard(tx: apsw.Connection, by: Person, batch_id: int) -> None:
    """Throw a staged batch away: nothing of it was written. Raises NotFound, and Conflict where it was applied."""
    roles.require(by, "imports")
    batch = batches.find(tx, batch_id)
    if batch.state != "staged":
        raise Conflict(N_("This import was applied. Take it back instead."), "already_applied")
    _discard(tx, batch_id, by.id)


def discard_unfinished(tx: apsw.Connection, before: str) -> int:
    """Throw away the batches that were staged before that instant and never applied, girls' names and all; gives how many.

    Whoever wants one of them after all brings in the file again.
    """
    left = many(tx, "SELECT id FROM import_batches WHERE state = 'staged' AND staged_at < :before", before=before)
    for batch in left:
        _discard(tx, batch.id, None)
    return len(left)


def _discard(tx: apsw.Connection, batch_id: int, by: int | None) -> None:
    run(tx, "DELETE FROM import_batches WHERE id = :id", id=batch_id)  # its rows go with it
    audit.note(tx, by, "import.discarded", "import", batch_id)
