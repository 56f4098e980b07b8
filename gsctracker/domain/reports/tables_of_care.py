"""Reports of how the program was tried, and of how a season was."""

import apsw

from gsctracker.domain import season_review, trial_scenarios, trials
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content, Row
from gsctracker.words import N_

RESULTS = {"pass": N_("Passed"), "fail": N_("Failed"), "skipped": N_("Left out")}


def newest_trial(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each step of the newest session: what came of it, what was noted, and of failed scenarios what to do."""
    columns = (
        Column("scenario", N_("Scenario"), "word"),
        Column("step", N_("Step"), "id"),
        Column("what", N_("What"), "word"),
        Column("result", N_("Result"), "word"),
        Column("note", N_("Note")),
        Column("milliseconds", N_("Milliseconds"), "id"),
        Column("session", N_("Session"), "id"),
        Column("version", N_("Version")),
    )
    known = trials.newest(tx)
    if not known:
        return columns, []
    trial = known[0]
    found = trials.results(tx, trial.id)
    rows: list[Row] = [
        (
            one.title,
            step,
            words,
            RESULTS[row.result] if (row := found.get((one.code, step))) else N_("not tried yet"),
            row.note if row else "",
            row.milliseconds if row else None,
            trial.id,
            trial.version,
        )
        for one in trial_scenarios.SCENARIOS
        for step, words in enumerate(one.steps, start=1)
    ]
    rows += [
        (N_("What follows"), None, sentence, "", "", None, trial.id, trial.version) for sentence in trials.advice(found)
    ]
    return columns, rows


def review(tx: apsw.Connection, season: int, by: Person) -> Content:
    """The season's figures, and what was written of it and of the one before."""
    columns = (
        Column("what", N_("What"), "word"),
        Column("count", N_("How many"), "id"),
        Column("said", N_("In words")),
    )
    found = season_review.figures(tx, season)
    rows: list[Row] = [(words, getattr(found, name), "") for name, words in FIGURES.items()]
    rows.append(
        (N_("How the season was, of 5"), None, f"{found.tenths // 10}.{found.tenths % 10}" if found.answers else "")
    )
    for row, before in ((season_review.of(tx, season), False), (season_review.before(tx, season), True)):
        if row:
            rows += [
                (N_("The season before: what went well") if before else N_("What went well"), None, row.went_well),
                (N_("The season before: what did not") if before else N_("What did not"), None, row.went_badly),
                (
                    N_("The season before: what to do differently") if before else N_("What we do differently"),
                    None,
                    row.next_time,
                ),
            ]
    return columns, rows


FIGURES = {
    "boxes": N_("Boxes sold"),
    "sales": N_("Sales"),
    "girls": N_("Girls who sold"),
    "booths": N_("Booths held"),
    "families": N_("Families with an account"),
    "families_here": N_("Of them signed in now"),
    "faults": N_("Faults of the box"),
    "said": N_("Problems, ideas and thanks"),
    "said_open": N_("Of them still open"),
    "answers": N_("Answers on how the season was"),
}
