"""Trials of the program before it is trusted with a season: sessions, what came of each step, and what follows from that.

What is tried stands in trial_scenarios; here is what is kept of it.
"""

from dataclasses import dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit, trial_scenarios
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

RESULTS = ("pass", "fail", "skipped")
LONGEST_NOTE = 500
KEPT = 50


@dataclass(frozen=True)
class Sum:
    """A session's results together: how many passed, failed, were skipped; `percent` of those that were tried passed."""

    passed: int
    failed: int
    skipped: int

    @property
    def percent(self) -> int | None:
        """None where nothing was tried."""
        tried = self.passed + self.failed
        return self.passed * 100 // tried if tried else None


def begin(tx: apsw.Connection, version: str, by: Person | None) -> int:
    """A new session; the oldest go beyond KEPT. `by` is None at the console."""
    if by:
        roles.require(by, "operate")
    trial_id = add(
        tx,
        "INSERT INTO trials (begun_at, begun_by, version) VALUES (:now, :by, :version)",
        now=clock.now(),
        by=by.first_name[:80] if by else "",
        version=version[:40],
    )
    run(tx, "DELETE FROM trials WHERE id <= :last", last=trial_id - KEPT)
    audit.note(tx, by.id if by else None, "trial.begun", "trials", trial_id)
    return trial_id


def note(
    tx: apsw.Connection,
    trial_id: int,
    scenario: str,
    step: int,
    result: object,
    said: object = "",
    milliseconds: int | None = None,
    by: Person | None = None,
) -> None:
    """What came of a step; the newest word on it counts. Raises NotFound, Invalid, Conflict where the session is over."""
    if by:
        roles.require(by, "operate")
    trial_scenarios.must_have_step(scenario, step)
    must_be_open(tx, trial_id)
    run(
        tx,
        """INSERT INTO trial_results (trial_id, scenario, step, result, note, milliseconds, at)
           VALUES (:trial, :scenario, :step, :result, :note, :ms, :now)
           ON CONFLICT (trial_id, scenario, step) DO UPDATE
              SET result = excluded.result, note = excluded.note, milliseconds = excluded.milliseconds, at = excluded.at""",
        trial=trial_id,
        scenario=scenario,
        step=step,
        result=values.choice("result", result, RESULTS),
        note=values.line("note", said, LONGEST_NOTE),
        ms=milliseconds,
        now=clock.now(),
    )


def end(tx: apsw.Connection, trial_id: int, by: Person | None) -> None:
    """The session is over; what was not tried stays untried."""
    if by:
        roles.require(by, "operate")
    find(tx, trial_id)
    run(tx, "UPDATE trials SET ended_at = :now WHERE id = :id AND ended_at IS NULL", now=clock.now(), id=trial_id)


def find(tx: apsw.Connection, trial_id: int) -> Row:
    """A session: id, begun_at, ended_at, begun_by, version. Raises NotFound."""
    row = one(tx, "SELECT id, begun_at, ended_at, begun_by, version FROM trials WHERE id = :id", id=trial_id)
    if row is None:
        raise NotFound(N_("There is no such session."), "no_such_trial")
    return row


def must_be_open(tx: apsw.Connection, trial_id: int) -> None:
    """Raise NotFound, and Conflict where the session is over."""
    if find(tx, trial_id).ended_at:
        raise Conflict(N_("That session is over: begin a new one."), "trial_is_over")


def newest(tx: apsw.Connection) -> list[Row]:
    """Every session that is kept, newest first, each with passed, failed and skipped."""
    return many(
        tx,
        """SELECT id, begun_at, ended_at, begun_by, version,
                  coalesce(sum(result = 'pass'), 0) AS passed, coalesce(sum(result = 'fail'), 0) AS failed,
                  coalesce(sum(result = 'skipped'), 0) AS skipped
             FROM trials LEFT JOIN trial_results ON trial_id = trials.id
            GROUP BY trials.id ORDER BY trials.id DESC LIMIT :most""",
        most=KEPT,
    )


def results(tx: apsw.Connection, trial_id: int) -> dict[tuple[str, int], Row]:
    """What came of each step, by (scenario, step): result, note, milliseconds, at."""
    found = many(
        tx,
        "SELECT scenario, step, result, note, milliseconds, at FROM trial_results WHERE trial_id = :id",
        id=trial_id,
    )
    return {(row.scenario, row.step): row for row in found}


def together(found: dict[tuple[str, int], Row]) -> Sum:
    """The sum of results."""
    count = {each: sum(row.result == each for row in found.values()) for each in RESULTS}
    return Sum(count["pass"], count["fail"], count["skipped"])


def advice(found: dict[tuple[str, int], Row]) -> tuple[str, ...]:
    """What follows from results, as marked sentences: of each scenario in which a step failed what to do, and what is untried."""
    failed = {code for (code, _), row in found.items() if row.result == "fail"}
    sentences = [one.advice for one in trial_scenarios.SCENARIOS if one.code in failed]
    untried = any(
        (one.code, step) not in found or found[one.code, step].result == "skipped"
        for one in trial_scenarios.SCENARIOS
        for step in range(1, len(one.steps) + 1)
        if one.code not in failed
    )
    if untried:
        sentences.append(N_("Not everything was tried: do the rest before the first day."))
    if not sentences:
        sentences.append(N_("Everything went as it must. Enjoy the season."))
    return tuple(sentences)
