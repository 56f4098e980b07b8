"""What a row of a roster means here: a girl who joins, or one who is known with a new level, grade or guardian."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import apsw

from gsctracker import values
from gsctracker.db.rows import many, one
from gsctracker.domain.imports.known import Known
from gsctracker.domain.imports.rows import Note, ScoutRow
from gsctracker.domain.imports.verdicts import Verdict, compared, refused
from gsctracker.domain.people import families, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Invalid
from gsctracker.words import N_

FORGOTTEN = Note(
    N_("She was forgotten at her family's wish, so this row is left out. Add her by hand if they came back.")
)


class Girl(NamedTuple):
    """A girl as the roster has her; guardian is (name, e-mail) or None."""

    level: str | None
    grade: int | None
    guardian: tuple[str, str] | None = None
    is_active: bool = True


@dataclass
class Roster:
    """What the rows of a roster are compared with."""

    known: Known
    girls: dict[int, Girl]
    guardians: dict[int, set[str]]
    forgotten: frozenset[int] = frozenset()

    def judge(self, row: ScoutRow, kept: int | None = None) -> Verdict:
        """The verdict over one row. What the roster leaves blank stays as it is known."""
        scout_id = kept if kept is not None else self.known.girl(row.first_name, row.last_name).scout_id
        if scout_id in self.forgotten:
            return refused(FORGOTTEN, scout_id=scout_id)
        if row.refused:
            return refused(row.refused, scout_id=kept, knows_girl=False)
        before = self.girls.get(scout_id) if scout_id is not None else None
        guardian = (row.guardian_name[:80], row.guardian_email) if row.guardian_name or row.guardian_email else None
        if scout_id is not None and guardian and _mark(*guardian) & self.guardians.get(scout_id, set()):
            guardian = None
        now = before or Girl(None, None)
        wanted = Girl(row.level or now.level, now.grade if row.grade is None else row.grade, guardian)
        doubts = list(row.doubts)
        verdict = compared(wanted, before, doubts, scout_id)
        return replace(verdict, knows_girl=scout_id is not None)


def _mark(name: str, email: str) -> set[str]:
    return {mark for mark in (email.casefold(), values.letters(name)) if mark}


def load(tx: apsw.Connection, known: Known) -> Roster:
    """The girls and their guardians as they are now."""
    girls = {
        row.id: Girl(row.level, row.grade, None, row.status != "inactive")
        for row in many(tx, "SELECT id, level, grade, status FROM scouts")
    }
    guardians: dict[int, set[str]] = {}
    for scout_id, adults in families.of_scouts(tx, list(girls)).items():
        guardians[scout_id] = set().union(*(_mark(adult.name, adult.email or "") for adult in adults))
    return Roster(known, girls, guardians, scouts.forgotten(tx))


def write(
    tx: apsw.Connection, by: Person | None, row: ScoutRow, wanted: Girl, scout_id: int | None
) -> tuple[int, dict]:
    """Put her on the roster or change her; gives her id and what there was before."""
    before: dict = {"created": scout_id is None, "guardian": None}
    if scout_id is None:
        scout_id = scouts.add_scout(
            tx,
            row.first_name[:40],
            initial_of(tx, row.first_name, row.last_name),
            level=wanted.level,
            grade=wanted.grade,
            by=by,
        )
    else:
        now = one(tx, "SELECT level, grade, status FROM scouts WHERE id = :id", id=scout_id)
        assert now is not None
        before |= {"level": now.level, "grade": now.grade, "status": now.status}
        status = "active" if now.status == "inactive" else now.status
        scouts.as_on_roster(tx, scout_id, wanted.level, wanted.grade, status)
    if row.last_name:
        scouts.remember_alias(tx, scout_id, "name", f"{row.first_name} {row.last_name}")
        scouts.remember_alias(tx, scout_id, "name", f"{row.last_name}, {row.first_name}")
    if wanted.guardian:
        before["guardian"] = _guardian(tx, by, scout_id, *wanted.guardian)
    return scout_id, before


def take_back(tx: apsw.Connection, scout_id: int, before: dict) -> None:
    """As it was before: a girl who was new is inactive, her row and what other rows say of her stay."""
    if before.get("guardian"):
        families.remove(tx, before["guardian"])
    if before["created"]:
        now = one(tx, "SELECT level, grade FROM scouts WHERE id = :id", id=scout_id)
        assert now is not None
        scouts.as_on_roster(tx, scout_id, now.level, now.grade, "inactive")
    else:
        scouts.as_on_roster(tx, scout_id, before["level"], before["grade"], before["status"])


def _guardian(tx: apsw.Connection, by: Person | None, scout_id: int, name: str, email: str) -> int | None:
    """Link an adult, known by her e-mail or new; gives her id where she is new."""
    try:
        address = values.email("guardianEmail", email) if email else None
    except Invalid:
        address = None
    if not name and not address:
        return None
    return families.answer_for(tx, scout_id, name or (address or ""), address, by=by)


def initial_of(tx: apsw.Connection, first: str, last: str) -> str:
    """As many letters of her last name as tell her apart from the girls who are there."""
    same = {
        row.last_initial.casefold().rstrip(".")
        for row in many(tx, "SELECT first_name, last_initial FROM scouts")
        if values.letters(row.first_name) == values.letters(first)
    }
    for length in range(1, 11):
        letters = last[:length].strip()
        if letters.casefold() not in same:
            return f"{letters}."
    return last[:11]


def without_names(row: ScoutRow) -> ScoutRow:
    """The row without her last name and her guardian, for keeping once she is on the roster."""
    return replace(row, last_name="", guardian_name="", guardian_email="", gsusa_id="", seen={})
