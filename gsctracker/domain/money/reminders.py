"""What a family was told about what it owes, and the file of an unpaid balance at the council.

A debt is open, then a statement was sent, reminders follow, it is reported (filed), and the council accepts it or is paid.
Once it is filed the troop takes no more money from that family: it pays the council.
"""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.money import balances, limits, turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

KINDS = ("statement", "reminder", "call")
STATES = ("settled", "open", "statement", "overdue", "reminded", "filed", "accepted", "paid")


def said(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> list[Row]:
    """What a family was told, oldest first: kind, day, owed_cents, note, sender."""
    roles.require(by, "family.money")
    roles.must_see_scout(by, scout_id)
    return many(
        tx,
        """SELECT reminders.id, kind, day, owed_cents, note, first_name AS sender FROM reminders JOIN accounts ON accounts.id = sent_by
            WHERE reminders.scout_id = :scout AND season_id = :season ORDER BY reminders.id""",
        season=season_id,
        scout=scout_id,
    )


def file_of(tx: apsw.Connection, season_id: int, scout_id: int) -> Row | None:
    """The file of a family's unpaid balance that was not withdrawn, or None."""
    return one(
        tx,
        """SELECT id, cents, filed_on, reference, outcome, settled_on, entry_id FROM unpaid_files
            WHERE season_id = :season AND scout_id = :scout AND (outcome IS NULL OR outcome <> 'withdrawn')""",
        season=season_id,
        scout=scout_id,
    )


def states(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Each family that owes or has a file, with `.state` (STATES), `.told` (how often), `.told_on`, `.file` and what it owes."""
    roles.require(by, "money.see")
    told = {
        row.scout_id: row
        for row in many(
            tx,
            """SELECT scout_id, count(*) AS times, max(day) AS day, sum(kind = 'statement') AS statements
                 FROM reminders WHERE season_id = :season GROUP BY scout_id""",
            season=season_id,
        )
    }
    files = {
        row.scout_id: row
        for row in many(
            tx,
            """SELECT scout_id, id, cents, filed_on, reference, outcome, settled_on FROM unpaid_files
                WHERE season_id = :season AND (outcome IS NULL OR outcome <> 'withdrawn')""",
            season=season_id,
        )
    }
    beyond = limits.over(tx, season_id, by)
    found = []
    for family in balances.families(tx, season_id, by):
        family.file, heard = files.get(family.scout_id), told.get(family.scout_id)
        family.told, family.told_on = (heard.times, heard.day) if heard else (0, None)
        family.over = beyond.get(family.scout_id, [])
        family.state = _state(family, heard)
        if family.state != "settled":
            found.append(family)
    return found


def _state(family: Row, heard: Row | None) -> str:
    if family.file:
        outcome: str = family.file.outcome or "filed"
        return outcome
    if family.balance_cents <= 0:
        return "settled"
    if heard and heard.times > heard.statements:
        return "reminded"
    if any(one.which == "days" for one in family.over):
        return "overdue"
    return "statement" if heard else "open"


def tell(tx: apsw.Connection, by: Person, scout_id: int, kind: str, *, note: str = "", day: str | None = None) -> int:
    """Write down that a family was told what it owes; gives the line's id."""
    roles.require(by, "money.record")
    season = seasons.current(tx)
    owed = balances.family(tx, season.id, scout_id, by).balance_cents
    line_id = add(
        tx,
        """INSERT INTO reminders (season_id, scout_id, kind, day, owed_cents, note, sent_by)
           VALUES (:season, :scout, :kind, :day, :owed, :note, :by)""",
        season=season.id,
        scout=scout_id,
        kind=values.choice("kind", kind, KINDS),
        day=values.day("date", day) if day else troop.today(tx),
        owed=owed,
        note=values.text("note", note, 500),
        by=by.id,
    )
    audit.note(tx, by.id, "reminder.told", "scout", scout_id)
    return line_id


def report(tx: apsw.Connection, by: Person, scout_id: int, *, reference: str = "", day: str | None = None) -> int:
    """Report what a family owes to the council; gives the file's id. From now on the troop takes no money from it.

    Raises Conflict where nothing is owed, nobody told the family, or a file is there.
    """
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    owed = balances.family(tx, season.id, scout_id, by).balance_cents
    if file_of(tx, season.id, scout_id):
        raise Conflict(N_("This family is reported already."), "filed_before")
    if owed <= 0:
        raise Conflict(N_("This family owes nothing, so there is nothing to report."), "nothing_owed")
    if not said(tx, season.id, scout_id, by):
        sentence = N_("Tell the family first and write it down here: the council asks for proof of it.")
        raise Conflict(sentence, "never_told")
    file_id = add(
        tx,
        """INSERT INTO unpaid_files (season_id, scout_id, cents, filed_on, filed_by, reference)
           VALUES (:season, :scout, :cents, :day, :by, :reference)""",
        season=season.id,
        scout=scout_id,
        cents=owed,
        day=values.day("date", day) if day else troop.today(tx),
        by=by.id,
        reference=values.line("reference", reference, 80),
    )
    audit.note(tx, by.id, "unpaid.filed", "unpaid_file", file_id)
    return file_id


def settle(tx: apsw.Connection, by: Person, scout_id: int, outcome: str, cents: int | None = None) -> None:
    """The council answered: it `accepted` the debt (perhaps only `cents` of it), was `paid` by the family, or we withdraw the file.

    What the council takes over or is paid the family owes no longer, and the troop owes the council less.
    Raises NotFound where there is no file, Conflict where it is settled or `cents` are more than was reported.
    """
    roles.require(by, "money.record")
    values.choice("outcome", outcome, ("accepted", "paid", "withdrawn"))
    season = seasons.current(tx)
    seasons.require_open(season, by)
    file = file_of(tx, season.id, scout_id)
    if file is None:
        raise NotFound(N_("This family is not reported to the council."), "no_such_file")
    if file.outcome:
        raise Conflict(N_("That file is settled already."), "file_settled")
    entry_id = None
    if outcome != "withdrawn":
        taken = file.cents if cents is None else values.cents("amountCents", cents, 1)
        if taken > file.cents:
            sentence = N_("Only $%(cents)s were reported.")
            raise Conflict(sentence, "more_than_reported", cents=f"{file.cents / 100:,.2f}")
        entry_id = turn_ins.take_over(tx, by, scout_id, taken, reference=file.reference)
    run(
        tx,
        "UPDATE unpaid_files SET outcome = :outcome, settled_on = :today, entry_id = :entry WHERE id = :id",
        outcome=outcome,
        today=troop.today(tx),
        entry=entry_id,
        id=file.id,
    )
    audit.note(tx, by.id, f"unpaid.{outcome}", "unpaid_file", file.id)
