"""The cash box on its way to the bank: counted by one person, verified by another, banked with its slip, found on the statement."""

from collections.abc import Sequence

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.money import turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

MOST_LISTED = 200

_DEPOSITS = """SELECT deposits.*, cash_cents + checks_cents AS cents, counter.first_name AS counter, verifier.first_name AS verifier,
                      journal.day AS banked_on, journal.reference AS slip, back.id AS taken_back_by,
                      CASE WHEN dropped_at IS NOT NULL THEN 'dropped' WHEN back.id IS NOT NULL THEN 'taken_back'
                           WHEN bank_line IS NOT NULL THEN 'matched' WHEN deposits.entry_id IS NOT NULL THEN 'banked'
                           WHEN verified_by IS NOT NULL THEN 'verified' ELSE 'counted' END AS state
                 FROM deposits JOIN accounts AS counter ON counter.id = counted_by
                 LEFT JOIN accounts AS verifier ON verifier.id = verified_by
                 LEFT JOIN journal ON journal.id = deposits.entry_id LEFT JOIN journal AS back ON back.reverses = journal.id"""

STATES = ("counted", "verified", "banked", "matched", "dropped", "taken_back")


def recent(tx: apsw.Connection, season_id: int, by: Person, before: int = 0, limit: int = 50) -> list[Row]:
    """The season's deposits, newest first, with `.state` (STATES) and `.cents`."""
    roles.require(by, "money.see")
    return many(
        tx,
        f"""{_DEPOSITS} WHERE deposits.season_id = :season AND (:before = 0 OR deposits.id < :before)
             ORDER BY deposits.id DESC LIMIT :limit""",
        season=season_id,
        before=before,
        limit=limit,
    )


def find(tx: apsw.Connection, deposit_id: int, by: Person) -> Row:
    """One deposit with `.payments`, the list of its slip. Raises NotFound."""
    roles.require(by, "money.see")
    found = one(tx, f"{_DEPOSITS} WHERE deposits.id = :id", id=deposit_id)
    if found is None:
        raise NotFound(N_("There is no such deposit."), "no_such_deposit")
    found.payments = many(
        tx,
        """SELECT journal.id, day, method, reference, scouts.first_name, scouts.last_initial, money_entries.cents
             FROM deposit_payments JOIN journal ON journal.id = deposit_payments.entry_id JOIN scouts ON scouts.id = journal.scout_id
             JOIN money_entries ON money_entries.entry_id = journal.id
            WHERE deposit_id = :id ORDER BY journal.id""",
        id=deposit_id,
    )
    return found


def in_the_box(tx: apsw.Connection, season_id: int, by: Person) -> int:
    """Cents the cash box holds, less those that are counted and not at the bank yet."""
    roles.require(by, "money.see")
    waiting: int = value(
        tx,
        """SELECT ifnull(sum(cash_cents + checks_cents), 0) FROM deposits
            WHERE season_id = :season AND entry_id IS NULL AND dropped_at IS NULL""",
        season=season_id,
    )
    return turn_ins.cash_in_box(tx, season_id) - waiting


