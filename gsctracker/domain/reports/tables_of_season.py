"""Reports of the season as a whole: what waits, goals, the council's withdrawals, and the last check."""

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.money import closing_identity
from gsctracker.domain.money import sweeps as calendar
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import today as waits
from gsctracker.domain.reports.columns import Column, Content, Row, girl
from gsctracker.domain.sales import goals as aims
from gsctracker.words import N_


def today(tx: apsw.Connection, season: int, by: Person) -> Content:
    """What waits for her today, most urgent first."""
    columns = (Column("what", N_("What waits"), "word"), Column("count", N_("How many"), "id"))
    return columns, [
        (((one.sentence.message, one.sentence.params),), one.count) for one in waits.for_person(tx, season, by)
    ]


def goals(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each goal she may see, what is there of it, and what is missing."""
    columns = (
        Column("whose", N_("Whose"), "word"),
        Column("scout", N_("Scout")),
        Column("goalBoxes", N_("Goal"), "boxes"),
        Column("soFarBoxes", N_("So far"), "boxes"),
        Column("leftBoxes", N_("Left"), "boxes"),
        Column("percent", N_("Per cent"), "id"),
    )
    names = {
        row.id: girl(row.first_name, row.last_initial)
        for row in many(tx, "SELECT id, first_name, last_initial FROM scouts ORDER BY id LIMIT 1000")
    }
    return columns, [
        (
            N_("A girl's") if one.scout_id else N_("The troop's"),
            names.get(one.scout_id, ""),
            one.boxes,
            one.so_far,
            max(one.boxes - one.so_far, 0),
            one.so_far * 100 // one.boxes,
        )
        for one in aims.goals(tx, season, by)
    ]


def withdrawals(tx: apsw.Connection, season: int, by: Person) -> Content:
    """The council's calendar: what each withdrawal takes or took, and what must be at the bank until when.

    One that was made was reckoned with the figures of its day: today's are not said beside it.
    """
    columns = (
        Column("day", N_("Day"), "day"),
        Column("state", N_("State"), "word"),
        Column("basis", N_("Rule")),
        Column("factor", N_("Factor")),
        Column("grossCents", N_("By the rule"), "money"),
        Column("cardsCents", N_("Less cards"), "money"),
        Column("expectedCents", N_("Expected"), "money"),
        Column("takenCents", N_("Withdrawn"), "money"),
        Column("depositCents", N_("To deposit"), "money"),
        Column("depositBy", N_("Until"), "day"),
    )
    states = {"planned": N_("To come"), "taken": N_("Withdrawn"), "failed": N_("Refused by the bank")}
    rows: list[Row] = [
        (
            one.rule.due_on,
            states[one.state],
            one.rule.basis,
            f"{one.rule.factor / 100:.2f}" if one.rule.factor else "",
            *((None, None, None) if one.state == "taken" else (one.gross_cents, one.cards_cents, one.expected_cents)),
            one.taken_cents,
            one.deposit_cents,
            one.deposit_by,
        )
        for one in calendar.forecast(tx, season)
    ]
    for row in calendar.unplanned(tx, season):
        rows.append((row.day, N_("Withdrawn"), "", "", None, None, None, row.cents, None, ""))
    return columns, sorted(rows, key=lambda row: row[0])


def last_check(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each term of the closing identity, both sides, and the difference."""
    columns = (Column("item", N_("Item"), "word"), Column("amountCents", N_("Amount"), "money"))
    now = closing_identity.check(tx, season)
    return columns, [
        *((closing_identity.SENTENCES[code], cents) for code, cents in now.terms.items()),
        (N_("Must be at the bank and in the cash box"), now.expected),
        (N_("Bank"), now.bank),
        (N_("Cash box"), now.cash_box),
        (N_("Difference"), now.difference),
    ]