def to_bank(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Cash and checks of families that no slip lists yet, newest first (at most MOST_LISTED): id, day, method, reference, girl, cents."""
    roles.require(by, "money.see")
    return many(
        tx,
        """SELECT journal.id, day, method, reference, scouts.first_name, scouts.last_initial, money_entries.cents
             FROM standing_entries AS journal JOIN money_entries ON money_entries.entry_id = journal.id
             JOIN scouts ON scouts.id = journal.scout_id
            WHERE journal.season_id = :season AND kind = 'payment' AND method IN ('cash', 'check')
              AND NOT EXISTS (SELECT 1 FROM deposit_payments WHERE deposit_payments.entry_id = journal.id)
            ORDER BY journal.id DESC LIMIT :most""",
        season=season_id,
        most=MOST_LISTED,
    )


def count(
    tx: apsw.Connection, by: Person, cash_cents: int, checks_cents: int, payments: Sequence[int] = (), *, note: str = ""
) -> int:
    """Count what goes to the bank, with the payments its slip lists; gives the deposit's id. Another person verifies it then.

    Raises Conflict where it is more than the box holds, or where the listed payments are more than what was counted.
    """
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    cash, checks = values.cents("cashCents", cash_cents), values.cents("checksCents", checks_cents)
    if not cash + checks:
        values.refuse("cashCents", N_("Count some cash or some checks."))
    there = in_the_box(tx, season.id, by)
    if cash + checks > there:
        sentence = N_("The cash box holds $%(there)s. A deposit cannot be larger than the box.")
        raise Conflict(sentence, "more_than_the_box", there=f"{max(there, 0) / 100:,.2f}")
    known = {row.id: row for row in to_bank(tx, season.id, by)}
    listed = set(payments)
    if listed - known.keys():
        raise Conflict(N_("One of these payments is on another slip already. Look at the list again."), "listed_before")
    for method, counted in (("cash", cash), ("check", checks)):
        together = sum(known[one].cents for one in listed if known[one].method == method)
        if together > counted:
            kind = N_("The checks on the list come to $%(listed)s, and you counted $%(counted)s.")
            if method == "cash":
                kind = N_("The cash on the list comes to $%(listed)s, and you counted $%(counted)s.")
            raise Conflict(
                kind, "list_does_not_match", listed=f"{together / 100:,.2f}", counted=f"{counted / 100:,.2f}"
            )
    deposit_id = add(
        tx,
        """INSERT INTO deposits (season_id, cash_cents, checks_cents, note, counted_at, counted_by)
           VALUES (:season, :cash, :checks, :note, :now, :by)""",
        season=season.id,
        cash=cash,
        checks=checks,
        note=values.text("note", note, 500),
        now=clock.now(),
        by=by.id,
    )
    for entry_id in sorted(listed):
        run(
            tx,
            "INSERT INTO deposit_payments (entry_id, deposit_id) VALUES (:entry, :deposit)",
            entry=entry_id,
            deposit=deposit_id,
        )
    audit.note(tx, by.id, "deposit.counted", "deposit", deposit_id)
    return deposit_id


def verify(tx: apsw.Connection, deposit_id: int, by: Person, cash_cents: int, checks_cents: int) -> None:
    """A second person counted the same. Raises Conflict where she counted it first, or came to another sum."""
    roles.require(by, "money.see")
    deposit = _at(tx, deposit_id, by, "counted")
    if deposit.counted_by == by.id:
        raise Conflict(N_("You counted this yourself. Somebody else has to count it too."), "own_count")
    if (values.cents("cashCents", cash_cents), values.cents("checksCents", checks_cents)) != (
        deposit.cash_cents,
        deposit.checks_cents,
    ):
        sentence = N_(
            "The first count was another. Count together once more; if it stays so, drop this deposit and begin again."
        )
        raise Conflict(sentence, "counts_differ")
    run(
        tx,
        "UPDATE deposits SET verified_by = :by, verified_at = :now WHERE id = :id",
        by=by.id,
        now=clock.now(),
        id=deposit_id,
    )
    audit.note(tx, by.id, "deposit.verified", "deposit", deposit_id)


def bank(tx: apsw.Connection, deposit_id: int, by: Person, slip: str = "", day: str | None = None) -> int:
    """It was paid in at the bank; gives the entry's id. Raises Conflict where nobody verified it, or the box holds less by now."""
    roles.require(by, "money.record")
    deposit = _at(tx, deposit_id, by, "verified")
    if deposit.cents > turn_ins.cash_in_box(tx, deposit.season_id):
        raise Conflict(N_("The cash box holds less than that by now. Was a payment taken back?"), "more_than_the_box")
    entry_id = turn_ins.deposit(tx, by, deposit.cents, reference=slip, day=day)
    run(tx, "UPDATE deposits SET entry_id = :entry WHERE id = :id", entry=entry_id, id=deposit_id)
    audit.note(tx, by.id, "deposit.banked", "deposit", deposit_id)
    return entry_id


def match(tx: apsw.Connection, deposit_id: int, by: Person, bank_line: str) -> None:
    """It stands on the bank's statement, where it is called `bank_line`."""
    roles.require(by, "money.record")
    _at(tx, deposit_id, by, "banked")
    run(
        tx,
        "UPDATE deposits SET bank_line = :line, matched_on = :today WHERE id = :id",
        line=values.line("bankLine", bank_line, 80, 1),
        today=troop.today(tx),
        id=deposit_id,
    )
    audit.note(tx, by.id, "deposit.matched", "deposit", deposit_id)


def drop(tx: apsw.Connection, deposit_id: int, by: Person) -> None:
    """It does not go to the bank: the money stays in the box, its payments can be listed again."""
    roles.require(by, "money.record")
    deposit = find(tx, deposit_id, by)
    if deposit.state not in ("counted", "verified"):
        raise Conflict(N_("This deposit is at the bank or dropped already."), "deposit_closed")
    run(tx, "UPDATE deposits SET dropped_at = :now WHERE id = :id", now=clock.now(), id=deposit_id)
    run(tx, "DELETE FROM deposit_payments WHERE deposit_id = :id", id=deposit_id)
    audit.note(tx, by.id, "deposit.dropped", "deposit", deposit_id)


def _at(tx: apsw.Connection, deposit_id: int, by: Person, state: str) -> Row:
    deposit = find(tx, deposit_id, by)
    if deposit.state != state:
        raise Conflict(N_("That was done before, or it is not time for it yet. Look at the deposit again."), "not_now")
    return deposit
